"""DRAW: from lengths alone to the samples to weave and the pieces of natural rows.

For each stage the ceiling is its `tokens` or what the sources can give, whichever is less. Tasks
have their shares of it; haystacks leave the natural pool of pass 0 (unless the recipe shares them);
the rest of the stage is natural text, by the shares of `shares.py`. Each cell gives within one
document of what it is asked for, and what a longer class of a source leaves over by that its next
shorter class makes up, so each source is within one document too.

Nothing here sees a text, so a plan of a million documents takes seconds.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators.mixing.cells import Cell, longest_original, open_cells, shares_of
from generators.mixing.framing import frame
from generators.mixing.giving import give
from generators.mixing.haystacks import Blocks, left_natural, untouched
from generators.mixing.order import keyed_uniform
from generators.mixing.replay import Replayed, replay
from generators.mixing.shares import largest_mix, proportions, quotas
from generators.mixing.wanted import Use, give_depths, uses_in, wanted_samples
from generators.seeds import rng_for
from schemas.draw import Corpus, Draw, Framing, Int64, Pieces, SampleDraw, Supply
from schemas.errors import RecipeError
from schemas.recipe import Recipe, StageSpec

SLICE = 1_000_000
"""Documents that are looked at together."""
REPEATED_MOST = 0.01
"""Of a stage without a ceiling: the least part that is not replay, or it would have no end."""


def draw(corpus: Corpus, recipe: Recipe, uses: tuple[Use, ...]) -> Draw:
    """Decide every sample and every natural piece of the mix. Pure: same input, same answer."""
    places = keyed_uniform(rng_for(recipe.seed, "haystack", "places"), corpus.key)
    blocks = untouched(corpus.num_tokens, places)
    stages, budgets = _sized(recipe, open_cells(corpus, recipe, _free(blocks, corpus)))
    wanted = [
        sample
        for stage in stages
        for sample in wanted_samples(recipe, stage, uses, budgets[stage.name])
    ]
    wanted = [sample for use in uses for sample in _possible(use, wanted)]
    wishes = {use.name: use.wish for use in uses}
    samples, blocks = give(corpus, recipe, wanted, wishes=wishes, blocks=blocks)
    samples = give_depths(recipe, samples, uses)
    cells = open_cells(corpus, recipe, _free(blocks, corpus))
    del blocks, places
    replayed = Replayed(next_pass=np.zeros(len(corpus.num_tokens), np.int64))
    pieces, original, supply = {}, {}, []
    for stage in stages:
        woven = sum(sample.length for sample in samples if sample.stage == stage.name)
        ceiling = _ceiling(recipe, stage)
        natural = (budgets[stage.name] if ceiling is None else ceiling) - woven
        again = round(stage.replay * natural)
        repeated, supplied, state = replay(corpus, recipe, stage, budget=again, state=replayed)
        fresh, cells = _natural(recipe, stage, cells, natural - again)
        replayed = state.used(fresh.all)
        pieces[stage.name] = Pieces.joined([fresh.main, *repeated.values()])
        if stage.original is not None:
            original[stage.name] = fresh.original
        supply += fresh.supply
        if again:
            supply += [
                Supply(stage=stage.name, source=f"replay:{name}", asked=asked, given=given)
                for name, (asked, given) in supplied.items()
            ]
        supply += [
            _task_supply(use, stage, budgets[stage.name], samples)
            for use in uses_in(recipe, stage, uses)
        ]
    return Draw(samples=tuple(samples), pieces=pieces, supply=tuple(supply), original=original)


def _sized(recipe: Recipe, cells: tuple[Cell, ...]) -> tuple[tuple[StageSpec, ...], dict[str, int]]:
    """Return the stages with their tokens, and the tokens that each will have."""
    stages = _with_tokens(recipe, cells)
    return stages, _budgets(recipe, stages, cells)


def _free(blocks: Blocks, corpus: Corpus) -> Pieces:
    """Return what no haystack has taken, found slice by slice: the whole takes several copies."""
    parts = []
    for start in range(0, len(corpus.num_tokens), SLICE):
        mine = slice(start, start + SLICE)
        some = Blocks(start=blocks.start[mine], stop=blocks.stop[mine])
        part = left_natural(some, corpus.num_tokens[mine])
        parts.append(replace(part, doc=part.doc + start))
    return Pieces.joined(parts)


def _task_supply(use: Use, stage: StageSpec, budget: int, samples: list[SampleDraw]) -> Supply:
    """Return what a task's share asks for, and the tokens of the samples that were drawn."""
    mine = [s.length for s in samples if (s.use, s.stage) == (use.name, stage.name)]
    asked = int(use.spec.share * budget)
    return Supply(stage=stage.name, source=f"task:{use.name}", asked=asked, given=sum(mine))


def _possible(use: Use, wanted: list[SampleDraw]) -> list[SampleDraw]:
    """Return the samples of a use, no more than its task can make."""
    return [sample for sample in wanted if sample.use == use.name][: use.most]


def _with_tokens(recipe: Recipe, cells: tuple[Cell, ...]) -> tuple[StageSpec, ...]:
    """Return the stages, each `share` of the mix in tokens: whole rows, one at least."""

    def tokens(stage: StageSpec) -> int | None:
        if stage.share is None:
            return stage.tokens
        framing, row = frame(recipe, stage), stage.seq_len + int(recipe.extra_token)
        total = sum(cell.supply_in_all(framing) for cell in cells)
        return max(int(stage.share * min(recipe.tokens or total, total)), row)

    stages = recipe.resolved_stages()
    return tuple(stage.model_copy(update={"tokens": tokens(stage)}) for stage in stages)


