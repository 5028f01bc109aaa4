"""The solvers, found by file name: `needle.py` here re-solves the samples of the task `needle`.

A solver reads the decoded sample as a person would. It imports neither tasks nor the weaver, so a
fault of theirs cannot hide in it.
"""

from generators import discovery
from schemas.task import Solver


def names() -> tuple[str, ...]:
    """Return the names of all tasks that have a solver, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> Solver:
    """Return the solver of this task. Raises RecipeError with the nearest name for any other."""
    solver: Solver = discovery.load(__name__, name, what="solver").solve
    return solver
