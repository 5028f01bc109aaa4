"""Invented words, keys and values that no corpus contains.

A word is two syllables of an onset and a vowel, and sometimes a coda. Whatever is drawn is
looked for in the haystack and among the values already taken, and drawn again when it occurs there,
so that a value stands in a sample only where the task puts it.

Sizes of the spaces (different values, rounded down):

    number      9.0e6   1000000 ... 9999999
    code        1.3e8   KX4-90Q7
    date        2.5e6   14 March 6184: the years 2400 ... 9899, which no chronicle reaches
    name        1.9e11  Velmar Tosqui: two of 442,368 words
    place       5.3e6   Port Velmar, Velmar Cross: one word in 12 forms
    identifier  1.2e8   fetch_velmar_index, fetchVelmarIndex: 12 verbs, a word, 12 nouns
    phrase      1.4e7   Velmar lantern: one word and one of 32 things

Cost: for each value drawn, a search in the haystack (3 ms in 4 MB) and in what is taken, which a
`Taken` keeps ready: 4,000 names in a fifth of a second. A second draw is rare.
"""

import re
from collections.abc import Callable, Collection
from typing import Literal

import numpy as np

Kind = Literal["number", "code", "date", "name", "place", "identifier", "phrase"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONSETS = _words("b br c d dr f g gr h j k l m n p qu r s st t tr v w z")
_VOWELS = _words("a e i o u ae ea y")
_CODAS = ("", *_words("l m n r s th x nd rk sk lt"))
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # I and O look like digits
_MONTHS = _words(
    "January February March April May June July August September October November December"
)
_PLACES = tuple(f"{first} {{}}" for first in _words("Port Upper Lower Mount Saint Fort")) + tuple(
    f"{{}} {last}" for last in _words("Cross Falls Ferry Ridge Sound Abbey")
)
_VERBS = _words("fetch build check count drain guard index merge parse queue route split")
_NOUNS = _words("batch cache depth field frame label offset packet record stream table vector")
_THINGS = _words(
    "lantern casket ledger compass anvil bell bridge brooch candle chart clock coach crate drum "
    "engine ferry flask gate harp kettle lens loom mirror orchard pump ribbon saddle sundial tower "
    "trunk vessel wheel"
)
_KNOWN = frozenset(
    word.lower()
    for word in (*_VERBS, *_THINGS, *_NOUNS, *_MONTHS, *(form.strip("{} ") for form in _PLACES))
)
_WORD = re.compile("[A-Z]?[a-z]+")
_DATE = re.compile(r"([0-9]+) [A-Z][a-z]+ ([0-9]+)")
_DAYS, _YEARS = (1, 29), (2400, 9900)
_TRIES = 1000

_LOOKS_RANDOM = re.compile(r"\d{4}|[0-9a-f-]{8}")
_SWAPS = ("aeiou", "bcdfghjklmnpqrstvwxyz", "AEIOU", "BCDFGHJKLMNPQRSTVWXYZ", "0123456789")


def looks_random(value: str) -> bool:
    """Say whether nobody could guess this value, so that it is no target where first stated.

    True for four digits in a row, digits and letters together, or eight hexadecimal characters:
    `KX4-90Q7`, `14 March 6184`, `deadbeef`; False for `Velmar Tosqui` and `fetch_velmar_index`.
    """
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return mixed or _LOOKS_RANDOM.search(value) is not None


class Taken:
    """Values that are taken, kept so that what is part of one or holds one is found at once."""

    __slots__ = ("_joined", "_lengths", "_values")

    def __init__(self, values: Collection[str] = ()) -> None:
        self._values = set(values)
        self._joined = "\n".join(values)
        self._lengths = set(map(len, values))

    def add(self, value: str) -> str:
        """Take one more, and return it. Cost: a copy of all letters so far."""
        self._values.add(value)
        self._joined = f"{self._joined}\n{value}"
        self._lengths.add(len(value))
        return value

    def meets(self, value: str) -> bool:
        """Say whether the value stands in one of these, or one of these in the value."""
        return value in self._joined or any(
            value[start : start + length] in self._values
            for length in self._lengths
            for start in range(len(value) - length + 1)
        )


def fresh(
    rng: np.random.Generator, kind: Kind, *, taken: Collection[str] | Taken, haystack: str
) -> str:
    """Return a value of this kind that stands nowhere in the haystack and in nothing taken.

    Neither does anything taken stand in it. Who draws many keeps a `Taken` of them: of any other
    collection one is made for each value. Raises ValueError when 1,000 draws found none, which
    means that the kind's space is nearly used up.
    """
    return _unused(lambda: DRAW[kind](rng), taken=taken, haystack=haystack, what=kind)


def near(
    rng: np.random.Generator, value: str, *, taken: Collection[str] | Taken, haystack: str
) -> str:
    """Return a value one or two letters away from this one: Velmar lantern -> Velmor lantern.

    The change is in the invented part. A vowel becomes another vowel, a consonant another
    consonant, a digit another digit; numbers and dates stay such as `fresh` draws them, without a
    leading zero or a 31st. Unused like the values of `fresh`; raises ValueError likewise.
    """
    return _unused(lambda: _slip(rng, value), taken=taken, haystack=haystack, what=f"near {value}")


def _unused(
    draw: Callable[[], str], *, taken: Collection[str] | Taken, haystack: str, what: str
) -> str:
    known = taken if isinstance(taken, Taken) else Taken(taken)
    for _ in range(_TRIES):
        value = draw()
        if _is_sound(value) and not known.meets(value) and value not in haystack:
            return value
    raise ValueError(
        f"no unused value of kind {what!r} in {_TRIES} draws; "
        "ask for fewer keys or values, or for another kind"
    )


def _is_sound(value: str) -> bool:
    """Say whether a number has no leading zero, and a date a day and a year that can be drawn."""
    date = _DATE.fullmatch(value)
    if date is None:
        return not (value.isdigit() and value[0] == "0")
    return date[1][0] != "0" and all(
        low <= int(number) < high
        for number, (low, high) in zip(date.groups(), (_DAYS, _YEARS), strict=True)
    )


def _slip(rng: np.random.Generator, value: str) -> str:
    """Swap one or two characters for others of their class, in the invented words if there are any.

    A slip in a word that everybody knows would read as a misprint: Velmar lantirn.
    """
    letters = list(value)
    words = [word for word in _WORD.finditer(value) if word[0].lower() in _KNOWN]
    known = {at for word in words for at in range(*word.span())}
    able = [at for at, letter in enumerate(letters) if any(letter in swap for swap in _SWAPS)]
    places = [at for at in able if at not in known] or able
    num_edits = min(len(places), int(rng.integers(1, 3)))
    for place in rng.choice(places, size=num_edits, replace=False).tolist():
        swap = next(swap for swap in _SWAPS if letters[place] in swap)
        letters[place] = _pick(rng, swap.replace(letters[place], ""))
    return "".join(letters)


def _pick(rng: np.random.Generator, choices: Collection[str]) -> str:
    return list(choices)[int(rng.integers(len(choices)))]


def word(rng: np.random.Generator) -> str:
    """Draw two syllables and perhaps a coda: (24 x 8) x (24 x 8) x 12 = 442,368 words."""
    syllables = (_pick(rng, _ONSETS) + _pick(rng, _VOWELS) for _ in range(2))
    return "".join(syllables) + _pick(rng, _CODAS)


def _number(rng: np.random.Generator) -> str:
    return str(int(rng.integers(1_000_000, 10_000_000)))


def _code(rng: np.random.Generator) -> str:
    a, b, c = (_pick(rng, _LETTERS) for _ in range(3))
    d, e, f = rng.integers((0, 0, 0), (10, 100, 10)).tolist()
    return f"{a}{b}{d}-{e:02d}{c}{f}"


def _date(rng: np.random.Generator) -> str:
    day, year = (int(rng.integers(*bounds)) for bounds in (_DAYS, _YEARS))
    return f"{day} {_pick(rng, _MONTHS)} {year}"


def _name(rng: np.random.Generator) -> str:
    return f"{word(rng).capitalize()} {word(rng).capitalize()}"


def _place(rng: np.random.Generator) -> str:
    return _pick(rng, _PLACES).format(word(rng).capitalize())


def _identifier(rng: np.random.Generator) -> str:
    words = [_pick(rng, _VERBS), word(rng), _pick(rng, _NOUNS)]
    if rng.integers(2):
        return "_".join(words)
    return words[0] + "".join(word.capitalize() for word in words[1:])


def _phrase(rng: np.random.Generator) -> str:
    return f"{word(rng).capitalize()} {_pick(rng, _THINGS)}"


DRAW: dict[Kind, Callable[[np.random.Generator], str]] = {
    "number": _number,
    "code": _code,
    "date": _date,
    "name": _name,
    "place": _place,
    "identifier": _identifier,
    "phrase": _phrase,
}
"""How each kind is drawn, before anyone looks whether it is used."""
