"""The pictures of docs/positions.md: turns, what each scaling does to them, distances by scheme.

python -m benchmarks.position_pictures --out docs
python -m benchmarks.position_pictures --table       the tables of that page, minutes
"""

import argparse
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

from benchmarks.dependency_pictures import BLUE, BROWN, GREEN, save
from generators import positions, rope
from generators.positions._coverage import distances
from generators.rope import Rope
from generators.seeds import rng_for

Float64 = npt.NDArray[np.float64]

SHAPES = {
    "Llama-2: base 10,000, 4,096 trained": (Rope(dim=128, base=1e4, trained=4096), BROWN),
    "Llama-3: base 500,000, 8,192 trained": (Rope(dim=128, base=5e5, trained=8192), GREEN),
    "Qwen2.5: base 1,000,000, 32,768 trained": (Rope(dim=128, base=1e6, trained=32768), BLUE),
}
LLAMA3, TARGET = Rope(dim=128, base=5e5, trained=8192), 131072
METHODS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "linear": ("linear", {}, "0.35", "-"),
    "ntk": ("ntk", {}, BROWN, "-"),
    "base 50,000,000": ("base", {"base": 5e7}, BROWN, ":"),
    "critical": ("critical", {}, BROWN, "--"),
    "llama3": ("llama3", {}, BLUE, "-"),
    "yarn": ("yarn", {}, GREEN, "-"),
}
LENGTH, REACH, SEGMENTS, BINS, SEED = 4096, 32768, 400, 128, 0
SCHEMES: dict[str, tuple[str, dict[str, Any]]] = {
    "restart": ("restart", {}),
    "pose": ("pose", {}),
    "pose, paper, 3 chunks": ("pose", {"form": "paper", "chunks": 3}),
    "cream, k": ("cream", {"heads": "k"}),
    "cream, thirds": ("cream", {"heads": "thirds"}),
    "randpos": ("randpos", {}),
}


