r"""From bytes to clean text: decoding by policy, line ends, BOM and NUL.

    b"caf\xe9\r\n"  --latin-1-->  "café\r\n"  --clean-->  "café\n"

Everything is linear in the text, and valid UTF-8 is decoded once. The rules are those of
docs/format.md, "Reading inputs".
"""

import re
from typing import Literal

import numpy as np

BadUtf8 = Literal["reject", "replace", "latin-1"]

_ESCAPED_LOW, _ESCAPED_HIGH = 0xDC80, 0xDCFF
"""Where Python's `surrogateescape` puts the bytes 0x80..0xFF (PEP 383)."""

LONGEST_RUN = 1 << 20
"""Characters of one kind in a row. Our choice: no language has a word of a million letters, and a
tokenizer, which may cut between words alone, takes a second and 40 MB for one (of 64 million a
minute and 2.5 GB)."""
_RUN = re.compile(r"\w++|\s++|[^\w\s]++")


def clean(text: str) -> tuple[str, int]:
    r"""Return the text without leading BOM, NUL characters and CRLF, and how many NULs it had.

    "\ufeffa\r\nb\0" -> ("a\nb", 1). A lone CR stays.
    """
    text = text.removeprefix("\ufeff")
    num_nul = 0
    # Looking for one character is ten times as fast as replacing what is not there.
    if "\0" in text:
        num_nul = text.count("\0")
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text, num_nul


def clean_bytes(data: bytes) -> tuple[bytes, int]:
    r"""Return the same as `clean`, of UTF-8 that is not decoded yet.

    b"\xef\xbb\xbfa\r\nb\0" -> (b"a\nb", 1).
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    num_nul = 0
    if b"\0" in data:
        num_nul = data.count(b"\0")
        data = data.replace(b"\0", b"")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    return data, num_nul


def blank(text: str) -> str | None:
    """Return why a text has nothing to say, or None: empty, white_space."""
    if not text:
        return "empty"
    return "white_space" if text.isspace() else None


def long_run(text: str) -> str | None:
    """Return why a text is no language, or None: `long_run: 2,000,000 characters`.

    A run is letters and digits, or white space, or other characters, more than LONGEST_RUN in a
    row. So long a run lies over a multiple of half of that, with another half behind it; nothing
    is read but the words around those few places.
    """
    half = LONGEST_RUN // 2
    for at in range(0, len(text) - half, half):
        stop = _end_of_run(text, at)
        if stop - at > half:
            before = text[max(0, at - half) : at + 1]
            size = stop - at - 1 + _end_of_run(before[::-1], 0)
            if size > LONGEST_RUN:
                return f"long_run: {size:,} characters"
    return None


def _end_of_run(text: str, start: int) -> int:
    found = _RUN.match(text, start)
    return found.end() if found else start


def fault(text: str) -> str | None:
    """Return why a text cannot be a document, or None: empty, white_space, lone_surrogate.

    What was decoded from bytes has no lone surrogates; `blank` is enough for it.
    """
    if (reason := blank(text)) is not None or text.isascii():
        return reason
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "lone_surrogate"
    return None


def decode_utf8(data: bytes, policy: BadUtf8) -> tuple[str | None, int, str | None]:
    r"""Return (text, bytes that were replaced, None), or (None, 0, the reason for rejection).

    Valid UTF-8 is the same under each policy. For b"\xc3\xa9\xe9" (a good é, then a stray byte):
    `reject` gives "bad_utf8 at byte 2"; `replace` gives "é\ufffd", one U+FFFD for each ill-formed
    sequence; `latin-1` gives "éé": it reads only the bytes that are not UTF-8 as Latin-1, so one
    stray byte does not garble the rest. The mark of UTF-16 is rejected as `utf16` throughout.
    """
    try:
        return data.decode("utf-8"), 0, None
    except UnicodeDecodeError as error:
        start = error.start
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, 0, "utf16"
    if policy == "reject":
        return None, 0, f"bad_utf8 at byte {start}"
    # Each bad byte b becomes the code point 0xDC00 + b, which valid UTF-8 never yields.
    escaped = data.decode("utf-8", "surrogateescape")
    codes = np.frombuffer(escaped.encode("utf-32-le", "surrogatepass"), "<u4").copy()
    bad = (codes >= _ESCAPED_LOW) & (codes <= _ESCAPED_HIGH)
    num_replaced = int(np.count_nonzero(bad))
    if policy == "replace":
        return data.decode("utf-8", "replace"), num_replaced, None
    codes[bad] -= 0xDC00
    return codes.tobytes().decode("utf-32-le"), num_replaced, None
