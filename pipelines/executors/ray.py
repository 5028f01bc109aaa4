"""Ray Core tasks over units: the only file that imports Ray.

A bounded window of tasks is in flight, twice the cluster's cores and read again in every round, so
a cluster that grows is used and one that shrinks is not flooded. A worker that dies is replaced and
its unit runs again (`max_retries`); a unit whose worker dies every time comes back as an error.
Only unit descriptions go out and small dicts come back.

Local clusters start without a dashboard and keep their token file out of the home folder; a given
address (or RAY_ADDRESS) is used as it is.
"""

import functools
import os
import secrets
import socket
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import ray
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError

import generators
import pipelines
import schemas
from pipelines.executors import Outcome, Work
from schemas.errors import LongmixError, RemoteError
from schemas.unit import Unit

ATTEMPTS = 3
"""How often a unit whose worker died runs again before its error counts."""

LISTENING_SECONDS = 10


class _UnitError(Exception):
    """An error of a unit as one sentence: the error itself may not survive the way back."""


@functools.cache
def _token() -> str:
    """Return the token of all clusters that this process starts: Ray reads it once and keeps it."""
    return secrets.token_hex(32)


def _private_token(folder: str) -> None:
    """Give a local cluster a token of its own in a private folder, not in the home folder."""
    if "RAY_AUTH_TOKEN_PATH" in os.environ or "RAY_AUTH_TOKEN" in os.environ:
        return
    path = os.path.join(folder, "token")
    with open(path, "x", encoding="ascii") as file:
        file.write(_token())
    os.environ["RAY_AUTH_TOKEN_PATH"] = path


def _check_somebody_listens(address: str) -> None:
    """Raise RemoteError at once for a wrong host:port: Ray itself goes on trying for minutes."""
    host, found, port = address.removeprefix("ray://").rpartition(":")
    if not found:  # `auto` and the like
        return
    try:
        socket.create_connection((host, int(port)), timeout=LISTENING_SECONDS).close()
    except (OSError, ValueError) as error:
        raise _no_answer(address, error) from error


def _no_answer(address: str, error: Exception) -> RemoteError:
    return RemoteError(
        f"no Ray cluster answers at {address}: {error}. If the cluster asks for a token, set "
        "RAY_AUTH_MODE=token and RAY_AUTH_TOKEN_PATH on this side too"
    )


def _cores() -> int:
    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return max(1, int(resources.get("CPU", 1)))


def _perform(work: Work, unit: Unit) -> dict[str, Any]:
    # One core a task: the tokenizer's own threads would share it with other tasks.
    os.environ.setdefault("FASTOKENS_BPE_THREADS", "1")
    try:
        return work(unit)
    except (LongmixError, MemoryError):
        raise
    except Exception as error:
        raise _UnitError(f"{type(error).__name__}: {error}") from None


class RayTasks:
    """A Ray cluster that this process started or joined."""

    name = "ray"

    def __init__(self, *, workers: int | None = None, address: str | None = None) -> None:
        """Start a local cluster of `workers` cores, or join the one at `address`."""
        address = address or os.environ.get("RAY_ADDRESS")
        self._home: tempfile.TemporaryDirectory[str] | None = None
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        # Workers elsewhere get our packages by value; as paths, since within a Ray job Ray copies
        # the environment and cannot copy a module.
        modules = [package.__path__[0] for package in (schemas, generators, pipelines)]
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if address is None:
            self._home = tempfile.TemporaryDirectory(prefix="longmix-ray-")
            _private_token(self._home.name)
            options |= {"num_cpus": workers, "include_dashboard": False}
        else:
            _check_somebody_listens(address)
            options |= {"address": address, "runtime_env": {"py_modules": modules}}
        try:
            ray.init(**options)
        except (ConnectionError, RuntimeError) as error:
            raise _no_answer(address or "this machine", error) from error

    def run(self, work: Work, units: Iterable[Unit]) -> Iterator[Outcome]:
        """Yield the outcomes as they come."""
        # retry_exceptions=False: an exception is an answer; only a lost worker runs again.
        task = ray.remote(num_cpus=1, max_retries=ATTEMPTS, retry_exceptions=False)(_perform)
        shared = ray.put(work)
        waiting, exhausted = iter(units), False
        flying: dict[Any, Unit] = {}
        while flying or not exhausted:
            window = 2 * _cores()
            while not exhausted and len(flying) < window:
                unit = next(waiting, None)
                exhausted = unit is None
                if unit is not None:
                    flying[task.remote(shared, unit)] = unit
            if flying:
                done, _ = ray.wait(list(flying), num_returns=1)
                yield from (self._outcome(flying.pop(ref), ref) for ref in done)

    def _outcome(self, unit: Unit, ref: Any) -> Outcome:
        try:
            return Outcome(unit=unit, result=ray.get(ref))
        except RayTaskError as error:
            if isinstance(error.cause, LongmixError | MemoryError):
                raise error.cause from None
            return Outcome(unit=unit, error=str(error.cause))
        except (WorkerCrashedError, OutOfMemoryError) as error:
            reason = str(error).splitlines()[0]
            return Outcome(unit=unit, error=f"its worker died {ATTEMPTS + 1} times: {reason}")
        except RayError as error:  # a node that went, packages that did not arrive
            reason = str(error).strip().splitlines()[0]
            raise RemoteError(
                f"the Ray cluster failed ({type(error).__name__}: {reason}); what is done stays "
                "done: run the same command again when the cluster is well"
            ) from error

    def close(self) -> None:
        """Leave the cluster, and stop it if this process started it."""
        ray.shutdown()
        if self._home is not None:
            if os.environ.get("RAY_AUTH_TOKEN_PATH", "").startswith(self._home.name):
                del os.environ["RAY_AUTH_TOKEN_PATH"]
            self._home.cleanup()
