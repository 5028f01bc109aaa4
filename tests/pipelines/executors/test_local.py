"""The reference executor: in order; a unit's fault is its outcome, a person's is raised."""

from typing import Any

import pytest

from pipelines.executors.local import Local
from schemas.errors import LocalResourceError, RecipeError
from schemas.unit import Unit

UNITS = [Unit(phase="prepare", index=index, description={"n": index}) for index in range(3)]


def test_outcomes_come_in_the_order_of_the_units() -> None:
    outcomes = list(Local().run(lambda unit: {"twice": 2 * unit.index}, UNITS))
    assert [(o.unit.index, o.result, o.error) for o in outcomes] == [
        (0, {"twice": 0}, None),
        (1, {"twice": 2}, None),
        (2, {"twice": 4}, None),
    ]


def test_a_unit_that_fails_is_an_outcome_and_the_next_one_runs() -> None:
    def work(unit: Unit) -> dict[str, Any]:
        return {"share": 1 // (unit.index - 1)}

    first, second, third = Local().run(work, UNITS)
    assert (first.result, third.result) == ({"share": -1}, {"share": 1})
    assert second.result is None
    assert str(second.error).startswith("ZeroDivisionError: ")
    assert "(test_local.py:" in str(second.error)


@pytest.mark.parametrize(
    "error", [RecipeError("r"), LocalResourceError("full"), MemoryError(), KeyboardInterrupt()]
)
def test_what_a_person_must_act_on_is_raised(error: BaseException) -> None:
    def work(unit: Unit) -> dict[str, Any]:
        raise error

    with pytest.raises(type(error)):
        list(Local().run(work, UNITS))


def test_units_are_drawn_one_at_a_time() -> None:
    seen: list[str] = []

    def units() -> Any:
        for unit in UNITS:
            seen.append(f"drawn {unit.index}")
            yield unit

    for outcome in Local().run(lambda unit: {}, units()):
        seen.append(f"done {outcome.unit.index}")
    assert seen == [f"{what} {i}" for i in range(3) for what in ("drawn", "done")]


def test_closing_needs_nothing() -> None:
    Local().close()
