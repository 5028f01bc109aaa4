"""What a passage says that no other does: a run to quote, a word to blank out, words to look for.

    "The ferry for Margate left at noon, and nobody waved."
    blank   "The ferry for _____ left at noon,"   Margate stands in no other passage that is used
    run     "left at noon, and nobody waved."     these words stand in a row nowhere else
    terms   ferry, noon, waved                    no other passage that is used has all three

Words are compared apart from capitals and only whole. Cost: a plain search of the text for each
word that is looked at, and one of a regular expression for each run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from generators.retrieval.passages import Passages, sentences

Ask = Literal["cloze", "source", "terms"]
Kind = Literal["name", "number", "identifier", "word"]
KINDS: tuple[Kind, ...] = ("name", "number", "identifier", "word")
BLANK = "_____"
_FEWEST_WORDS = 6
"""Of a quoted run. Our choice: shorter ones are easily met twice."""
_LONGEST_QUOTE = 400
_LOOKED_AT = 12
"""Words of a passage among which terms are chosen."""

_ASKED_FOR: dict[Kind, re.Pattern[str]] = {
    "name": re.compile(r"(?<=[a-z,;]\s)[A-Z][a-z]{2,}\b"),
    "number": re.compile(r"(?<![\w.,])\d{2,}(?![\w]|[.,]\d)"),
    "identifier": re.compile(r"\b(?=\w*?(?:[a-z0-9]_[a-z]|[a-z][A-Z]))[A-Za-z_]\w{5,40}\b"),
    "word": re.compile(r"\b[^\W\d_A-Z]{7,}\b"),
}
"""What is worth asking for: it says something, and grammar alone does not give it away."""
_TERM = re.compile(r"\b[^\W\d_]{6,}\b")
_SAYING = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What is asked about one passage, and what has to stay out of the others."""

    gold: int
    """Index of the passage among all."""
    run: tuple[int, int]
    """The passage's characters; a part of it where it has to stand near an edge of the text."""
    marks: tuple[tuple[int, int], ...]
    """The characters that are quoted, or each of the terms; rising."""
    shown: str
    """The question's words between double quotes, those included."""
    words: str
    """The same words alone, to retrieve with."""
    answer: str = ""
    """What was blanked out."""
    barred: frozenset[int] = frozenset()
    """Passages that may not be used: they hold what was blanked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may stand around the evidence so that it can still be brought to its depth."""

    front: int
    """Tokens of the passage before the quoted words, at most."""
    behind: int
    """Tokens of the passage from there on, at most."""
    tokens: Callable[[int, int], int]
    """Tokens within characters [start, stop)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finder:
    """A text cut into passages, to find words in."""

    text: str = field(repr=False)
    passages: Passages = field(repr=False)
    lowered: str = field(repr=False)

    def holders(self, value: str, most: int) -> frozenset[int] | None:
        """Return the passages that hold a value as whole words; None where more than `most` do."""
        found: list[int] = []
        value, at = value.lower(), -1
        while (at := self.lowered.find(value, at + 1)) >= 0:
            if _is_whole(self.lowered, at, len(value)):
                found.append(at)
            if len(found) > 8 * most + 8:
                return None
        owners, inside = self.passages.owners(np.array(found, np.int64))
        owning = frozenset(owners[inside].tolist())
        return owning if len(owning) <= most else None

    def times(self, value: str, run: tuple[int, int]) -> list[int]:
        """Return where a value stands as whole words within characters of the text."""
        start, stop = run
        found = re.finditer(re.escape(value.lower()), self.lowered[start:stop])
        places = [start + each.start() for each in found]
        return [at for at in places if _is_whole(self.lowered, at, len(value))]

    def is_single(self, words: list[str]) -> bool:
        """Say whether a run of words, apart from white space, stands once; BLANK is any word."""
        pattern = r"\s+".join(map(re.escape, words)).replace(re.escape(BLANK), r"\S+?")
        found = re.finditer(pattern, self.text)
        next(found, None)
        return next(found, None) is None


def finder(text: str, passages: Passages) -> Finder:
    """Return the finder of a text; a character that would lower to two keeps its place as one."""
    lowered = text.replace("\u0130", "I").lower()
    return Finder(text=text, passages=passages, lowered=lowered)


def quote(
    rng: np.random.Generator,
    find: Finder,
    gold: int,
    *,
    ask: Ask,
    size: int,
    reach: Reach,
    kind: Kind = "word",
) -> Quote | None:
    """Return what to ask about a passage, or None where this draw found nothing.

    `size` is the number of words of a quoted run, or of terms; `kind` is what a blank stands for.
    """
    run = _within_reach(rng, find, gold, ask=ask, reach=reach)
    if run is None:
        return None
    if ask == "terms":
        return _terms(rng, find, gold, run=run, count=size)
    made = _run(rng, find, gold, run=run, size=size, kind=kind if ask == "cloze" else None)
    if made is None or ask == "source":
        return made
    at = made.marks[0][0]
    reachable = reach.tokens(run[0], at) <= reach.front and reach.tokens(at, run[1]) <= reach.behind
    return made if reachable else None


def _within_reach(
    rng: np.random.Generator, find: Finder, gold: int, *, ask: Ask, reach: Reach
) -> tuple[int, int] | None:
    """Return the passage's run, shortened to a few sentences where it stands near an edge."""
    start, stop = int(find.passages.starts[gold]), int(find.passages.stops[gold])
    size = int(find.passages.tokens[gold])
    if size <= reach.behind and (ask != "cloze" or size <= reach.front):
        return start, stop
    parts = sentences(find.text, start, stop)
    first = int(rng.integers(len(parts)))
    start = parts[first][0]
    ends = [end for _, end in parts[first:] if reach.tokens(start, end) <= reach.behind]
    return (start, ends[-1]) if ends else None


