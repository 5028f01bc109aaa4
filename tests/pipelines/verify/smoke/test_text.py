"""The verdict on a terminal: every figure in its place, within 100 columns, whatever is missing."""

import pytest

from tests.pipelines.verify.smoke.told import DEARER, HOSTILE, early, emptied, told  # isort: skip - torch
from pipelines.verify.smoke.text import WIDTH, smoke_text


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_a_gate_is_a_line_and_says_what_it_asks_where_it_fails() -> None:
    text = smoke_text(told())
    gate = line_of(text, "✗ depth").split()
    assert gate == ["✗", "depth", "+3.000", "0.250", "0.400", "+3.000", "+3.000", "+3.000"]
    assert "  fail: what depth asks" in text.splitlines()
    assert line_of(text, "✓ labels").split()[2:5] == ["+0.0%", "3.0%", "5.0%"]
    assert "what labels asks" not in text, "it passes"


def test_the_last_line_says_it_all() -> None:
    assert smoke_text(told()).splitlines()[-1] == "smoke: FAIL: retrieval, depth"
    assert smoke_text(told(middle=0.5)).splitlines()[-1] == "smoke: pass, 3 gates, 3 seeds"
    assert smoke_text(told(middle=0.85)).splitlines()[-1] == "smoke: warn: depth"
    assert smoke_text(told(wanted=4)).splitlines()[-1] == "smoke: inconclusive, 1 reason above"


def test_the_mix_stands_beside_the_control_with_blocks() -> None:
    """Losses of 3.5 fill the scale, those of 0.5 a seventh of it."""
    lines = smoke_text(told()).splitlines()
    exact, loss = (line.split() for line in lines if line.startswith("    512"))
    right = ["100"] * 3 + ["0"] * 4 + ["100"] * 3
    assert exact == ["512", *right, *["100"] * 10, "███▁▁▁▁███"]
    assert loss == ["512", *["0.5"] * 3, *["3.5"] * 4, *["0.5"] * 13, "▂▂▂████▂▂▂"]


@pytest.mark.parametrize(
    "found",
    [
        told(),
        told(surprise=DEARER),
        early(),
        emptied(told()),
        told(seeds=9),
        told(seeds=0, wanted=3),
    ],
    ids=["fail", "surprise", "early", "empty", "nine seeds", "no seed"],
)
def test_it_fits_and_never_says_nan(found) -> None:
    found["mix"] = f"{HOSTILE} {'x' * 300}"
    text = smoke_text(found)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "nan" not in text.lower()
    assert "None" not in text
    assert all(line.isprintable() for line in text.splitlines())
    assert text.splitlines()[-1].startswith("smoke: ")


def test_losses_of_two_digits_keep_their_distance() -> None:
    found = told()
    for cell in found["together"]["mix"]["512"]:
        cell["nll"]["value"] = 12.34
    line = next(line for line in smoke_text(found).splitlines() if "  12  12" in line)
    assert line.split() == ["512", *["12"] * 10, *["0.5"] * 10, "█" * 10]


def test_missing_figures_are_told_as_missing() -> None:
    text = smoke_text(emptied(told()))
    assert line_of(text, "? depth").split()[:3] == ["?", "depth", "n/a"]
    assert line_of(text, "    512").split() == ["512", *["·"] * 20, "·" * 10]


def test_many_seeds_are_told_by_their_ends() -> None:
    found = told(seeds=9)
    found["gates"][0]["seeds"] = [0.1, None, *[0.2] * 6, 0.7]
    assert line_of(smoke_text(found), "✗ retrieval").endswith("+0.100 to +0.700, 8 of 9 seeds")


def test_reasons_and_notes_are_said_as_they_are() -> None:
    text = smoke_text(early() | {"notes": ["one row \x1b[31m is red"]})
    assert "smoke training of made/mix on cpu: no seed, 256 to 512 tokens" in text
    assert "inconclusive: rows are too short" in text
    assert "note: one row \\x1b[31m is red" in text


def test_samples_that_surprise_are_named_and_the_rest_counted() -> None:
    found = told(surprise=DEARER)
    found["surprising"] |= {
        "dear": 9,
        "samples": [{"sample_id": f"s{n}" * 60, "nll": 6.0, "depth": 0.05} for n in range(9)],
    }
    lines = smoke_text(found).splitlines()
    named = [line for line in lines if line.endswith("  6.00 nats, depth 0.05")]
    assert len(named) == 5
    assert "…" in named[0]
    assert "  and 4 more" in lines


def test_entropy_is_told_by_length() -> None:
    found = told()
    for seed in found["seeds"]:
        seed["mix"]["entropy"]["512"] = 1.5
    assert "512 tokens 1.50 (control 3.00)" in smoke_text(found).replace("\n  ", " ")
