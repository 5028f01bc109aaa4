"""The pictures of docs/selection.md: documents by length and by score, and what was cleaned.

Dots are lines of no length with round ends, which take a third of the bytes of markers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from benchmarks.dependency_pictures import BROWN, GREEN, save
from generators.seeds import rng_for

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
GREY = "0.7"
KEPT, DECIDED, OTHERWISE = "kept", "rejected by this rule", "rejected by another"
COLOURS = {OTHERWISE: GREY, KEPT: GREEN, DECIDED: BROWN}
ACROSS = 2
"""Panels side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """The documents of one source."""

    source: str
    powers: npt.NDArray[np.int64]
    """15 for a length of 32,768 to 65,535 tokens."""
    kept: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One column of one source, what is allowed of it, and what became of the documents."""

    source: str
    column: str
    values: Floats
    fates: npt.NDArray[np.object_]
    """KEPT, DECIDED or OTHERWISE."""
    low: float | None
    high: float | None


def draw_lengths(sources: Sequence[Lengths], path: Path) -> None:
    """Draw documents by powers of two of their tokens, the kept below the rejected."""
    figure, axes = plt.subplots(
        1,
        len(sources),
        figsize=(9.2, 2.9),
        squeeze=False,
        layout="constrained",
        width_ratios=[np.ptp(source.powers) + 3 for source in sources],
    )
    for axis, source in zip(axes[0], sources, strict=True):
        places = np.arange(source.powers.min(), source.powers.max() + 1)
        kept = (source.powers[source.kept, None] == places).sum(axis=0)
        met = (source.powers[:, None] == places).sum(axis=0)
        axis.bar(places, kept, color=GREEN, label="kept")
        axis.bar(places, met - kept, bottom=kept, color=BROWN, label="rejected")
        axis.set_xticks(places, [_tokens(power) for power in places.tolist()], fontsize=8)
        axis.set_title(source.source, fontsize=11)
        axis.set_xlabel("tokens, from")
        axis.set_ylim(top=met.max() * 1.05)
        _plain(axis)
    axes[0][0].set_ylabel("documents")
    axes[0][0].legend(frameon=False, fontsize=9)
    save(figure, path)


def _tokens(power: int) -> str:
    """Return a power of two as people write it: 15 -> 32K."""
    unit = max(unit for unit in (0, 10, 20, 30) if unit <= power)
    return f"{1 << power - unit}{ {0: '', 10: 'K', 20: 'M', 30: 'G'}[unit] }"


def draw_rules(rules: Sequence[Rule], path: Path) -> None:
    """Draw a panel for each column, a line of dots for each source that has a rule about it."""
    columns = list(dict.fromkeys(rule.column for rule in rules))
    down = -(-len(columns) // ACROSS)
    figure, axes = plt.subplots(
        down, ACROSS, figsize=(9.2, 0.4 + 1.3 * down), squeeze=False, layout="constrained"
    )
    for axis, column in zip(axes.flat, columns, strict=False):
        mine = [rule for rule in rules if rule.column == column]
        for height, rule in enumerate(mine):
            _draw_rule(axis, rule, height)
        axis.set_title(column, fontsize=10)
        _lines(axis, [rule.source for rule in mine])
    for axis in axes.flat[len(columns) :]:
        axis.set_visible(False)
    handles = [
        plt.Line2D([], [], marker="o", ls="", color=COLOURS[fate], label=fate)
        for fate in (KEPT, DECIDED, OTHERWISE)
    ]
    handles.append(plt.Line2D([], [], color="black", label="bound"))
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    save(figure, path)


def _draw_rule(axis: Axes, rule: Rule, height: int) -> None:
    places = _jitter(rule.source, len(rule.values), height)
    for fate, colour in COLOURS.items():
        mine = rule.fates == fate
        _dots(axis, rule.values[mine], places[mine], colour)
    for bound in (rule.low, rule.high):
        if bound is not None:
            axis.plot([bound] * 2, [height - 0.42, height + 0.42], "k-", lw=1.6)


def draw_counts(counts: Sequence[tuple[str, Floats]], path: Path) -> None:
    """Draw what cleaners counted in each document, a line of dots for each cleaner."""
    figure, axis = plt.subplots(figsize=(9.2, 0.9 + 0.36 * len(counts)), layout="constrained")
    names = []
    for height, (name, values) in enumerate(counts):
        some = values[values > 0]
        _dots(axis, some, _jitter(name, len(some), height), GREEN)
        names.append(f"{name}, in {len(some)} of {len(values)}")
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.set_xlabel(
        "in a document: characters, line breaks or places, as the name says", fontsize=9
    )
    _lines(axis, names)
    save(figure, path)


def _jitter(name: str, count: int, height: int) -> Floats:
    return height + rng_for(0, "jitter", name).uniform(-0.25, 0.25, count)


def _dots(axis: Axes, across: Floats, up: Floats, colour: str) -> None:
    gaps = np.full(len(up), np.nan)
    axis.plot(
        np.stack([across, across, gaps], axis=1).ravel(),
        np.stack([up, up + 0.01, gaps], axis=1).ravel(),
        color=colour,
        lw=3.6,
        solid_capstyle="round",
    )


def _lines(axis: Axes, names: Sequence[str]) -> None:
    """Name the lines of dots, the first on top."""
    axis.set_yticks(range(len(names)), names, fontsize=8.5)
    axis.set_ylim(len(names) - 0.5, -0.5)
    axis.tick_params(axis="x", labelsize=8)
    axis.grid(axis="x", color="0.92")
    axis.set_axisbelow(True)
    _plain(axis)


def _plain(axis: Axes) -> None:
    axis.spines[["top", "right"]].set_visible(False)
