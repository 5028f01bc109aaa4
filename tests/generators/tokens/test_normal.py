import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import normalizers

from generators.tokens.normal import INERT, normaliser

TEXTS = st.text(
    st.characters(codec="utf-8") | st.sampled_from("e\u0301\u0323\u0338>a가\u11a8\u3099か\u2019 \n")
)


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        (None, "e\u0301 A", "e\u0301 A"),
        ({"type": "NFC"}, "cafe\u0301 “x” Å", "café “x” Å"),
        ({"type": "NFKC"}, "ﬁ①", "fi1"),
        ({"type": "Lowercase"}, "The END", "the end"),
        (
            {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}]},
            "É",
            "e\u0301",
        ),
        # What only marks text for the model is left to the model.
        ({"type": "Prepend", "prepend": "▁"}, "a b", "a b"),
        ({"type": "Replace", "pattern": {"String": " "}, "content": "▁"}, "a b", "a b"),
        ({"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, "a \n b", "a b"),
        ({"type": "ByteLevel"}, "a é", "a é"),
        (
            {
                "type": "BertNormalizer",
                "clean_text": True,
                "handle_chinese_chars": True,
                "strip_accents": None,
                "lowercase": True,
            },
            "É漢\tA",
            "e漢 a",
        ),
    ],
)
def test_the_form_of_a_text(spec, text, expected):
    normalise = normaliser(spec)
    assert normalise(text) == expected
    assert normalise(expected) == expected


@settings(deadline=None)
@given(TEXTS)
@example(">\u0338e\u0323\u0301 \u1112\u1161\u11ab か\u3099")
def test_nfc_by_runs_is_the_library_nfc_of_the_whole(text):
    normalise = normaliser({"type": "NFC"})
    assert normalise(text) == normalizers.NFC().normalize_str(text)
    assert normalise(normalise(text)) == normalise(text)


def test_no_inert_character_changes_or_joins_the_one_before_it():
    """A wrong range would leave text uncomposed, so that decoding would not give it back."""
    second = set()  # the later halves of canonical pairs, and the Hangul parts, which are computed
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            second.add(chr(int(parts[1], 16)))
    second |= {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    inert = [chr(code) for code in range(0x10000) if re.match(f"[{INERT}]", chr(code))]
    assert len(inert) > 30_000
    assert all(unicodedata.normalize("NFC", char) == char for char in inert)
    assert not any(unicodedata.combining(char) for char in inert)
    assert not second & set(inert)
