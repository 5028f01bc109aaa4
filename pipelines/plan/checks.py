"""What the keys of a recipe cannot mean together: refused before any work, each as a sentence."""

from collections import Counter

from generators.mixing.cells import longest_original, selects, tokens_of
from generators.mixing.framing import frame
from generators.mixing.pools import passes
from pipelines.plan.positions import check_positions
from pipelines.plan.sentences import nearest
from schemas.errors import RecipeError
from schemas.mixture_spec import ShareSpec
from schemas.recipe import Recipe, StageSpec
from schemas.task_spec import TaskSpec


def check_together(recipe: Recipe) -> None:
    """Raise RecipeError for keys that do not go together."""
    _check_names(recipe)
    _check_fragments(recipe)
    _check_overlaps(recipe)
    _check_stages(recipe)
    _check_boundaries(recipe)
    _check_multiple(recipe)
    _check_uses(recipe)
    check_positions(recipe)
    for number, share in enumerate(recipe.shares):
        _check_share(recipe, share, f"shares[{number}]", recipe.resolved_stages())


def _tasks(recipe: Recipe) -> dict[str, TaskSpec]:
    return recipe.tasks if isinstance(recipe.tasks, dict) else {}


def _check_names(recipe: Recipe) -> None:
    """Refuse names that would make two configurations of the card, or two samples, one."""
    names = [stage.name for stage in recipe.resolved_stages()]
    if len(set(names)) < len(names):
        raise RecipeError(f"stages: the names {names} are not all different")
    taken = sorted({"documents", "samples"}.intersection(names))
    if taken:
        raise RecipeError(f"stages: the mix has a table {taken[0]!r}; give the stage another name")
    prefixes = Counter(f"{use}-{name}" for use in _tasks(recipe) for name in names)
    for prefix, count in prefixes.items():
        if count > 1:
            raise RecipeError(
                f"tasks: samples of different tasks or stages would be called {prefix}-...; "
                "rename the task or the stage"
            )


def _check_fragments(recipe: Recipe) -> None:
    """Refuse rows that have no room for two fragments, or for a sample beside them."""
    more = bool(recipe.tasks) or (recipe.eos and recipe.eos_on_fragments)
    for stage in recipe.resolved_stages():
        framing = frame(recipe, stage)
        least = 2 * framing.min_fragment + int(more)
        if framing.capacity < least:
            raise RecipeError(
                f"min_fragment: rows of stage {stage.name!r} hold {framing.capacity} tokens, too "
                f"few for two fragments of {framing.min_fragment}; they must hold {least}, or "
                "min_fragment must be lower"
            )


def _check_overlaps(recipe: Recipe) -> None:
    """Refuse pieces that overlap where no token may be used twice."""
    for name, spec in recipe.sources.items():
        allowed = recipe.max_epochs or spec.max_epochs
        if spec.long_documents == "overlap" and allowed == 1:
            raise RecipeError(
                f"sources.{name}.long_documents: `overlap` uses some tokens twice; allow that with "
                "max_epochs=2"
            )


def _check_stages(recipe: Recipe) -> None:
    """Refuse stages that contradict the recipe or themselves."""
    known = _tasks(recipe)
    total = sum(stage.share or 0 for stage in recipe.stages)
    if total > 1 + 1e-9:
        raise RecipeError(
            f"stages: the shares add up to {total:g} of the mix; they must be 1 or less"
        )
    for number, stage in enumerate(recipe.stages):
        for name in stage.tasks:
            if name not in known:
                raise RecipeError(
                    f"stages: {stage.name!r} changes the task {name!r}, which `tasks` does not "
                    f"have; it has {', '.join(known) or 'none'}"
                )
        place = f"stages[{number}]"
        if stage.share is not None and stage.tokens is not None:
            raise RecipeError(f"{place}: has `share` and `tokens`; leave one of them out")
        if stage.claims is not None and stage.claims > stage.seq_len:
            raise RecipeError(
                f"{place}.claims: {stage.claims:,} tokens are more than the rows of "
                f"{stage.seq_len:,} train; a model may claim what it was trained on, or less"
            )
        for index, share in enumerate(stage.shares or ()):
            _check_share(recipe, share, f"{place}.shares[{index}]", (stage,))
        _check_replay(recipe, stage, place, first=number == 0)
        _check_original(recipe, stage, place)


