"""Rescale factors per pair, from a recipe or from a file: the product of a search.

[1, 1.5, 4]                                      a list, also as JSON in a file
1, 1.5, 4                                        numbers in text, as LongRoPE's search writes
{"long_factor": [...], "short_factor": [...]}    or a config.json with them inside
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generators.rope._rope import FloatArray, Rope
from schemas.errors import RecipeError

LONG, SHORT = "long_factor", "short_factor"


def read_factors(path: Path) -> dict[str, list[float]]:
    """Return the lists of a file by their key; a bare list is the long one.

    Raises RecipeError for a file that cannot be read, or that holds no factors.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"the factors in {path} cannot be read: {error}") from error
    try:
        found = _lists(_parsed(text))
    except (ValueError, TypeError):
        found = {}
    if LONG not in found:
        raise RecipeError(
            f"{path} holds no rescale factors: a list of numbers, numbers with commas, or an "
            f"object with {LONG!r} is expected"
        )
    return found


def checked_factors(values: Sequence[float], rope: Rope, name: str) -> FloatArray:
    """Return float64[d/2]. Raises RecipeError for another number of factors, or one not above 0.

    Factors slightly below 1 are let through: MiniCPM4 was published with a first one of 0.998.
    """
    pairs = rope.dim // 2
    if len(values) != pairs:
        raise RecipeError(
            f"{name} has {len(values)} factors; a rotary size of {rope.dim} has {pairs} pairs, "
            "and each needs one"
        )
    if wrong := [value for value in values if not 0 < value < math.inf]:
        raise RecipeError(f"{name} has the factor {wrong[0]}; factors are numbers above 0")
    return np.array(values, dtype=np.float64)


def _parsed(text: str) -> Any:
    """Return what JSON or, failing that, numbers between commas and spaces say."""
    try:
        return json.loads(text)
    except ValueError:
        return [float(part) for part in text.replace(",", " ").split()]


def _lists(data: Any) -> dict[str, list[float]]:
    """Return the lists of factors in what a file says, also from inside a config.json."""
    if isinstance(data, dict):
        for key in ("rope_scaling", "rope_parameters"):
            if isinstance(data.get(key), dict):
                data = data[key]
        return {key: [float(one) for one in data[key]] for key in (LONG, SHORT) if data.get(key)}
    return {LONG: [float(one) for one in data]} if data else {}
