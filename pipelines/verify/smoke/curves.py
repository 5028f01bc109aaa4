"""Curves of the smoke page: training, loss by position, and attention entropy by length.

recall | short | extension        three panels of equal width, each with steps of its own
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.verify.smoke.picture import (
    Frame,
    Scale,
    axes,
    dot,
    legend,
    nothing,
    path,
    svg,
    ticks,
    upper,
    words,
)
from pipelines.verify.smoke.shown import (
    ARMS,
    MISSING,
    Float64,
    Found,
    by_seed,
    long_length,
    number,
    real,
    tokens,
)

PHASES = (("warm", "recall"), ("short", "short length"), ("long", "extension"))
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1120, 300, 46, 22, 52, 46
HALF = 545
"""Width of a picture that has another beside it."""
POINTS = 30
"""At most so many points a phase; each is the mean of equally many steps."""


def learning(found: Found) -> str:
    """Return the loss of every arm by step; what both arms share is drawn once."""
    settings = found["settings"]
    counts = [settings[phase]["steps"] for phase, _ in PHASES]
    edges = np.cumsum([0, *counts]).tolist()
    curves = {arm: [_floats(told) for told in by_seed(found, arm, "losses")] for arm in ARMS}
    every = [curve for of_arm in curves.values() for curve in of_arm]
    high = upper(np.concatenate([np.zeros(0), *every]))
    y = Scale(low=0, high=high, start=HEIGHT - BOTTOM, stop=TOP)
    width = (WIDTH - LEFT - RIGHT) / len(PHASES)
    parts = legend(WIDTH - RIGHT, 16, ("base", *ARMS))
    for index, (phase, name) in enumerate(PHASES):
        left = LEFT + index * width
        x = Scale(low=0, high=max(counts[index], 1), start=left, stop=left + width)
        frame = Frame(x=x, y=y)
        part = slice(edges[index], edges[index + 1])
        parts += _panel(frame, settings[phase], name, first=index == 0)
        for arm in ARMS if phase == "long" else ("mix",):
            kind = arm if phase == "long" else "base"
            for curve in curves[arm]:
                parts += path(frame, *thinned(curve[part], counts[index]), f"thin {kind}")
        if not any(curve[part].size for curve in every):
            parts.append(nothing(frame))
    label = "loss by step of the base, the mix and the control, in three phases"
    return svg(parts, width=WIDTH, height=HEIGHT, label=label)


def _panel(frame: Frame, phase: dict[str, Any], name: str, *, first: bool) -> list[str]:
    """Return the frame of a phase, its name and its steps."""
    marks = [(value, f"{value:g}") for value in ticks(0, phase["steps"]) if value]
    # The panels share one scale: its numbers stand at the left one alone.
    parts = axes(frame, x=marks, about_x="step of the phase", about_y="", numbers=first)
    left, top, *_ = frame
    said = f"{name}: {phase['rows']:,} rows of {tokens(phase['length'])} tokens a step"
    parts.append(words(left + 4, top - 9, said, kind="ink"))
    if first:
        parts.append(words(left, 16, "loss, nats a target"))
    return parts


def thinned(losses: Float64, steps: int) -> tuple[Float64, Float64]:
    """Return steps and mean losses of at most POINTS equal parts: float64[P] both.

    Losses 4 2 3 1 of 4 steps in parts of 2 are 3 and 2, at steps 1 and 3.
    """
    size = max(1, math.ceil(steps / POINTS))
    starts = np.arange(0, len(losses), size)
    counts = np.diff(np.append(starts, len(losses)))
    means = np.add.reduceat(losses, starts) / counts if len(losses) else losses
    return starts + counts / 2, means


def by_position(found: Found) -> str:
    """Return the loss of text by position in rows of the long length."""
    told = {arm: by_seed(found, arm, "by_position") for arm in ARMS}
    parts = max((len(one) for of_arm in told.values() for one in of_arm), default=0)
    length = long_length(found)
    middles = (np.arange(parts) + 0.5) * length / max(parts, 1)
    marks = [(value, tokens(round(value))) for value in (np.arange(5) * length / 4).tolist()]
    values = {arm: np.array([_floats(one) for one in told[arm]]) for arm in ARMS}
    x = Scale(low=0, high=length, start=LEFT, stop=HALF - RIGHT)
    told_both = (marks, "position in the text, tokens", "loss of text, nats a token")
    return _two(values, middles, x, told_both)


def entropy(found: Found) -> str:
    """Return the attention's entropy by length, beside that of attention to everything alike."""
    told = {arm: by_seed(found, arm, "entropy") for arm in ARMS}
    there = sorted({int(length) for of_arm in told.values() for one in of_arm for length in one})
    at = np.array(there, float)
    values = {
        arm: np.array([[real(one.get(str(length))) for length in there] for one in told[arm]])
        for arm in ARMS
    }
    low, high = (at[0] / 1.3, at[-1] * 1.3) if there else (1.0, 2.0)
    x = Scale(low=low, high=high, start=LEFT, stop=HALF - RIGHT, log=True)
    marks = [(float(length), tokens(length)) for length in there]
    told_both = (marks, "length of the text, tokens", "entropy of attention, nats")
    return _two(values, at, x, told_both, uniform=np.log(at))


