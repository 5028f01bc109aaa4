"""Heat maps: recall by depth and length, of the mix, of the control, and the one minus the other.

       depth  0   .1   .2  ...
256 tokens  98%  97%  99%       every cell has its figure; one without answers is an outline
"""

import numpy as np

from pipelines.verify.smoke.figures import ENDS, MIDDLE
from pipelines.verify.smoke.picture import line, svg, words
from pipelines.verify.smoke.shown import (
    ARMS,
    Float64,
    Found,
    bins,
    cells,
    grid,
    lengths,
    number,
    percent,
    tokens,
)

WIDTH, LEFT, RIGHT, TOP, CELL, GAP = 560, 56, 14, 26, 30, 34
BOTTOM = 56
HALF, FULL = 0.55, 0.8
"""Cells that are filled more than this have words in the colour of the ground, for the contrast:
on a dark page from the first on, on a light one from the second."""
SPREAD = 0.5
"""The difference that fills a cell wholly: this share of what fills a cell of an arm."""
WORSE = {"exact": -1, "nll": 1}
"""The sign of a difference that is bad for the mix."""


def heat(found: Found, measure: str) -> str:
    """Return three maps below each other, `exact` or `nll`, with common depths."""
    values = {arm: grid(found, arm, measure) for arm in ARMS}
    values["mix minus control"] = values["mix"] - values["control"]
    rows = len(lengths(found))
    step = rows * CELL + GAP
    most = 1.0
    if measure == "nll":
        both = np.stack([values[arm] for arm in ARMS])
        most = float(np.max(both, initial=1.0, where=~np.isnan(both)))
    parts: list[str] = []
    for index, (name, told) in enumerate(values.items()):
        top = TOP + index * step
        parts.append(words(LEFT, top - 8, name, kind="ink strong"))
        parts += _map(found, name, measure, (told, most, top))
    bottom = TOP + len(values) * step - GAP
    parts += _depths(found, bottom)
    label = f"{'exact share' if measure == 'exact' else 'loss'} of answers by length and depth"
    return svg(parts, width=WIDTH, height=bottom + BOTTOM, label=label)


def _map(found: Found, name: str, measure: str, drawn: tuple[Float64, float, float]) -> list[str]:
    """Return the cells of one map and the lengths beside them."""
    values, most, top = drawn
    width = _width(found)
    parts = []
    for row, length in enumerate(lengths(found)):
        y = top + row * CELL
        parts.append(words(LEFT - 8, y + CELL / 2 + 4, tokens(length), anchor="end"))
        for column, value in enumerate(values[row].tolist()):
            x = LEFT + column * width
            parts.append(f"<g><title>{_title(found, name, length, column)}</title>")
            parts += _cell((x, y, width), value, _fill(name, measure, value, most), measure)
            parts.append("</g>")
    return parts


def _width(found: Found) -> float:
    return (WIDTH - LEFT - RIGHT) / max(bins(found), 1)


def _fill(name: str, measure: str, value: float, most: float) -> tuple[str, float]:
    """Return the class of a cell and how far it is filled, 0 to 1."""
    if name in ARMS:
        return measure, min(value / most, 1.0)
    worse = value * WORSE[measure] > 0
    return ("worse" if worse else "better"), min(abs(value) / (SPREAD * most), 1.0)


def _cell(
    place: tuple[float, float, float], value: float, fill: tuple[str, float], measure: str
) -> list[str]:
    x, y, width = place
    where = f'x="{x + 1:.1f}" y="{y + 1:.1f}" width="{width - 2:.1f}" height="{CELL - 2}" rx="3"'
    middle = (x + width / 2, y + CELL / 2 + 4)
    if np.isnan(value):
        return [f'<rect {where} class="none"/>', words(*middle, "n/a", anchor="middle")]
    kind, share = fill
    ink = "cell full" if share > FULL else "cell half" if share > HALF else "cell"
    signed = kind in {"worse", "better"}
    said = percent(value, signed=signed) if measure == "exact" else number(value, signed=signed)
    return [
        f'<rect {where} class="frame"/>' if share == 0 else "",
        f'<rect {where} class="heat {kind}" fill-opacity="{share:.3f}"/>',
        words(*middle, said, kind=ink, anchor="middle"),
    ]


def _title(found: Found, name: str, length: int, column: int) -> str:
    """Return what a pointer shows of a cell: its figures with their intervals."""
    depth = f"{column / bins(found):.1f} to {(column + 1) / bins(found):.1f}"
    parts = [f"{length:,} tokens, depth {depth}"]
    for arm in ARMS if name not in ARMS else (name,):
        told = cells(found, arm, length)
        if column < len(told):
            exact, nll = told[column]["exact"], told[column]["nll"]
            parts.append(
                f"{arm}: {told[column]['answers']:,} answers, exact {percent(exact)} "
                f"({percent(exact['low'])} to {percent(exact['high'])}), loss {number(nll)} nats "
                f"({number(nll['low'])} to {number(nll['high'])})"
            )
    return "; ".join(parts)


def _depths(found: Found, bottom: float) -> list[str]:
    """Return the axis of depths, and which of them the gates compare."""
    count, width = max(bins(found), 1), _width(found)
    span = count * width
    parts = [
        words(LEFT + edge * width, bottom + 14, f"{edge / count:.1f}", anchor="middle")
        for edge in range(count + 1)
    ]
    for (low, high), name in (
        ((0.0, ENDS[0]), "early"),
        (MIDDLE, "middle"),
        ((ENDS[1], 1.0), "late"),
    ):
        left, right = (LEFT + span * depth for depth in (low, high))
        parts.append(line((left + 3, bottom + 23), (right - 3, bottom + 23), "bracket"))
        parts.append(words((left + right) / 2, bottom + 36, name, anchor="middle"))
    about = "depth of the evidence: 0 is the start of the text; rows by tokens of the text"
    return [*parts, words(LEFT, bottom + 52, about)]
