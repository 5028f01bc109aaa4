"""Tasks are found by their file names; nothing has to be registered."""

import pytest

from generators import solvers
from generators.tasks import load, names
from schemas.errors import RecipeError


@pytest.mark.parametrize("name", names())
def test_each_task_knows_its_name_and_has_wordings_for_training_and_for_holding_out(
    name: str,
) -> None:
    task = load(name)
    assert task.name == name
    assert len(task.templates) >= 20
    assert {template.split for template in task.templates} == {"train", "held-out"}
    assert task.num_evidence(task.spec()) >= 1


@pytest.mark.parametrize("name", names())
def test_each_task_has_a_solver(name: str) -> None:
    assert name in solvers.names()


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"no task named 'neddle'.*Did you mean 'needle'\?"):
        load("neddle")
