"""What the text and the page both show of a smoke training, and how figures are written.

    0.0512 -> +0.051 nats,   0.0512 of answers -> +5.1%,   null -> n/a

Everything is read from the JSON values of `smoke_mix`; figures that it lacks are missing here too,
since a training that is inconclusive from the start has a verdict and nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.verify.smoke.gates import LEAST_CONTROL, LEAST_OWN, MOST_ZERO_SHOT, SURPRISE

Float64 = npt.NDArray[np.float64]
Found = dict[str, Any]

ARMS = ("mix", "control")
MISSING = "n/a"
MANY_TOKENS = 16_384
"""Lengths from here on are written in K, of 1,024."""
MARKS = {"pass": "✓", "warn": "!", "fail": "✗", "inconclusive": "?"}
"""Beside a verdict, so that nothing is told by colour alone."""
SHARES = ("labels", "targets")
"""Gates whose figures are shares of answers; the others compare losses, of text in nats a token and
else in nats an answer."""


def real(value: Any) -> float:
    """Return a JSON number or the value of a figure as a float, NaN for null."""
    if isinstance(value, dict):
        value = value.get("value")
    return float("nan") if value is None else float(value)


def number(value: Any, places: int = 2, *, signed: bool = False) -> str:
    """Return 0.0512 as 0.05, or +0.05 when signed."""
    amount = real(value)
    # Adding 0.0 turns the -0.0 of a rounded small number into 0.0.
    rounded = round(amount, places) + 0.0
    return f"{rounded:{'+' if signed else ''}.{places}f}" if np.isfinite(amount) else MISSING


def percent(value: Any, places: int = 0, *, signed: bool = False) -> str:
    """Return 0.0512 as 5%, or +5% when signed."""
    shown = number(100 * real(value), places, signed=signed)
    return shown if shown == MISSING else f"{shown}%"


def gate_number(gate: str, value: Any, *, signed: bool = True) -> str:
    """Return the figure of a gate: a share to a tenth of a percent, a loss to three places.

    `targets` alone compares with no control, and has no sign.
    """
    if gate in SHARES:
        return percent(value, 1, signed=signed and gate != "targets")
    return number(value, 3, signed=signed)


def printable(words: Any) -> str:
    """Return words of others without characters that steer a terminal or break a page.

    A line feed becomes a backslash and an n.
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(words)
    )


def lengths(found: Found) -> list[int]:
    """Return the lengths that were audited, ascending."""
    together = found.get("together") or {}
    return sorted({int(length) for arm in together.values() for length in arm})


def cells(found: Found, arm: str, length: int) -> list[dict[str, Any]]:
    """Return the figures by depth of one arm at one length, all seeds together."""
    found_cells: list[dict[str, Any]] = (
        (found.get("together") or {}).get(arm, {}).get(str(length), [])
    )
    return found_cells


def bins(found: Found) -> int:
    """Return how many equal parts of the depth there are; 0 without findings."""
    return max(
        (len(cells(found, arm, length)) for arm in ARMS for length in lengths(found)), default=0
    )


def grid(found: Found, arm: str, measure: str) -> Float64:
    """Return float64[L, D]: `exact` or `nll` by length and depth, NaN where no answer was."""
    values = np.full((len(lengths(found)), bins(found)), np.nan)
    for row, length in enumerate(lengths(found)):
        for column, cell in enumerate(cells(found, arm, length)):
            values[row, column] = real(cell[measure])
    return values


def tokens(length: int) -> str:
    """Return 1024 as 1,024 and 131072 as 128K."""
    whole = length >= MANY_TOKENS and length % 1024 == 0
    return f"{length // 1024}K" if whole else f"{length:,}"


def long_length(found: Found) -> int:
    """Return the length of the extension, tokens."""
    return int(found["settings"]["long"]["length"])


def at_long(found: Found, arm: dict[str, Any], measure: str) -> Any:
    """Return a figure of an arm of one seed at the long length."""
    return arm["lengths"].get(str(long_length(found)), {}).get(measure)


def seeds(found: Found) -> list[dict[str, Any]]:
    """Return the seeds that were judged."""
    return found.get("seeds") or []


def by_seed(found: Found, arm: str, key: str) -> list[Any]:
    """Return one figure of an arm, seed by seed."""
    return [seed[arm][key] for seed in seeds(found)]


def middle(values: Sequence[Any]) -> float:
    """Return the median of those that are there, NaN where none is."""
    there = [real(value) for value in values if not np.isnan(real(value))]
    return float(np.median(there)) if there else float("nan")


def counted(count: int, noun: str) -> str:
    """Return 1 and `seed` as 1 seed, 3 as 3 seeds, and 0 as no seed."""
    return f"{count or 'no'} {noun}{'s' if count > 1 else ''}"


def surprising(found: Found) -> str:
    """Say how many answers of the mix its text does not give."""
    told = found.get("surprising") or {}
    if not told.get("answers"):
        return "no answers of the mix were kept for an audit"
    control = middle([arm["surprising"] for arm in by_seed(found, "control", "in_mix")])
    return (
        f"{told['dear']:,} of {told['answers']:,} answers of the mix are dearer than "
        f"{SURPRISE:g} nats by the median of the seeds; median share {percent(told['share'], 1)}, "
        f"control {percent(control, 1)}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the table of seeds."""

    head: str
    limit: str
    about: str
    of: Callable[[Found, dict[str, Any]], str]
    """(all that was found, one seed) -> its cell."""


def _both(show: Callable[[dict[str, Any]], str], seed: dict[str, Any]) -> str:
    return "/".join(show(seed[arm]) for arm in ARMS)


COLUMNS = (
    Column(head="seed", limit="", about="", of=lambda _, seed: str(seed["seed"])),
    Column(
        head="base",
        limit=f">= {LEAST_OWN:.0%}",
        about="share of its own wording that the base recalls at the short length",
        of=lambda _, seed: percent(seed["mix"]["base"]["own"]),
    ),
    Column(
        head="before",
        limit=f"<= {MOST_ZERO_SHOT:.0%}",
        about="share of the audit at the long length that the base answers before the extension",
        of=lambda _, seed: percent(seed["mix"]["base"]["zero_shot"]),
    ),
    Column(
        head="mix",
        limit="",
        about="share of that audit after the extension on the mix",
        of=lambda found, seed: percent(at_long(found, seed["mix"], "exact")),
    ),
    Column(
        head="control",
        limit=f">= {LEAST_CONTROL:.0%}",
        about="share of that audit after the extension on the control",
        of=lambda found, seed: percent(at_long(found, seed["control"], "exact")),
    ),
    Column(
        head="worst fifth",
        limit="mix/control",
        about="the same share in the fifth of the depths where it is least",
        of=lambda _, seed: _both(lambda arm: percent(arm["worst_band"]), seed),
    ),
    Column(
        head="own after",
        limit="mix/control",
        about="share of the base's own wording that is still recalled after the extension",
        of=lambda _, seed: _both(lambda arm: percent(arm["own_after"]), seed),
    ),
    Column(
        head="text loss",
        limit="mix/control",
        about="loss of held-out text at the short length, nats a token",
        of=lambda _, seed: _both(lambda arm: number(arm["text_nll"], 3), seed),
    ),
    Column(
        head="tokens/s",
        limit="mix/control",
        about="speed of the extension",
        of=lambda _, seed: _both(lambda arm: f"{arm['tokens_per_second']:,}", seed),
    ),
)
