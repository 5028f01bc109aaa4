"""Repeated lines, paragraphs and runs of words, against a dictionary of what stood before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.scoring import repetition
from generators.scoring._blocks import BLOCK_BYTES
from schemas.selection import Subject

Scores = dict[str, float | str | bytes | None]


def scores(text: str, **options: int) -> Scores:
    subject = Subject(text=text, kind="page", data=text.encode(), ids=np.zeros(0, np.int32))
    return repetition.score(subject, repetition.Options(**options))


def fresh(count: int, start: int = 0) -> str:
    """Different words, of six bytes with the space behind."""
    return "".join(f"w{n:04d} " for n in range(start, start + count))


def share_before(units: list[bytes]) -> float:
    """What the score should be: bytes of units that stood before, over all that hold a word."""
    seen: set[bytes] = set()
    total = again = 0
    for unit in units:
        if unit.strip():
            total += len(unit)
            again += len(unit) if unit.strip() in seen else 0
            seen.add(unit.strip())
    return again / total


def test_the_second_of_two_equal_lines_is_a_repetition() -> None:
    text = "a b c\n" + fresh(200) + "\n" + "A, b: c\n"
    # 6 bytes + 1,201 + 8; of equal lines the smallest is the new one.
    assert scores(text)["repetition_lines"] == pytest.approx(8 / 1215)
    assert scores(text)["repetition_paragraphs"] == 0


def test_paragraphs_are_parted_by_an_empty_line() -> None:
    text = "one two\nthree\n\n" + fresh(100) + "\n\none two\nthree\n\n"
    assert scores(text)["repetition_paragraphs"] == pytest.approx(15 / len(text))
    assert scores(text)["repetition_lines"] == pytest.approx((8 + 6) / (len(text) - 3))


def test_lines_without_words_do_not_count() -> None:
    assert scores((fresh(1) + "\n* * *\n") + fresh(200, 1))["repetition_lines"] == 0


def test_ngrams_that_stood_before() -> None:
    """200 words twice: 393 runs of eight, of which the second 193 and no run across are old."""
    found = scores(fresh(200) * 2)["repetition_ngrams"]
    assert found == pytest.approx(193 / 393, abs=0.003)
    assert scores(fresh(1000))["repetition_ngrams"] == pytest.approx(0, abs=0.002)


def test_the_option_says_how_long_a_run_is() -> None:
    text = " ".join(f"same same w{n}" for n in range(400))
    assert scores(text, words=2)["repetition_ngrams"] == pytest.approx(1 / 3, abs=0.01)
    assert scores(text, words=3)["repetition_ngrams"] == pytest.approx(0, abs=0.01)


def test_a_repetition_is_seen_across_blocks() -> None:
    lines = "".join(f"line number {n:07d}\n" for n in range(BLOCK_BYTES // 20 + 1000))
    found = scores(lines * 2)
    assert found["repetition_lines"] == pytest.approx(0.5)
    assert found["repetition_ngrams"] == pytest.approx(0.5, abs=0.005)


line = st.lists(st.sampled_from("ab"), max_size=3).map(" ".join)


@given(st.lists(line, max_size=40))
def test_shares_are_those_of_a_dictionary(lines: list[str]) -> None:
    data = ("\n".join([fresh(100).strip(), *lines]) + "\n").encode()
    found = scores(data.decode())
    assert found["repetition_lines"] == pytest.approx(share_before(data.splitlines(True)))


def test_few_words_say_nothing() -> None:
    assert set(scores(fresh(99)).values()) == {None}
    assert None not in scores(fresh(100)).values()


@pytest.mark.parametrize("text", ["\n" * 9000, "a" * 900_000, "😀" * 9000, " " * 900_000])
def test_texts_without_words_say_nothing(text: str) -> None:
    assert scores(text) == dict.fromkeys(repetition.COLUMNS)


def test_one_sign_over_and_over_is_repetition() -> None:
    assert scores("漢" * 300_000)["repetition_ngrams"] == pytest.approx(1, abs=0.001)
    assert scores("a\n" * 300_000)["repetition_lines"] == pytest.approx(1, abs=0.001)