def _two(
    values: dict[str, Float64],
    at: Float64,
    x: Scale,
    told: tuple[Sequence[tuple[float, str]], str, str],
    *,
    uniform: Float64 | None = None,
) -> str:
    """Return a picture of both arms: the mean of the seeds as a line, every seed as a small mark.

    `values` are float64[S, P] by arm; `told` is the ticks of x and what both axes are.
    """
    marks, about_x, about_y = told
    every = [one.ravel() for one in values.values()] + ([uniform] if uniform is not None else [])
    y = Scale(low=0, high=upper(np.concatenate(every)), start=HEIGHT - BOTTOM, stop=TOP)
    frame = Frame(x=x, y=y)
    names = ARMS if uniform is None else ("uniform", *ARMS)
    parts = axes(frame, x=marks, about_x=about_x, about_y=about_y)
    parts += legend(HALF - RIGHT, 16, names)
    if uniform is not None:
        parts += path(frame, at, uniform, "uniform")
    for index, (arm, of_seeds) in enumerate(values.items()):
        parts += _arm(frame, at, (arm, of_seeds), missing=y.start - 5 - 13 * index)
    if not len(at):
        parts.append(nothing(frame))
    return svg(parts, width=HALF, height=HEIGHT, label=f"{about_y} by {about_x}")


def _arm(frame: Frame, at: Float64, told: tuple[str, Float64], *, missing: float) -> list[str]:
    """Return the line and the marks of an arm, and words at `missing` where it has no value."""
    arm, of_seeds = told
    x, y = frame.x, frame.y
    means = _means(of_seeds, len(at))
    parts = path(frame, at, means, arm)
    for seed in of_seeds:
        there = ~np.isnan(seed)
        points = zip(at[there].tolist(), seed[there].tolist(), strict=True)
        parts += [dot(x.at(a), y.at(b), arm, small=True) for a, b in points]
    for a, b in zip(at.tolist(), means.tolist(), strict=True):
        if np.isnan(b):
            parts.append(words(x.at(a), missing, f"{arm} {MISSING}", anchor="middle"))
        else:
            parts.append(dot(x.at(a), y.at(b), arm, title=f"{arm}: {number(b, 3)} nats"))
    return parts


def _means(of_seeds: Float64, count: int) -> Float64:
    """Return the mean of the seeds that have a value, NaN where none has: float64[P]."""
    if not of_seeds.size:
        return np.full(count, np.nan)
    there = ~np.isnan(of_seeds)
    sums = np.where(there, of_seeds, 0).sum(axis=0)
    return np.where(there.any(axis=0), sums / np.maximum(there.sum(axis=0), 1), np.nan)


def _floats(values: Sequence[Any]) -> Float64:
    """Return JSON numbers as float64[N], null as NaN."""
    return np.array([real(value) for value in values], np.float64)
