"""Rivals for `code`: files that tell an answer too, so that the sample has to leave them out.

    FEED_RATE = 7741                          the definition
    7741 sheets were cut                      the value again: this file is left out
    speed = FEED_RATE  # that is 7741         the value beside the name: left out as well
    class Pump(TubeEngine): ...               for a class made from TubeEngine: left out as well

What the definition's own file tells cannot be left out, so nothing is asked there.
"""

import re
from collections.abc import Iterable

from generators.syntax.mentions import Repository, mentions
from generators.tasks._parts.code_uses import has

Span = tuple[int, int]

MOST_MENTIONS = 400
"""A name or value that stands more often is left alone."""
_WINDOW = 240
"""Characters before and behind a mention of the name in which the answer must not stand."""
_BELOW = 2000
"""Characters below a definition in which its docstring and body may use what it says."""
_BASES = re.compile(r"[ \t]*class[ \t]+\w+[ \t]*\(")


def rivals(
    text: Repository, span: Span, *, named: Iterable[int], secrets: Iterable[str], once: str
) -> frozenset[int] | None:
    """Return where the files start that tell the answer; None where the definition's file does too.

    `named` is where the name stands, `secrets` what together would tell the answer beside it, and
    `once` what must stand in the definition alone; empty, it may stand anywhere.
    """
    stated = mentions(text.text, once, most=MOST_MENTIONS) if once else []
    if stated is None:
        return None
    below = min(span[1] + _BELOW, text.file_at(span[0]).stop)
    told = [place for place in stated if not span[0] <= place < below]
    told += _told(text, span, named, tuple(secrets))
    return _files(text, span, told)


def heirs(text: Repository, span: Span, base: str) -> frozenset[int] | None:
    """Return where the files start in which another class has the base; None as `rivals` does."""
    stated = mentions(text.text, base, most=MOST_MENTIONS)
    if stated is None:
        return None
    lines = {place: text.line_at(place)[0] for place in stated}
    found = [place for place, start in lines.items() if _BASES.match(text.text, start)]
    return _files(text, span, [place for place in found if not span[0] <= place < span[1]])


def _told(
    text: Repository, span: Span, named: Iterable[int], secrets: tuple[str, ...]
) -> list[int]:
    """Return where the name stands with the answer near it, in a call perhaps."""
    told = []
    own = text.file_at(span[0])
    for place in named:
        file = text.file_at(place)
        low, high = max(place - _WINDOW, file.start), min(place + _WINDOW, file.stop)
        if file is own and span[0] - _WINDOW < place < span[1] + _WINDOW:
            continue
        if all(has(text.text[low:high], secret) for secret in secrets):
            told.append(place)
    return told


def _files(text: Repository, span: Span, told: list[int]) -> frozenset[int] | None:
    own = text.file_at(span[0]).start
    found = frozenset(text.file_at(place).start for place in told)
    return None if own in found else found
