"""Which executor a command gets: small jobs stay in this process, what was asked for is obeyed."""

import importlib.util
from typing import Any

import pytest

from pipelines import executors
from pipelines.executors import SMALL_JOB_BYTES, open_executor
from schemas.errors import RecipeError

LARGE = SMALL_JOB_BYTES + 1


class Named:
    """What would have been started, and how."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name, self.options = name, options


@pytest.fixture
def with_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray is installed, and no cluster is started."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(
        executors, "_load", lambda module, name: lambda **options: Named(module, options)
    )


@pytest.fixture
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def chosen(kind: str, *, workers: Any = None, address: Any = None, size: int = 0) -> str:
    return open_executor(kind, workers=workers, address=address, input_bytes=size).name


@pytest.mark.usefixtures("with_ray")
@pytest.mark.parametrize(
    ("kind", "asked", "expected"),
    [
        ("auto", {}, "local"),
        ("auto", {"workers": 1}, "local"),
        ("auto", {"workers": 2}, "ray"),
        ("auto", {"address": "auto"}, "ray"),
        ("auto", {"size": SMALL_JOB_BYTES}, "local"),
        ("auto", {"size": LARGE}, "ray"),
        ("local", {"size": LARGE}, "local"),
        ("ray", {}, "ray"),
    ],
)
def test_the_choice(kind: str, asked: dict[str, Any], expected: str) -> None:
    assert chosen(kind, **asked) == expected


@pytest.mark.usefixtures("with_ray")
def test_ray_is_told_its_workers_and_its_address() -> None:
    made: Any = open_executor("ray", workers=3, address="ray://a", input_bytes=0)
    assert made.options == {"workers": 3, "address": "ray://a"}


@pytest.mark.usefixtures("without_ray")
def test_without_ray_a_large_job_still_runs_here() -> None:
    assert chosen("auto", size=LARGE) == "local"


@pytest.mark.usefixtures("without_ray")
@pytest.mark.parametrize(("kind", "asked"), [("ray", {}), ("auto", {"address": "ray://a"})])
def test_without_ray_what_needs_it_says_how_to_install_it(kind: str, asked: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match=r"Ray is not installed; run: pip install 'longmix\[ray"):
        chosen(kind, **asked)


@pytest.mark.parametrize("asked", [{"workers": 2}, {"address": "ray://a"}])
def test_one_process_cannot_be_several(asked: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match="--executor local is one process"):
        chosen("local", **asked)
