"""Ray gives the bytes of the plain loop, whatever dies on the way.

Each build starts a small cluster of its own, so there are few of them and each proves several
things: the number of workers, the phase, and the step at which a worker is lost.
"""

import signal
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import READING, built, digests, longmix, manifest, poison, strays

pytestmark = pytest.mark.ray


@pytest.mark.parametrize(
    ("moment", "workers"),
    [("prepare.ids:written", 1), ("weave.samples:synced", 2), ("assemble.shard:renamed", 2)],
)
def test_a_worker_killed_in_any_phase_is_replaced_and_the_bytes_are_those_of_one_process(
    reference: Reference, tmp_path: Path, moment: str, workers: int
) -> None:
    died = tmp_path / "died"
    env = {"LONGMIX_KILL_AT": moment, "LONGMIX_KILL_ONCE": str(died)}
    place = tmp_path / "built"
    built(
        reference.recipe, "--out", place / "mix", "--executor", "ray", "--workers", str(workers),
        env=env,
    )  # fmt: skip
    assert died.exists()
    assert digests(place) == reference.bytes
    assert strays(place / "mix") == []


def test_a_driver_killed_on_ray_is_followed_by_a_plain_one(
    reference: Reference, tmp_path: Path
) -> None:
    """What was done on a cluster counts on any other machine."""
    build = ("build", reference.recipe, "--out", tmp_path / "mix")
    ray = ("--executor", "ray", "--workers", "2")
    death = longmix(*build, *ray, env={"LONGMIX_KILL_AT": "plan.spans:renamed"})
    assert death.returncode == -signal.SIGKILL, death.stderr
    built(*build[1:], "--executor", "local")
    assert digests(tmp_path) == reference.bytes


@pytest.mark.slow  # twelve workers die before it is judged
def test_a_document_that_kills_its_reader_is_left_out_by_name(
    reference: Reference, tmp_path: Path
) -> None:
    """A fault in native code takes the worker with it; the others and the driver live on."""
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for name in ("0", "3", "5"):
        text = (reference.inputs / f"books/{name}.txt").read_text("utf-8")
        (inputs / f"{name}.txt").write_text(text, encoding="utf-8")
    (inputs / "4.txt").write_text("POISON", encoding="utf-8")
    built(
        reference.recipe, "--out", tmp_path / "mix", "--executor", "ray", "--workers", "2",
        f"inputs={inputs}", "unit_bytes=1", "sources={books: {files: '*.txt', filler: true}}",
        f"tokenizer={reference.mix}/tokenizer/tokenizer.json", "decontaminate=null",
        "near_duplicates={}",
        env=poison(tmp_path / "patch", READING, "os.kill(os.getpid(), signal.SIGKILL)"),
        code=3,
    )  # fmt: skip
    (entry,) = manifest(tmp_path / "mix")["quarantined"]
    assert entry["doc_id"] == "books:4.txt"
    assert "its worker died" in entry["reason"]
    assert longmix("verify", tmp_path / "mix").returncode == 0
