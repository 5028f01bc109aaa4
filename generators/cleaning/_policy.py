"""What secrets and personal data have in common: places that were found, and what becomes of them.

    "key AKIA...", [(4, 24, "aws_key")]
        redact -> "key <redacted:aws_key>", 1
        drop   -> the same text, 1, the document is rejected
        count  -> the same text, 1

A placeholder says the kind and nothing of the value, so the same kind always reads the same, and
no rule finds a placeholder. A place that touches one is left: what stood there before made it part
of a longer word, so cleaning twice is cleaning once. Cost: linear in text and places.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from schemas.selection import Cleaned

Policy = Literal["redact", "drop", "count"]
"""A placeholder for each place; or the document is rejected; or it is only counted."""

_LONGEST = 40
_BEFORE = re.compile(r"<redacted:\w{1,20}>\Z")


class Place(NamedTuple):
    """Something found: characters from start to end, half-open."""

    start: int
    end: int
    kind: str
    """The kind, as placeholders name it: aws_key, email."""


def apply(text: str, places: Iterable[Place], *, policy: Policy, reason: str) -> Cleaned:
    """Return the text as the policy wants it. Of places that overlap, the first counts."""
    pieces, kept, count = [], 0, 0
    for start, end, kind in sorted(places, key=lambda place: (place.start, -place.end)):
        if start < kept or _touches(text, start, end):
            continue
        pieces += [text[kept:start], f"<redacted:{kind}>"]
        kept, count = end, count + 1
    if count == 0 or policy == "count":
        return Cleaned(text=text, count=count)
    if policy == "drop":
        return Cleaned(text=text, count=count, reason=reason)
    return Cleaned(text="".join([*pieces, text[kept:]]), count=count)


def _touches(text: str, start: int, end: int) -> bool:
    """Say whether a placeholder stands directly before a place or behind it."""
    if text.startswith("<redacted:", end):
        return True
    before = text[max(start - _LONGEST, 0) : start]
    return before.endswith(">") and _BEFORE.search(before) is not None
