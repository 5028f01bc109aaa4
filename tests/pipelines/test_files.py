"""A file appears whole or not at all: whoever sees a name sees all of its bytes."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from pipelines import files
from pipelines.files import Folder, extended, open_folder, resource_errors, store_of, work_of
from schemas.errors import LocalResourceError, RecipeError, RemoteError

MOMENT = "texts.text"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return open_folder(str(tmp_path / "mix"), scratch=str(tmp_path / "scratch"))


def everything(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_file_appears_when_the_block_ends_and_not_before(folder: Folder, tmp_path: Path) -> None:
    with folder.create("a/b.txt", moment=MOMENT) as stream:
        stream.write(b"whole")
        assert not folder.exists("a/b.txt")
    assert folder.read("a/b.txt") == b"whole"
    assert everything(tmp_path) == ["mix/a/b.txt"]


def write_half(folder: Folder, error: type[BaseException]) -> None:
    with folder.create("b.txt", moment=MOMENT) as stream:
        stream.write(b"half")
        raise error


def test_nothing_stays_when_the_block_raises(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_half(folder, ZeroDivisionError)
    assert everything(tmp_path) == []


def test_what_stood_under_the_name_stays_when_the_block_raises(folder: Folder) -> None:
    folder.write("b.txt", b"before", moment=MOMENT)
    with pytest.raises(KeyboardInterrupt):
        write_half(folder, KeyboardInterrupt)
    assert folder.read("b.txt") == b"before"


def test_the_check_sees_the_whole_file_and_can_refuse_it(folder: Folder, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def refuse(path: str) -> None:
        seen.append(Path(path).read_bytes())
        raise OSError("not what was made")

    with (
        pytest.raises(OSError, match="not what was made"),
        folder.create("b.txt", moment=MOMENT, check=refuse) as stream,
    ):
        stream.write(b"whole")
    assert seen == [b"whole"]
    assert everything(tmp_path) == []


def test_bytes_reach_the_disk_before_the_name_does(folder: Folder, monkeypatch) -> None:
    """Else a power cut leaves a name without bytes: fsync, rename, fsync of the folder."""
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (steps.append("fsync"), fsync(file))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (steps.append("replace"), replace(a, b))[1])
    folder.write("b.txt", b"whole", moment=MOMENT)
    assert steps == ["fsync", "replace", "fsync"]


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM], ids=errno.errorcode.get
)
def test_a_full_disk_is_a_sentence_with_its_exit_code(folder: Folder, monkeypatch, number) -> None:
    def full(path: str) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files, "_sync", full)
    with pytest.raises(LocalResourceError, match=r"b\.txt: cannot be written, .* free some space"):
        folder.write("b.txt", b"x", moment=MOMENT)
    assert folder.names() == []


def test_a_limit_of_the_operating_system_is_noticed_while_writing(tmp_path: Path) -> None:
    """The real thing: a process that may write no file above 1,000 bytes."""
    code = (
        "import resource, sys\n"
        "from pipelines.files import open_folder\n"
        "from schemas.errors import LocalResourceError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        f"    folder = open_folder({str(tmp_path / 'mix')!r})\n"
        "    folder.write('b', b'x' * 10**6, moment='texts.text')\n"
        "except LocalResourceError as error:\n"
        "    sys.exit(error.exit_code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 4
    assert everything(tmp_path) == []


def test_any_other_error_stays_what_it_is() -> None:
    with pytest.raises(FileNotFoundError), resource_errors("/mix/b"):
        raise FileNotFoundError(errno.ENOENT, "no")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EMFILE])
def test_a_fault_of_the_machine_is_blamed_on_no_document(number: int) -> None:
    """Else a store that became read-only would have PREPARE leave out every document, by name."""
    with pytest.raises(LocalResourceError, match="cannot be written"), resource_errors("/mix/b"):
        raise OSError(number, "no")


def test_a_scheme_that_nothing_reads_is_a_sentence() -> None:
    with pytest.raises(RecipeError, match="gopher://host/mix: cannot be opened"):
        open_folder("gopher://host/mix")


def test_a_silent_object_store_is_a_sentence_with_its_exit_code() -> None:
    with (
        pytest.raises(RemoteError, match="bucket/b: the file system answered: no route"),
        resource_errors("bucket/b"),
    ):
        raise OSError("no route")


def test_names_sizes_ranges_and_removal(folder: Folder) -> None:
    folder.write("b.txt", b"0123", moment=MOMENT)
    folder.write("a/c.txt", b"", moment=MOMENT)
    assert folder.names() == ["a/c.txt", "b.txt"]
    assert folder.names("a") == ["a/c.txt"]
    assert folder.names("none") == []
    assert (folder.size("b.txt"), folder.size("a"), folder.size("none")) == (4, None, None)
    with folder.open("b.txt") as source:
        assert source.read_at(2, 1) == b"12"
    folder.remove("a")
    folder.remove("none")
    assert folder.names() == ["b.txt"]
    folder.remove()
    assert not folder.exists()


def test_an_object_store_gets_its_key_at_once() -> None:
    """No rename there: the key is final, and markers decide what counts."""
    fsspec.filesystem("memory").makedirs("/bucket/mix", exist_ok=True)
    folder = open_folder("memory://bucket/mix")
    assert not folder.is_local
    folder.write("a/b.txt", b"whole", moment=MOMENT)
    assert folder.read("a/b.txt") == b"whole"
    assert folder.names() == ["a/b.txt"]
    folder.remove("a/b.txt")
    assert folder.names() == []


def test_a_relative_path_is_made_absolute(tmp_path: Path, monkeypatch) -> None:
    """A worker elsewhere must open the same folder."""
    monkeypatch.chdir(tmp_path)
    assert open_folder("mix/").root == str(tmp_path / "mix")


def test_neighbours_keep_the_options_of_a_connection() -> None:
    assert extended("s3://b/mix?region=x", ".work") == "s3://b/mix.work?region=x"
    assert work_of("mix/") == "mix.work"
    assert store_of("mix", None) == "mix.work/store"
    assert store_of("mix", "other") == "other"