def _budgets(
    recipe: Recipe, stages: tuple[StageSpec, ...], cells: tuple[Cell, ...]
) -> dict[str, int]:
    """Return the tokens of each stage: those of its ceiling, or all that the sources have left."""
    asked_before = np.zeros(len(cells), np.int64)
    budgets = {}
    for number, stage in enumerate(stages):
        if stage.tokens is None and number < len(stages) - 1:
            raise RecipeError(
                f"stages[{number}].tokens: stage {stage.name!r} has no ceiling, so nothing would "
                "be left for the next; only the last stage may leave `tokens` out"
            )
        framing = frame(recipe, stage)
        supply = _supplies(cells, framing)
        in_all = np.array([cell.supply_in_all(framing) for cell in cells], np.int64)
        supply = np.minimum(supply, in_all - asked_before)
        parts = proportions(recipe, stage, cells, supply)
        ceiling = _ceiling(recipe, stage)
        fresh = max(1 - stage.replay, REPEATED_MOST)
        if ceiling is None:
            ceiling = round(_largest(recipe, stage, cells, parts, supply=supply) / fresh)
        budgets[stage.name] = min(round(int(supply.sum()) / fresh), ceiling)
        asked = quotas(parts, round(budgets[stage.name] * (1 - stage.replay)))
        asked_before += np.minimum(asked, supply)
    return budgets


def _largest(
    recipe: Recipe,
    stage: StageSpec,
    cells: tuple[Cell, ...],
    parts: npt.NDArray[np.float64],
    *,
    supply: Int64,
) -> int:
    """Return the largest mix that keeps the shares. Raises RecipeError where no document can."""
    for cell, part in zip(cells, parts, strict=True):
        if part and shares_of(recipe, stage) and not any(len(pool.doc) for pool in cell.pools):
            below = "" if cell.high is None else f" and fewer than {cell.high:,}"
            raise RecipeError(
                f"shares: stage {stage.name!r} has no `tokens`, so its scarcest share decides, and "
                f"{cell.source} has no document of {cell.low:,} tokens or more{below}; give the "
                "stage `tokens` or a `share`, or ask for what there is"
            )
    return largest_mix(parts, supply)


def _supplies(cells: tuple[Cell, ...], framing: Framing) -> Int64:
    return np.array([cell.supply(framing) for cell in cells], np.int64)


def _ceiling(recipe: Recipe, stage: StageSpec) -> int | None:
    """Return the tokens that segments can fill in the whole rows of a stage's `tokens`."""
    if stage.tokens is None:
        return None
    framing = frame(recipe, stage)
    # An end id of its own for every fragment that is cut: one or two of them in a row.
    cuts = 2 * framing.end if recipe.eos_on_fragments else 0
    return stage.tokens // (stage.seq_len + int(recipe.extra_token)) * (framing.capacity - cuts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fresh:
    """What a stage takes of the pools."""

    main: Pieces
    original: Pieces
    supply: list[Supply]

    @property
    def all(self) -> Pieces:
        return Pieces.joined([self.main, self.original])


def _natural(
    recipe: Recipe, stage: StageSpec, cells: tuple[Cell, ...], natural: int
) -> tuple[_Fresh, tuple[Cell, ...]]:
    """Take the natural tokens of a stage, source by source, its longest documents first."""
    framing = frame(recipe, stage)
    supply = _supplies(cells, framing)
    parts = proportions(recipe, stage, cells, supply)
    if stage.tokens is None:
        natural = min(natural, largest_mix(parts, supply))
    asked = quotas(parts, natural)
    aside = _of_original(recipe, stage, cells, asked)
    rest, lines = list(cells), list[Supply]()
    main, original = list[Pieces](), list[Pieces]()
    carried = 0
    for at in reversed(range(len(cells))):
        if at + 1 == len(cells) or cells[at + 1].source != cells[at].source:
            carried = 0
        first, rest[at] = rest[at].take(int(aside[at]), framing)
        after_first = rest[at].supply(framing)
        wanted = int(asked[at]) + carried - (int(supply[at]) - after_first)
        then, rest[at] = rest[at].take(wanted, framing)
        left = rest[at].supply(framing)
        given = int(supply[at]) - left
        # What is missing for want of text is missing; what is the rest of a document is made up.
        carried = int(asked[at]) + carried - given if left else 0
        if asked[at] or given or cells[at].low == 0:
            lines.append(_cell_supply(stage, cells[at], asked=int(asked[at]), given=given))
        original, main = [*first, *original], [*then, *main]
    fresh = _Fresh(main=Pieces.joined(main), original=Pieces.joined(original), supply=lines[::-1])
    return fresh, tuple(rest)


def _of_original(recipe: Recipe, stage: StageSpec, cells: tuple[Cell, ...], asked: Int64) -> Int64:
    """Return int64[C]: what of each quota is for rows with original positions."""
    longest = longest_original(recipe, stage)
    if stage.original is None or longest is None:
        return np.zeros_like(asked)
    fits = np.array([cell.high is not None and cell.high <= longest + 1 for cell in cells])
    mine = np.where(fits, asked, 0)
    share = min(stage.original.share * int(asked.sum()) / max(int(mine.sum()), 1), 1.0)
    return np.asarray(np.round(mine * share).astype(np.int64))


def _cell_supply(stage: StageSpec, cell: Cell, *, asked: int, given: int) -> Supply:
    return Supply(
        stage=stage.name,
        source=cell.source,
        asked=asked,
        given=given,
        at_least=cell.low,
        below=cell.high,
    )
