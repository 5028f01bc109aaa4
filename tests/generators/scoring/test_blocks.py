"""Blocks joined are the text; a cut falls between paragraphs, lines, words or characters."""

from hypothesis import given
from hypothesis import strategies as st

from generators.scoring._blocks import BLOCK_BYTES, blocks


def cut(text: str, size: int) -> list[str]:
    return [block.decode() for _, block in blocks(text.encode(), size=size)]


def test_a_cut_falls_at_the_best_place_there_is() -> None:
    assert cut("aaa\n\nbb cc\n\nd eee", 9) == ["aaa\n\n", "bb cc\n\n", "d eee"]
    assert cut("aaaaa b\ncc dd ee", 9) == ["aaaaa b\n", "cc dd ee"]
    assert cut("aaaaaa bbbbbb", 9) == ["aaaaaa ", "bbbbbb"]
    assert cut("漢漢漢", 4) == ["漢", "漢", "漢"]
    assert cut("", 9) == []


@given(st.text(alphabet="ab \né漢😀", max_size=60), st.integers(4, 16))
def test_no_byte_is_lost_and_no_block_is_too_long(text: str, size: int) -> None:
    found = list(blocks(text.encode(), size=size))
    assert b"".join(block for _, block in found) == text.encode()
    assert "".join(block.decode() for _, block in found) == text  # no character is cut
    assert [start for start, _ in found] == [
        sum(len(block) for _, block in found[:at]) for at in range(len(found))
    ]
    assert all(0 < len(block) <= size for _, block in found)


def test_a_cut_is_taken_in_the_second_half_alone() -> None:
    """Else a mark near the start of a long line would cost a tiny block."""
    assert cut("a bbbbbbbbbb", 9) == ["a bbbbbbb", "bbb"]
    assert len(list(blocks(b"\n\n" + b"x" * (4 * BLOCK_BYTES)))) == 5
