"""Lines, paragraphs and sections of a text, as tokens; one letter is one token here."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.chunking import breaks
from generators.chunking.breaks import LINE, LONG_PARAGRAPH, PARAGRAPH, SECTION, find_breaks

NAMES = {LINE: "line", PARAGRAPH: "paragraph", SECTION: "section"}


def found(text: str, *, size: int = 1) -> list[tuple[str, str]]:
    """Return (level, the line that begins there) of each break; tokens are of `size` bytes."""
    data = text.encode()
    ends = np.append(np.arange(size, len(data), size), len(data)) if data else np.zeros(0, int)
    starts = np.append(0, ends)
    return [
        (NAMES[packed & 3], data[starts[packed >> 2] :].decode().split("\n")[0])
        for packed in find_breaks(data, ends).tolist()
    ]


def test_paragraphs_begin_after_blank_lines_and_sections_open_with_a_heading() -> None:
    text = "Once.\n\nCHAPTER I\n\nIt rained.\nA lot.\n \t\nThen it stopped."
    assert found(text) == [
        ("section", "CHAPTER I"),
        ("paragraph", "It rained."),
        ("paragraph", "Then it stopped."),
    ]


def test_lines_count_where_a_paragraph_is_long() -> None:
    long = "\n".join(["x" * 99] * 6)
    assert [level for level, _ in found(f"Short.\nLine.\n\n{long}\n\nEnd.\nMore.")] == [
        "paragraph",
        *["line"] * 5,
        "paragraph",
    ]
    assert len(long) > LONG_PARAGRAPH


@pytest.mark.parametrize(
    "line",
    [
        "# Title",
        "### 2.1 Methods",
        "===== src/app.py =====",
        "Chapter the First",
        "BOOK TWO",
        "IV.",
        "XII",
        "3.2 Results",
        "Epilogue",
        "References",
    ],
)
def test_headings(line: str) -> None:
    assert found(f"Before.\n\n{line}\n\nAfter.")[0] == ("section", line)


@pytest.mark.parametrize(
    "line",
    ["I went home.", "chapter and verse", "1914 was a year.", "#hashtag", "Part of it.", "-"],
)
def test_what_is_no_heading(line: str) -> None:
    assert found(f"Before.\n\n{line}\n\nAfter.")[0] == ("paragraph", line)


def test_a_file_of_a_repository_is_a_section_without_a_blank_line_before_it() -> None:
    assert ("section", "===== b.py =====") in found("x = 1\n===== b.py =====\ny = 2\n")


def test_a_break_stands_at_the_first_token_that_begins_behind_it() -> None:
    """Tokens of four bytes: "One." "\\n\\nTw" "o." - the paragraph begins within the second."""
    data = b"One.\n\nTwo."
    assert find_breaks(data, np.array([4, 8, 10])).tolist() == [2 * 4 + PARAGRAPH]


@pytest.mark.parametrize("text", ["", "\n\n\n", "x", "x" * 5000, " \n \n x"])
def test_texts_without_a_place_to_cut(text: str) -> None:
    assert found(text) in ([], [("paragraph", " x")])


@given(st.text(alphabet="ab.#=I1 \n\té", max_size=80), st.integers(1, 7))
def test_breaks_rise_and_lie_inside(text: str, size: int) -> None:
    data = text.encode()
    ends = np.append(np.arange(size, len(data), size), len(data)) if data else np.zeros(0, int)
    packed = find_breaks(data, ends)
    tokens = packed >> 2
    assert (np.diff(tokens) > 0).all()
    assert ((tokens > 0) & (tokens < max(len(ends), 1))).all()
    assert set((packed & 3).tolist()) <= set(NAMES)


@given(st.lists(st.sampled_from(["a\n", "\n", " \n", "# b\n", "=== c\n", "d " * 300]), max_size=30))
def test_the_blocks_of_lines_do_not_show(parts: list[str]) -> None:
    data = "".join(parts).encode()
    ends = np.arange(1, len(data) + 1)
    whole = find_breaks(data, ends).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breaks, "BLOCK_BYTES", 3)
        assert find_breaks(data, ends).tolist() == whole


@pytest.mark.parametrize("line", ["word " * 200_000, ("word " * 15 + "\n") * 13_000])
def test_memory_is_not_that_of_every_character(line: str) -> None:
    """A million bytes: their places alone, as numbers, would take eight."""
    data = line.encode()
    ends = np.arange(5, len(data) + 5, 5).clip(max=len(data))
    tracemalloc.start()
    find_breaks(data, ends)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * len(data)
