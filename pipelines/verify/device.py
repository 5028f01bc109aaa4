"""The device of the tensor checks: resolved once, in the driver, before anything is read.

    --device auto    cuda where PyTorch is installed and sees a GPU, else cpu
    --device cuda    the same, but a sentence and exit code 2 where there is none
    --device cpu     no look at either

Whether there is a GPU at all is asked of NVIDIA's driver, so a plain check on a machine without one
does not import PyTorch (2.5 s). Workers are told the device and do not look again: in a Ray task
without GPUs of its own CUDA_VISIBLE_DEVICES is unset, so all GPUs are seen.
"""

import ctypes
import importlib.util
import os
from dataclasses import dataclass
from typing import Any

from schemas.errors import RecipeError

NAMES = ("auto", "cpu", "cuda")
DRIVER = "libcuda.so.1"
"""NVIDIA's driver as programs load it (CUDA Driver API: cuInit, cuDeviceGetCount)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where tensor checks run."""

    name: str
    """`cpu` or `cuda`."""
    model: str | None = None
    """The GPU's own name."""


CPU = Device(name="cpu")


def resolve(name: str, *, address: str | None = None) -> Device:
    """Return the device; `address` is that of a Ray cluster where units will run.

    Raises RecipeError for `cuda` where there is no GPU that PyTorch can use.
    """
    if name not in NAMES:
        raise RecipeError(f"--device {name}: use one of {', '.join(NAMES)}")
    if name == "cpu":
        return CPU
    if address is not None:
        return _of_cluster(name, address)
    missing = _missing()
    if missing is None:
        return Device(name="cuda", model=_model())
    if name == "auto":
        return CPU
    raise RecipeError(f"--device cuda: {missing}; or leave --device out to check on the CPU")


def _of_cluster(name: str, address: str) -> Device:
    """Return the CPU: tasks that ask for a GPU wait for ever where no node has one."""
    if name == "auto":
        return CPU
    raise RecipeError(
        f"--device cuda: on the cluster at {address} units are given cores and no GPUs; use "
        "--device cpu there, or check on a machine with a GPU without --ray-address"
    )


def _missing() -> str | None:
    """Say what PyTorch on a GPU lacks here, None for nothing."""
    if importlib.util.find_spec("torch") is None:
        return "PyTorch is not installed; run: pip install 'longmix[torch]'"
    count = num_gpus()
    if not count:
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
        seen = f" (CUDA_VISIBLE_DEVICES is {hidden!r})" if hidden is not None else ""
        return f"NVIDIA's driver shows no GPU on this machine{seen}; use a machine that has one"
    import torch

    if not torch.cuda.is_available():
        return (
            f"there are {count} GPUs, but PyTorch {torch.__version__} cannot use them; install a "
            "build of PyTorch for the CUDA version of this machine's driver"
        )
    return None


def num_gpus() -> int:
    """Return how many GPUs NVIDIA's driver lets this process see; 0 without a driver."""
    try:
        driver: Any = ctypes.CDLL(DRIVER)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return 0
    return count.value


def _model() -> str:
    import torch

    return str(torch.cuda.get_device_name(0))
