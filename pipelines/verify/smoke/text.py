"""The verdict of a smoke training as a terminal of 100 columns shows it.

✓ retrieval   +0.053    0.500   1.000   +0.020 +0.310 +0.053
✗ depth       +2.612    0.700   1.000   +2.598 +2.802 +2.612
  loss in the middle minus at the ends, mix minus control
smoke: FAIL: depth
"""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from pipelines.verify.smoke.shown import (
    ARMS,
    COLUMNS,
    MARKS,
    Float64,
    Found,
    bins,
    by_seed,
    counted,
    gate_number,
    grid,
    lengths,
    long_length,
    middle,
    number,
    printable,
    real,
    seeds,
    surprising,
    tokens,
)

WIDTH = 100
FEW_SEEDS = 5
"""More seeds than this are told by their least and most."""
LISTED = 5
"""Surprising samples that are named; the page and the JSON have more."""
BLOCKS = "▁▂▃▄▅▆▇█"
LABEL, CELL = 7, 4
TEN = 9.95
"""Losses from here on have no room for a tenth beside the one before."""


def smoke_text(found: Found) -> str:
    """Return the verdict for a terminal, from the JSON values of `smoke_mix`."""
    sections = [
        _head(found),
        _wrapped([f"inconclusive: {reason}" for reason in found["reasons"]]),
        _gates(found["gates"]),
        _heat(found),
        _seeds(found),
        _figures(found),
        _wrapped([f"note: {note}" for note in found["notes"]]),
        [_last(found)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _head(found: Found) -> list[str]:
    ends = tokens(found["settings"]["short"]["length"]), tokens(long_length(found))
    return _wrapped(
        [
            f"smoke training of {found['mix']} on {found['device']}: "
            f"{counted(len(seeds(found)), 'seed')}, {ends[0]} to {ends[1]} tokens"
        ]
    )


def _wrapped(paragraphs: Sequence[str]) -> list[str]:
    return [
        line
        for words in paragraphs
        for line in wrap(printable(words), WIDTH, subsequent_indent="  ")
    ]


def _gates(gates: Sequence[dict[str, Any]]) -> list[str]:
    """Return a line a gate; a gate that does not pass says what it asks."""
    if not gates:
        return []
    lines = ["  gate          median   passes to  fails above   seed by seed"]
    for gate in gates:
        name, state = gate["gate"], gate["verdict"]
        lines.append(
            f"{MARKS[state]} {name:<11} {gate_number(name, gate['value']):>8}   "
            f"{gate_number(name, gate['passes'], signed=False):>9}  "
            f"{gate_number(name, gate['fails'], signed=False):>11}   "
            f"{_spread(name, gate['seeds'])}"
        )
        if state != "pass":
            lines.append(f"  {state}: {gate['about']}")
    return lines


def _spread(gate: str, values: Sequence[Any]) -> str:
    if len(values) <= FEW_SEEDS:
        return " ".join(gate_number(gate, value) for value in values)
    there = [real(value) for value in values if not np.isnan(real(value))]
    ends = [gate_number(gate, end) for end in (min(there, default=None), max(there, default=None))]
    return f"{ends[0]} to {ends[1]}, {len(there)} of {len(values)} seeds"


def _heat(found: Found) -> list[str]:
    """Return exact shares and losses by length and depth, the mix beside the control."""
    if not lengths(found):
        return []
    count = bins(found)
    heads = "".join(f"{part / count:.1f}".lstrip("0").rjust(CELL) for part in range(count))
    lines: list[str] = []
    for title, measure, most in (
        ("exact answers, %", "exact", 1.0),
        ("loss of answers, nats an answer", "nll", _most(found)),
    ):
        mix, control = (grid(found, arm, measure) for arm in ARMS)
        lines += [
            *([""] if lines else []),
            f"{title}, by tokens and depth of the evidence; blocks show the mix",
            f"{'':{LABEL}}{'  mix':<{CELL * count}} {'  control'}",
            f"{'':{LABEL}}{heads} {heads}",
        ]
        for row, length in enumerate(lengths(found)):
            both = " ".join(
                "".join(_cell(x, measure).rjust(CELL) for x in values[row])
                for values in (mix, control)
            )
            lines.append(f"{tokens(length):>{LABEL}}{both} {_blocks(mix[row], most)}".rstrip())
    return lines


def _most(found: Found) -> float:
    """Return the largest loss of both arms, one nat at least."""
    values = np.concatenate([grid(found, arm, "nll").ravel() for arm in ARMS])
    return float(np.max(values, initial=1.0, where=~np.isnan(values)))


def _cell(value: float, measure: str) -> str:
    if np.isnan(value):
        return "·"
    if measure == "exact":
        return f"{100 * value:.0f}"
    return f"{value:.1f}" if value < TEN else f"{value:.0f}"


def _blocks(values: Float64, most: float) -> str:
    """Return a block a value, as tall as its share of `most`, and a point where it is missing."""
    top = len(BLOCKS) - 1
    return "".join("·" if np.isnan(x) else BLOCKS[round(top * min(x / most, 1))] for x in values)


def _seeds(found: Found) -> list[str]:
    """Return the table of seeds: whether bases and controls are valid, and what they came to."""
    if not seeds(found):
        return []
    rows = [[column.head for column in COLUMNS], [column.limit for column in COLUMNS]]
    rows += [[column.of(found, seed) for column in COLUMNS] for seed in seeds(found)]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        " ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]


def _figures(found: Found) -> list[str]:
    """Return what the answers of the mix and the attention say."""
    if not seeds(found):
        return []
    samples = found["surprising"]["samples"]
    lines = _wrapped([surprising(found)])
    for sample in samples[:LISTED]:
        figures = f"{number(sample['nll'])} nats, depth {number(sample['depth'])}"
        lines.append(f"  {_short(printable(sample['sample_id']), 70)}  {figures}")
    if rest := (found["surprising"]["dear"] - min(len(samples), LISTED)):
        lines.append(f"  and {rest:,} more")
    lines += _wrapped([_entropy(found)])
    return lines


def _entropy(found: Found) -> str:
    """Say how spread the attention is; it tells no mixes apart, but a broken model."""
    parts = []
    for length in lengths(found):
        both = [
            number(middle([told.get(str(length)) for told in by_seed(found, arm, "entropy")]))
            for arm in ARMS
        ]
        parts.append(f"{tokens(length)} tokens {both[0]} (control {both[1]})")
    return "attention entropy, nats: " + ", ".join(parts)


def _short(words: str, most: int) -> str:
    """Return the words, their middle left out where they are longer than `most`."""
    if len(words) <= most:
        return words
    half = (most - 1) // 2
    return f"{words[:half]}…{words[-half:]}"


def _last(found: Found) -> str:
    """Return the line that says it all."""
    state = found["verdict"]
    if state == "inconclusive":
        return f"smoke: inconclusive, {counted(len(found['reasons']), 'reason')} above"
    shown = "FAIL" if state == "fail" else state
    names = [gate["gate"] for gate in found["gates"] if gate["verdict"] == state]
    if state == "pass":
        return f"smoke: pass, {len(names)} gates, {counted(len(seeds(found)), 'seed')}"
    return f"smoke: {shown}: {', '.join(names)}"
