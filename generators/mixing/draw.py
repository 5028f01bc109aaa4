"""DRAW: from lengths alone to the samples to weave and the pieces of natural rows.

For each stage the ceiling is its `tokens` or what the sources can give, whichever is less. A task's
share of it is divided equally among its lengths; haystacks leave the natural pool of pass 0 (unless
the recipe shares them); the rest of the stage is natural text, by the sources' shares.

Nothing here sees a text, so a plan of a million documents takes seconds.
"""

from dataclasses import dataclass, replace

import numpy as np

from generators.depth_laws import at_quantiles
from generators.depths import stratified_sets
from generators.mixing.framing import frame
from generators.mixing.giving import PLAIN, Wish, give
from generators.mixing.haystacks import left_natural, untouched
from generators.mixing.order import keyed_uniform
from generators.mixing.pool import Pool
from generators.mixing.pools import open_pools, supply_in_all, supply_of, take_from
from generators.mixing.shares import largest_mix, quotas
from generators.seeds import rng_for
from schemas.draw import Corpus, Draw, Framing, Pieces, SampleDraw, Supply
from schemas.errors import RecipeError
from schemas.recipe import Recipe, StageSpec
from schemas.task_spec import TaskSpec

QUESTION_TOKENS = 128
"""Room for a question that stands first: evidence cannot lie before it."""
KEY_TOKENS = 16
"""What each piece of evidence that is asked for may add to a question, beyond a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One entry of the recipe's `tasks`, with what DRAW must know of the task behind it."""

    name: str
    spec: TaskSpec
    num_evidence: int
    wish: Wish = PLAIN
    shortest: int = 2048
    """Shortest sample that `lengths: null` makes; shorter ones have little room."""
    most: int | None = None
    """Samples that the task can make in all; null means as many as are asked for."""

    def in_stage(self, stage: StageSpec) -> "Use":
        """Return the use as a stage has it."""
        return replace(self, spec=self.spec.changed(stage.tasks.get(self.name)))


def draw(corpus: Corpus, recipe: Recipe, uses: tuple[Use, ...]) -> Draw:
    """Decide every sample and every natural piece of the mix. Pure: same input, same answer."""
    stages = recipe.resolved_stages()
    for stage in stages:
        _check_shares(stage, uses)
    places = keyed_uniform(rng_for(recipe.seed, "haystack", "places"), corpus.key)
    blocks = untouched(corpus.num_tokens, places)
    free = left_natural(blocks, corpus.num_tokens)
    pools = {name: open_pools(corpus, recipe, name, free) for name in corpus.sources}
    budgets = _budgets(recipe, stages, pools)
    wanted = [
        sample for stage in stages for sample in _that_fit(recipe, stage, uses, budgets[stage.name])
    ]
    wanted = [sample for use in uses for sample in _possible(use, wanted)]
    wishes = {use.name: use.wish for use in uses}
    samples, blocks = give(corpus, recipe, wanted, wishes=wishes, blocks=blocks)
    samples = _give_depths(recipe, samples, uses)
    free = left_natural(blocks, corpus.num_tokens)
    pools = {name: open_pools(corpus, recipe, name, free) for name in corpus.sources}
    pieces, supply = {}, []
    for stage in stages:
        woven = sum(sample.length for sample in samples if sample.stage == stage.name)
        ceiling = _ceiling(recipe, stage)
        natural = (budgets[stage.name] if ceiling is None else ceiling) - woven
        parts = []
        framing = frame(recipe, stage)
        supplies = {name: supply_of(mine, framing) for name, mine in pools.items()}
        for name, asked in quotas(recipe, stage, supplies, natural).items():
            part, pools[name] = take_from(pools[name], asked, framing)
            parts += part
            given = supplies[name] - supply_of(pools[name], framing)
            supply.append(Supply(stage=stage.name, source=name, asked=asked, given=given))
        pieces[stage.name] = _concatenate(parts)
        supply += [
            _task_supply(use.in_stage(stage), stage, budgets[stage.name], samples) for use in uses
        ]
    return Draw(samples=tuple(samples), pieces=pieces, supply=tuple(supply))


def _task_supply(use: Use, stage: StageSpec, budget: int, samples: list[SampleDraw]) -> Supply:
    """Return what a task's share asks for, and the tokens of the samples that were drawn."""
    mine = [s.length for s in samples if (s.use, s.stage) == (use.name, stage.name)]
    asked = int(use.spec.share * budget)
    return Supply(stage=stage.name, source=f"task:{use.name}", asked=asked, given=sum(mine))


def _check_shares(stage: StageSpec, uses: tuple[Use, ...]) -> None:
    total = sum(use.in_stage(stage).spec.share for use in uses)
    if total > 1 + 1e-9:
        raise RecipeError(
            f"tasks: the shares of stage {stage.name!r} add up to {total:g} of the tokens; they "
            "must be 1 or less"
        )


def _possible(use: Use, wanted: list[SampleDraw]) -> list[SampleDraw]:
    """Return the samples of a use, no more than its task can make."""
    return [sample for sample in wanted if sample.use == use.name][: use.most]


