"""Questions about bytes are those of Python's own str methods, asked of whole arrays."""

import numpy as np
import pytest

from generators.scoring import _codes as codes

ALL = np.arange(256, dtype=np.uint8)


def found(answer: codes.BoolArray) -> bytes:
    return bytes(np.flatnonzero(answer).tolist())


def test_within_takes_both_ends() -> None:
    assert found(codes.within(ALL, 0x30, 0x32)) == b"012"
    assert found(codes.within(ALL, 0xFF)) == b"\xff"
    assert found(codes.within(ALL, 0, 0)) == b"\0"


def test_ascii_classes() -> None:
    assert found(codes.digits(ALL)) == b"0123456789"
    assert found(codes.capitals(ALL)) == b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert found(codes.small_letters(ALL)) == b"abcdefghijklmnopqrstuvwxyz"
    ascii_letters = bytes(byte for byte in range(128) if chr(byte).isalpha())
    assert found(codes.letters(ALL)) == ascii_letters


@pytest.mark.parametrize("text", ["aé漢😀", "\u0080\uffff\U0010ffff"])
def test_characters_are_told_by_their_first_bytes(text: str) -> None:
    data = np.frombuffer(text.encode(), np.uint8)
    assert np.count_nonzero(~codes.continues(data)) == len(text)
    plain = np.count_nonzero(~codes.beyond_ascii(data))
    assert plain == sum(character.isascii() for character in text)
