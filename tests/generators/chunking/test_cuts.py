"""Long pieces are cut where their policy says, and nothing is lost that is not dropped."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.chunking.breaks import LINE, PARAGRAPH, SECTION
from generators.chunking.cuts import Chunks, cut_piece

ROW: dict[str, Any] = {"capacity": 60, "min_fragment": 10}


def at(level: int, *tokens: int) -> list[int]:
    return [token * 4 + level for token in tokens]


def breaks(*packed: list[int]) -> np.ndarray:
    return np.sort(np.concatenate([*packed, []]).astype(np.int64))


def spans(chunks: Chunks) -> list[tuple[int, int]]:
    return list(zip(chunks.start.tolist(), chunks.stop.tolist(), strict=True))


def test_a_chunk_ends_at_the_last_paragraph_that_leaves_room_for_a_fragment() -> None:
    found = cut_piece((0, 150), breaks(at(PARAGRAPH, 30, 55, 90, 140)), policy="paragraph", **ROW)
    assert spans(found) == [(0, 30), (30, 55), (55, 90), (90, 150)]
    assert found.repeat.tolist() == [0, 0, 0, 0]


def test_sections_come_before_paragraphs_where_they_are_not_too_early() -> None:
    known = breaks(at(SECTION, 20, 95), at(PARAGRAPH, 45, 90))
    sections = cut_piece((0, 120), known, policy="section", **ROW)
    paragraphs = cut_piece((0, 120), known, policy="paragraph", **ROW)
    assert spans(sections) == [(0, 20), (20, 45), (45, 95), (95, 120)]
    assert spans(paragraphs) == [(0, 45), (45, 95), (95, 120)]


def test_a_line_serves_where_no_paragraph_lies_in_the_second_half() -> None:
    known = breaks(at(PARAGRAPH, 10), at(LINE, 40, 48, 55))
    found = cut_piece((0, 100), known, policy="paragraph", **ROW)
    assert spans(found) == [(0, 48), (48, 100)]


def test_text_without_any_break_is_cut_where_the_row_has_room() -> None:
    assert spans(cut_piece((5, 130), breaks(), policy="paragraph", **ROW)) == [
        (5, 55),
        (55, 105),
        (105, 130),
    ]


def test_the_rest_is_never_shorter_than_a_fragment() -> None:
    """61 tokens: the chunk ends at 50 and not later, or fewer than 10 would remain."""
    assert spans(cut_piece((0, 61), breaks(at(LINE, 55)), policy="paragraph", **ROW)) == [
        (0, 50),
        (50, 61),
    ]


def test_drop_tail_keeps_the_beginning_alone() -> None:
    known = breaks(at(PARAGRAPH, 45, 90))
    assert spans(cut_piece((0, 150), known, policy="drop_tail", **ROW)) == [(0, 45)]


def test_overlapping_chunks_say_what_they_repeat() -> None:
    """A fifth of a row is 12: the second chunk begins at the paragraph 38, 7 tokens back."""
    known = breaks(at(PARAGRAPH, 38, 45, 80))
    found = cut_piece((0, 100), known, policy="overlap", overlap=0.2, **ROW)
    assert spans(found) == [(0, 45), (38, 80), (68, 100)]
    assert found.repeat.tolist() == [0, 7, 12]


@given(
    start=st.integers(0, 40),
    size=st.integers(61, 600),
    places=st.dictionaries(st.integers(1, 640), st.integers(0, 2), max_size=40),
    policy=st.sampled_from(["paragraph", "section", "overlap", "drop_tail"]),
)
def test_chunks_cover_the_piece_and_fit(
    *, start: int, size: int, places: dict[int, int], policy: Any
) -> None:
    known = np.array(sorted(token * 4 + level for token, level in places.items()), np.int64)
    stop = start + size
    overlap = 0.3 if policy == "overlap" else 0.0
    found = cut_piece((start, stop), known, policy=policy, overlap=overlap, **ROW)
    sizes = found.stop - found.start
    assert found.start[0] == start
    assert ((sizes >= ROW["min_fragment"]) & (sizes <= ROW["capacity"])).all()
    assert (found.start[1:] + found.repeat[1:] == found.stop[:-1]).all()
    assert (found.repeat[1:] > 0).all() if overlap else not found.repeat.any()
    assert len(sizes) == 1 if policy == "drop_tail" else found.stop[-1] == stop
    # What is left of a row beside a chunk can be filled, but beside the last one.
    assert (sizes[:-1] <= ROW["capacity"] - ROW["min_fragment"]).all()


@pytest.mark.parametrize("policy", ["paragraph", "overlap"])
def test_a_piece_that_fits_is_not_cut(policy: Any) -> None:
    assert spans(cut_piece((7, 67), breaks(at(PARAGRAPH, 30)), policy=policy, **ROW)) == [(7, 67)]
