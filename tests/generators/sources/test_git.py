"""The tree of a commit and nothing else; a repository that is damaged is named."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.fs as pafs
import pytest
from dulwich.objects import Blob, Commit, Tag, Tree
from dulwich.repo import Repo

from generators.sources import git
from generators.sources.git import list_items, read
from schemas.canonical import digest
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item
from tests.generators.sources.conftest import Corpus

Node = bytes | dict[str, "Node"] | tuple[int, bytes]
"""A file, a folder, or (mode, bytes or id)."""

LINK, SUBMODULE = 0o120000, 0o160000

FILES: dict[str, Node] = {"app.py": b"import b\n", "lib": {"b.py": b"b = 1"}}
TEXT = "===== app.py =====\nimport b\n===== lib/b.py =====\nb = 1\n"


def plant(repository: Repo, node: Node) -> tuple[int, bytes]:
    """Return the (mode, id) of a node, which is in the object store then."""
    if isinstance(node, tuple):
        mode, content = node
        if mode == SUBMODULE:
            return mode, content
        return mode, plant(repository, content)[1]
    if isinstance(node, bytes):
        blob = Blob.from_string(node)
        repository.object_store.add_object(blob)
        return 0o100644, blob.id
    tree = Tree()
    for name, child in node.items():
        mode, sha = plant(repository, child)
        tree.add(name.encode("utf-8", "surrogateescape"), mode, sha)
    repository.object_store.add_object(tree)
    return 0o040000, tree.id


def commit_tree(repository: Repo, tree: bytes, branch: str = "master") -> bytes:
    made = Commit()
    made.tree = tree
    made.author = made.committer = b"A <a@b.c>"
    made.author_time = made.commit_time = made.author_timezone = made.commit_timezone = 0
    made.message = b"x"
    repository.object_store.add_object(made)
    repository.refs[f"refs/heads/{branch}".encode()] = made.id
    return made.id


def commit(
    path: Path, files: dict[str, Node], *, bare: bool = False, branch: str = "master"
) -> bytes:
    """Commit a whole tree to the repository at `path`, made when there is none."""
    path.mkdir(parents=True, exist_ok=True)
    made = (path / "HEAD").exists() or (path / ".git").exists()
    repository = Repo(str(path)) if made else (Repo.init_bare if bare else Repo.init)(str(path))
    with repository:
        return commit_tree(repository, plant(repository, files)[1], branch)


def items(corpus: Corpus, **spec: object) -> list[Item]:
    return list_items("src", SourceSpec.model_validate({"files": "*", **spec}), corpus.place)


def documents(corpus: Corpus, **spec: Any) -> list[Document]:
    return corpus.read("git", **{"files": "*", "order": "path", **spec})


def test_the_tree_of_a_commit_and_not_the_working_tree(corpus: Corpus) -> None:
    commit(corpus.root / "r", FILES)
    corpus.write("r/app.py", "edited, not committed\n")
    corpus.write("r/new.py", "not committed\n")
    corpus.write("plain/a.py", "no repository\n")
    assert documents(corpus, license="MIT") == [
        Document(doc_id="src:r", uri="r", text=TEXT, license="MIT")
    ]


def test_bare_and_packed_are_the_same(corpus: Corpus) -> None:
    commit(corpus.root / "x.git", FILES, bare=True)
    loose = documents(corpus)
    with Repo(str(corpus.root / "x.git")) as repository:
        assert repository.object_store.pack_loose_objects() == 5
    assert not list((corpus.root / "x.git" / "objects").glob("??/*"))
    assert documents(corpus) == loose
    assert loose[0].text == TEXT


def test_identity_is_commit_and_tree(corpus: Corpus) -> None:
    name = commit(corpus.root / "r", FILES)
    with Repo(str(corpus.root / "r")) as repository:
        tree = repository[name].tree
    sha256 = digest({"commit": name.decode(), "tree": tree.decode()})
    assert items(corpus) == [Item(source="src", uri="r", num_bytes=14, sha256=sha256)]


def test_links_submodules_pointers_and_bad_names_are_rejected(corpus: Corpus) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    files: dict[str, Node] = {
        "a.py": b"a\n",
        "b.py": (LINK, b"../../etc/passwd"),
        "c": (SUBMODULE, b"1" * 40),
        "d.json": pointer,
        "e\udcff.py": b"e\n",
        "vendor": {"f.py": b"f\n"},
        "run.sh": (0o100755, b"exit 0\n"),
    }
    commit(corpus.root / "r", files)
    found = documents(corpus)
    assert [(one.doc_id, one.reason) for one in found] == [
        ("src:r#b.py", "link"),
        ("src:r#c", "submodule"),
        ("src:r#d.json", "data"),
        ("src:r#e\\udcff.py", "bad_path"),
        ("src:r#vendor/", "vendored: 1 file"),
        ("src:r", None),
    ]
    assert found[-1].text == "===== a.py =====\na\n===== run.sh =====\nexit 0\n"


def test_revisions(corpus: Corpus) -> None:
    old = commit(corpus.root / "r", {"a.py": b"old\n"})
    with Repo(str(corpus.root / "r")) as repository:
        tag = Tag()
        tag.name, tag.object, tag.message = b"v1", (Commit, old), b"x"
        tag.tagger, tag.tag_time, tag.tag_timezone = b"A <a@b.c>", 0, 0
        repository.object_store.add_object(tag)
        repository.refs[b"refs/tags/v1"] = tag.id
    commit(corpus.root / "r", {"a.py": b"side\n"}, branch="side")
    commit(corpus.root / "r", {"a.py": b"new\n"})
    read_at = {
        revision: documents(corpus, revision=revision)[0].text.splitlines()[1]
        for revision in ("HEAD", "master", "v1", "side", old.decode(), old.decode()[:10])
    }
    assert list(read_at.values()) == ["new", "new", "old", "side", "old", "old"]


def test_a_revision_that_one_repository_lacks(corpus: Corpus) -> None:
    commit(corpus.root / "r", {"a.py": b"a\n"}, branch="side")
    commit(corpus.root / "s", {"a.py": b"a\n"})
    with pytest.raises(
        RecipeError, match=r"r: it has no commit 'v9'\. Check `files` and `revision`"
    ):
        items(corpus, revision="v9")
    spec = SourceSpec.model_validate({"files": "*", "revision": "side"})
    sound, without = list_items("src", spec, corpus.place)
    assert [one.doc_id for one in read(sound, spec, corpus.place, seed=0)] == ["src:r"]
    with pytest.raises(BrokenFile, match="s: it has no commit 'side'"):
        list(read(without, spec, corpus.place, seed=0))
    commit(corpus.root / "s", {"a.py": b"b\n"}, branch="side")
    with pytest.raises(IdentityError, match="s: the content changed"):
        list(read(without, spec, corpus.place, seed=0))


def test_a_commit_after_the_listing(corpus: Corpus) -> None:
    commit(corpus.root / "r", FILES)
    (item,) = items(corpus)
    commit(corpus.root / "r", {**FILES, "c.py": b"c\n"})
    with pytest.raises(IdentityError, match="r: the content changed"):
        list(read(item, SourceSpec(), corpus.place, seed=0))


def test_a_revision_that_is_gone_after_the_listing(corpus: Corpus) -> None:
    commit(corpus.root / "r", FILES, branch="side")
    spec = SourceSpec.model_validate({"files": "*", "revision": "side"})
    (item,) = list_items("src", spec, corpus.place)
    with Repo(str(corpus.root / "r")) as repository:
        del repository.refs[b"refs/heads/side"]
    with pytest.raises(IdentityError, match="r: the content changed"):
        list(read(item, spec, corpus.place, seed=0))


def loose(corpus: Corpus, sha: bytes) -> Path:
    name = sha.decode()
    return corpus.root / "r" / ".git" / "objects" / name[:2] / name[2:]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("missing", "is missing"),
        ("cut", "git cannot read it"),
        ("flipped", "git cannot read it"),
        ("another", "git cannot read it"),
    ],
)
def test_a_damaged_object(corpus: Corpus, damage: str, message: str) -> None:
    commit(corpus.root / "r", FILES)
    (item,) = items(corpus)
    path = loose(corpus, Blob.from_string(b"b = 1").id)
    data = path.read_bytes()
    path.chmod(0o644)
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[:-6])
    elif damage == "flipped":
        path.write_bytes(data[:8] + bytes([data[8] ^ 0xFF]) + data[9:])
    else:  # sound in itself, and not what its name says
        path.write_bytes(loose(corpus, Blob.from_string(b"import b\n").id).read_bytes())
    with pytest.raises(BrokenFile, match=f"^r: .*{message}"):
        list(read(item, SourceSpec(), corpus.place, seed=0))


def test_a_cut_pack(corpus: Corpus) -> None:
    commit(corpus.root / "r", FILES)
    (item,) = items(corpus)
    with Repo(str(corpus.root / "r")) as repository:
        repository.object_store.pack_loose_objects()
    (pack,) = (corpus.root / "r" / ".git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:40])
    with pytest.raises(BrokenFile, match=r"^r: "):
        list(read(item, SourceSpec(), corpus.place, seed=0))


def test_a_tree_that_is_a_bomb(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten folders of ten folders ... all the same: kilobytes that list millions of files."""
    monkeypatch.setattr(git, "MAX_MEMBERS", 1000)
    with Repo.init(str(corpus.root / "r"), mkdir=True) as repository:
        mode, sha = plant(repository, b"x\n")
        for _ in range(12):
            tree = Tree()
            for k in range(10):
                tree.add(f"{k}.py".encode(), mode, sha)
            repository.object_store.add_object(tree)
            mode, sha = 0o040000, tree.id
        commit_tree(repository, sha)
    with pytest.raises(RecipeError, match="r: it has more than 1,000 files and folders"):
        items(corpus)


