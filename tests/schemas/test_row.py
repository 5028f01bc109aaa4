"""The digest of a row: a reader recomputes it to know that its tokens are as they were made."""

import hashlib

import numpy as np
import pytest

from schemas.row import ROWS, row_digest

IDS = np.array([5, 6, 256], np.int32)
LENGTHS = np.array([1, 2], np.int32)
MASK = np.array([False, False, True])
POSITIONS = np.array([0, 7, 8], np.int32)


def test_the_digest_by_hand() -> None:
    data = b"\x0c" + b"\0" * 7 + b"\5\0\0\0\6\0\0\0\0\1\0\0"  # 12 bytes of ids
    data += b"\x08" + b"\0" * 7 + b"\1\0\0\0\2\0\0\0"  # 8 bytes of lengths
    data += b"\x03" + b"\0" * 7 + b"\0\0\1"  # 3 bytes of mask
    data += b"\x0c" + b"\0" * 7 + b"\0\0\0\0\7\0\0\0\x08\0\0\0"  # 12 bytes of positions
    assert row_digest(IDS, LENGTHS, MASK, POSITIONS) == hashlib.sha256(data).digest()[:16]


def test_a_null_column_is_eight_zero_bytes() -> None:
    data = b"\x0c" + b"\0" * 7 + b"\5\0\0\0\6\0\0\0\0\1\0\0"
    data += b"\x08" + b"\0" * 7 + b"\1\0\0\0\2\0\0\0" + b"\0" * 16
    assert row_digest(IDS, LENGTHS, None, None) == hashlib.sha256(data).digest()[:16]


@pytest.mark.parametrize("dtype", [">i4", "<i8"])
def test_the_bytes_of_this_machine_do_not_matter(dtype: str) -> None:
    mine = row_digest(IDS, LENGTHS, MASK, POSITIONS)
    assert row_digest(IDS.astype(dtype), LENGTHS, MASK, POSITIONS) == mine


def test_a_slice_with_gaps_is_digested_by_its_values() -> None:
    spread = np.repeat(IDS, 2)[::2]
    assert row_digest(spread, LENGTHS, None, None) == row_digest(IDS, LENGTHS, None, None)


def test_the_columns_of_a_row() -> None:
    assert ROWS.names[:6] == [
        "input_ids",
        "seq_lengths",
        "target_mask",
        "position_ids",
        "spans",
        "needles",
    ]
    assert "labels" not in ROWS.names
    assert "attention_mask" not in ROWS.names
