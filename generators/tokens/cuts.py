r"""Cuts: where a long text may be encoded in pieces with the ids of the whole.

Two places are safe for the usual tokenizers, and no other was found to be (cutting before a run of
newlines is wrong for cl100k's regex, cutting after it for GPT-2's):

    A  "end.\n|Then"   after a newline that follows a character and precedes a Latin letter
    E  "word| word"    between a Latin letter and a space before a letter

A rule is used only where two things hold on the tokenizer at hand. No token of its vocabulary may
reach over such a cut (then neither a merge nor an added token can), and the pieces must give the
ids of the whole on every pair of the examples below, which exercise what splitting regexes look at:
contractions, digits, punctuation, runs of white space, marks. Otherwise the text stays whole.

No place within a word is safe, however far from its ends: with the one merge `aa`, a letter more in
front of "aaaaa" pairs all of it anew. So only the borders of the splitting regex are exact, and a
word without end is not cut but rejected, by name and before anything is spent on it (`long_run` in
generators/text.py).

Latin means A-Z: other letters are spelt by bytes that tokens for white space contain as well, so
the vocabulary could not prove the rule. Text without A-Z therefore stays whole.

Cost: one search per piece; the proof costs about 0.15 s, once.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from generators.tokens.bytelevel import ALPHABET

PIECE_CHARS = 1000
"""Characters of a piece, at least: of 500, 1000, 4000 and 16,000 the fastest."""

_PLAIN = {ord(spelling): byte for byte, spelling in enumerate(ALPHABET)}
_RULES = {
    # name: (where to cut, what a token that reaches over such a cut contains)
    "A": (r"(?<=\S\n)(?=[A-Za-z])", r"\n[A-Za-z]"),
    "E": (r"(?<=[A-Za-z])(?= [^\W\d_])", r"[A-Za-z][ \u2581]"),
}
_BEFORE = {
    "A": ("it.\n", "a\n", "1\n", "don't\n", "x;\n", "e\u0301\n", "漢\n", "--\n", "(\n", "_\n"),
    "E": ("a", "The", "don't", "I'll", "1a", "ab1cd", "  x", "\n\ny", ".z", "(b", "éa", "\u0301f"),
}
_AFTER = {
    "A": ("a", "Then", "I'm", "x1", "s", "t ", "re\n", "he\u0301", "a漢字", "b\n\n", "c  d", "A."),
    "E": (" a", " The", " I'm", " x1", " s", " t ", " re\n", " é", " жa", " b\n\n", " c  d", " A."),
}

Encode = Callable[[str], npt.NDArray[np.int32]]


def safe_cut(encode: Encode, vocabulary: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern whose empty matches are safe cuts of this tokenizer, or None for no cut.

    `encode` gives the ids of a whole text, `vocabulary` every token as it is spelt in the file.
    """
    joined = "\0".join(vocabulary).translate(_PLAIN)
    rules = [
        where
        for name, (where, straddle) in _RULES.items()
        if not re.search(straddle, joined) and _exact_on_examples(encode, name)
    ]
    return re.compile("|".join(rules)) if rules else None


def rule_pattern() -> re.Pattern[str]:
    """Return the pattern of both rules, for splitting by the regexes that they were found on."""
    return re.compile("|".join(where for where, _ in _RULES.values()))


def pieces(text: str, cut: re.Pattern[str] | None) -> Iterator[str]:
    """Yield the text in pieces of at least PIECE_CHARS characters, cut at safe places only."""
    start = 0
    while cut and (found := cut.search(text, start + PIECE_CHARS)):
        yield text[start : found.start()]
        start = found.start()
    yield text[start:]


def _exact_on_examples(encode: Encode, name: str) -> bool:
    """Say whether the pieces of every example pair have the ids of the whole."""
    left = {text: encode(text) for text in _BEFORE[name]}
    right = {text: encode(text) for text in _AFTER[name]}
    return all(
        np.array_equal(encode(a + b), np.concatenate([left[a], right[b]]))
        for a, b in product(left, right)
    )
