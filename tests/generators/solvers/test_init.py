"""Solvers are found by the names of their tasks."""

import ast
from pathlib import Path

import pytest

from generators import solvers, tasks
from generators.solvers import load, names
from schemas.errors import RecipeError


@pytest.mark.parametrize("name", names())
def test_each_solver_can_be_called_and_has_its_task(name: str) -> None:
    assert callable(load(name))
    assert name in tasks.names()


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"no solver named 'needel'.*Did you mean 'needle'\?"):
        load("needel")


@pytest.mark.parametrize(
    "path", sorted(Path(solvers.__path__[0]).glob("*.py")), ids=lambda p: p.stem
)
def test_a_solver_shares_no_code_with_task_and_weaver(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    ours = {str(name) for name in modules if str(name).split(".")[0] in ("generators", "schemas")}
    own = {"generators.solvers._reading", "schemas.task"}
    assert ours <= (own if path.stem != "__init__" else {"generators", "schemas.task"})
