"""The samples that a stage wants: how many of each task and length, and how deep.

A task's share of a stage is divided equally among its lengths; what is too little for one more
sample of a length goes to the next shorter one. Depths are stratified over all evidence of one task
and length, whatever is woven where.

    share .1 of 100,000 tokens, lengths 4,000 and 1,000  ->  one of 4,000, six of 1,000
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generators.depth_laws import at_quantiles
from generators.depths import stratified_sets
from generators.mixing.counted import token_shares
from generators.mixing.framing import frame
from generators.mixing.giving import PLAIN, Wish
from generators.seeds import rng_for
from schemas.draw import Framing, SampleDraw
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


def uses_in(recipe: Recipe, stage: StageSpec, uses: Sequence[Use]) -> list[Use]:
    """Return the uses as a stage has them, each `share` one of the stage's tokens.

    Raises RecipeError where the shares add up to more than all.
    """
    mine = [use.in_stage(stage) for use in uses]
    total = sum(use.spec.share for use in mine)
    if total > 1 + 1e-9:
        raise RecipeError(
            f"tasks: the shares of stage {stage.name!r} add up to {total:g} of the "
            f"{recipe.count}; they must be 1 or less"
        )
    if recipe.count == "tokens":
        return mine
    framing = frame(recipe, stage)
    rates = [_targets_a_token(use, sample_lengths(use, stage, framing)) for use in mine]
    shares = token_shares([use.spec.share for use in mine], rates)
    return [
        replace(use, spec=use.spec.model_copy(update={"share": share}))
        for use, share in zip(mine, shares, strict=True)
    ]


def _targets_a_token(use: Use, lengths: tuple[int, ...]) -> float:
    """Return which part of a use's tokens bears the loss: each length has as many tokens."""
    spec = use.spec
    if spec.loss != "answer" and spec.targets is None:
        return 1.0
    if spec.targets is None:
        raise RecipeError(
            f"tasks.{use.name}.targets: `count: targets` needs to know how many tokens of a sample "
            "bear the loss; longmix inspect shows it for a mix that was built"
        )
    return sum(min(spec.targets, length) / length for length in lengths) / len(lengths)


def sample_lengths(use: Use, stage: StageSpec, framing: Framing) -> tuple[int, ...]:
    """Return the lengths of a task's samples, none so long that its row cannot be filled.

    A row of 32,768 with fragments of 64 or more: 4096, 8192, 16384, 32640.
    """
    longest = framing.capacity - 2 * framing.min_fragment
    parts = [length for part in (8, 4, 2, 1) if (length := stage.seq_len // part) >= use.shortest]
    named = use.spec.lengths or parts or [longest]
    short = {min(length, longest) // framing.multiple * framing.multiple for length in named}
    if min(short) == 0:
        raise RecipeError(
            f"tasks.{use.name}.lengths: {min(named)} tokens are fewer than a segment of "
            f"segment_multiple {framing.multiple} has; make samples longer"
        )
    return tuple(sorted(short))


def wanted_samples(
    recipe: Recipe, stage: StageSpec, uses: Sequence[Use], budget: int
) -> list[SampleDraw]:
    """Return the samples of all tasks, of those longer than half a row at most one a row.

    No two of them share a row: 17 samples of 600 tokens do not lie in 10 rows of 1,024.
    """
    framing = frame(recipe, stage)
    mine = uses_in(recipe, stage, uses)
    samples = [sample for use in mine for sample in _of_use(use, stage, budget, framing)]
    if stage.tokens is None:
        return samples
    num_rows = stage.tokens // (stage.seq_len + int(recipe.extra_token))
    long = [sample for sample in samples if 2 * sample.length > framing.capacity]
    too_many = {sample.sample_id for sample in long[num_rows:]}
    return [sample for sample in samples if sample.sample_id not in too_many]


def _of_use(use: Use, stage: StageSpec, budget: int, framing: Framing) -> list[SampleDraw]:
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


def give_depths(recipe: Recipe, samples: list[SampleDraw], uses: Sequence[Use]) -> list[SampleDraw]:
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
