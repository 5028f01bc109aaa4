"""Cases: what may be asked of a repository, and which line of another file uses it."""

import pytest

from generators.syntax.mentions import repository
from generators.tasks._parts.code_cases import Ask, Case, Limits, Reader
from tests.generators.tasks.code_repository import REPOSITORY


def found(ask: Ask, text: str = REPOSITORY, salt: int = 0, parameters: int = 3) -> list[Case]:
    limits = Limits(cross_file=True, parameters=parameters, salt=salt)
    return list(Reader(repository(text), limits).cases(ask))


@pytest.mark.parametrize(
    ("ask", "cases"),
    [
        ("signature", {("cut_sheet", "sheet, times, margin, mode"),
                       ("read_gauge", "port, baud, parity, retries")}),
        ("default", {("cut_sheet", "34"), ("cut_sheet", '"serrated"'), ("read_gauge", "(3, 9)")}),
        ("constant", {("FEED_RATE", "7741")}),
        ("base", {("CoilPress", "TubeEngine")}),
        ("file", {("cut_sheet", "plant/coils.py"), ("warm_up", "plant/coils.py")}),
    ],
)  # fmt: skip
def test_every_fair_definition_is_a_case(ask: Ask, cases: set[tuple[str, str]]) -> None:
    assert {(case.name, case.answer) for case in found(ask)} == cases


def test_a_use_stands_in_another_file_and_is_no_import() -> None:
    for ask in ("signature", "default", "constant", "base", "file"):
        for case in found(ask):
            assert {use.path for use in case.uses} == {"app.py"}
            assert all(case.name in use.line and "import" not in use.line for use in case.uses)
            assert not any(case.answer in use.line for use in case.uses)


@pytest.mark.parametrize(
    ("fault", "ask", "old", "new"),
    [
        ("another class has the base", "base", "def stop",
         "class Pump(TubeEngine):\n    x = 1\n\n\ndef stop"),
        ("its name tells the base", "base", "TubeEngine", "Press"),
        ("a call names the parameters", "signature", "cut_sheet(paper, 2)",
         "cut_sheet(sheet=1, times=2, margin=3, mode=4)"),
        ("the method's name tells the file", "file", "plant/coils.py", "plant/sheet.py"),
    ],
)  # fmt: skip
def test_a_case_that_is_told_is_left_out(fault: str, ask: Ask, old: str, new: str) -> None:
    names = {case.name for case in found(ask, REPOSITORY.replace(old, new))}
    assert not names & {"CoilPress", "cut_sheet"}, fault


def test_short_signatures_are_left_out() -> None:
    assert found("signature", parameters=5) == []


def test_the_salt_decides_the_order() -> None:
    orders = {tuple(case.name for case in found("signature", salt=salt)) for salt in range(20)}
    assert len(orders) == 2
