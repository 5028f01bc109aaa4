"""numpy and torch do the same: small values by eye, and drawn ones against each other."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.ngrams.units import mixed
from pipelines.verify.tensors.arrays import Arrays, open_arrays, power_table, table_size
from schemas.errors import RecipeError
from tests.pipelines.verify.tensors.made import arrays_of

IDS = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40)


def test_ids_outside_the_table_read_its_last_entry(arrays: Arrays) -> None:
    table = arrays.put(np.array([10, 11, 12, 99], np.uint8))
    ids = arrays.put(np.array([0, 2, 3, -1, 2**31 - 1, -(2**31), 1], np.int32))
    assert arrays.get(arrays.lookup(table, ids)).tolist() == [10, 12, 99, 99, 99, 99, 11]


def test_places_and_counts(arrays: Arrays) -> None:
    flags = arrays.put(np.array([0, 1, 1, 0, 1], bool))
    assert arrays.places(flags).tolist() == [1, 2, 4]
    starts, stops = np.array([0, 1, 3, 2]), np.array([5, 3, 4, 2])
    assert arrays.counts(flags, starts, stops).tolist() == [3, 2, 0, 0]


def test_running_sums_wrap_around(arrays: Arrays) -> None:
    values = arrays.put(np.array([2**63 - 1, 1, 5], np.int64))
    assert arrays.get(arrays.running(values)).tolist() == [0, 2**63 - 1, -(2**63), -(2**63) + 5]


def test_values_are_taken_by_place(arrays: Arrays) -> None:
    values = arrays.put(np.array([7, 8, 9], np.int32))
    assert arrays.take(values, np.array([2, 0, 2])).tolist() == [9, 7, 9]


def test_powers_are_those_of_python(arrays: Arrays) -> None:
    base = 0x9E3779B97F4A7C15
    found = arrays.get(arrays.powers(base, 70)).view(np.uint64).tolist()
    assert found == [pow(base, k, 1 << 64) for k in range(70)]


@pytest.mark.parametrize("name", ["cpu", "torch"])
@given(IDS)
def test_stirred_ids_are_those_of_the_index(name: str, ids: list[int]) -> None:
    arrays = arrays_of(name)
    values = np.array(ids, np.int32)
    expected = mixed((values.astype(np.int64) + 7).view(np.uint64))
    found = arrays.get(arrays.stirred(arrays.put(values), 7))
    assert found.view(np.uint64).tolist() == expected.tolist()


def test_empty_arrays_are_no_special_case(arrays: Arrays) -> None:
    empty = arrays.put(np.zeros(0, np.int32))
    assert arrays.places(empty == 1).tolist() == []
    assert arrays.get(arrays.running(arrays.stirred(empty, 1))).tolist() == [0]


def test_a_read_only_array_can_be_put(arrays: Arrays) -> None:
    """Columns of Arrow are read-only, and torch would warn of that."""
    values = np.arange(3, dtype=np.int32)
    values.flags.writeable = False
    assert arrays.get(arrays.put(values)).tolist() == [0, 1, 2]


def test_another_device_is_refused_by_name() -> None:
    with pytest.raises(RecipeError, match="device 'tpu'"):
        open_arrays("tpu")


def test_tables_are_few_and_kept() -> None:
    assert table_size(1) == table_size(1 << 16) == 1 << 16
    assert table_size((1 << 16) + 1) == 1 << 17
    assert power_table(3, 1 << 16) is power_table(3, 1 << 16)


def test_checks_on_the_cpu_do_not_import_torch() -> None:
    """It takes seconds to import, and need not be installed."""
    program = (
        "import sys, pipelines.verify.tensors.examine as e; from pipelines.verify.tensors.arrays "
        "import open_arrays; open_arrays('cpu'); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
