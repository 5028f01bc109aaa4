"""What torch alone has: unsigned shifts of signed numbers, and tables that stay on the device."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
torch_arrays = pytest.importorskip("pipelines.verify.tensors.torch_arrays")


def test_a_shift_of_a_negative_number_brings_zeros_in() -> None:
    found = torch_arrays._shifted(torch.tensor([-1, 1 << 40], dtype=torch.int64), 30)
    assert found.tolist() == [2**34 - 1, 1 << 10]


def test_dtypes_go_over_the_wire_as_they_are() -> None:
    arrays = torch_arrays.TorchArrays("cpu")
    for dtype in (np.int32, np.int64, np.bool_, np.uint8):
        assert arrays.get(arrays.put(np.ones(3, dtype))).dtype == dtype


def test_tables_of_powers_are_sent_once() -> None:
    arrays = torch_arrays.TorchArrays("cpu")
    first, second = arrays.powers(3, 10), arrays.powers(3, 20)
    assert first.data_ptr() == second.data_ptr()
