"""The rows of a mix before its samples are woven: laid out, counted, and as they would be at scale.

Samples stand in at the greatest length that they may have; woven ones are a little shorter, and
natural text fills the difference. No text is read but where long documents may be cut.

    planned 1 B tokens of the 20 B that were asked for   ->  the plan's figures, times 20
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.mixing.draw import draw
from pipelines.build.breaks import StoredBreaks
from pipelines.build.mix import Planned
from pipelines.plan.cost import plan_cost
from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.scale import Resampled, resample, scaled_recipe
from pipelines.plan.stage import Breaks, WovenAt
from pipelines.plan.targets import stated_targets
from schemas.draw import Draw, Int64
from schemas.errors import RecipeError
from schemas.recipe import Recipe

Float64 = npt.NDArray[np.float64]
PLAN_TOKENS = 1_000_000_000
"""Tokens that are laid out at most; what is asked beyond is in proportion."""
TRIAL_TOKENS = 50_000_000
"""Tokens of the small mixes that find how much text is needed."""
PLAN_DOCUMENTS = 1_000_000
"""Documents that are drawn at most; shares of rare documents need many to draw from."""
SPARE = 1.15
"""Text that is drawn for each token that is wanted: haystacks leave ends that no row can use."""
ROUNDS = 6
ENOUGH = 0.98
"""Share of what was asked for at which a draw was given enough."""
MOST_TIMES = 8.0
"""How much more text is drawn in one round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a mix would be."""

    recipe: Recipe
    documents: Documents
    draw: Draw
    layout: Layout | None
    """None where there would be no rows."""
    cost: dict[str, Any] | None
    """As `plan_cost` counts it."""
    refused: str | None = None
    """Why there would be no rows."""
    factor: float = 1.0
    """How many times as large the mix would be as what was laid out."""
    scale: int | None = None
    """The tokens that were asked for in place of the recipe's."""


def look_ahead(planned: Planned) -> Ahead:
    """Lay out what was planned."""
    breaks = StoredBreaks(planned.job.store, planned.documents).read
    task_of = {use.name: use.task.name for use in planned.job.uses}
    return _laid(
        planned.job.recipe, planned.draw, planned.documents, task_of=task_of, breaks=breaks
    )


def scale_ahead(planned: Planned, tokens: int) -> Ahead:
    """Lay out the same recipe at `tokens` in all, from documents like those that were kept.

    At most PLAN_TOKENS are laid out. Cost: a minute for a billion tokens of short documents.
    """
    job = planned.job
    if not len(planned.documents.kept):
        raise RecipeError("--scale: no document was kept; longmix plan without it says why")
    recipe, like, drawn = _drawn_like(planned, tokens)
    stored = StoredBreaks(job.store, planned.documents).read
    task_of = {use.name: use.task.name for use in job.uses}
    ahead = _laid(
        recipe,
        drawn,
        like.documents,
        task_of=task_of,
        breaks=lambda doc: stored(int(like.origin[doc])),
    )
    whole = sum(stage.tokens or 0 for stage in recipe.stages)
    return replace(ahead, factor=tokens / whole, scale=tokens)


def drawn_tokens(drawn: Draw) -> dict[str, int]:
    """Return the tokens that were drawn for each stage, samples at their greatest length."""
    found: Counter[str] = Counter()
    for parts in (drawn.pieces, drawn.original):
        for name, pieces in parts.items():
            found[name] += int((pieces.stop - pieces.start).sum())
    for sample in drawn.samples:
        found[sample.stage] += sample.length
    return dict(found)


def used_tokens(drawn: Draw, documents: Documents) -> Int64:
    """Return int64[sources]: what rows and haystacks take of each source, passes added up."""
    corpus = documents.corpus
    used = np.zeros(len(corpus.sources), np.int64)
    for parts in (drawn.pieces, drawn.original):
        for pieces in parts.values():
            tokens = pieces.stop - pieces.start
            used += np.bincount(corpus.source[pieces.doc], tokens, len(used)).astype(np.int64)
    taken = [(p.doc, p.stop - p.start) for sample in drawn.samples for p in sample.pieces]
    doc, size = np.array(taken, np.int64).reshape(-1, 2).T
    return np.asarray(used + np.bincount(corpus.source[doc], size, len(used)).astype(np.int64))


