"""Words that say too little carry neither a question nor an answer."""

import pytest

from generators.written.words import anchors, says_nothing, words_of


def test_words_are_letters_and_digits_in_lower_case() -> None:
    assert words_of("The ferry's 2 masts, déjà_vu!") == [
        "the",
        "ferry",
        "s",
        "2",
        "masts",
        "déjà",
        "vu",
    ]


def test_anchors_stand_in_question_and_passage_and_tell_no_answer() -> None:
    passage = "Old Brack, who had the wheel of the Ferry, was deaf. The ferry left."
    question = "Who had the ferry's wheel, old or not, and which ferry or lantern was it?"
    assert anchors(question, passage, "Old Brack") == ("ferry", "wheel")
    assert anchors(question, passage, "the wheel") == ("ferry",)
    assert anchors("Who was it that said so?", passage, "Old Brack") == ()


@pytest.mark.parametrize(
    "answer", ["yes", "No.", "the", "Both of them", "7", "x", "true", "Nobody"]
)
def test_what_anybody_could_say_is_no_answer(answer: str) -> None:
    assert says_nothing(answer)


@pytest.mark.parametrize("answer", ["Brack", "two ferries", "17", "Port Velmar", "the wheel"])
def test_what_names_something_is_an_answer(answer: str) -> None:
    assert not says_nothing(answer)
