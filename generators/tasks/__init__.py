"""The synthetic tasks, found by file name: `needle.py` here is the task `needle`.

A new task is one file with a `TASK` and nothing else to edit. A file whose name begins with an
underscore is not a task.
"""

from typing import Any

from generators import discovery
from schemas.task import Task


def names() -> tuple[str, ...]:
    """Return the names of all tasks, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> Task[Any]:
    """Return the task of this name. Raises RecipeError with the nearest name for any other."""
    task: Task[Any] = discovery.load(__name__, name, what="task").TASK
    return task
