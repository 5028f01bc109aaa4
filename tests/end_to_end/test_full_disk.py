"""A disk that fills up ends the build with exit 4, and more room lets the same command go on."""

import resource
from pathlib import Path

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import built, digests, strays


def largest(folder: Path, pattern: str) -> int:
    """Return the size in bytes of the largest file of a kind."""
    return max(path.stat().st_size for path in folder.rglob(pattern))


def fill(*build: str | Path, room: int, naming: str) -> None:
    """Build where no file can be larger than `room` bytes; expect exit 4 and the file's name."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = built(*build, code=4, preexec_fn=limit)
    assert naming in done.stderr
    assert "free some space" in done.stderr


def test_a_full_disk_is_said_leaves_nothing_half_written_and_costs_nothing_done(
    reference: Reference, tmp_path: Path
) -> None:
    """The limit on a file's size stands for the full disk: each time one byte is missing."""
    build = (reference.recipe, "--out", tmp_path / "mix", "--executor", "local")
    store = reference.mix.with_name("mix.work") / "store"
    rooms = {
        "tokenizer.json": largest(reference.mix, "tokenizer.json") - 1,
        "prepare/": largest(store / "prepare", "*.bin") - 1,
        "weave/": largest(store / "weave", "*.bin") - 1,
    }
    assert list(rooms.values()) == sorted(rooms.values()), "else another file would be the first"
    for name, room in rooms.items():
        fill(*build, room=room, naming=name)
        assert strays(tmp_path / "mix") == []
    built(*build)
    assert digests(tmp_path) == reference.bytes


def test_a_shard_that_does_not_fit_the_disk_leaves_the_mix_unpublished(
    reference: Reference, tmp_path: Path
) -> None:
    """All else is in the store already, so a shard is the first file that finds no room."""
    store = reference.mix.with_name("mix.work") / "store"
    build = (reference.recipe, "--out", tmp_path / "mix", "--store", store, "--executor", "local")
    fill(*build, room=largest(reference.mix, "main-*.parquet") - 1, naming="main-0000")
    assert strays(tmp_path / "mix") == []
    assert not (tmp_path / "mix" / "manifest.json").exists()
    built(*build)
    assert digests(tmp_path / "mix") == digests(reference.mix)
