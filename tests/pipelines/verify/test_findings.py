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


def test_defects_carry_the_row_that_is_being_checked_and_the_verdict_does_not() -> None:
    findings = Findings()
    with findings.at("a.parquet"):
        findings.need("shard.codec", False, "a.parquet group 0", "ZSTD")
        with findings.at("a.parquet", 7):
            findings.need("row.ids", False, "a.parquet row 7", "known ids")
    findings.need("totals.rows", False, "manifest.json", "8")
    assert [(d["shard"], d["row_id"]) for d in findings.found] == [
        ("a.parquet", None),
        ("a.parquet", 7),
        (None, None),
    ]
    assert set(findings.defects[0]) == {"check", "where", "expected"}


def test_findings_of_units_add_up_to_those_of_one() -> None:
    one, parts = Findings(most=30), [Findings(most=30) for _ in range(3)]
    for number in range(60):
        for findings in (one, parts[number // 20]):
            findings.need("row.ids", number % 2, f"row {number}", "known ids")
            findings.warn("mix.padding", number % 7, f"row {number}")
    whole = Findings(most=30)
    for part in parts:
        whole.absorb(part)
    assert whole == one
    assert len(whole.found) == whole.failed["row.ids"] == 30


def test_more_defects_than_are_kept_are_counted() -> None:
    whole, unit = Findings(most=3), Findings(most=2)
    for _ in range(5):
        unit.need("row.ids", False, "row", "known ids")
    whole.absorb(unit)
    whole.absorb(unit)
    assert len(whole.found) == 3
    assert whole.failed == {"row.ids": 10}
