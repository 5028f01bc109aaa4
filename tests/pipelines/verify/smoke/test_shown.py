"""Figures as they are written, and what is read from the findings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipelines.verify.smoke.told import DEAR, DEARER, early, told  # isort: skip - needs torch first
from pipelines.verify.smoke.gates import SURPRISE
from pipelines.verify.smoke.shown import (
    COLUMNS,
    at_long,
    bins,
    by_seed,
    cells,
    counted,
    gate_number,
    grid,
    lengths,
    long_length,
    middle,
    number,
    percent,
    printable,
    real,
    seeds,
    surprising,
    tokens,
)


@pytest.mark.parametrize(
    ("value", "places", "signed", "said"),
    [
        (0.0512, 2, False, "0.05"),
        (0.0512, 3, True, "+0.051"),
        (-1.5, 1, True, "-1.5"),
        (-0.0001, 2, True, "+0.00"),
        ({"value": 2.0, "low": 1.0, "high": 3.0}, 1, False, "2.0"),
        (None, 2, True, "n/a"),
        (float("nan"), 2, False, "n/a"),
        ({"value": None}, 2, False, "n/a"),
    ],
)
def test_a_number_has_its_places_and_a_missing_one_says_so(value, places, signed, said) -> None:
    assert number(value, places, signed=signed) == said


def test_shares_are_percents() -> None:
    assert [percent(0.0512), percent(0.0512, 1, signed=True), percent(None)] == [
        "5%",
        "+5.1%",
        "n/a",
    ]


def test_gates_compare_losses_or_shares() -> None:
    assert gate_number("depth", 0.0512) == "+0.051"
    assert gate_number("depth", 0.25, signed=False) == "0.250"
    assert gate_number("labels", 0.0512) == "+5.1%"
    assert gate_number("targets", 0.0512) == "5.1%", "compared with no control"


@given(st.text())
def test_printable_words_steer_nothing_and_stay_as_they_are(words: str) -> None:
    shown = printable(words)
    assert shown.isprintable()
    assert printable(shown) == shown


def test_what_steers_a_terminal_is_spelt_out() -> None:
    assert printable("a\x1b[2J\n\udc80é") == "a\\x1b[2J\\n\\udc80é"


def test_lengths_are_written_in_k_where_they_are_long() -> None:
    assert [tokens(length) for length in (256, 1024, 16384, 131072, 100_000)] == [
        "256",
        "1,024",
        "16K",
        "128K",
        "100,000",
    ]


def test_counts_have_their_plural() -> None:
    assert [counted(n, "seed") for n in (0, 1, 3)] == ["no seed", "1 seed", "3 seeds"]


def test_the_grid_is_the_losses_by_length_and_depth() -> None:
    found = told()
    assert (lengths(found), bins(found), long_length(found)) == ([256, 512, 1024], 10, 512)
    expected = np.full((3, 10), 0.5)
    expected[1, 3:7] = DEAR
    np.testing.assert_allclose(grid(found, "mix", "nll"), expected)
    np.testing.assert_allclose(grid(found, "control", "nll"), 0.5)
    assert cells(found, "mix", 512)[3]["answers"] == 4, "three seeds were asked the same four"


def test_findings_without_arms_have_nothing_to_show() -> None:
    found = early()
    assert lengths(found) == []
    assert seeds(found) == []
    assert bins(found) == 0
    assert grid(found, "mix", "exact").shape == (0, 0)
    assert surprising(found) == "no answers of the mix were kept for an audit"


def test_the_median_leaves_out_what_is_missing() -> None:
    assert middle([1.0, None, {"value": 5.0}]) == 3.0
    assert np.isnan(middle([None]))
    assert np.isnan(real(None))


def test_surprising_answers_are_counted_beside_the_control() -> None:
    said = surprising(told(surprise=DEARER))
    assert said.startswith(f"2 of 40 answers of the mix are dearer than {SURPRISE:g} nats")
    assert said.endswith("median share 5.0%, control 0.0%")


def test_a_line_of_the_table_of_seeds() -> None:
    found = told()
    line = [column.of(found, seeds(found)[1]) for column in COLUMNS]
    assert line == [
        *("1", "100%", "0%", "60%", "100%", "0%/100%", "100%/100%"),
        *("4.250/4.250", "7,000/7,000"),
    ]
    assert at_long(found, seeds(found)[0]["mix"], "exact")["value"] == 0.6
    assert by_seed(found, "mix", "untrained") == [0.0, 0.0, 0.0]
