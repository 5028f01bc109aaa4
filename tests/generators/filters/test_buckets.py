"""A length lies in the bucket of the greatest power of two that it reaches, exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.filters.buckets import length_bucket

LONGEST = 2**63 - 1


def buckets(lengths):
    return length_bucket(np.array(lengths, dtype=np.int64)).tolist()


def test_a_bucket_begins_at_its_power_of_two():
    assert buckets([8191, 8192, 16383, 16384]) == [4096, 8192, 8192, 16384]
    assert buckets([0, 1, 2, 3, 4]) == [0, 1, 2, 2, 4]


def test_lengths_that_a_float_cannot_hold_are_exact():
    assert (
        buckets([2**53 - 1, 2**53, 2**62 - 1, 2**62, LONGEST])
        == [2**52, 2**53, 2**61] + [2**62] * 2
    )


@given(st.lists(st.integers(1, LONGEST)))
def test_it_is_the_highest_bit_of_the_length(lengths):
    given_lengths = np.array(lengths, dtype=np.int64)
    before = given_lengths.copy()
    found = length_bucket(given_lengths).tolist()
    assert found == [1 << (length.bit_length() - 1) for length in lengths]
    assert (given_lengths == before).all()


def test_a_negative_length_is_refused():
    with pytest.raises(ValueError, match="length 1 is -3; lengths must be 0 or more"):
        buckets([5, -3])
