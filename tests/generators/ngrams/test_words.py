import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.ngrams import words as module
from generators.ngrams.words import word_blocks, words


def found(text: str) -> list[str]:
    units = words(text)
    return [text[a:b] for a, b in zip(units.starts, units.ends, strict=True)]


def hashes(text: str) -> list[int]:
    return words(text).hashes.tolist()


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Blocks of seven characters: most words and many accents lie across an edge."""
    monkeypatch.setattr(module, "BLOCK_CHARS", 7)
    return 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't PANIC,\ncafé!", ["Don", "t", "PANIC", "café"]),
        ("snake_case3 x=1.5e3", ["snake", "case3", "x", "1", "5e3"]),
        ("漢字 and kana かな", ["漢", "字", "and", "kana", "か", "な"]),
        ("a漢b", ["a", "漢", "b"]),
        ("cafe\u0301s co\u00adop", ["cafe\u0301s", "co\u00adop"]),
        ("हिन्दी 한국어", ["हिन्दी", "한국어"]),
        ("", []),
        (" .\n", []),
        ("\u0301\u0301", []),
    ],
)
def test_the_words_of_a_text_stand_where_they_stand(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_the_same_words_whatever_their_case_accents_and_stops() -> None:
    assert hashes("Café, NOIR!") == hashes("cafe noir") == hashes("cafe\u0301 --noir--")


def test_hashes_are_the_same_everywhere() -> None:
    """What is written into an index today must be found tomorrow, on any machine."""
    assert hashes("the é 漢") == PINNED


PINNED = [0xE6721A724F4ED60F, 0x164F6DB7C8E4C17E, 0xB421CF2A4C570A03]


def test_letters_do_not_add_up_across_words() -> None:
    """Without stirring, "b ca" and "a cb" would be the same sum."""
    assert len({tuple(hashes(text)) for text in ("b ca", "a cb", "ab c", "a bc", "abc")}) == 5


ALPHABET = "aB9 .\n_é\u0301ß漢か\u00ad😀"


def by_hand(text: str) -> list[tuple[int, int]]:
    """Find words by a pattern, for the letters of ALPHABET."""
    pattern = r"[漢か][\u0301\u00ad]*|[aB9éß](?:[\u0301\u00ad]*[aB9éß])*"
    stretched = [match.span() for match in re.finditer(pattern, text)]
    return [(a, a + len(text[a:b].rstrip("\u0301\u00ad"))) for a, b in stretched]


@given(st.text(ALPHABET, max_size=60))
def test_words_are_those_that_a_pattern_finds(text: str) -> None:
    units = words(text)
    ends = [
        a + len(text[a:b].rstrip("\u0301\u00ad"))
        for a, b in zip(units.starts, units.ends, strict=True)
    ]
    assert list(zip(units.starts.tolist(), ends, strict=True)) == by_hand(text)


@given(st.text(ALPHABET, max_size=60))
def test_equal_words_and_only_they_have_equal_hashes(text: str) -> None:
    units = words(text)

    def spelt(a: int, b: int) -> str:
        bare = unicodedata.normalize("NFD", text[a:b].casefold().replace("ss", "ß"))
        return bare.replace("\u0301", "").replace("\u00ad", "")

    spellings = [spelt(a, b) for a, b in zip(units.starts, units.ends, strict=True)]
    assert len(set(spellings)) == len(set(units.hashes.tolist()))
    assert len(set(zip(spellings, units.hashes.tolist(), strict=True))) == len(set(spellings))


@given(st.text(ALPHABET, max_size=60))
def test_blocks_change_nothing(text: str) -> None:
    whole = words(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK_CHARS", 7)
        parts = words(text)
    assert parts.hashes.tolist() == whole.hashes.tolist()
    assert parts.starts.tolist() == whole.starts.tolist()
    trimmed = [len(text[:end].rstrip("\u0301\u00ad")) for end in parts.ends.tolist()]
    assert trimmed == [len(text[:end].rstrip("\u0301\u00ad")) for end in whole.ends.tolist()]


@pytest.mark.usefixtures("small_blocks")
def test_a_word_may_be_longer_than_many_blocks() -> None:
    text = f"see {'x' * 100} there"
    assert found(text) == ["see", "x" * 100, "there"]
    assert hashes(text)[1] == hashes("x" * 100)[0] == hashes(f".{'X' * 100}.")[0]


def test_memory_is_that_of_a_block() -> None:
    sizes = [len(units) for units in word_blocks("a b " * 100_000)]
    assert sum(sizes) == 200_000
    assert max(sizes) <= module.BLOCK_CHARS // 2


def test_places_are_whole_numbers_of_64_bits() -> None:
    units = words("a b")
    assert (units.starts.dtype, units.ends.dtype, units.hashes.dtype) == (
        np.int64,
        np.int64,
        np.uint64,
    )
