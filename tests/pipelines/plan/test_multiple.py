"""Cuts and ends fall on multiples; no text is lost between chunks, and little at the end."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.chunking.cuts import Chunks
from pipelines.plan.multiple import snapped, trimmed
from schemas.draw import Pieces


def chunks_of(*spans: tuple[int, int]) -> Chunks:
    start, stop = (np.array(side, np.int64) for side in zip(*spans, strict=True))
    repeat = np.append(0, stop[:-1] - start[1:])
    return Chunks(start=start, stop=stop, repeat=repeat)


def spans_of(chunks: Chunks) -> list[tuple[int, int]]:
    return list(zip(chunks.start.tolist(), chunks.stop.tolist(), strict=True))


@pytest.mark.parametrize(
    ("begin", "spans", "expected"),
    [
        (0, [(0, 11), (11, 22), (22, 30)], [(0, 8), (8, 20), (20, 30)]),
        # A start id opens the first: 1 + 7, 1 + ... and so on.
        (1, [(0, 11), (11, 22), (22, 30)], [(0, 11), (11, 19), (19, 30)]),
        # What is repeated begins earlier as well.
        (0, [(0, 11), (9, 22)], [(0, 8), (8, 22)]),
        (0, [(0, 11), (6, 22)], [(0, 8), (4, 22)]),
        # A chunk that is left without text goes.
        (0, [(0, 8), (8, 10), (10, 30)], [(0, 8), (8, 30)]),
        # A piece that begins inside its document counts from there.
        (0, [(3, 13), (13, 30)], [(3, 11), (11, 30)]),
    ],
)
def test_cuts_move_back_to_multiples(
    begin: int, spans: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    found = snapped(chunks_of(*spans), 4, begin=begin)
    assert spans_of(found) == expected
    again = [max(a[1] - b[0], 0) for a, b in itertools.pairwise(expected)]
    assert found.repeat.tolist() == [0, *again]


def test_without_a_multiple_chunks_stay() -> None:
    chunks = chunks_of((0, 11), (11, 30))
    assert snapped(chunks, 1, begin=0) is chunks


@given(
    cuts=st.lists(st.integers(1, 99), unique=True, max_size=8),
    multiple=st.integers(2, 16),
    begin=st.integers(0, 1),
)
def test_no_text_is_lost_between_chunks(cuts: list[int], multiple: int, begin: int) -> None:
    edges = [0, *sorted(cuts), 100]
    chunks = chunks_of(*itertools.pairwise(edges))
    found = spans_of(snapped(chunks, multiple, begin=begin))
    assert (found[0][0], found[-1][1]) == (0, 100)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(found))
    sizes = [stop - start for start, stop in found[:-1]]
    if sizes:
        sizes[0] += begin
    assert all(size > 0 and size % multiple == 0 for size in sizes)


def pieces_of(*spans: tuple[int, int]) -> Pieces:
    start, stop = (np.array(side, np.int64) for side in zip(*spans, strict=True))
    return Pieces(doc=np.arange(len(start)), start=start, stop=stop, epoch=np.zeros_like(start))


@pytest.mark.parametrize(
    ("tokens", "begin", "end", "kept"),
    [
        (11, False, True, 11),  # with its end id 12
        (10, False, True, 8),
        (9, False, True, 8),
        (8, False, True, 4),  # 8 would be the whole text without its end id
        (8, False, False, 8),
        (9, False, False, 8),
        (10, True, True, 10),
        (9, True, True, 7),
        (4, False, True, None),
        (3, False, True, 3),
        (2, False, True, None),
    ],
)
def test_what_does_not_fit_loses_text_at_its_end(
    tokens: int, begin: bool, end: bool, kept: int | None
) -> None:
    pieces, which = trimmed(
        pieces_of((0, tokens)),
        begins=np.array([begin]),
        ends=np.array([end]),
        multiple=4,
        min_fragment=2,
    )
    assert pieces.stop.tolist() == ([] if kept is None else [kept])
    assert which.tolist() == ([] if kept is None else [0])


def test_a_trimmed_piece_is_no_shorter_than_a_fragment() -> None:
    no = np.array([False, False])
    pieces, kept = trimmed(
        pieces_of((0, 9), (5, 18)), begins=no, ends=no, multiple=4, min_fragment=12
    )
    assert kept.tolist() == [1]
    assert (pieces.start.tolist(), pieces.stop.tolist()) == ([5], [17])
