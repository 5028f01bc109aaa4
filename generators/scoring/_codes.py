"""Questions about the bytes of UTF-8, answered for a whole array at once.

    within(codes of "a1B", ord("0"), ord("9"))  ->  [False, True, False]

One subtraction and one comparison for each question, by which numpy works through several GB/s: in
uint8, what lies below `low` wraps round to above `high`.
"""

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]


def within(codes: Codes, low: int, high: int | None = None) -> BoolArray:
    """Return bool[N]: which bytes lie in low..high, both included; `high` None is `low` itself."""
    found: BoolArray = (codes - np.uint8(low)) <= np.uint8((low if high is None else high) - low)
    return found


def digits(codes: Codes) -> BoolArray:
    """Say which bytes are 0-9."""
    return within(codes, ord("0"), ord("9"))


def capitals(codes: Codes) -> BoolArray:
    """Say which bytes are A-Z."""
    return within(codes, ord("A"), ord("Z"))


def small_letters(codes: Codes) -> BoolArray:
    """Say which bytes are a-z."""
    return within(codes, ord("a"), ord("z"))


def letters(codes: Codes) -> BoolArray:
    """Say which bytes are a letter of ASCII."""
    # 0x20 is all that parts a capital from its small letter.
    return small_letters(codes | np.uint8(ord(" ")))


def beyond_ascii(codes: Codes) -> BoolArray:
    """Say which bytes belong to a character that is not ASCII."""
    return within(codes, 0x80, 0xFF)


def continues(codes: Codes) -> BoolArray:
    """Say which bytes are not the first of their character."""
    return within(codes, 0x80, 0xBF)
