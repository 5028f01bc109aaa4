"""Cleaning changes what docs/format.md names and not one character more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import text as texts
from generators.text import LONGEST_RUN, BadUtf8, clean, decode_utf8, fault, long_run


@pytest.mark.parametrize(
    ("dirty", "text", "num_nul"),
    [
        ("a\r\nb\r\n", "a\nb\n", 0),
        ("a\rb", "a\rb", 0),
        ("\ufeffa\ufeffb", "a\ufeffb", 0),
        ("a\0b\0\0", "ab", 3),
        ("\ufeffa\r\0\nb", "a\nb", 1),
        ("", "", 0),
    ],
)
def test_clean_by_eye(dirty: str, text: str, num_nul: int) -> None:
    assert clean(dirty) == (text, num_nul)


@given(st.text(st.sampled_from("a\r\n\0 é\U0001f600")))
def test_clean_leaves_no_nul_and_no_other_change(dirty: str) -> None:
    text, num_nul = clean(dirty)
    assert "\0" not in text
    assert num_nul == dirty.count("\0")
    assert text.replace("\n", "").replace("\r", "") == (
        dirty.replace("\0", "").replace("\n", "").replace("\r", "")
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t\u3000", "white_space"),
        ("a\ud800", "lone_surrogate"),
        ("a", None),
        (" é", None),
        ("\U0001f600", None),
    ],
)
def test_fault_is_named(text: str, reason: str | None) -> None:
    assert fault(text) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a" * LONGEST_RUN, None),
        ("a" * (LONGEST_RUN + 1), "long_run: 1,048,577 characters"),
        ("." + "a" * (LONGEST_RUN + 1), "long_run: 1,048,577 characters"),
        ("One. " + "7" * (2 * LONGEST_RUN) + " two.", "long_run: 2,097,152 characters"),
        ("a" + " \n" * LONGEST_RUN + "b", "long_run: 2,097,152 characters"),
        ("\u2026" * (LONGEST_RUN + 1), "long_run: 1,048,577 characters"),
        ("\u6f22" * (LONGEST_RUN + 1), "long_run: 1,048,577 characters"),
        ("a b " * LONGEST_RUN, None),
        ("a." * LONGEST_RUN, None),
    ],
)
def test_a_run_that_no_language_has_is_named_with_its_length(text: str, reason: str | None) -> None:
    assert long_run(text) == reason


@given(
    st.lists(st.tuples(st.sampled_from("aZ_\u00e9\u6f22 \n.-"), st.integers(1, 20)), max_size=12)
)
def test_a_long_run_is_found_wherever_it_begins(parts: list[tuple[str, int]]) -> None:
    """With runs of 8 for a million: the same answer as looking at every run."""
    text = "".join(char * count for char, count in parts)
    lengths = [len(run) for run in re.findall(r"\w+|\s+|[^\w\s]+", text)]
    first = next((length for length in lengths if length > 8), None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "LONGEST_RUN", 8)
        assert long_run(text) == (first and f"long_run: {first} characters")


def test_reject_names_the_byte() -> None:
    assert decode_utf8(b"x" * 737 + b"\xff", "reject") == (None, 0, "bad_utf8 at byte 737")
    assert decode_utf8(b"ab\xc3", "reject") == (None, 0, "bad_utf8 at byte 2")


def test_an_encoded_surrogate_is_bad_utf8() -> None:
    assert decode_utf8(b"a\xed\xa0\x80", "reject") == (None, 0, "bad_utf8 at byte 1")


def test_latin_1_touches_only_the_bad_bytes() -> None:
    """A UTF-8 file with one stray byte must not turn into mojibake."""
    assert decode_utf8("café €".encode() + b" caf\xe9", "latin-1") == ("café € café", 1, None)
    assert decode_utf8("Ærø, garçon".encode("latin-1"), "latin-1") == ("Ærø, garçon", 3, None)


@pytest.mark.parametrize("policy", ["reject", "replace", "latin-1"])
def test_utf16_is_not_read_as_anything_else(policy: BadUtf8) -> None:
    data = b"\xff\xfe" + "hello".encode("utf-16-le")
    assert decode_utf8(data, policy) == (None, 0, "utf16")


def test_a_megabyte_of_bad_bytes_is_decoded_whole() -> None:
    """Every byte is bad: an error handler called per byte would take minutes on a large file."""
    data = bytes([0xC6, 0xE9]) * 2**19
    assert decode_utf8(data, "latin-1") == ("Æé" * 2**19, 2**20, None)


@given(st.binary())
def test_replace_equals_python(data: bytes) -> None:
    text, num_replaced, reason = decode_utf8(data, "replace")
    if reason is None:
        assert text == data.decode("utf-8", "replace")
        assert (num_replaced == 0) == (data.decode("utf-8", "ignore").encode() == data)


@given(st.text(), st.sampled_from(["reject", "replace", "latin-1"]))
def test_valid_text_is_the_same_under_each_policy(text: str, policy: BadUtf8) -> None:
    assert decode_utf8(text.encode(), policy) == (text, 0, None)


@given(st.binary())
def test_latin_1_equals_a_byte_by_byte_reading(data: bytes) -> None:
    """The oracle decodes the longest valid prefix, one bad byte, and so on."""
    text, num_replaced, reason = decode_utf8(data, "latin-1")
    if reason is not None:
        return
    pieces, bad = [], 0
    rest = data
    while rest:
        try:
            pieces.append(rest.decode())
            break
        except UnicodeDecodeError as error:
            good = rest[: error.start]
            stray = rest[error.start : error.start + 1]
            pieces += [good.decode(), stray.decode("latin-1")]
            bad += 1
            rest = rest[error.start + 1 :]
    assert (text, num_replaced) == ("".join(pieces), bad)
