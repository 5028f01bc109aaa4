"""Cases: what may be asked of a repository, and which line of another file uses it."""

import pytest

from generators.tasks._parts import code_cases
from generators.tasks._parts.code_cases import Case, Limits, reader
from generators.tasks._parts.code_uses import Ask
from tests.generators.tasks.code_repository import REPOSITORY


def found(
    ask: Ask,
    text: str = REPOSITORY,
    *,
    salt: int = 0,
    parameters: int = 3,
    cross_file: bool = True,
) -> list[Case]:
    limits = Limits(cross_file=cross_file, parameters=parameters, salt=salt)
    return list(reader(text).cases(ask, limits))


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
        ("a class beside it has the base", "base", "===== conf",
         "class Pump(TubeEngine):\n    x = 1\n===== conf"),
        ("its name tells the base", "base", "TubeEngine", "Press"),
        ("the only call names the parameters", "signature", "cut_sheet(paper, 2)",
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


@pytest.mark.parametrize(
    ("fault", "ask", "old", "new"),
    [
        ("another class has the base", "base", "def stop",
         "class Pump(TubeEngine):\n    x = 1\n\n\ndef stop"),
        ("the value stands there too", "constant", "    return seconds", "    return 7741"),
        ("a call names the parameters", "signature", "    return seconds",
         "    return cut_sheet(sheet=1, times=2, margin=3, mode=4)"),
    ],
)  # fmt: skip
def test_a_file_that_tells_the_answer_is_a_rival(fault: str, ask: Ask, old: str, new: str) -> None:
    text = REPOSITORY.replace(old, new)
    (case,) = (one for one in found(ask, text) if one.name != "read_gauge")
    assert case.rivals == {text.index("===== other.py")}, fault


def test_without_a_use_a_plain_word_is_name_enough() -> None:
    text = REPOSITORY.replace("cut_sheet", "shear")
    assert "shear" not in {case.name for case in found("signature", text)}
    (case,) = (one for one in found("signature", text, cross_file=False) if one.name == "shear")
    assert case.uses == ()


def test_a_value_may_stand_in_the_docstring_below() -> None:
    text = REPOSITORY.replace("Cut.", "Cut with a margin of 34.")
    assert "34" in {case.answer for case in found("default", text)}
    far = text.replace("Cut with", "Cut.\n" + "word " * 400 + "with")
    assert "34" not in {case.answer for case in found("default", far)}


def test_what_was_found_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{REPOSITORY}# kept\n"
    first = found("default", text)
    monkeypatch.setattr(code_cases, "definitions", None)
    monkeypatch.setattr(code_cases, "mentions", None)
    assert found("default", "".join([text[:9], text[9:]])) == first


def test_a_file_without_a_path_has_definitions_but_no_uses() -> None:
    text = REPOSITORY.partition("\n")[2]
    assert "CoilPress" not in {case.name for case in found("base", text)}
    assert "CoilPress" in {case.name for case in found("base", text, cross_file=False)}
    assert found("file", text, cross_file=False) == []