def test_where_nothing_is_found(corpus: Corpus) -> None:
    corpus.write("plain/a.py", "a")
    with pytest.raises(RecipeError, match=r"no git repository .* matches '\*'"):
        items(corpus)


def test_a_remote_place_is_refused(corpus: Corpus) -> None:
    remote = pafs.SubTreeFileSystem(str(corpus.root), pafs.LocalFileSystem())
    place = replace(corpus.place, uri="s3://bucket/x", filesystem=remote, root="")
    with pytest.raises(RecipeError, match="`git` reads local folders, and inputs is s3://bucket/x"):
        list_items("src", SourceSpec(), place)


def test_without_the_package(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(corpus.root / "r", FILES)
    monkeypatch.setitem(sys.modules, "dulwich.repo", None)
    with pytest.raises(RecipeError, match=r"pip install 'longmix\[git\]'"):
        items(corpus)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs the git command as an oracle")
def test_what_git_itself_writes(corpus: Corpus) -> None:
    """Packed with deltas, as a linked worktree, and as a bare clone: the same text."""
    work = corpus.root / "r"
    lines = [f"value_{k} = {k}\n" for k in range(400)]
    corpus.write("r/a.py", "".join(lines))

    def run(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
            cwd=work,
            check=True,
            capture_output=True,
        )

    run("init", "-q")
    run("add", ".")
    run("commit", "-qm", "one")
    run("tag", "v1")
    corpus.write("r/a.py", "".join([*lines[:200], "new = 1\n", *lines[200:]]))
    run("commit", "-qam", "two")
    run("gc", "-q")
    run("worktree", "add", "-q", "../w", "v1")
    run("clone", "-q", "--bare", ".", "../x.git")
    found = {one.doc_id: one.text for one in documents(corpus)}
    new = "".join(["===== a.py =====\n", *lines[:200], "new = 1\n", *lines[200:]])
    old = "".join(["===== a.py =====\n", *lines])
    assert found == {"src:r": new, "src:w": old, "src:x.git": new}
