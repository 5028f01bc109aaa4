"""Published mixtures by name: what `preset` in a recipe stands for, and what each of them costs.

A preset says which shares of the natural tokens come from which kinds and lengths of documents, as
far as its authors have said so. It fills `shares` and `upsample` where a recipe leaves them out.

    preset: qwen    ->    shares: [{at_least: row, share: .75}, {below: row, share: .25}]
"""

from dataclasses import dataclass, field

from schemas.errors import RecipeError
from schemas.mixture_spec import ShareSpec, Upsample
from schemas.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A published mixture."""

    shares: tuple[ShareSpec, ...] = ()
    upsample: Upsample = field(default_factory=dict)
    source: str
    """Who published it, where."""
    trade_off: str
    """What was measured for it and against it."""


PRESETS = {
    "prolong": Preset(
        shares=(
            ShareSpec(kinds=("repo",), at_least="row", share=0.30),
            ShareSpec(kinds=("book",), at_least="row", share=0.33),
            ShareSpec(below="row", share=0.37),
        ),
        source="ProLong: Gao et al. 2024, How to Train Long-Context Language Models (Effectively), "
        "section 3: code 30, books 30, textbooks 3, short mix 37, long documents as long as a row",
        trade_off="60 % long text was best on average; more of it helps before supervised tuning "
        "and hurts after it, and the short mix moves long scores too. Needs books and repositories "
        "of a row's length",
    ),
    "olmo3": Preset(
        shares=(
            ShareSpec(at_least=8192, share=0.34),
            ShareSpec(below=8192, share=0.66),
        ),
        source="Olmo 3 Longmino: Olmo team 2025, long-context extension: 34 long to 66 short, the "
        "long part in powers of two from 8K up",
        trade_off="at 10 B tokens 34 % long cost 0.8 points of short benchmarks and 66 % cost 2.5. "
        "Half of its long part was synthetic (counts 3.9 % and rewritten extracts 12.2 % of all "
        "tokens): give `tasks` a share of about 0.16 to follow it",
    ),
    "fu": Preset(
        upsample={0: 0.1, 4096: 1.0},
        source="Fu et al. 2024, Data Engineering for Scaling Language Models to 128K Context: "
        "documents of 4K or more kept, one in ten of the shorter ones, within each source",
        trade_off="sources keep their ratios, since upsampling one domain costs the others (book "
        "-0.175 in its own loss, code +0.029). Retrieval rose to 5 B tokens and fell at 10 B",
    ),
    "qwen": Preset(
        shares=(
            ShareSpec(at_least="row", share=0.75),
            ShareSpec(below="row", share=0.25),
        ),
        source="Qwen2.5-1M: Yang et al. 2025, technical report, section 3: in each stage 75 % of "
        "the current maximum length, 25 % shorter",
        trade_off="no comparison of ratios was published. It came with five stages (4K, 32K, 64K, "
        "128K, 256K) and with synthetic filling, retrieval and reordering: see `stages` and "
        "`tasks`. Three quarters of a stage need documents of a row's length",
    ),
    "llama3": Preset(
        source="Llama 3: Dubey et al. 2024, The Llama 3 Herd of Models, section 3.4.2: 8K to 128K "
        "in six stages, about 800 B tokens, attention inside documents",
        trade_off="its mixture was not published, so documents come by supply; what it fixes is "
        "the schedule: go on to the next length only when short benchmarks have recovered and "
        "retrieval is perfect at this one",
    ),
}


def with_preset(recipe: Recipe) -> Recipe:
    """Return the recipe with its preset spelled out where it says nothing itself.

    Raises RecipeError for a name that is none of PRESETS.
    """
    if recipe.preset is None:
        return recipe
    if recipe.preset not in PRESETS:
        raise RecipeError(
            f"preset: {recipe.preset!r} is none of {', '.join(PRESETS)}; write `shares` and "
            "`upsample` for a mixture of your own"
        )
    if recipe.shares or recipe.upsample:
        return recipe
    preset = PRESETS[recipe.preset]
    return recipe.model_copy(update={"shares": preset.shares, "upsample": preset.upsample})
