r"""Firewall: what a text shares with the wordings of well-known long-context benchmarks.

    overlaps("<eight words in a row from a RULER prompt>")  ->  ("RULER",)
    overlaps("Nobody saw the ferry leave.")                 ->  ()

The wordings themselves are not here: `firewall.grams` holds 8-grams of words as hashes, with the
benchmark's name for each, made by `benchmarks/firewall.py` from the prompts that the benchmarks
publish. docs/decontamination.md says which, and how to extend the list.

A piece of a wording between two placeholders that is shorter than 8 words is one gram when it has
6 words or more: "is the value of" would be found in any novel.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from generators.decontam.index import Index, build, from_bytes
from generators.decontam.overlap import find

NGRAM = 8
"""Words in a row. The project's rule: no template shares eight with a benchmark."""

SHORTEST = 6
"""Of a whole piece between placeholders. Our choice, measured: docs/decontamination.md."""

FILE = "firewall.grams"

_PLACEHOLDER = re.compile(r"\{[^{}\n]*\}")


def overlaps(text: str) -> tuple[str, ...]:
    """Return the names of the benchmarks whose wording a text repeats, sorted."""
    return find(text, firewall()).benchmarks


@cache
def firewall() -> Index:
    """Return the built-in index."""
    data = resources.files(__package__).joinpath(FILE).read_bytes()
    return from_bytes(data, FILE)


def build_firewall(wordings: Iterable[tuple[str, str]]) -> Index:
    """Return the index of (benchmark, wording) pairs; `{...}` in a wording is a placeholder."""
    return build(_pieces(wordings), n=NGRAM, shortest=SHORTEST, common=None)


def _pieces(wordings: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, wording in wordings:
        yield from ((name, piece) for piece in _PLACEHOLDER.split(wording))
