"""A tar is read to its mark or it is broken; what a header states is never believed blindly."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.sources import _tar
from generators.sources._repository import Member
from generators.sources._tar import MAX_HEADER_BYTES, Forward, decompressed, members


def entry(name: str, data: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    header = tarfile.TarInfo(name)
    header.size = len(data)
    for field, value in fields.items():
        setattr(header, field, value)
    return header, data


def tar(*entries: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for header, data in entries:
            archive.addfile(header, io.BytesIO(data))
    return out.getvalue()


def split(data: bytes, size: int = 1000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def found(data: bytes, wants: Callable[[str, int], bool] = lambda path, size: True) -> list[Member]:
    return list(members(split(data), wants))


TWO = tar(entry("a.py", b"a" * 700), entry("b.py", b"b" * 512), entry("c.py"))


def test_members() -> None:
    assert found(TWO) == [
        Member(path="a.py", data=b"a" * 700, size=700),
        Member(path="b.py", data=b"b" * 512, size=512),
        Member(path="c.py", data=b"", size=0),
    ]


def test_what_is_not_wanted_streams_by() -> None:
    assert found(TWO, lambda path, size: size == 512) == [
        Member(path="a.py", size=700),
        Member(path="b.py", data=b"b" * 512, size=512),
        Member(path="c.py", size=0),
    ]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_in_each_format(form: int) -> None:
    name = "/".join(["d" * 50] * 3) + "/ø.py"
    assert [member.path for member in found(tar(entry(name, b"x"), form=form))] == [name]


def test_what_is_no_plain_file() -> None:
    data = tar(
        entry("folder", type=tarfile.DIRTYPE),
        entry("../up.py", b"x"),
        entry("/etc/passwd", b"x"),
        entry("soft.py", type=tarfile.SYMTYPE, linkname="../../up.py"),
        entry("hard.py", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
        entry("null", type=tarfile.CHRTYPE),
        entry("disk", type=tarfile.BLKTYPE),
        entry("pipe", type=tarfile.FIFOTYPE),
        entry("./a.py", b"a"),
    )
    assert [(member.path, member.data, member.reason) for member in found(data)] == [
        ("../up.py", None, "outside"),
        ("/etc/passwd", None, "outside"),
        ("soft.py", None, "link"),
        ("hard.py", None, "link"),
        ("null", None, "device"),
        ("disk", None, "device"),
        ("pipe", None, "device"),
        ("a.py", b"a", None),
    ]


def test_a_sparse_file_is_named() -> None:
    """Its few bytes may stand for any number of zeros."""
    header = tarfile.TarInfo("hole.py")
    pax = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "hole.py"}
    header.pax_headers = {**pax, "GNU.sparse.map": "0,1", "GNU.sparse.size": "99999999999"}
    header.size = 1
    assert [(one.path, one.reason) for one in found(tar((header, b"x")))] == [("hole.py", "sparse")]


@pytest.mark.parametrize("cut", [0, 1, 511, 512, 600, 1024, 1535, 1536, 2000, 2048, 2560, 3071])
def test_an_archive_that_is_cut_anywhere(cut: int) -> None:
    """Also between two members, where the library takes the end of the file for a good one."""
    for wants in (True, False):
        with pytest.raises(tarfile.TarError):
            found(TWO[:cut], lambda path, size, wants=wants: wants)
    assert len(found(TWO[:3584])) == 3  # one block of zeros is an end


def test_half_a_member_is_none() -> None:
    with pytest.raises(tarfile.ReadError, match=r"^cut within a\.py$"):
        next(members(split(TWO[:600]), lambda path, size: True))


def test_a_damaged_header_is_not_the_end() -> None:
    data = bytearray(TWO)
    data[1536 + 3] ^= 1
    with pytest.raises(tarfile.ReadError, match="bad checksum at byte 2,048"):
        found(bytes(data))


def test_what_follows_the_end_is_not_lost_in_silence() -> None:
    with pytest.raises(tarfile.ReadError, match="something follows the archive's end"):
        found(TWO + TWO)


def test_a_header_that_fills_the_memory() -> None:
    header = entry("a.py", b"x", pax_headers={"comment": "x" * MAX_HEADER_BYTES})
    with pytest.raises(tarfile.ReadError, match=r"^a header of 1,04\d,\d\d\d bytes$"):
        found(tar(header))


def test_headers_of_headers_without_end() -> None:
    note = tarfile.TarInfo("note")
    note.type, note.size = tarfile.XHDTYPE, 0
    with pytest.raises(RecursionError):
        found(note.tobuf(tarfile.USTAR_FORMAT) * 5000)


def test_a_header_that_leads_back() -> None:
    """A negative size made the library of Python 3.11 read the same header for ever."""
    header = tarfile.TarInfo("a.py")
    block = bytearray(header.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 8 + (-1024 & 0xFFFFFFFF).to_bytes(4, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    with pytest.raises(tarfile.TarError):
        found(bytes(block) + b"\0" * 1024)


@given(st.binary(max_size=2000))
def test_no_tar_ends_in_a_loop_or_a_surprise(data: bytes) -> None:
    with pytest.raises(tarfile.TarError):
        found(data.lstrip(b"\0"))


@given(st.lists(st.binary(max_size=9)), st.lists(st.integers(0, 12), max_size=9))
def test_forward_is_the_stream(parts: list[bytes], sizes: list[int]) -> None:
    file, whole = Forward(iter(parts)), io.BytesIO(b"".join(parts))
    for size in sizes:
        assert file.read(size) == whole.read(size)
        assert file.tell() == whole.tell()
    end = len(whole.getvalue())
    assert file.seek(file.tell() + 3) == min(whole.tell() + 3, end)


def test_forward_does_not_go_back() -> None:
    file = Forward(iter([b"abc"]))
    assert file.take(2) == b"ab"
    with pytest.raises(tarfile.ReadError, match="leads back to byte 1"):
        file.seek(1)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_streams_back_to_back_and_cut(pack: Callable[[bytes], bytes]) -> None:
    two = pack(b"one ") + pack(b"two")
    assert b"".join(decompressed(split(two, 5))) == b"one two"
    with pytest.raises(EOFError):
        list(decompressed(split(two[:-5], 5)))
    assert b"".join(decompressed(split(b"neither", 5))) == b"neither"


def test_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bz2.compress(bytes(1 << 20))
    assert sum(map(len, decompressed(split(data)))) == 1 << 20
    monkeypatch.setattr(_tar, "FREE_BYTES", 1 << 16)
    with pytest.raises(tarfile.ReadError, match="it grows more than 1000-fold"):
        list(decompressed(split(data)))


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    found(tar(entry("../up.py", b"x"), entry("a.py", b"x"), entry("d", type=tarfile.DIRTYPE)))
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]
