"""The short window sees what gzip sees, the long one the whole document."""

import zlib

import numpy as np
import pytest

from generators.scoring import compression
from generators.seeds import rng_for
from schemas.selection import Subject


def scores(text: str) -> dict[str, float | str | bytes | None]:
    subject = Subject(text=text, kind="book", data=text.encode(), ids=np.zeros(0, np.int32))
    return compression.score(subject, compression.Options())


def letters(count: int) -> str:
    drawn = rng_for(0, "test", count).integers(ord("a"), ord("z") + 1, count)
    return bytes(drawn.tolist()).decode()


def test_only_the_long_window_sees_a_block_of_100_kb_again() -> None:
    block = letters(100_000)
    once, five_times = scores(block), scores(block * 5)
    assert once["compression_short"] == pytest.approx(0.6, abs=0.02)
    assert five_times["compression_short"] == pytest.approx(once["compression_short"], rel=0.01)
    assert five_times["compression_long"] == pytest.approx(0.12, abs=0.01)
    assert five_times["compression_far"] == pytest.approx(0.8, abs=0.01)
    assert once["compression_far"] == pytest.approx(0, abs=0.01)


def test_the_long_window_sees_pieces_3_mb_back() -> None:
    """Each piece has to be found anew, farther than the tables of a fast level reach."""
    text, size = letters(3_000_000), 500
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    shuffled = "".join(pieces[n] for n in rng_for(0, "test", "order").permutation(len(pieces)))
    assert scores(text + shuffled)["compression_far"] == pytest.approx(0.44, abs=0.05)


def test_both_windows_see_a_block_of_10_kb_again() -> None:
    found = scores(letters(10_000) * 5)
    assert found["compression_short"] == pytest.approx(0.12, abs=0.01)
    assert found["compression_long"] == pytest.approx(0.12, abs=0.01)


def test_the_order_of_texts_is_that_of_deflate() -> None:
    texts = [letters(20_000), "ab" * 10_000, "".join(f"{n:,} " for n in range(3000))]
    texts.append(" ".join(letters(900 + n)[n:][:5] for n in range(3000)))
    ours = [scores(text)["compression_short"] for text in texts]
    theirs = [len(zlib.compress(text.encode(), 6)) / len(text) for text in texts]
    assert np.argsort(ours).tolist() == np.argsort(theirs).tolist()


def test_a_short_text_says_nothing() -> None:
    assert set(scores("a" * 1023).values()) == {None}
    assert None not in scores("a" * 1024).values()
    assert set(scores("a")) == set(compression.COLUMNS)


@pytest.mark.parametrize("text", ["a" * 5_000_000, "\n" * 5000, "😀" * 5000, "漢" * 5000])
def test_strange_texts_have_a_value(text: str) -> None:
    found = scores(text)
    assert 0 < float(found["compression_long"] or 0) <= float(found["compression_short"] or 0) < 0.1
