"""A disk that fills up ends the build with exit 4, and more room lets the same command go on."""

import resource
from pathlib import Path

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import built, digests, strays


def largest(folder: Path, pattern: str) -> int:
    """Return the size in bytes of the largest file of a kind."""
    return max(path.stat().st_size for path in folder.rglob(pattern))


def test_a_full_disk_is_said_leaves_nothing_half_written_and_costs_nothing_done(
    reference: Reference, tmp_path: Path
) -> None:
    """The limit on a file's size stands for the full disk: each time one byte is missing."""
    build = (reference.recipe, "--out", tmp_path / "mix", "--executor", "local")
    work = reference.mix.with_name("mix.work")
    rooms = {
        "tokenizer.json": largest(reference.mix, "tokenizer.json") - 1,
        "prepare/": largest(work, "*.bin") - 1,
        "main-0000": largest(reference.mix, "main-*.parquet") - 1,
    }
    for name, room in rooms.items():

        def limit(room: int = room) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        done = built(*build, code=4, preexec_fn=limit)
        assert name in done.stderr
        assert "free some space" in done.stderr
        assert strays(tmp_path / "mix") == []
    built(*build)
    assert digests(tmp_path) == reference.bytes
