"""The device is resolved once; what is not there ends in a sentence, at once."""

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from pipelines.verify import device
from schemas.errors import RecipeError


class Machine:
    """A machine with some GPUs, and PyTorch or not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def set(self, *, gpus: int, torch: bool = True, usable: bool = True) -> None:
        self.patch.setattr(device, "num_gpus", lambda: gpus)
        self.patch.setattr(importlib.util, "find_spec", lambda name: object() if torch else None)
        module: Any = ModuleType("torch")
        module.__version__ = "9.9+cpu"
        module.cuda = ModuleType("torch.cuda")
        module.cuda.is_available = lambda: usable
        module.cuda.get_device_name = lambda index: f"GPU {index}"
        self.patch.setitem(sys.modules, "torch", module if torch else None)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_cpu_looks_at_nothing(machine: Machine) -> None:
    machine.set(gpus=8)
    assert device.resolve("cpu") == device.CPU


@pytest.mark.parametrize("name", ["auto", "cuda"])
def test_gpu_that_pytorch_sees_is_taken(machine: Machine, name: str) -> None:
    machine.set(gpus=1)
    assert device.resolve(name) == device.Device(name="cuda", model="GPU 0")


MISSING = [
    ({"gpus": 1, "torch": False}, r"PyTorch is not installed; run: pip install 'longmix\[torch\]'"),
    ({"gpus": 0}, "shows no GPU on this machine"),
    ({"gpus": 2, "usable": False}, r"there are 2 GPUs, but PyTorch 9\.9\+cpu cannot use them"),
]


@pytest.mark.parametrize(("facts", "words"), MISSING)
def test_what_is_missing_is_said(machine: Machine, facts: dict[str, Any], words: str) -> None:
    machine.set(**facts)
    assert device.resolve("auto") == device.CPU
    with pytest.raises(RecipeError, match=f"--device cuda: .*{words}.*leave --device out"):
        device.resolve("cuda")


def test_hidden_gpus_are_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    machine.set(gpus=0)
    with pytest.raises(RecipeError, match="CUDA_VISIBLE_DEVICES is ''"):
        device.resolve("cuda")


def test_cluster_is_not_made_to_wait_for_a_gpu(machine: Machine) -> None:
    machine.set(gpus=1)
    assert device.resolve("auto", address="head:6379") == device.CPU
    with pytest.raises(RecipeError, match="head:6379 units are given cores and no GPUs"):
        device.resolve("cuda", address="head:6379")


def test_unknown_device_is_named() -> None:
    with pytest.raises(RecipeError, match="--device tpu: use one of auto, cpu, cuda"):
        device.resolve("tpu")


def test_machine_without_a_driver_has_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "DRIVER", "libno-such-driver.so.1")
    assert device.num_gpus() == 0


@pytest.mark.gpu
def test_gpu_of_this_machine() -> None:
    if not device.num_gpus():
        pytest.skip("no GPU on this machine")
    assert device.resolve("auto").name == "cuda"