def _check_replay(recipe: Recipe, stage: StageSpec, place: str, *, first: bool) -> None:
    if stage.replay and first:
        raise RecipeError(f"{place}.replay: nothing comes before the first stage")
    if stage.replay and all(passes(recipe, name) == 1 for name in recipe.sources):
        raise RecipeError(
            f"{place}.replay: repeats documents, and max_epochs allows every source one pass; "
            "allow a second with max_epochs=2"
        )


def _check_original(recipe: Recipe, stage: StageSpec, place: str) -> None:
    longest, least = longest_original(recipe, stage), frame(recipe, stage).min_fragment
    if stage.original is None or longest is None:
        return
    if stage.rope_mode == "original":
        raise RecipeError(f"{place}.original: all rows of this stage are original; leave it out")
    if not least <= longest <= stage.seq_len:
        raise RecipeError(
            f"{place}.original.window: {stage.original.window:,} tokens; it must have room for a "
            f"fragment of {least} and be no longer than the rows of {stage.seq_len:,}"
        )


def _check_share(
    recipe: Recipe, share: ShareSpec, place: str, stages: tuple[StageSpec, ...]
) -> None:
    """Refuse a share that no source can have a part in."""
    for name in share.sources or ():
        if name not in recipe.sources:
            raise RecipeError(
                f"{place}.sources: {name!r} is no source.{nearest(name, recipe.sources)} The "
                f"recipe has {', '.join(recipe.sources)}"
            )
    if not any(selects(share, recipe, name) for name in recipe.sources):
        kinds = sorted({source.kind for source in recipe.sources.values()})
        raise RecipeError(
            f"{place}: asks for {share.share:.0%} of kind {' or '.join(share.kinds or ())}, and no "
            f"source is of it (they are {', '.join(kinds)}); add one, or write `shares` that your "
            "sources can meet"
        )
    for stage in stages:
        low, high = tokens_of(share.at_least, stage), tokens_of(share.below, stage)
        if low is not None and high is not None and low >= high:
            raise RecipeError(
                f"{place}: in stage {stage.name!r} no document has {low:,} tokens or more and "
                f"fewer than {high:,}"
            )


def _check_boundaries(recipe: Recipe) -> None:
    """Refuse segments of several documents where they cannot be made or numbered."""
    if recipe.boundaries == "related" and recipe.packer != "related":
        raise RecipeError(
            f"boundaries: `related` joins what `packer: related` puts together, and the packer is "
            f"{recipe.packer}; write packer=related"
        )
    if recipe.boundaries != "document" and recipe.fragment_positions == "continue":
        raise RecipeError(
            f"fragment_positions: `continue` numbers a fragment from its offset in its document, "
            f"and with `boundaries: {recipe.boundaries}` a segment may hold several documents; "
            "write fragment_positions=restart or boundaries=document"
        )


def _check_multiple(recipe: Recipe) -> None:
    """Refuse what makes multiples of segments impossible."""
    multiple = recipe.segment_multiple
    if multiple == 1:
        return
    for key, wrong in (
        ("extra_token", recipe.extra_token),
        ("bos", recipe.bos == "row"),
        ("eos_on_fragments", recipe.eos and recipe.eos_on_fragments),
    ):
        if wrong:
            raise RecipeError(
                f"segment_multiple: with `{key}` some segments are one token longer than others, "
                f"so they cannot all be multiples of {multiple}; turn {key} off"
            )
    for stage in recipe.resolved_stages():
        for what, length in (
            ("rows", stage.seq_len),
            ("windows", stage.original.window if stage.original else 4 * multiple),
        ):
            if length < 4 * multiple:  # packers cut fragments of two multiples at least
                raise RecipeError(
                    f"segment_multiple: {what} of stage {stage.name!r} have {length:,} tokens, and "
                    f"must have four multiples of {multiple} at least"
                )
            if length % multiple:
                raise RecipeError(
                    f"segment_multiple: {what} of stage {stage.name!r} have {length:,} tokens, "
                    f"which is no multiple of {multiple}"
                )


def _check_uses(recipe: Recipe) -> None:
    """Refuse a bound that natural text alone reaches, or that bounds nothing."""
    if recipe.max_uses is None:
        return
    if recipe.haystack_reuse != "shared":
        raise RecipeError(
            "max_uses: bounds how often shared haystacks use a document, and haystack_reuse is "
            "never, so max_epochs bounds it already; leave max_uses out"
        )
    most = max(passes(recipe, name) for name in recipe.sources)
    if recipe.max_uses <= most:
        raise RecipeError(
            f"max_uses: {recipe.max_uses} leaves nothing for haystacks where natural text comes "
            f"{most} times (max_epochs); allow {most + 1} at least"
        )
