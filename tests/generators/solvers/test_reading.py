"""What every solver relies on: the question apart from the text, and whole words."""

import pytest

from generators.solvers._reading import lines_about, places, split
from schemas.task import Problem


@pytest.mark.parametrize(
    ("position", "text", "question", "context"),
    [
        ("last", "It rained.\n\nWho came?\nAnswer: ", "Who came?", "It rained."),
        ("first", "Who came?\n\nIt rained.\n\nAnswer: ", "Who came?", "It rained.\n\nAnswer: "),
        ("both", "Who came?\n\nIt rained.\n\nWho came?\nAnswer: ", "Who came?", "It rained."),
        ("both", "Who left?\n\nIt rained.\n\nWho came?\nAnswer: ", "", "It rained."),
    ],
)
def test_the_question_is_taken_from_its_place(
    position: str, text: str, question: str, context: str
) -> None:
    assert split(Problem(text=text, params={"question": position})) == (question, context)


def test_a_phrase_is_found_as_whole_words() -> None:
    assert places("ell, bell; ell_x ell.", "ell") == [0, 17]


def test_lines_are_given_once_with_their_start() -> None:
    assert lines_about("no\nell and ell\nbell\nell", "ell") == [(3, "ell and ell"), (20, "ell")]
