"""Tasks are found by their file names; nothing has to be registered."""

import re
from collections.abc import Iterator

import pytest

from generators import solvers
from generators.decontam.firewall import overlaps
from generators.tasks import load, names
from schemas.errors import RecipeError


@pytest.mark.parametrize("name", names())
def test_each_task_knows_its_name_and_has_wordings_for_training_and_for_holding_out(
    name: str,
) -> None:
    task = load(name)
    assert task.name == name
    assert len(task.templates) >= 20
    splits = [template.split for template in task.templates]
    assert splits.count("train") >= 15
    assert splits.count("held-out") >= 4
    assert task.num_evidence(task.spec()) >= 0
    assert len({template.name for template in task.templates}) == len(task.templates)


@pytest.mark.parametrize("name", names())
def test_no_wording_is_a_benchmarks_and_no_two_are_alike(name: str) -> None:
    seen: dict[str, str] = {}
    for template in load(name).templates:
        sentences = [template.statement, template.question, template.lead, *template.more]
        assert overlaps("\n\n".join(sentences)) == (), sentences
        for run in {run for sentence in sentences for run in runs(sentence)}:
            assert seen.setdefault(run, template.name) == template.name, run


def runs(sentence: str) -> Iterator[str]:
    """Yield every eight words in a row that no placeholder parts."""
    for piece in re.split(r"\{\w*\}", sentence):
        words = re.findall(r"[\w']+", piece.lower())
        yield from (" ".join(words[at : at + 8]) for at in range(len(words) - 7))


def test_eight_words_in_a_row_are_found() -> None:
    assert list(runs("One two, three four five six seven eight nine. {key} ten")) == [
        "one two three four five six seven eight",
        "two three four five six seven eight nine",
    ]


@pytest.mark.parametrize("name", names())
def test_each_task_has_a_solver(name: str) -> None:
    assert name in solvers.names()


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"no task named 'neddle'.*Did you mean 'needle'\?"):
        load("neddle")
