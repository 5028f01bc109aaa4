r"""A text in parts of about one length, cut where its chapters begin or else between paragraphs.

    20 paragraphs, a heading before the 9th, 2 parts   ->   cut before that heading

The white space at a cut belongs to neither part. Cost: one pass for the paragraphs.
"""

import re

import numpy as np
import numpy.typing as npt

from generators.entities.runs import Span, headings
from schemas.errors import UnfitError

_BETWEEN = re.compile(r"\n[ \t]*\n\s*(?=\S)")
_LINE_END = re.compile(r"\n\s*(?=\S)")
_REACH = 1 / 3
"""A chapter's beginning is taken where it is within this share of a part's length."""


def divide(text: str, wanted: npt.NDArray[np.int64]) -> tuple[Span, ...]:
    """Return the parts of a text that is to be cut near each of some rising characters.

    Raises UnfitError where it has too few paragraphs, or lines if it has no paragraphs, for that.
    """
    gaps = [found.span() for found in _BETWEEN.finditer(text)]
    if len(gaps) < len(wanted):
        gaps = [found.span() for found in _LINE_END.finditer(text)]
    if not gaps:
        raise UnfitError("a text of one paragraph")
    stops = np.array([stop for _, stop in gaps], np.int64)
    opened = np.array([start for start, _ in headings(text)], np.int64)
    chapters = _nearest(stops, opened)
    reach = _REACH * len(text) / (len(wanted) + 1)
    near = _nearest(stops, wanted)
    if len(chapters):
        opening = chapters[_nearest(stops[chapters], wanted)]
        near = np.where(np.abs(stops[opening] - wanted) <= reach, opening, near)
    if len(np.unique(near)) < len(wanted) or np.any(np.diff(near) < 0):
        raise UnfitError(f"too few paragraphs to cut the text into {len(wanted) + 1} parts")
    cuts = [gaps[index] for index in near.tolist()]
    edges = [0, *(edge for cut in cuts for edge in cut), len(text)]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _nearest(places: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return int64[W]: for each wanted place the index of the nearest of some rising places."""
    after = np.searchsorted(places, wanted).clip(0, len(places) - 1)
    before = (after - 1).clip(0)
    closer = np.abs(places[before] - wanted) < np.abs(places[after] - wanted)
    nearest: npt.NDArray[np.int64] = np.where(closer, before, after)
    return nearest
