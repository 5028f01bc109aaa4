"""Haystacks: which characters of which document a sample was woven into, and who else uses them.

The text is looked for in the decoded sample piece by piece, since statements stand in between:

    haystack   It rained. Nobody came.       with white space left out on both sides
    sample     It rained. KEY IS 17. Nobody came.   ->  found in 2 pieces
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.verify.findings import Findings

Line = dict[str, Any]

PIECES = (24, 6, 1)
"""Characters that the search goes on with behind a statement: long ones are fast and right but
where statements stand close together or lines repeat; with 1, the whole order still has to fit."""
CONTINUES, MASK = 0x80, 0xC0
"""Bytes of UTF-8 that do not begin a character."""
CUT_CHARACTER = 3
"""Bytes by which two uses may overlap where a token ends inside a character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Bytes [start, stop) of a document's text that one pass uses."""

    epoch: int
    start: int
    stop: int
    where: str
    natural: bool


def check_ranges(
    samples: dict[str, Line], documents: dict[str, Line], findings: Findings
) -> dict[str, list[tuple[str, Line]]]:
    """Check every haystack against the documents table; return them by document."""
    found: dict[str, list[tuple[str, Line]]] = defaultdict(list)
    for sample_id, line in samples.items():
        for piece in line["haystack"]:
            entry = documents.get(piece["doc_id"])
            where = f"sample {sample_id}: {piece}"
            expected = "characters of a document that is kept"
            inside = entry is not None and _inside(piece, entry)
            if not findings.need("haystack.range", inside, where, expected) or entry is None:
                continue
            found[piece["doc_id"]].append((sample_id, piece))
            named = entry["license"] is None or entry["license"] in line["licenses"]
            findings.need("haystack.license", named, where, f"licence {entry['license']!r} named")
    return found


def _inside(piece: Line, document: Line) -> bool:
    inside = 0 <= piece["start"] < piece["end"] <= document["num_chars"]
    return bool(document["kept"] and inside and piece["epoch"] >= 0)


def squeezed(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())


def check_text(text: str, found: str, where: str, findings: Findings) -> None:
    """Check that a haystack's text stands in its decoded sample (squeezed), statements aside."""
    hay = squeezed(text)
    stands = any(uncovered(hay, found, piece) is None for piece in PIECES)
    lost = 0 if stands else uncovered(hay, found, PIECES[-1]) or 0
    expected = f"the haystack's text, {hay[lost : lost + 24]!r} among it"
    findings.need("haystack.text", stands, where, expected)


def uncovered(hay: str, text: str, piece: int) -> int | None:
    """Return the first character of `hay` that `text` lacks, None when it has all, in order.

    After each break the text goes on where the next `piece` characters stand.
    """
    done = at = 0
    while done < len(hay):
        at = text.find(hay[done : done + piece], at)
        if at < 0:
            return done
        size = agreement(hay, done, text, at)
        done, at = done + size, at + size
    return None


def agreement(a: str, i: int, b: str, j: int) -> int:
    """Return how many characters a[i:] and b[j:] begin with together, in a few comparisons."""
    most = min(len(a) - i, len(b) - j)
    same, step = 0, PIECES[0]
    while step and same < most:
        step = min(step, most - same)
        if b.startswith(a[i + same : i + same + step], j + same):
            same, step = same + step, 2 * step
        else:
            step //= 2
    return same


def character_bytes(data: bytes, num_chars: int) -> npt.NDArray[np.int64]:
    """Return int64[C + 1]: the byte at which each character of UTF-8 text begins, and its end."""
    if len(data) == num_chars:
        return np.arange(num_chars + 1)
    begins = np.flatnonzero(np.frombuffer(data, np.uint8) & MASK != CONTINUES)
    return np.append(begins, len(data)).astype(np.int64)


def check_use(intervals: list[Interval], *, shared: bool, findings: Findings) -> None:
    """Check that no pass uses a text twice, as haystack or as natural text and haystack."""
    intervals = sorted(intervals, key=lambda use: (use.epoch, use.start, use.stop))
    for a, b in itertools.pairwise(intervals):
        if shared or (a.natural and b.natural):
            continue
        apart = a.epoch != b.epoch or a.stop <= b.start + CUT_CHARACTER
        findings.need("haystack.use", apart, b.where, f"text that {a.where} does not use")