def main() -> None:
    """Draw all three, or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="a folder for the pictures")
    parser.add_argument("--table", action="store_true", help="print figures and coverage instead")
    given = parser.parse_args()
    if given.table:
        print_figures()
        print_coverage()
    if given.out:
        draw_turns(given.out / "positions-turns.svg")
        draw_compression(given.out / "positions-compression.svg")
        draw_coverage(given.out / "positions-coverage.svg")


def print_figures() -> None:
    """Print a line a method for Llama-3 at 16 times its length, and its published factor of 8."""
    more = {"llama3, factor 8": ("llama3", {"factor": 8.0}), "base 8e6": ("base", {"base": 8e6})}
    for label, (name, fields, *_) in {"none": ("none", {}), **METHODS, **more}.items():
        method = rope.load(name)
        scaled = method.scale(LLAMA3, TARGET, method.Options(**fields))
        found = rope.measured(
            LLAMA3, scaled.inv_freq, TARGET, attention_factor=scaled.attention_factor
        )
        print(
            f"| {label} | {found.unseen} | {found.worst:.2f} | {found.fast:.2f} | "
            f"{found.last:.1f} | {found.logits:.3f} |"
        )


def print_coverage() -> None:
    """Print shares of distances by band at 8 times the length, and what never comes at 64 times."""
    wide: dict[str, tuple[str, dict[str, Any]]] = {
        f"{label}, sigma fixed": (name, {**fields, "sigma": "fixed"})
        for label, (name, fields) in SCHEMES.items()
        if name == "cream"
    }
    for label, (name, fields) in {**SCHEMES, "cream": ("cream", {}), **wide}.items():
        options = positions.options_of(name, fields)
        found = [
            positions.coverage(
                (
                    positions.draw(
                        rng_for(SEED, "position pictures", name, segment),
                        name,
                        LENGTH,
                        target=target,
                        options=options,
                    )
                    for segment in range(segments)
                ),
                length=LENGTH,
                target=target,
            )
            for target, segments in ((REACH, SEGMENTS), (64 * LENGTH, 1000))
        ]
        bands = " | ".join(f"{share:.2f}" for share in found[0].shares if share is not None)
        print(f"| {label} | {bands} | {found[1].never:,} |", flush=True)


def draw_turns(path: Path) -> None:
    """Draw how often each pair turned in training, for three shapes of models."""
    figure, axis = plt.subplots(figsize=(7.6, 3.8), layout="constrained")
    for name, (shape, colour) in SHAPES.items():
        turned = rope.turns(rope.frequencies(shape.dim, shape.base), shape.trained)
        axis.plot(turned, color=colour, lw=1.8)
        first = int(rope.slow(shape).argmax())
        axis.plot(first, turned[first], "o", color=colour, ms=6)
        axis.plot([], [], color=colour, lw=1.8, label=f"{name}; slow from pair {first}")
    axis.axhspan(1e-4, 1, color="0.93", zorder=0)
    axis.text(0.6, 0.42, "slow: less than one turn", fontsize=9, va="top")
    axis.set_yscale("log")
    axis.set_ylim(2e-3, 2e4)
    axis.set_xlim(0, 63)
    axis.set_xlabel("pair of dimensions, the fastest first")
    axis.set_ylabel("turns in the trained length")
    axis.legend(frameon=False, fontsize=8.5, loc="upper right")
    _plain(axis)
    save(figure, path)


def draw_compression(path: Path) -> None:
    """Draw how many times slower each pair turns, by method, for Llama-3 at 16 times its length."""
    figure, axis = plt.subplots(figsize=(7.6, 4.2), layout="constrained")
    first = int(rope.slow(LLAMA3).argmax())
    axis.axvspan(first - 0.5, 63.5, color="0.93", zorder=0)
    axis.text(36.5, 0.72, "slow pairs", fontsize=9, va="center")
    axis.axhline(TARGET / LLAMA3.trained, color="0.6", lw=0.8)
    axis.text(0.4, 17.2, "16: no slow pair beyond its trained angles", fontsize=8, color="0.35")
    for label, (name, fields, colour, line) in METHODS.items():
        method = rope.load(name)
        scaled = method.scale(LLAMA3, TARGET, method.Options(**fields))
        slower = rope.compression(LLAMA3, scaled.inv_freq)
        axis.plot(slower, line, color=colour, lw=1.8, label=label)
    axis.set_yscale("log", base=2)
    ticks = [1, 2, 4, 8, 16, 32, 64, 128]
    axis.set_yticks(ticks, [str(tick) for tick in ticks])
    axis.set_ylim(0.55, 180)
    axis.set_xlim(0, 63)
    axis.set_xlabel("pair of dimensions, the fastest first")
    axis.set_ylabel("times slower than trained")
    axis.legend(frameon=False, fontsize=8.5, loc="upper left", bbox_to_anchor=(0.0, 0.98))
    _plain(axis)
    save(figure, path)


def draw_coverage(path: Path) -> None:
    """Draw how many segments have each relative distance, by scheme."""
    figure, axes = plt.subplots(2, 3, figsize=(9, 4.6), sharex=True, sharey=True)
    middles = (np.arange(BINS) + 0.5) * REACH / BINS / 1024
    for axis, (label, (name, fields)) in zip(axes.flat, SCHEMES.items(), strict=True):
        share = shares(name, fields)
        axis.fill_between(middles, share, color=GREEN, alpha=0.35, lw=0)
        axis.plot(middles, share, color=GREEN, lw=1.2)
        axis.axvline(LENGTH / 1024, color="0.6", lw=0.8, ls=":")
        axis.set_title(label, fontsize=9.5, loc="left")
        axis.set_xlim(0, REACH / 1024)
        axis.set_ylim(0, 1.02)
        axis.set_xticks(range(0, REACH // 1024 + 1, 8))
        _plain(axis)
    figure.supxlabel("relative distance, thousands (1,024) of positions", fontsize=10)
    figure.supylabel("segments that have it", fontsize=10)
    figure.tight_layout()
    save(figure, path)


def shares(name: str, fields: dict[str, Any]) -> Float64:
    """Return float64[BINS]: which share of the segments has a distance, averaged in bins."""
    options = positions.options_of(name, fields)
    total = np.zeros(REACH)
    for segment in range(SEGMENTS):
        rng = rng_for(SEED, "position pictures", name, segment)
        drawn = positions.draw(rng, name, LENGTH, target=REACH, options=options)
        total += distances(drawn, REACH)
    return np.asarray(total.reshape(BINS, -1).mean(axis=1) / SEGMENTS)


def _plain(axis: Any) -> None:
    axis.grid(color="0.9")
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
