"""A build that dies at any moment goes on when the same command is run again, to the same bytes.

Without this, a machine that fails at night costs the night, or worse: leaves a mix that looks
whole and is not.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from pipelines.failpoints import STEPS, WRITES
from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import (
    built,
    command,
    digests,
    environment,
    killed_at,
    longmix,
    strays,
)


def test_a_build_that_dies_once_at_every_named_moment_ends_in_the_same_bytes(
    reference: Reference, tmp_path: Path
) -> None:
    """One build, killed a hundred times on its way: write by write, each at its four steps."""
    build = ("build", reference.recipe, "--out", tmp_path / "mix", "--executor", "local")
    for write in WRITES:
        if write in ("texts.text", "ask.requests", "reports.smoke"):  # no part of a build
            continue
        for step in STEPS:
            killed_at(f"{write}:{step}", *build)
    built(*build[1:])
    assert digests(tmp_path) == reference.bytes
    assert strays(tmp_path / "mix") == []


def test_texts_that_were_half_written_are_whole_after_the_next_run(
    reference: Reference, tmp_path: Path
) -> None:
    inspect = ("inspect", reference.mix, "--texts", tmp_path / "texts")
    for step in STEPS:
        killed_at(f"texts.text:{step}", *inspect)
    assert longmix(*inspect).returncode == 0
    assert longmix(*inspect[:-1], tmp_path / "again").returncode == 0
    assert digests(tmp_path / "texts") == digests(tmp_path / "again")


def test_requests_that_were_half_written_are_whole_after_the_next_run(
    reference: Reference, tmp_path: Path
) -> None:
    ask = ("ask", reference.recipe, "--count", "4", "--out")
    for step in STEPS:
        killed_at(f"ask.requests:{step}", *ask, tmp_path / "a.jsonl")
    for name in ("a.jsonl", "b.jsonl"):
        assert longmix(*ask, tmp_path / name).returncode == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_a_mix_is_not_there_until_its_manifest_is(reference: Reference, tmp_path: Path) -> None:
    mix = tmp_path / "mix"
    killed_at("publish.manifest:synced", "build", reference.recipe, "--out", mix)
    assert longmix("verify", mix).returncode == 2
    assert "unfinished" in longmix("status", mix).stdout
    killed_at("publish.manifest:renamed", "build", reference.recipe, "--out", mix)
    assert longmix("verify", mix).returncode == 0


def test_in_a_shared_store_only_old_temporary_files_are_taken_for_dead(
    reference: Reference, tmp_path: Path
) -> None:
    """A young one may be what another mix is writing at this moment."""
    store = tmp_path / "store"
    build = ("build", reference.recipe, "--out", tmp_path / "mix", "--store", store)
    killed_at("prepare.documents:opened", *build)
    old, *young = sorted((store / "tmp").iterdir())
    assert young
    os.utime(old, (0, 0))
    built(*build[1:])
    assert sorted((store / "tmp").iterdir()) == young


@pytest.mark.slow
def test_a_build_killed_after_random_times_ends_in_the_same_bytes(
    reference: Reference, tmp_path: Path
) -> None:
    """Twenty kills between the start of the interpreter and the end of a build."""
    words = ("build", reference.recipe, "--out", tmp_path / "mix", "--executor", "local")
    deaths = 0
    for delay in np.random.default_rng(0).uniform(0.3, 2.0, size=20):
        process = subprocess.Popen(
            command(*words), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(delay)
        process.kill()
        process.communicate()
        deaths += process.returncode == -signal.SIGKILL
    built(*words[1:])
    assert deaths > 0
    assert digests(tmp_path) == reference.bytes
    assert strays(tmp_path / "mix") == []
