"""Walking ends, whatever links there are, and finds each regular file once."""

from pathlib import Path

import fsspec
import pyarrow.fs as pafs

from generators.files.walk import FOLDER, walk


def tree(root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "f.txt").write_bytes(b"12345")
    (root / ".git").mkdir()
    (root / ".git" / "config").write_bytes(b"x")
    (root / "a" / "loop").symlink_to("..")
    (root / "a" / "link.txt").symlink_to("b/f.txt")
    (root / "a" / "dangling.txt").symlink_to("nowhere")


def test_links_to_folders_are_not_entered(tmp_path: Path) -> None:
    """`a/loop -> ..` would list the same file for ever, once per turn."""
    tree(tmp_path)
    found = walk(pafs.LocalFileSystem(), str(tmp_path), hidden=False, links=True)
    assert sorted(found) == [
        ("a", FOLDER),
        ("a/b", FOLDER),
        ("a/b/f.txt", 5),
        ("a/dangling.txt", 0),
        ("a/link.txt", 5),
    ]


def test_without_links_and_with_hidden_names(tmp_path: Path) -> None:
    tree(tmp_path)
    found = walk(pafs.LocalFileSystem(), str(tmp_path), hidden=True, links=False)
    assert sorted(found) == [
        (".git", FOLDER),
        (".git/config", 1),
        ("a", FOLDER),
        ("a/b", FOLDER),
        ("a/b/f.txt", 5),
    ]


def test_a_remote_store_gives_the_same(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe({"/walk/a/b/f.txt": b"12345", "/walk/.git/config": b"x", "/walk/g.txt": b""})
    remote = pafs.PyFileSystem(pafs.FSSpecHandler(memory))
    found = walk(remote, "/walk", hidden=False, links=True)
    assert sorted(found) == [("a", FOLDER), ("a/b", FOLDER), ("a/b/f.txt", 5), ("g.txt", 0)]