def _budgets(
    recipe: Recipe, stages: tuple[StageSpec, ...], pools: dict[str, tuple[Pool, ...]]
) -> dict[str, int]:
    """Return the tokens of each stage: those of its ceiling, or all that the sources have left."""
    asked_before = dict.fromkeys(pools, 0)
    budgets = {}
    for number, stage in enumerate(stages):
        if stage.tokens is None and number < len(stages) - 1:
            raise RecipeError(
                f"stages[{number}].tokens: stage {stage.name!r} has no ceiling, so nothing would "
                "be left for the next; only the last stage may leave `tokens` out"
            )
        framing = frame(recipe, stage)
        supply = {
            name: min(supply_of(mine, framing), supply_in_all(mine, framing) - asked_before[name])
            for name, mine in pools.items()
        }
        ceiling = _ceiling(recipe, stage)
        if ceiling is None:
            ceiling = largest_mix(recipe, supply)
        budgets[stage.name] = min(sum(supply.values()), ceiling)
        for name, asked in quotas(recipe, stage, supply, budgets[stage.name]).items():
            asked_before[name] += min(asked, supply[name])
    return budgets


def _ceiling(recipe: Recipe, stage: StageSpec) -> int | None:
    """Return the tokens that segments can fill in the whole rows of a stage's `tokens`."""
    if stage.tokens is None:
        return None
    framing = frame(recipe, stage)
    # An end id of its own for every fragment that is cut: one or two of them in a row.
    cuts = 2 * framing.end if recipe.eos_on_fragments else 0
    return stage.tokens // (stage.seq_len + int(recipe.extra_token)) * (framing.capacity - cuts)


def sample_lengths(use: Use, stage: StageSpec, framing: Framing) -> tuple[int, ...]:
    """Return the lengths of a task's samples, none so long that its row cannot be filled.

    A row of 32,768 with fragments of 64 or more: 4096, 8192, 16384, 32640.
    """
    longest = framing.capacity - 2 * framing.min_fragment
    parts = [length for part in (8, 4, 2, 1) if (length := stage.seq_len // part) >= use.shortest]
    named = use.spec.lengths or parts or [longest]
    return tuple(sorted({min(length, longest) for length in named}))


def _that_fit(
    recipe: Recipe, stage: StageSpec, uses: tuple[Use, ...], budget: int
) -> list[SampleDraw]:
    """Return the samples of all tasks, of those longer than half a row at most one a row.

    No two of them share a row: 17 samples of 600 tokens do not lie in 10 rows of 1,024.
    """
    framing = frame(recipe, stage)
    samples = [
        sample for use in uses for sample in _wanted(use.in_stage(stage), stage, budget, framing)
    ]
    if stage.tokens is None:
        return samples
    num_rows = stage.tokens // (stage.seq_len + int(recipe.extra_token))
    long = [sample for sample in samples if 2 * sample.length > framing.capacity]
    too_many = {sample.sample_id for sample in long[num_rows:]}
    return [sample for sample in samples if sample.sample_id not in too_many]


def _wanted(use: Use, stage: StageSpec, budget: int, framing: Framing) -> list[SampleDraw]:
    """Return the samples of a task's share, each length as many tokens as another.

    What is too little for one more sample of a length goes to the next shorter one.
    """
    lengths = sample_lengths(use, stage, framing)
    samples = []
    rest = 0.0
    for length in reversed(lengths):
        rest += use.spec.share * budget / len(lengths)
        count = int(rest / length)
        rest -= count * length
        samples += [
            SampleDraw(
                sample_id=f"{use.name}-{stage.name}-{length}-{number:06d}",
                use=use.name,
                stage=stage.name,
                length=length,
                depths=(),
            )
            for number in range(count)
        ]
    return samples


def _give_depths(
    recipe: Recipe, samples: list[SampleDraw], uses: tuple[Use, ...]
) -> list[SampleDraw]:
    """Stratify the target depths over all evidence of one task use and length."""
    stages = {stage.name: stage for stage in recipe.resolved_stages()}
    known = {(use.name, name): use.in_stage(stages[name]) for use in uses for name in stages}
    groups: dict[tuple[str, str, int], list[int]] = {}
    for index, sample in enumerate(samples):
        groups.setdefault((sample.use, sample.stage, sample.length), []).append(index)
    result = list(samples)
    for (name, stage, length), members in groups.items():
        use = known[name, stage]
        rng = rng_for(recipe.seed, "depths", name, stage, length)
        lowest = _lowest_depth(use.spec, length, use.num_evidence)
        strata = stratified_sets(rng, len(members), use.num_evidence)
        with_law = at_quantiles(use.spec.depths, strata, length=length)
        depths = lowest + (1 - lowest) * with_law
        for index, row in zip(members, depths.tolist(), strict=True):
            result[index] = replace(samples[index], depths=tuple(row))
    return result


def _lowest_depth(spec: TaskSpec, length: int, num_evidence: int) -> float:
    """Return the least depth that evidence can have: behind the questions where those open."""
    each = num_evidence / spec.questions
    room = spec.questions * max(QUESTION_TOKENS, QUESTION_TOKENS // 4 + KEY_TOKENS * each)
    return 0.0 if spec.question == "last" else min(0.5, room / length)


def _concatenate(parts: list[Pieces]) -> Pieces:
    return Pieces(
        **{
            field: np.concatenate([np.zeros(0, np.int64), *(getattr(p, field) for p in parts)])
            for field in ("doc", "start", "stop", "epoch")
        }
    )
