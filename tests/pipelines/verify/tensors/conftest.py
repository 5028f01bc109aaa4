"""Tests with `arrays` run on numpy, on torch's CPU tensors, and on a GPU where there is one."""

import pytest

from pipelines.verify.tensors.arrays import Arrays
from tests.pipelines.verify.tensors.made import arrays_of


@pytest.fixture(params=["cpu", "torch", pytest.param("cuda", marks=pytest.mark.gpu)])
def arrays(request: pytest.FixtureRequest) -> Arrays:
    if request.param == "cuda":
        torch = pytest.importorskip("torch", reason="torch is not installed")
        if not torch.cuda.is_available():
            pytest.skip("no GPU here")
    return arrays_of(request.param)
