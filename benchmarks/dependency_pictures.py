"""The two pictures of docs/dependency.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from generators.seeds import rng_for

GREEN, BROWN, BLUE = "#0b6e4f", "#b5532a", "#34517a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Documents of one kind, a value each."""

    name: str
    natural: bool
    plain: npt.NDArray[np.float64]
    contrast: npt.NDArray[np.float64]


def draw_classes(groups: Sequence[Group], path: Path) -> None:
    """Draw each document as a dot: the plain gain on the left, the contrast on the right."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 4.6), sharey=True, layout="constrained")
    titles = ("far gain alone", "contrast with foils: dependency")
    for column, (axis, title) in enumerate(zip(axes, titles, strict=True)):
        for height, group in enumerate(groups):
            found = (group.plain, group.contrast)[column]
            heights = height + rng_for(0, "jitter", group.name).uniform(-0.25, 0.25, len(found))
            colour = GREEN if group.natural else BROWN
            axis.scatter(found, heights, s=9, color=colour, alpha=0.6, linewidths=0)
            axis.plot([np.median(found)] * 2, [height - 0.38, height + 0.38], "k-", lw=1.4)
        axis.set_title(title, fontsize=11)
        axis.grid(axis="x", color="0.9")
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(range(len(groups)), [group.name for group in groups])
    axes[0].invert_yaxis()
    axes[0].set_xlabel("part of a block's bytes that the own far context saves")
    axes[1].set_xlabel("the same, less what other documents save")
    save(figure, path)


def draw_lengths(points: list[tuple[int, str, str, float]], path: Path) -> None:
    """Draw the AUC by the length of the window."""
    figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
    styles = {"prose": (GREEN, "o"), "code": (BLUE, "s")}
    for kind, (colour, marker) in styles.items():
        for piece, line in (("8 KiB pieces", "--"), ("32 KiB pieces", "-")):
            chosen = [(size, found) for size, k, p, found in points if (k, p) == (kind, piece)]
            axis.plot(
                *zip(*chosen, strict=True),
                line,
                color=colour,
                marker=marker,
                label=f"{kind}, {piece}",
            )
    axis.set_xscale("log", base=2)
    axis.set_xticks([128, 256, 512, 1024], ["128", "256", "512", "1,024"])
    axis.set_ylim(0.5, 1.01)
    axis.set_xlabel("length of every document, KiB")
    axis.set_ylabel("AUC")
    axis.grid(color="0.9")
    axis.legend(frameon=False, fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a picture whose bytes are the same in every run."""
    with mpl.rc_context({"svg.hashsalt": "longmix", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
