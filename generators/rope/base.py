"""Another base, as models were published with it: only `rope_theta` changes, then training goes on.

    base: 8000000     that base
    base: auto        the published one whose length is nearest, and a note that says whose

`auto` is a habit of practice and no law; the note gives two bounds beside it, of NTK and of the
critical dimension. Every base of the table is the choice of its authors for their model and data.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from generators.rope import critical, ntk
from generators.rope._rope import Rope, Scaled, frequencies, ratio
from schemas.errors import RecipeError
from schemas.knobs import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A base that a published model was trained further with."""

    name: str
    trained: int
    """Tokens that the model knew before."""
    target: int
    """Tokens that it was trained to read."""
    base: float
    source: str


_GRADIENT = "model card of gradientai/Llama-3-8B-Instruct-Gradient-4194k"

PUBLISHED = (
    Published(
        name="Code Llama",
        trained=4096,
        target=16384,
        base=1e6,
        source="arXiv 2308.12950",
    ),
    Published(
        name="Llama 2 Long",
        trained=4096,
        target=32768,
        base=5e5,
        source="arXiv 2309.16039",
    ),
    Published(
        name="ProLong 64K",
        trained=8192,
        target=65536,
        base=8e6,
        source="princeton-nlp/ProLong, train_64K.sh",
    ),
    Published(
        name="ProLong 512K",
        trained=8192,
        target=524288,
        base=1.28e8,
        source="princeton-nlp/ProLong, train_512K.sh",
    ),
    Published(name="Gradient 65K", trained=8192, target=65536, base=15.3e6, source=_GRADIENT),
    Published(name="Gradient 262K", trained=8192, target=262144, base=207.1e6, source=_GRADIENT),
    Published(name="Gradient 524K", trained=8192, target=524288, base=1.06e9, source=_GRADIENT),
    Published(name="Gradient 1048K", trained=8192, target=1048576, base=2.80e9, source=_GRADIENT),
    Published(
        name="Qwen2.5-1M",
        trained=32768,
        target=262144,
        base=1e7,
        source="config.json of Qwen2.5-7B-Instruct-1M; trained at 256K, arXiv 2501.15383",
    ),
)
"""In the order of preference where two are equally near: the longer training stands first."""


Base = Annotated[float, Field(gt=1, allow_inf_nan=False)]


class Options(Strict):
    """Which base."""

    base: Base | Literal["auto"] = Field("auto", union_mode="left_to_right")
    """`rope_theta`, at least the model's own; `auto` takes the nearest published one."""


def nearest(rope: Rope, target: int) -> Published | None:
    """Return the published base for the nearest length; None where none is above the model's own.

    Near is a ratio: 32K and 128K are equally near to 64K, and then the longer one is taken, since
    a base made for less leaves angles unseen. Next come the nearest trained length and the order of
    `PUBLISHED`.
    """
    return min(
        (known for known in PUBLISHED if known.base > rope.base),
        key=lambda known: (
            round(abs(math.log2(known.target / target)), 9),
            -known.target,
            round(abs(math.log2(known.trained / rope.trained)), 9),
        ),
        default=None,
    )


def scale(rope: Rope, target: int, options: Options) -> Scaled:
    """Return the frequencies of the chosen base, with the two bounds as a note.

    Raises RecipeError for a base below the model's own, for `auto` where no published base is above
    it, and for a target below the trained length.
    """
    base, notes = _chosen(rope, target, options)
    bounds = (
        f"the base of ntk for this target is {ntk.base_for(rope, ratio(rope, target)):.4g} and the "
        f"critical base is {critical.base_for(rope, target):.4g}; most published bases lie between"
    )
    return Scaled(
        name="base",
        inv_freq=frequencies(rope.dim, base),
        attention_factor=1.0,
        config={"rope_type": "default", "rope_theta": base},
        max_positions=target,
        notes=(*notes, bounds),
    )


def _chosen(rope: Rope, target: int, options: Options) -> tuple[float, tuple[str, ...]]:
    """Return the base and what to say about its choice."""
    if options.base == "auto":
        return _automatic(rope, target)
    if options.base < rope.base:
        raise RecipeError(
            f"the base {options.base:g} is below the model's own {rope.base:g}; a longer "
            "context needs slower pairs, so a larger base"
        )
    return float(options.base), ()


def _automatic(rope: Rope, target: int) -> tuple[float, tuple[str, ...]]:
    """Return the nearest published base, or the model's own where nothing is to be extended."""
    if ratio(rope, target) == 1:
        return float(rope.base), ("the target is the trained length: the base stays as it is",)
    found = nearest(rope, target)
    if found is None:
        raise RecipeError(
            f"no published base is above the model's own {rope.base:g}, so `auto` has none to "
            "offer; give one as `base`"
        )
    return found.base, (
        f"base {found.base:g} is that of {found.name} ({found.trained} -> {found.target} tokens; "
        f"{found.source}), the published one nearest to {target} tokens",
    )
