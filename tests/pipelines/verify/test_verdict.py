"""The verdict for a terminal marks what failed, what is only told, and what was drawn."""

from typing import Any

from pipelines.verify.findings import Findings
from pipelines.verify.sampling import sampling_facts
from pipelines.verify.verdict import verdict_text

FIGURES: dict[str, Any] = {
    "rows": 40,
    "tokens": 20480,
    "samples": 12,
    "device": "cuda",
    "run": {"executor": "ray", "gpu": "H200", "seconds": 2.0, "tokens_per_second": 10240},
}


def test_checks_and_defects() -> None:
    findings = Findings()
    findings.equal("row.length", 3, 4, "row 7")
    findings.equal("row.length", 4, 4, "row 8")
    findings.need("row.ids", True, "row 7", "ids of the tokenizer")
    findings.warn("mix.padding", False, "padding in 1 rows")
    assert verdict_text({"mix": "small", **findings.verdict()}).splitlines() == [
        "warn mix.padding            1  (padding in 1 rows)",
        "ok   row.ids                1",
        "FAIL row.length             1 of 2",
        "  row.length: row 7: expected 4, found 3",
        "small: FAILED, 3 checks",
    ]


def test_defects_that_are_not_shown_are_counted() -> None:
    findings = Findings()
    for number in range(1062):
        findings.need("row.ids", False, f"row {number}", "known ids")
    lines = verdict_text({"mix": "small", **findings.verdict()}).splitlines()
    assert lines[-2] == "  and 1,012 more: --defects FILE writes them down"


def test_figures_say_how_much_was_checked_and_where() -> None:
    lines = verdict_text({"mix": "small", **FIGURES, **Findings().verdict()}).splitlines()
    assert lines[0] == (
        "20,480 tokens in 40 rows, 12 samples solved again, in 2.0 s: 10,240 tokens/s on "
        "cuda (H200), executor ray"
    )


def test_draw_says_how_sure_it_makes() -> None:
    drawn = sampling_facts("row", 0.1, total=1000, num_drawn=100)
    told = {"mix": "small", **FIGURES, "sampling": drawn, **Findings().verdict()}
    assert "with 95% confidence fewer than 29 of all rows are bad" in verdict_text(told)