def _drawn_like(planned: Planned, tokens: int) -> tuple[Recipe, Resampled, Draw]:
    """Return the recipe as it will be laid out, documents as many as it needs, and its draw.

    How many are needed is found by drawing a small mix again and again. Where the mix would need
    too many, the plan is the smaller.
    """
    corpus = planned.documents.corpus
    limit = PLAN_DOCUMENTS * corpus.num_tokens.sum() / len(corpus.num_tokens)
    small = min(tokens, TRIAL_TOKENS, int(limit / SPARE))
    usual = used_tokens(planned.draw, planned.documents)
    wanted = _together(planned, SPARE * small * usual / max(usual.sum(), 1))
    for _ in range(ROUNDS):
        _, _, drawn = _draw_of(planned, tokens, size=small, wanted=wanted)
        times = _times_as_much(drawn, corpus.sources)
        if (times == 1).all():
            break
        wanted = _together(planned, wanted * times)
        smaller = min(limit / wanted.sum(), 1.0)
        small, wanted = max(int(small * smaller), 1), wanted * smaller
    most = small * limit / max(float(wanted.sum()), 1.0)
    larger = max(min(tokens, PLAN_TOKENS, most) / small, 1.0)
    return _draw_of(planned, tokens, size=int(small * larger), wanted=wanted * larger)


def _draw_of(
    planned: Planned, tokens: int, *, size: int, wanted: Float64
) -> tuple[Recipe, Resampled, Draw]:
    """Draw a mix of `size` of the `tokens` from as much text of each source as is wanted.

    It has as many pairs of paired tasks as the whole would have for this part of it.
    """
    job = planned.job
    recipe = scaled_recipe(job.recipe, drawn_tokens(planned.draw), size)
    names = planned.documents.corpus.sources
    needed = dict(zip(names, np.ceil(wanted).astype(int).tolist(), strict=True))
    like = resample(recipe, planned.documents, needed)
    most = {name: math.ceil(len(f.pairs) * size / tokens) for name, f in job.written.items()}
    uses = tuple(use.for_draw(most.get(use.name)) for use in job.uses)
    return recipe, like, draw(like.documents.corpus, recipe, uses)


def _times_as_much(drawn: Draw, sources: tuple[str, ...]) -> Float64:
    """Return float64[sources]: how many times as much text would give all that was asked for.

    1 where it was given, and for documents of a length that nothing was given of: there are none.
    """
    asked: Counter[tuple[str, int]] = Counter()
    given: Counter[tuple[str, int]] = Counter()
    for line in drawn.supply:
        key = line.source, line.at_least
        asked[key] += line.asked
        given[key] += line.given
    times = np.ones(len(sources))
    for key, tokens in asked.items():
        if key[0] in sources and 0 < given[key] < ENOUGH * tokens:
            at = sources.index(key[0])
            times[at] = max(times[at], min(SPARE * tokens / given[key], MOST_TIMES))
    return times


def _together(planned: Planned, wanted: Float64) -> Float64:
    """Return what is wanted, with sources that share by supply in proportion to what is kept.

    One with a share of its own grows alone.
    """
    corpus = planned.documents.corpus
    kept = np.bincount(corpus.source, corpus.num_tokens, len(corpus.sources))
    own = [planned.job.recipe.sources[name].share is not None for name in corpus.sources]
    free = ~np.array(own) & (kept > 0)
    times = np.max(wanted[free] / kept[free], initial=0.0)
    return np.asarray(np.where(own, wanted, times * kept))


def _laid(
    recipe: Recipe,
    drawn: Draw,
    documents: Documents,
    *,
    task_of: dict[str, str],
    breaks: Breaks,
) -> Ahead:
    woven = [
        WovenAt(
            sample_id=sample.sample_id,
            task=task_of[sample.use],
            stage=sample.stage,
            num_tokens=sample.length,
            place="",
            ids_start=0,
        )
        for sample in drawn.samples
    ]
    ahead = Ahead(recipe=recipe, documents=documents, draw=drawn, layout=None, cost=None)
    try:
        layout = lay_out(recipe, drawn, documents, woven, breaks=breaks)
    except RecipeError as error:
        return replace(ahead, refused=str(error))
    targets = stated_targets(recipe, drawn.samples)
    cost = plan_cost(recipe, drawn, documents, layout, targets=targets)
    return replace(ahead, layout=layout, cost=cost)
