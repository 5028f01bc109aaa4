"""Amounts as people write them."""

import pytest

from pipelines.report.amounts import amount, duration, size, with_lengths


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (1234.4, "1,234"),
        (999_000, "999,000"),
        (999_999, "1.00 M"),
        (12_300_000, "12.3 M"),
        (999_981_008, "1.00 B"),
        (2e10, "20.0 B"),
        (1.5e12, "1.50 T"),
    ],
)
def test_amounts(number: float, shown: str) -> None:
    assert amount(number) == shown


def test_sizes_and_durations() -> None:
    assert [size(n) for n in (12, 1234567890, 2.5e15)] == ["12 bytes", "1.23 GB", "2.5e+03 TB"]
    assert [duration(n) for n in (5, 90, 5400)] == ["5 seconds", "1.5 minutes", "1.5 hours"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ({}, "books"),
        ({"at_least": 0, "below": None}, "books"),
        ({"at_least": 0, "below": 8192}, "books below 8,192"),
        ({"at_least": 8192, "below": 65536}, "books from 8,192 below 65,536"),
    ],
)
def test_lengths_stand_beside_a_source(line: dict[str, int | None], shown: str) -> None:
    assert with_lengths({"source": "books", **line}) == shown
