"""Solvers are found by the names of their tasks."""

import pytest

from generators import tasks
from generators.solvers import load, names
from schemas.errors import RecipeError


@pytest.mark.parametrize("name", names())
def test_each_solver_can_be_called_and_has_its_task(name: str) -> None:
    assert callable(load(name))
    assert name in tasks.names()


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"no solver named 'needel'.*Did you mean 'needle'\?"):
        load("needel")
