"""The running sum gives what the polynomial of n-grams gives, value for value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.ngrams.units import mixed, rolling
from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.hashes import SECOND_BASE, SECOND_SALT, fingerprints, sums_of
from tests.pipelines.verify.tensors.made import arrays_of


def ids_of(values: list[int], arrays: Arrays) -> object:
    return arrays.put(np.array(values, np.int32))


@pytest.mark.parametrize("name", ["cpu", "torch"])
@given(values=st.lists(st.integers(0, 2**31 - 1), max_size=60), n=st.integers(1, 20))
def test_runs_are_those_of_the_decontamination_index(name: str, values: list[int], n: int) -> None:
    arrays = arrays_of(name)
    units = mixed(np.array(values, np.uint64) + np.uint64(1))
    found = arrays.get(sums_of(ids_of(values, arrays), arrays).runs(n))
    assert found.view(np.uint64).tolist() == rolling(units, n).tolist()


def test_equal_ranges_have_equal_hashes_wherever_they_stand(arrays: Arrays) -> None:
    sums = sums_of(ids_of([5, 6, 7, 9, 9, 5, 6, 7], arrays), arrays)
    found = sums.ranges(np.array([0, 5, 1]), np.array([3, 8, 4]))
    assert found[0] == found[1] != found[2]


def test_a_range_is_a_run_of_its_length(arrays: Arrays) -> None:
    sums = sums_of(ids_of([5, 6, 7, 9, 9], arrays), arrays)
    assert sums.ranges(np.array([1]), np.array([4]))[0] == arrays.get(sums.runs(3))[1]


def test_order_and_length_matter(arrays: Arrays) -> None:
    sums = sums_of(ids_of([5, 6, 6, 5, 0, 0, 0], arrays), arrays)
    starts, stops = np.array([0, 2, 4, 4]), np.array([2, 4, 6, 7])
    assert len({*sums.ranges(starts, stops).tolist()}) == 4


def test_fingerprints_are_two_different_polynomials(arrays: Arrays) -> None:
    ids = ids_of([5, 6, 7, 5, 6, 7], arrays)
    second = sums_of(ids, arrays, base=SECOND_BASE, salt=SECOND_SALT)
    found = fingerprints(sums_of(ids, arrays), second, np.array([0, 3]), np.array([3, 6]))
    assert found[0].tolist() == found[1].tolist()
    assert found[0, 0] != found[0, 1]
