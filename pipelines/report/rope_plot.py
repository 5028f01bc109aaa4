"""The extension planner as a picture: two panels over the pairs of dimensions, as one SVG file.

Above: how many times slower each pair turns, method by method. Below: the largest angle at the
target over the largest angle of training; above the line at 1 lie angles that were never seen, but
only in the shaded part, where pairs made no full turn. Both scales are logarithmic.
"""

import math
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, PANEL, GAP, LEFT, TOP, RIGHT = 820, 230, 70, 70, 60, 150
COLOURS = ("#333333", "#1b6ca8", "#d1495b", "#3a7d44", "#c77800", "#7a4fa3", "#008c95", "#9a6b4f")
DASHES = ("", "6 3", "2 2", "8 3 2 3")
DECADE = 10


def rope_plot(facts: dict[str, Any]) -> str:
    """Return an SVG document of a plan's methods; the same facts give the same bytes."""
    trained = facts["model"]["trained"]
    plain = [2 * math.pi / wave for wave in facts["dimensions"]["wavelengths"]]
    slowed, reach = {}, {}
    for method in facts["methods"]:
        factors = [f / g for f, g in zip(plain, method["inv_freq"], strict=True)]
        slowed[method["name"]] = factors
        reach[method["name"]] = [facts["target"] / trained / factor for factor in factors]
    slow = facts["dimensions"]["slow"]
    first_slow = slow.index(True) if True in slow else len(slow)
    height = TOP + 2 * PANEL + GAP + 50
    title = (
        f"{facts['model']['family']}: {trained:,} to {facts['target']:,} tokens, "
        f"{len(plain)} pairs, {len(plain) - first_slow} of them slow"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            _text(LEFT, 22, title, size=15),
            *_panel(slowed, TOP, "times slower than in training", first_slow),
            *_panel(reach, TOP + PANEL + GAP, "largest angle: target / training", first_slow),
            _text(LEFT, height - 12, "pair of dimensions, the fastest first"),
            *_legend(list(slowed)),
            "</svg>\n",
        ]
    )


def _panel(lines: dict[str, list[float]], top: float, title: str, first_slow: int) -> list[str]:
    """Return one panel: frame, shade, ticks and a line for each method."""
    values = [value for line in lines.values() for value in line] or [1.0]
    low, high = _bounds(values)
    pairs = max((len(line) for line in lines.values()), default=1)

    def x(pair: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * pair / max(pairs - 1, 1)

    def y(value: float) -> float:
        return top + PANEL * (1 - math.log(value / low) / math.log(high / low))

    edge = x(min(first_slow, pairs - 1)) if first_slow < pairs else x(pairs - 1)
    parts = [
        f'<rect x="{edge:.1f}" y="{top}" width="{x(pairs - 1) - edge:.1f}" height="{PANEL}" '
        'fill="#f1ead9"/>',
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH - LEFT - RIGHT}" height="{PANEL}" fill="none" '
        'stroke="#999"/>',
        _text(LEFT, top - 8, title),
    ]
    parts += [_tick(y(tick), tick) for tick in _ticks(low, high)]
    parts += [
        _text(x(pair), top + PANEL + 16, str(pair), anchor="middle")
        for pair in range(0, pairs, max(pairs // 8, 1))
    ]
    for index, line in enumerate(lines.values()):
        points = " ".join(f"{x(pair):.1f},{y(value):.1f}" for pair, value in enumerate(line))
        parts.append(f'<polyline points="{points}" fill="none" {_stroke(index)}/>')
    return parts


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """Return the whole powers of two around all values, one apart at least, 1 among them."""
    low = 2.0 ** math.floor(math.log2(min(*values, 1.0)) + 1e-9)
    high = 2.0 ** math.ceil(math.log2(max(*values, 1.0)) - 1e-9)
    return low, max(high, 2 * low)


def _ticks(low: float, high: float) -> list[float]:
    """Return powers of two, few enough to be read."""
    first, last = round(math.log2(low)), round(math.log2(high))
    step = max(1, math.ceil((last - first) / DECADE))
    return [2.0**power for power in range(first, last + 1) if power % step == 0]


def _tick(height: float, value: float) -> str:
    shade = "#888" if value == 1 else "#ddd"
    shown = f"{value:,.0f}" if value >= 1 else f"1/{1 / value:,.0f}"
    return (
        f'<line x1="{LEFT}" y1="{height:.1f}" x2="{WIDTH - RIGHT}" y2="{height:.1f}" '
        f'stroke="{shade}"/>' + _text(LEFT - 6, height + 4, shown, anchor="end")
    )


def _stroke(index: int) -> str:
    dash = DASHES[index // len(COLOURS) % len(DASHES)] or DASHES[index % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{COLOURS[index % len(COLOURS)]}" stroke-width="1.8"{dashed}'


def _legend(names: Sequence[str]) -> list[str]:
    """Return a line and a name for each method, and what the shade means."""
    left = WIDTH - RIGHT + 14
    parts = []
    for index, name in enumerate(names):
        height = TOP + 12 + 20 * index
        parts.append(
            f'<line x1="{left}" y1="{height - 4}" x2="{left + 26}" y2="{height - 4}" '
            f"{_stroke(index)}/>" + _text(left + 32, height, name)
        )
    height = TOP + 24 + 20 * len(names)
    parts.append(f'<rect x="{left}" y="{height - 10}" width="26" height="12" fill="#f1ead9"/>')
    parts.append(_text(left + 32, height, "slow pairs"))
    return parts


def _text(x: float, y: float, words: str, *, size: int = 12, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="#222">{escape(words)}</text>'
    )
