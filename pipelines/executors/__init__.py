"""Executors run units, here or on a cluster, and yield what came of each.

A unit's work is a function from a `Unit` to a small dict; tokens never pass through an executor.
Which unit comes back first does not matter to any caller: the same units give the same bytes.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.errors import RecipeError
from schemas.unit import Unit

Work = Callable[[Unit], dict[str, Any]]

SMALL_JOB_BYTES = 256_000_000
"""Below this much input `auto` stays in this process: Ray needs 5-9 s to start (measured), which
is as long as the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a unit: its result, or the sentence that says why there is none."""

    unit: Unit
    result: dict[str, Any] | None = None
    error: str | None = None


class Executor(Protocol):
    """Runs units. An error that the user must act on is raised; any other is an Outcome."""

    name: str

    def run(self, work: Work, units: Iterable[Unit]) -> Iterator[Outcome]:
        """Yield one Outcome a unit, in the order in which they finish."""
        ...

    def close(self) -> None:
        """Let go of whatever was started."""
        ...


def open_executor(
    kind: str, *, workers: int | None, address: str | None, input_bytes: int
) -> Executor:
    """Return the executor that `--executor auto|local|ray` asks for.

    `auto` is Ray when a cluster's address is given, or when the input is large and Ray is
    installed; else this process.
    """
    if kind == "local" and (address or (workers or 1) > 1):
        raise RecipeError(
            "--executor local is one process; leave out --workers and --ray-address, or use "
            "--executor ray"
        )
    wanted = address is not None or (workers or 1) > 1
    wants_ray = wanted or input_bytes > SMALL_JOB_BYTES
    if kind == "local" or (kind == "auto" and not (wants_ray and _has_ray(must=wanted))):
        local: Executor = _load("local", "Local")()
        return local
    _has_ray(must=True)
    cluster: Executor = _load("ray", "RayTasks")(workers=workers, address=address)
    return cluster


def _has_ray(*, must: bool) -> bool:
    found = importlib.util.find_spec("ray") is not None
    if must and not found:
        raise RecipeError("Ray is not installed; run: pip install 'longmix[ray]'")
    return found


def _load(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"pipelines.executors.{module}"), name)
