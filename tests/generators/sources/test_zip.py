"""A zip is what its directory and its checksums say together, or it is broken."""

import io
import stat
import warnings
import zipfile
from collections.abc import Callable

import pytest

from generators.sources import _zip
from generators.sources._repository import Member
from generators.sources._zip import members


def packed(
    *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the same name twice
        for name, data in entries:
            archive.writestr(name, data, method)
    return out.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, mode << 16
    return entry


def found(data: bytes, wants: Callable[[str, int], bool] = lambda path, size: True) -> list[Member]:
    return list(members(io.BytesIO(data), len(data), wants))


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_members(method: int) -> None:
    data = packed(("d/", b""), ("d/a.py", b"a\n" * 99), ("ø.py", b""), method=method)
    assert found(data) == [
        Member(path="d/a.py", data=b"a\n" * 99, size=198),
        Member(path="ø.py", data=b"", size=0),
    ]
    assert found(data, lambda path, size: False) == [
        Member(path="d/a.py", size=198),
        Member(path="ø.py", size=0),
    ]


def test_what_is_no_plain_file() -> None:
    data = packed(
        ("../up.py", b"x"),
        ("..\\up.py", b"x"),
        ("/etc/passwd", b"x"),
        ("C:\\x.py", b"x"),
        (special("soft.py", stat.S_IFLNK | 0o777), b"../up.py"),
        (special("pipe", stat.S_IFIFO | 0o666), b""),
        ("d\\a.py", b"a"),
    )
    assert [(member.path, member.data, member.reason) for member in found(data)] == [
        ("../up.py", None, "outside"),
        ("../up.py", None, "outside"),
        ("/etc/passwd", None, "outside"),
        ("C:/x.py", None, "outside"),
        ("soft.py", None, "link"),
        ("pipe", None, "device"),
        ("d/a.py", b"a", None),
    ]


def patched(data: bytes, *, local: int, central: int, value: bytes) -> bytes:
    """Overwrite a field of the only member, by its offsets in the local and the central header."""
    changed = bytearray(data)
    at = data.index(b"PK\x01\x02") + central
    changed[at : at + len(value)] = value
    if local:
        changed[local : local + len(value)] = value
    return bytes(changed)


def test_encrypted_members_and_unknown_methods_are_named() -> None:
    data = packed(("a.py", b"a"))
    encrypted = patched(data, local=6, central=8, value=b"\x01\x00")
    assert [(one.path, one.reason) for one in found(encrypted)] == [("a.py", "encrypted")]
    unknown = patched(data, local=8, central=10, value=b"\x63\x00")
    assert [(one.path, one.reason) for one in found(unknown)] == [("a.py", "method 99")]


@pytest.mark.parametrize(
    ("local", "central", "value"),
    [
        (14, 16, b"\0\0\0\0"),  # another checksum
        (22, 24, b"\x05\0\0\0"),  # a smaller size than there is
        (22, 24, b"\x99\0\0\0"),  # a larger one
        (0, 46, b"b.py"),  # another name than the member's own
    ],
)
def test_a_directory_that_lies(local: int, central: int, value: bytes) -> None:
    data = packed(("a.py", b"some text\n"), method=zipfile.ZIP_DEFLATED)
    with pytest.raises(zipfile.BadZipFile):
        found(patched(data, local=local, central=central, value=value))


def test_an_archive_that_is_cut_anywhere() -> None:
    data = packed(("a.py", b"some text\n"), ("b.py", b"more\n"))
    for cut in range(len(data)):
        with pytest.raises(zipfile.BadZipFile):
            found(data[:cut])


def test_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(*((f"{k}.py", bytes(1 << 19)) for k in range(4)), method=zipfile.ZIP_LZMA)
    assert len(found(data)) == 4
    monkeypatch.setattr(_zip, "FREE_BYTES", 1 << 20)
    with pytest.raises(zipfile.BadZipFile, match="it grows more than 1000-fold"):
        found(data)