def _run(
    rng: np.random.Generator,
    find: Finder,
    gold: int,
    *,
    run: tuple[int, int],
    size: int,
    kind: Kind | None,
) -> Quote | None:
    """Return a run of about `size` words of one sentence, one of this kind blanked out."""
    parts = sentences(find.text, *run)
    start, stop = parts[int(rng.integers(len(parts)))]
    words = [found.span() for found in re.finditer(r"\S+", find.text[start:stop])]
    if len(words) < _FEWEST_WORDS:
        return None
    hole = _hole(rng, find.text[start:stop], kind) if kind else (0, 0)
    if hole is None:
        return None
    size = min(size, len(words))
    middle = next((i for i, (_, end) in enumerate(words) if end > hole[0]), 0)
    low, high = (middle - size + 2, middle - 1) if kind else (0, len(words) - size)
    low, high = max(low, 0), min(high, len(words) - size)
    if low > high:
        return None
    first = int(rng.integers(low, high + 1))
    span = start + words[first][0], start + words[first + size - 1][1]
    answer = find.text[start + hole[0] : start + hole[1]]
    said = find.text[slice(*span)]
    if kind:
        said = find.text[span[0] : start + hole[0]] + BLANK + find.text[start + hole[1] : span[1]]
    return _checked(find, gold, run=run, span=span, said=said.split(), answer=answer)


def _hole(rng: np.random.Generator, sentence: str, kind: Kind) -> tuple[int, int] | None:
    """Return the characters of what is blanked out."""
    found = [match.span() for match in _ASKED_FOR[kind].finditer(sentence)]
    return found[int(rng.integers(len(found)))] if found else None


def _checked(
    find: Finder,
    gold: int,
    *,
    run: tuple[int, int],
    span: tuple[int, int],
    said: list[str],
    answer: str,
) -> Quote | None:
    """Return the quote where it says something, can be quoted, and stands nowhere else."""
    shown = " ".join(said)
    clear = '"' not in shown and shown.count(BLANK) == int(bool(answer))
    if not clear or len(shown) > _LONGEST_QUOTE or len(_SAYING.findall(shown)) < len(said) // 2:
        return None
    barred: frozenset[int] | None = frozenset()
    if answer:
        most = max(1, len(find.passages) // 8)
        if len(find.times(answer, run)) != 1 or (barred := find.holders(answer, most)) is None:
            return None
    if not find.is_single(said):
        return None
    return Quote(
        gold=gold,
        run=run,
        marks=(span,),
        shown=f'"{shown}"',
        words=shown,
        answer=answer,
        barred=(barred or frozenset()) - {gold},
    )


def _terms(
    rng: np.random.Generator, find: Finder, gold: int, *, run: tuple[int, int], count: int
) -> Quote | None:
    """Return words that this passage alone holds together; others hold some of them if they can."""
    start, stop = run
    words = sorted({found.group() for found in _TERM.finditer(find.lowered, start, stop)})
    most = max(2, len(find.passages) // 4)
    holders = {}
    for word in rng.permutation(words)[:_LOOKED_AT].tolist():
        if (owning := find.holders(word, most)) is not None:
            holders[word] = owning
    # Words of several passages first: each then leads to others too.
    able = sorted(holders, key=lambda word: len(holders[word]) == 1)
    while len(able) >= count:
        chosen = able[:count]
        if frozenset.intersection(*(holders[word] for word in chosen)) == {gold}:
            places = sorted((find.times(word, run)[0], len(word)) for word in chosen)
            shown = [f'"{word}"' for word in rng.permutation(chosen).tolist()]
            return Quote(
                gold=gold,
                run=run,
                marks=tuple((at, at + size) for at, size in places),
                shown=f"{', '.join(shown[:-1])} and {shown[-1]}",
                words=" ".join(chosen),
            )
        able.pop(0)
    return None


def _is_whole(text: str, at: int, size: int) -> bool:
    """Say whether no letter, digit or underscore touches characters [at, at + size)."""
    around = text[max(at - 1, 0) : at] + text[at + size : at + size + 1]
    return not any(character.isalnum() or character == "_" for character in around)
