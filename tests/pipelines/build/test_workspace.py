"""The folders of a mix: nobody else's files are touched, and one driver works at a time."""

import json
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipelines.build.workspace import (
    STALE_SECONDS,
    lock,
    open_folders,
    refuse_strangers,
    share,
    sweep,
    throw_away,
)
from schemas.errors import IdentityError, RecipeError


def fill(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}")


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_work_stands_beside_the_mix_and_the_store_within_unless_it_is_named(tmp_path: Path) -> None:
    mix, work, store = open_folders(f"{tmp_path}/mix/", None)
    assert (mix.root, work.root) == (f"{tmp_path}/mix", f"{tmp_path}/mix.work")
    assert mix.scratch == f"{tmp_path}/mix.work/tmp"
    assert store.folder.root == f"{tmp_path}/mix.work/store"
    assert open_folders(f"{tmp_path}/mix", f"{tmp_path}/s")[2].folder.root == f"{tmp_path}/s"
    assert files(tmp_path) == []


def test_the_root_of_a_disk_is_no_folder_of_its_own() -> None:
    with pytest.raises(RecipeError, match="--out /: name a folder of its own"):
        open_folders("/", None)


@pytest.mark.parametrize("store", ["mix", "mix/store"])
def test_a_store_within_the_mix_is_refused(tmp_path: Path, store: str) -> None:
    with pytest.raises(RecipeError, match="lies within the mix"):
        open_folders(f"{tmp_path}/mix", f"{tmp_path}/{store}")


def test_overwriting_removes_the_mix_and_its_work_but_not_the_store(tmp_path: Path) -> None:
    fill(tmp_path, "mix/data/a", "mix.work/identity.json", "mix.work/markers/a", "mix.work/plan/a")
    fill(tmp_path, "mix.work/store/prepare/a", "mix.work/tmp/a")
    mix, work, _ = open_folders(f"{tmp_path}/mix", None)
    throw_away(mix, work, "mix")
    assert files(tmp_path) == ["mix.work/store/prepare/a"]
    throw_away(mix, work, "mix")


@pytest.mark.parametrize("name", ["photo.jpg", "manifest.json"])
def test_overwriting_does_not_touch_what_is_no_mix(tmp_path: Path, name: str) -> None:
    """Other programs have a manifest.json too; ours says which schema it has."""
    fill(tmp_path, f"mix/{name}")
    mix, work, _ = open_folders(f"{tmp_path}/mix", None)
    with pytest.raises(IdentityError, match="holds no mix of longmix"):
        throw_away(mix, work, "mix")
    assert files(tmp_path) == [f"mix/{name}"]


def test_a_mix_that_lost_its_work_folder_can_be_overwritten(tmp_path: Path) -> None:
    fill(tmp_path, "mix/manifest.json")
    (tmp_path / "mix/manifest.json").write_text(json.dumps({"schema": "longmix.manifest/1"}))
    mix, work, _ = open_folders(f"{tmp_path}/mix", None)
    throw_away(mix, work, "mix")
    assert files(tmp_path) == []


def test_a_folder_with_files_that_was_not_begun_here_is_refused(tmp_path: Path) -> None:
    mix, work, _ = open_folders(f"{tmp_path}/mix", None)
    refuse_strangers(mix, work, "mix")
    fill(tmp_path, "mix/photo.jpg")
    with pytest.raises(IdentityError, match=r"mix is not empty and .* choose another --out"):
        refuse_strangers(mix, work, "mix")
    fill(tmp_path, "mix.work/identity.json")
    refuse_strangers(mix, work, "mix")


def test_a_second_driver_waits_until_the_first_is_gone(tmp_path: Path) -> None:
    _, work, _ = open_folders(f"{tmp_path}/mix", None)
    with ExitStack() as first:
        lock(work, first, "mix")
        with ExitStack() as second, pytest.raises(IdentityError, match="another longmix is build"):
            lock(work, second, "mix")
    with ExitStack() as third:
        lock(work, third, "mix")


def test_sweeping_removes_what_attempts_that_died_left(tmp_path: Path) -> None:
    _, work, store = open_folders(f"{tmp_path}/mix", None)
    fill(tmp_path / "mix.work", "tmp/a.tmp", "store/tmp/b.tmp", "store/prepare/c", "markers/d")
    sweep(work, store)
    assert files(tmp_path / "mix.work") == ["markers/d", "store/prepare/c"]


def test_of_a_shared_store_only_what_is_old_is_swept(tmp_path: Path) -> None:
    _, work, store = open_folders(f"{tmp_path}/mix", f"{tmp_path}/store")
    fill(tmp_path / "store/tmp", "old.tmp", "new.tmp")
    old = (tmp_path / "store/tmp/new.tmp").stat().st_mtime - STALE_SECONDS - 60
    os.utime(tmp_path / "store/tmp/old.tmp", (old, old))
    sweep(work, store)
    assert files(tmp_path / "store") == ["tmp/new.tmp"]


def test_a_store_within_a_work_folder_is_not_swept_under_another_driver(tmp_path: Path) -> None:
    """--store a.work/store is allowed: a's end must not take the files that b is writing."""
    _, work, store = open_folders(f"{tmp_path}/a", None)
    _, _, same = open_folders(f"{tmp_path}/b", f"{tmp_path}/a.work/store")
    fill(tmp_path / "a.work/store/tmp", "of_b.tmp")
    with ExitStack() as other:
        share(same, other)
        sweep(work, store)
        assert files(tmp_path / "a.work/store/tmp") == ["of_b.tmp"]
    sweep(work, store)
    assert files(tmp_path / "a.work/store") == ["lock"]
