"""Ray tasks over small units: what comes back, what is raised, what is left on the machine."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.executors import Executor, open_executor
from pipelines.executors.local import Local
from schemas.errors import BrokenFile, IdentityError, RemoteError
from schemas.unit import Unit

pytestmark = pytest.mark.ray


def units(count: int) -> list[Unit]:
    return [
        Unit(phase="prepare", index=index, description={"number": index}) for index in range(count)
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cluster(home: Path) -> Iterator[Executor]:
    """A cluster of one core, in a home folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.delenv("RAY_ADDRESS", raising=False)
        executor = open_executor("ray", workers=1, address=None, input_bytes=0)
        yield executor
        executor.close()


def test_results_are_those_of_the_plain_loop(cluster: Executor) -> None:
    def square(unit: Unit) -> dict[str, Any]:
        return {"square": unit.description["number"] ** 2}

    mine = {o.unit.index: o.result for o in cluster.run(square, units(9))}
    assert mine == {o.unit.index: o.result for o in Local().run(square, units(9))}
    assert mine[8] == {"square": 64}


TWICE = """
from pipelines.executors import open_executor
from schemas.unit import Unit

for number in range(2):
    executor = open_executor("ray", workers=1, address=None, input_bytes=0)
    unit = Unit(phase="prepare", index=0, description={"number": number})
    print([outcome.result for outcome in executor.run(lambda unit: unit.description, [unit])])
    executor.close()
"""


def test_a_process_may_start_a_second_cluster(tmp_path: Path) -> None:
    """`verify --smoke` does. Ray reads a process's token once, so both have the same one."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "-c", TWICE], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n")[:2] == ["[{'number': 0}]", "[{'number': 1}]"]


def test_an_exception_of_a_unit_is_its_outcome_and_the_others_go_on(cluster: Executor) -> None:
    def odd_ones_only(unit: Unit) -> dict[str, Any]:
        if unit.index % 2 == 0:
            raise ValueError(f"{unit.index} is even")
        return {}

    outcomes = {o.unit.index: o for o in cluster.run(odd_ones_only, units(4))}
    assert outcomes[1].result == {}
    assert outcomes[2].result is None
    assert outcomes[2].error is not None
    assert "ValueError: 2 is even" in outcomes[2].error


class Stubborn(Exception):  # noqa: N818
    """Cannot be made again from its arguments, as pickle does."""

    def __init__(self, *, place: str) -> None:
        super().__init__(f"at {place}")


def test_an_exception_that_cannot_travel_is_an_outcome_like_any_other(cluster: Executor) -> None:
    def fail(unit: Unit) -> dict[str, Any]:
        raise Stubborn(place="line 3")

    (outcome,) = cluster.run(fail, units(1))
    assert outcome.error == "Stubborn: at line 3"


def test_an_error_that_the_user_must_act_on_is_raised_as_it_is(cluster: Executor) -> None:
    def refuse(unit: Unit) -> dict[str, Any]:
        raise IdentityError("books/3.txt changed")

    def broken(unit: Unit) -> dict[str, Any]:
        raise BrokenFile("a.gz", "cut")

    with pytest.raises(IdentityError, match=r"books/3\.txt changed"):
        list(cluster.run(refuse, units(1)))
    with pytest.raises(BrokenFile) as caught:
        list(cluster.run(broken, units(1)))
    assert (caught.value.uri, caught.value.reason) == ("a.gz", "cut")


def test_a_unit_that_kills_its_worker_is_an_outcome_and_no_crash(cluster: Executor) -> None:
    def die(unit: Unit) -> dict[str, Any]:
        os._exit(1)

    (outcome,) = cluster.run(die, units(1))
    assert outcome.result is None
    assert outcome.error is not None
    assert outcome.error.startswith("its worker died 4 times")


def test_units_are_taken_only_as_they_are_needed(cluster: Executor) -> None:
    """A window of twice the cores: a plan of a million units is never in flight at once."""
    taken: list[int] = []

    def watched() -> Iterator[Unit]:
        for unit in units(50):
            taken.append(unit.index)
            yield unit

    outcomes = cluster.run(lambda _: {}, watched())
    next(outcomes)
    assert len(taken) == 2
    assert len(list(outcomes)) == 49


def test_the_home_folder_is_left_alone(cluster: Executor, home: Path) -> None:
    assert len(list(cluster.run(lambda _: {}, units(1)))) == 1
    assert list(home.iterdir()) == []


def test_an_address_where_nobody_listens_is_a_remote_error_at_once() -> None:
    with pytest.raises(RemoteError, match=r"no Ray cluster answers at 127\.0\.0\.1:1: "):
        open_executor("ray", workers=None, address="127.0.0.1:1", input_bytes=0)
