r"""Names of persons in a running text, by their capitals and the words beside them.

    "... said Emma, and Mr. Weston bowed to Emma's father ..."   ->   Emma (9, 41), Weston (23,)

A name here is one word. Wherever it stands it is capitalised, it is never written small or in
capitals, it begins no longer word (Bennet is out where Bennets stands), and it stands more often
beside what persons do or are (`said Emma`, `Emma had`, `Mr. Weston`) than beside what places and
peoples have (`in London`, `the English`). The first and the last name of a person are two names.
Cost: two passes over the text, and a look at the words beside each candidate.
"""

import itertools
import re
from collections import Counter

_CAPITAL = re.compile(r"[A-Z]\w+")  # a word boundary before it would cost three times as much
_BEFORE = re.compile(r"(\w+)\W{1,3}\Z")
_AFTER = re.compile(r",?\s(\w+)")
_NEARBY = 16
"""Characters beside a name that are looked at: a word such as `Mademoiselle` fits."""
_SHORTEST = 3
_BESIDE_PERSONS = 5
"""One place in five, at least, is beside what a person does or is."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PERSON_BEFORE = _set(
    "M Mme Mlle dit fit demanda reprit continua et que cher pauvre "
    "Mr Mrs Miss Master Sir Lady Lord Dame Captain Colonel General Major Doctor Dr Uncle Aunt "
    "Prince Princess Count Countess Baron Duke Madame Monsieur Mademoiselle Father Mother "
    "Brother Sister Don Dona Cousin Squire Judge Inspector Sergeant said cried asked replied "
    "answered exclaimed returned added inquired whispered muttered poor dear little old young "
    "that and"
)
_PERSON_AFTER = _set(
    "dit fit demanda reprit avait eut se ne lui et qui "
    "said cried asked replied answered exclaimed returned added inquired whispered muttered had "
    "was did could would should might looked turned went came stood sat took gave made thought "
    "felt knew saw heard smiled laughed nodded shook began continued and is has who himself "
    "herself"
)
_NO_NAMES = _set(
    "Yes No Oh Ah Aha Why Well Halloa Hurrah Bravo Amen Shortly Secondly Thirdly Oui Non Mais Eh "
    "January February March April May June July August September October November December "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas Easter God Heaven Jesus "
    "Christ Lord Mum Papa Mamma Mama Mrs Messrs English Latin Greek Chapter Book Volume Part "
    "Illustration"
)
_OTHER_BEFORE = _set(
    "dans en le la les un une du des in at the a an near into through this every next last on"
)


def names(text: str, *, fewest: int, most: int) -> dict[str, tuple[int, ...]]:
    """Return the characters at which each name stands, for names of `fewest` to `most` places.

    Names are in the order of their first places; `most` leaves out who is everywhere.
    """
    places: dict[str, list[int]] = {}
    for found in _CAPITAL.finditer(text):
        places.setdefault(found[0], []).append(found.start())
    known = places.keys() | set(text.split())
    begun = {one for one, other in itertools.pairwise(sorted(places)) if other.startswith(one)}
    return {
        name: tuple(starts)
        for name, starts in places.items()
        if fewest <= len(starts) <= most
        and len(name) >= _SHORTEST
        and name[1:].isalpha()
        and name[1:].islower()
        and name not in begun | _NO_NAMES | _PERSON_BEFORE
        and not known & {name.lower(), name.upper(), f"{name.lower()}s"}
        and _is_person(text, name, starts)
    }


def _is_person(text: str, name: str, starts: list[int]) -> bool:
    """Say whether a word stands inside sentences, and beside what a person does or is."""
    seen: Counter[str] = Counter()
    for start in starts:
        if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            return False  # the end of a longer word, such as McEmma
        before = _BEFORE.search(text, max(start - _NEARBY, 0), start)
        after = _AFTER.match(text, start + len(name), start + len(name) + _NEARBY)
        titled = bool(before and before[1] in _PERSON_BEFORE)
        seen["inside"] += titled or text[max(start - 2, 0)].isalpha() or text[start - 2] == ","
        seen["person"] += titled or bool(after and after[1] in _PERSON_AFTER)
        seen["other"] += bool(before and before[1] in _OTHER_BEFORE)
    often = max(seen["other"] + 1, len(starts) / _BESIDE_PERSONS)
    return seen["person"] >= often and seen["inside"] * 2 >= len(starts)
