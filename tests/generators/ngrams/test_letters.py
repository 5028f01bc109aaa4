import unicodedata

import pytest

from generators.ngrams.letters import ALONE, BREAK, LETTER, NOTHING, letters


def kind(character: str) -> int:
    return int(letters().kinds[ord(character)])


def weight(character: str) -> int:
    return int(letters().weights[ord(character)])


@pytest.mark.parametrize(
    ("characters", "expected"),
    [
        ("aZ9éßΩж한", LETTER),
        (" \n_-'\u2019.,$€😀\x00", BREAK),
        ("漢字ひカก", ALONE),
        ("\u0301\u00ad\u200d\ufeff", NOTHING),
        ("\u093f", LETTER),  # a vowel sign of Devanagari
        ("\U00020000\U0002a700", ALONE),
        ("\ud800\U000e0041\U0010ffff", BREAK),
    ],
)
def test_what_a_character_is(characters: str, expected: int) -> None:
    assert [kind(character) for character in characters] == [expected] * len(characters)


@pytest.mark.parametrize(
    ("one", "other"), [("A", "a"), ("É", "e"), ("Σ", "ς"), ("Ж", "ж"), ("ẞ", "ß"), ("Ǻ", "a")]
)
def test_case_and_accents_do_not_count(one: str, other: str) -> None:
    assert weight(one) == weight(other) != 0


@pytest.mark.parametrize(("one", "other"), [("a", "b"), ("o", "0"), ("ß", "s"), ("a", "\u0430")])
def test_other_letters_do(one: str, other: str) -> None:  # the last is Cyrillic
    assert weight(one) != weight(other)


def test_weights_are_all_different_but_for_folding() -> None:
    """Every character that nothing folds to or from has a weight of its own."""
    plain = [
        code
        for code in range(0x3000)
        if chr(code).isalnum()
        and chr(code).casefold() == chr(code)
        and unicodedata.normalize("NFD", chr(code)) == chr(code)
        and kind(chr(code)) == LETTER
    ]
    assert len({weight(chr(code)) for code in plain}) == len(plain) > 1000


def test_what_is_no_letter_weighs_nothing() -> None:
    table = letters()
    assert not table.weights[(table.kinds == BREAK) | (table.kinds == NOTHING)].any()
    assert table.weights[table.kinds == LETTER].all()
