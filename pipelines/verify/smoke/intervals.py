"""Intervals of both arms seed by seed, and the figure of a gate between its limits.

seed 0 mix      |   o----●----o     every figure is written beside its interval
       control  o--■--o

░░ pass ░░▒▒ warn ▒▒▓▓ fail ▓▓      a gate: a mark a seed, a bar at their median
"""

from typing import Any

import numpy as np

from pipelines.verify.smoke.picture import Frame, Scale, box, dot, legend, line, nothing, svg, ticks
from pipelines.verify.smoke.picture import words as say
from pipelines.verify.smoke.shown import ARMS, Found, gate_number, number, real, seeds

WIDTH, LEFT, RIGHT, TOP, BOTTOM, ROW = 545, 108, 150, 48, 44, 22
STRIP, STRIP_HEIGHT, EDGE = 230, 26, 6
MOST = 3.0
"""A strip ends at so many times the limit; figures beyond it stand on its edge."""


def intervals(found: Found, key: str, about: str) -> str:
    """Return `middle_minus_ends` or `early_minus_late` with its interval, a line an arm."""
    rows = [(seed["seed"], arm, seed[arm][key]) for seed in seeds(found) for arm in ARMS]
    ends = np.array([real(told[end]) for *_, told in rows for end in ("value", "low", "high")])
    there = ~np.isnan(ends)
    low = min(-0.1, 1.1 * float(np.min(ends, initial=0.0, where=there)))
    high = max(0.1, 1.1 * float(np.max(ends, initial=0.0, where=there)))
    bottom = TOP + ROW * max(len(rows), 2)
    x = Scale(low=low, high=high, start=LEFT, stop=WIDTH - RIGHT)
    frame = Frame(x=x, y=Scale(low=0, high=1, start=bottom, stop=TOP))
    left, top, width, height = frame
    parts = [box(left, top, width, height, kind="frame"), *legend(WIDTH, 16)]
    parts += [say(0, 16, about, kind="ink strong")]
    for value in ticks(low, high):
        at = x.at(value)
        parts.append(line((at, top), (at, bottom), "zero" if value == 0 else "rule"))
        parts.append(say(at, bottom + 16, f"{value:g}", anchor="middle"))
    for index, (seed, arm, told) in enumerate(rows):
        y = TOP + ROW * (index + 0.5)
        parts.append(say(LEFT - 8, y + 4, f"seed {seed}, {arm}", anchor="end"))
        parts += _interval(x, y, arm, told)
    if not rows:
        parts.append(nothing(frame))
    parts.append(
        say(left + width / 2, bottom + 34, "nats an answer, 95 % interval", anchor="middle")
    )
    return svg(parts, width=WIDTH, height=bottom + BOTTOM, label=about)


def _interval(x: Scale, y: float, arm: str, told: dict[str, Any]) -> list[str]:
    value, low, high = (real(told[end]) for end in ("value", "low", "high"))
    said = number(value, signed=True)
    parts = []
    if not np.isnan(low) and not np.isnan(high):
        parts.append(line((x.at(low), y), (x.at(high), y), f"line {arm}"))
        parts += [line((x.at(end), y - 4), (x.at(end), y + 4), f"cap {arm}") for end in (low, high)]
        said += f" ({number(low, signed=True)} to {number(high, signed=True)})"
    if not np.isnan(value):
        parts.append(dot(x.at(value), y, arm))
    return [*parts, say(x.stop + 8, y + 4, said, kind="ink")]


def strip(gate: dict[str, Any]) -> str:
    """Return the seeds and the median of a gate over the zones of its verdicts."""
    limits = real(gate["passes"]), real(gate["fails"])
    values = [value for value in map(real, gate["seeds"]) if not np.isnan(value)]
    reach = MOST * limits[1]
    high = min(max([1.5 * limits[1], *values]), reach)
    low = max(min([-0.25 * limits[1], *values]), -reach)
    x = Scale(low=low, high=high, start=EDGE, stop=STRIP - EDGE)
    starts = [0.0, x.at(limits[0]), x.at(limits[1]), STRIP]
    parts = [
        box(a, 3, b - a, STRIP_HEIGHT - 6, kind=f"zone {state}")
        for a, b, state in zip(starts, starts[1:], ("pass", "warn", "fail"), strict=False)
    ]
    parts.append(line((x.at(0), 3), (x.at(0), STRIP_HEIGHT - 3), "zero"))
    for value in values:
        at = x.at(min(max(value, low), high))
        parts.append(dot(at, STRIP_HEIGHT / 2, "mix", title=gate_number(gate["gate"], value)))
    median = real(gate["value"])
    if not np.isnan(median):
        at = x.at(min(max(median, low), high))
        parts.append(line((at, 1), (at, STRIP_HEIGHT - 1), "median"))
    name, passes = gate["gate"], gate_number(gate["gate"], gate["passes"], signed=False)
    told = f"{name}: {gate_number(name, median)}, passes up to {passes}"
    return svg(parts, width=STRIP, height=STRIP_HEIGHT, label=told)
