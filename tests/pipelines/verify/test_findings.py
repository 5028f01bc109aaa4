"""Findings count every check, list the first defects and keep what is only told apart."""

from pipelines.verify.findings import SHOWN, Findings


def entry(name: str, **facts: object) -> dict[str, object]:
    return {"check": name, "checked": 1, "failed": 0, "warned": 0, "note": None, **facts}


def test_nothing_found_is_passed() -> None:
    assert Findings().verdict() == {"passed": True, "checks": [], "defects": []}


def test_check_that_holds_is_counted() -> None:
    findings = Findings()
    assert findings.need("row.ids", True, "row 1", "known ids")
    assert findings.need("row.ids", [7], "row 2", "known ids")
    verdict = findings.verdict()
    assert verdict["passed"]
    assert verdict["checks"] == [entry("row.ids", checked=2)]
    assert verdict["defects"] == []


def test_check_that_fails_names_the_place_and_what_was_expected() -> None:
    findings = Findings()
    assert not findings.equal("row.length", 3, 4, "row 1")
    verdict = findings.verdict()
    assert not verdict["passed"]
    assert verdict["checks"] == [entry("row.length", failed=1)]
    assert verdict["defects"] == [
        {"check": "row.length", "where": "row 1", "expected": "4, found 3"}
    ]


def test_warning_has_its_note_and_is_no_defect() -> None:
    findings = Findings()
    findings.warn("mix.padding", True, "nothing to tell")
    findings.warn("mix.repeated", False, "2 rows are the same")
    verdict = findings.verdict()
    assert verdict["passed"]
    assert verdict["checks"] == [
        entry("mix.padding"),
        entry("mix.repeated", warned=1, note="2 rows are the same"),
    ]


def test_all_defects_are_counted_and_the_first_are_shown() -> None:
    findings = Findings()
    for number in range(SHOWN + 5):
        findings.need("row.ids", False, f"row {number}", "known ids")
    assert findings.failed == {"row.ids": SHOWN + 5}
    shown = [defect["where"] for defect in findings.defects]
    assert shown == [f"row {number}" for number in range(SHOWN)]


def test_checks_are_told_in_the_order_of_their_names() -> None:
    findings = Findings()
    for name in ("span.text", "files.once", "row.ids"):
        findings.need(name, True, "", "")
    told = [check["check"] for check in findings.verdict()["checks"]]
    assert told == ["files.once", "row.ids", "span.text"]
