"""The picture of docs/samples.md: where each law of depth puts evidence.

python -m benchmarks.depth_pictures --out docs/depth-laws.svg
"""

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.dependency_pictures import BROWN, GREEN, save
from generators.depth_laws import at_quantiles
from schemas.task_spec import DepthLaw

LENGTH = 32_768
LAWS = {
    "uniform": "uniform",
    "middle": "middle",
    "cream, factor 8": {"law": "cream", "factor": 8},
    "edges": "edges",
    "beta, a 2, b 5": {"law": "beta", "a": 2, "b": 5},
    "inverse_u": "inverse_u",
    "grid, 10 points": {"law": "grid", "points": 10},
    "joint, here of 32,768 tokens": {
        "law": "joint",
        "cells": [
            {"depths": [0.25, 0.75]},
            {"distance": [256, 2048]},
            {"distance": [24576, 32768], "weight": 0.5},
        ],
    },
}
EVIDENCE, BINS = 20_000, 40


def main() -> None:
    """Draw one panel a law: the share of evidence in each fortieth of the context."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="an .svg file")
    given = parser.parse_args()
    figure, axes = plt.subplots(2, 4, figsize=(9.2, 3.6), layout="constrained", sharex=True)
    strata = (np.arange(EVIDENCE) + 0.5) / EVIDENCE
    for axis, (name, law) in zip(axes.flat, LAWS.items(), strict=True):
        depths = at_quantiles(DepthLaw.model_validate(law), strata, length=LENGTH)
        share = np.histogram(depths, BINS, (0, 1))[0] / EVIDENCE
        colour = BROWN if name.startswith("joint") else GREEN
        axis.bar((np.arange(BINS) + 0.5) / BINS, share, width=1 / BINS, color=colour)
        axis.set_title(name, fontsize=9)
        axis.set_yticks([])
        axis.set_xticks([0, 0.5, 1])
        axis.spines[["top", "right", "left"]].set_visible(False)
    for axis in axes[1]:
        axis.set_xlabel("depth", fontsize=8)
    save(figure, given.out)


if __name__ == "__main__":
    main()
