"""Pictures of the smoke page: plain SVG, drawn from scales, lines, marks and words.

    Scale(low=0, high=8, start=60, stop=460).at(2)   ->   160, a quarter of the way

A picture stands inside the page, whose style sheet gives the classes their colours, light or dark.
The mix is a full line with circles, the control a dashed one with squares.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from pipelines.verify.smoke.shown import ARMS, MISSING, Float64

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Ticks stand on round numbers: these times a power of ten."""
TICKS = 5
KEY = 110
"""Width of one entry of the legend."""
DOT = 3.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From values to pixels, in a line or by logarithm."""

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of a value; a scale without extent puts everything on its start."""
        low, high, value = (
            (math.log(x) for x in (self.low, self.high, value))
            if self.log
            else (self.low, self.high, value)
        )
        span = high - low
        return self.start + (self.stop - self.start) * ((value - low) / span if span else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of a picture where data stands: x from left to right, y from the bottom up."""

    x: Scale
    y: Scale

    def __iter__(self) -> Iterator[float]:
        """Give left, top, width, height."""
        yield from (self.x.start, self.y.stop, self.x.stop - self.x.start)
        yield self.y.start - self.y.stop


def svg(parts: Sequence[str], *, width: float, height: float, label: str) -> str:
    """Return the picture; `label` is what is read aloud in its place."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'role="img" aria-label={quoteattr(label)}>',
            *parts,
            "</svg>",
        ]
    )


def words(x: float, y: float, said: str, *, kind: str = "soft", anchor: str = "start") -> str:
    """Return text; `kind` is its class, `anchor` start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(said)}</text>'
    )


def line(start: tuple[float, float], stop: tuple[float, float], kind: str) -> str:
    """Return a straight line."""
    (a, b), (c, d) = start, stop
    return f'<line x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}" class="{kind}"/>'


def box(left: float, top: float, width: float, height: float, *, kind: str) -> str:
    """Return a rectangle."""
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'class="{kind}"/>'
    )


def dot(x: float, y: float, arm: str, *, title: str = "", small: bool = False) -> str:
    """Return the mark of an arm, a circle or a square, with words that a pointer shows."""
    size = 0.6 * DOT if small else DOT
    told = f"<title>{escape(title)}</title>" if title else ""
    if arm == "control":
        return (
            f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}" '
            f'height="{2 * size:.1f}" class="dot {arm}">{told}</rect>'
        )
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" class="dot {arm}">{told}</circle>'


def path(frame: Frame, x: Float64, y: Float64, kind: str) -> list[str]:
    """Return a line through the points, broken where y is NaN."""
    there = np.flatnonzero(~np.isnan(y))
    runs = np.split(there, np.flatnonzero(np.diff(there) > 1) + 1)
    return [
        '<polyline points="'
        + " ".join(f"{frame.x.at(x[at]):.1f},{frame.y.at(y[at]):.1f}" for at in run)
        + f'" class="line {kind}"/>'
        for run in runs
        if len(run) > 1
    ]


def ticks(low: float, high: float, most: int = TICKS) -> list[float]:
    """Return round numbers from low to high: 0 and 3.2 give 0, 1, 2, 3."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((s * power for s in STEPS if s * power >= rough * (1 - 1e-9)), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def axes(
    frame: Frame,
    *,
    x: Sequence[tuple[float, str]],
    about_x: str,
    about_y: str,
    numbers: bool = True,
) -> list[str]:
    """Return the frame with ticks: those of x are given, those of y are round numbers.

    Without `numbers` y has lines alone, for a panel beside another of the same scale.
    """
    left, top, width, height = frame
    bottom = top + height
    parts = [box(left, top, width, height, kind="frame")]
    for value in ticks(frame.y.low, frame.y.high):
        at = frame.y.at(value)
        parts.append(line((left, at), (left + width, at), "rule"))
        if numbers:
            parts.append(words(left - 6, at + 4, f"{value:g}", anchor="end"))
    for value, said in x:
        at = frame.x.at(value)
        parts.append(line((at, bottom), (at, bottom + 4), "rule"))
        parts.append(words(at, bottom + 16, said, anchor="middle"))
    parts.append(words(left + width / 2, bottom + 34, about_x, anchor="middle"))
    parts.append(words(left, top - 9, about_y))
    return parts


def nothing(frame: Frame) -> str:
    """Return the words that stand where there is no data at all."""
    left, top, width, height = frame
    return words(left + width / 2, top + height / 2, MISSING, anchor="middle")


def legend(right: float, y: float, names: Sequence[str] = ARMS) -> list[str]:
    """Return a line, a mark and a name for each arm, ending at `right`."""
    parts = []
    for index, name in enumerate(names):
        x = right - KEY * (len(names) - index)
        parts.append(line((x, y - 4), (x + 30, y - 4), f"line {name}"))
        if name in ARMS:
            parts.append(dot(x + 15, y - 4, name))
        parts.append(words(x + 36, y, name, kind="ink"))
    return parts


def upper(values: Float64, least: float = 1.0) -> float:
    """Return the end of an axis from 0: a twentieth above the largest value that is there."""
    return 1.05 * float(np.max(values, initial=least / 1.05, where=~np.isnan(values)))
