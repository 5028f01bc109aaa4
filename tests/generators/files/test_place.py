"""A place reads what is below it, names what it cannot read, and lets nobody out."""

import hashlib
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import boto3
import fsspec
import pyarrow.fs as pafs
import pytest
from moto.server import ThreadedMotoServer

from generators.files import Place, open_place
from schemas.errors import LocalResourceError, RecipeError, RemoteError


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "old").mkdir()
    (tmp_path / "b.txt").write_bytes(b"bb")
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "old" / "c.txt").write_bytes(b"ccc")
    return tmp_path


def test_a_local_folder(books: Path) -> None:
    place = open_place(str(books))
    assert place.glob("**/*.txt") == ["a.txt", "b.txt", "old/c.txt"]
    assert place.folders("*") == ["old"]
    assert place.folders(".") == ["."]
    assert place.glob("missing/*.txt") == []
    assert place.below(".", links=False) == {"a.txt": 1, "b.txt": 2, "old/c.txt": 3}
    assert place.below("old", links=False) == {"c.txt": 3}
    assert place.read_bytes("old/c.txt") == b"ccc"
    assert place.size("old/c.txt") == 3
    assert place.sha256("old/c.txt") == hashlib.sha256(b"ccc").hexdigest()
    assert place.name("b.txt") == "b.txt"


def test_a_file_uri_is_the_same_place(books: Path) -> None:
    place = open_place(books.as_uri())
    assert place.glob("*") == ["a.txt", "b.txt"]
    assert place.is_local


def test_links_are_followed_only_where_they_are_named(books: Path, tmp_path: Path) -> None:
    (books / "alias").symlink_to("old")
    (books / "old" / "loop").symlink_to("..")
    (books / "d.txt").symlink_to("a.txt")
    place = open_place(str(books))
    assert place.glob("**/*.txt") == ["a.txt", "b.txt", "d.txt", "old/c.txt"]
    assert place.glob("alias/*.txt") == ["alias/c.txt"]


def test_a_hash_is_that_of_a_file_larger_than_a_chunk(tmp_path: Path) -> None:
    data = bytes(range(256)) * 10_000
    (tmp_path / "large").write_bytes(data)
    assert open_place(str(tmp_path)).sha256("large") == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("path", ["../b.txt", "/etc/passwd", "old/../../b.txt", ".."])
def test_no_path_leads_out(books: Path, path: str) -> None:
    place = open_place(str(books / "old"))
    for call in (place.read_bytes, place.glob, place.folders, place.sha256):
        with pytest.raises(RecipeError, match=r"leads out of .*/old"):
            call(path)


def test_what_is_missing_is_named(books: Path) -> None:
    with pytest.raises(RecipeError, match=r"inputs: /no/such does not exist"):
        open_place("/no/such")
    with pytest.raises(RecipeError, match=r"a\.txt is no folder"):
        open_place(str(books / "a.txt"))
    place = open_place(str(books))
    with pytest.raises(RecipeError, match=r"/z\.txt: there is no such file"):
        place.read_bytes("z.txt")
    (books / "dangling.txt").symlink_to("nowhere")
    with pytest.raises(RecipeError, match=r"/dangling\.txt: there is no such file"):
        place.sha256(place.glob("dangling.txt")[0])
    with pytest.raises(RecipeError, match=r"'nope://' cannot be read"):
        open_place("nope://x")


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """It could stand in no table: the document's id would be no valid string."""
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb"):
        pass
    place = open_place(str(tmp_path))
    with pytest.raises(RecipeError, match=r"caf\\udce9\.txt' is not UTF-8"):
        place.glob("*")
    assert place.glob("*.md") == []


def test_permission_denied_names_the_file(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe("/denied/a", b"")
    here, there = open_place(str(tmp_path)), open_place("memory://denied")
    with (
        pytest.raises(LocalResourceError, match=r"/b\.txt: permission denied"),
        here.reading("b.txt"),
    ):
        raise PermissionError(13, "denied")
    with (
        pytest.raises(RemoteError, match=r"memory://denied/b\.txt: .*run the command again"),
        there.reading("b.txt"),
    ):
        raise PermissionError(13, "denied")


def test_a_scheme_of_fsspec() -> None:
    fsspec.filesystem("memory").pipe({"/corpus/x/b.txt": b"bb", "/corpus/a.txt": b"a"})
    place = open_place("memory://corpus/")
    assert place.glob("**/*.txt") == ["a.txt", "x/b.txt"]
    assert place.folders("*") == ["x"]
    assert place.read_bytes("x/b.txt") == b"bb"
    assert place.size("x/b.txt") == 2
    assert place.sha256("x/b.txt") == hashlib.sha256(b"bb").hexdigest()
    assert place.name("x/b.txt") == "memory://corpus/x/b.txt"
    assert place.relative("memory://corpus/x/b.txt") == "x/b.txt"
    again = pickle.loads(pickle.dumps(place))  # noqa: S301
    assert again.glob("*") == ["a.txt"]


def test_a_name_holds_no_secret() -> None:
    place = Place(
        uri="s3://key:secret@bucket/books?region=x", filesystem=pafs.LocalFileSystem(), root="/"
    )
    assert place.address == "s3://bucket/books"


class Flaky:
    """A file that fails at its second read, as a connection does."""

    closed = False

    def __init__(self) -> None:
        self.reads = 0

    def read(self, size: int | None = None) -> bytes:
        self.reads += 1
        if self.reads > 1:
            raise OSError("connection reset")
        return b"half"

    def seek(self, position: int, whence: int = 0) -> int:
        return 4 if whence == 2 else position

    def tell(self) -> int:
        return 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


def test_a_remote_fault_in_mid_file_is_a_remote_error(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/flaky/a.txt", b"whole")
    place = open_place("memory://flaky")
    handler = place.filesystem.handler.fs
    monkeypatch.setattr(handler, "open", lambda *args, **kwargs: Flaky())
    with pytest.raises(RemoteError, match=r"memory://flaky/a\.txt: connection reset"):
        place.sha256("a.txt")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **keys
    )
    client.create_bucket(Bucket="longmix")
    for name, data in (("books/a.txt", b"a"), ("books/old/b.txt", b"bb"), ("other/c.txt", b"c")):
        client.put_object(Bucket="longmix", Key=name, Body=data)
    client.close()
    options = f"endpoint_override={host}:{port}&scheme=http&region=us-east-1"
    yield f"s3://k:s@longmix/books?{options}"
    server.stop()


def test_an_object_store(bucket: str) -> None:
    place = open_place(bucket)
    assert place.glob("**/*.txt") == ["a.txt", "old/b.txt"]
    assert place.folders("*") == ["old"]
    assert place.read_bytes("old/b.txt") == b"bb"
    assert place.name("a.txt") == "s3://longmix/books/a.txt"
    assert place.below("old", links=False) == {"b.txt": 2}
    with pytest.raises(RecipeError, match=r"s3://longmix/books/z\.txt: there is no such file"):
        place.read_bytes("z.txt")
    with pytest.raises(RecipeError, match=r"s3://longmix/none does not exist"):
        open_place(bucket.replace("/books?", "/none?"))
