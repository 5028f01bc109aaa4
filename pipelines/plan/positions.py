"""Position schemes in a recipe: what each stage has, what cannot be, and which distances it trains.

    rows of 4,096, pose to 32,768   ->   78 % of the distances below 4,096 in a row, 13 % of others

A stage without `positions` has the recipe's. Rows that keep the model's original positions
(`rope_mode: original`) always restart: nothing beyond its native window would be right for them.
"""

from typing import Any

from pydantic import ValidationError

from generators import positions
from generators.seeds import rng_for
from pipelines.plan.sentences import sentences
from schemas.errors import RecipeError
from schemas.positions_spec import PositionsSpec
from schemas.recipe import Recipe, StageSpec

MOST = 2**31 - 1
"""Positions are int32."""
DRAWN = 64
"""Rows that the coverage of a stage is estimated from, fewer for long targets."""
LEAST_DRAWN = 8
TRANSFORMED = 2**24
"""Positions, of all these rows together, that are transformed: about a second."""
BANDS = ("in the row", "to 1/4", "to 1/2", "to 3/4", "to the target")


def spec_of(recipe: Recipe, stage: StageSpec) -> PositionsSpec | None:
    """Return the positions of a stage, its own or the recipe's; None for none."""
    return recipe.positions if stage.positions is None else stage.positions


def scheme_of(recipe: Recipe, stage: StageSpec) -> PositionsSpec | None:
    """Return what draws positions in a stage; None where all of its rows restart."""
    spec = spec_of(recipe, stage)
    if spec is None or spec.scheme == "restart" or stage.rope_mode == "original":
        return None
    return spec


def whole_positions(recipe: Recipe) -> Recipe:
    """Return the recipe with the keys of its position schemes complete. Raises RecipeError."""
    stages = tuple(
        stage.model_copy(update={"positions": _whole(stage.positions, f"stages[{number}]")})
        for number, stage in enumerate(recipe.stages)
    )
    return recipe.model_copy(update={"positions": _whole(recipe.positions, ""), "stages": stages})


def _whole(spec: PositionsSpec | None, place: str) -> PositionsSpec | None:
    if spec is None:
        return None
    options = _options(spec, f"{place}.positions".lstrip("."))
    return spec.model_copy(update={"fields": options.model_dump(mode="json")})


def _options(spec: PositionsSpec, place: str) -> Any:
    """Return the scheme's own keys, checked. Raises RecipeError with `place`."""
    try:
        known = [*PositionsSpec.model_fields, *positions.load(spec.scheme).Options.model_fields]
        return positions.options_of(spec.scheme, spec.fields)
    except RecipeError as error:
        raise RecipeError(f"{place}.scheme: {error}") from error
    except ValidationError as error:
        lines = sentences(error, "", tuple(place.split(".")), known)
        raise RecipeError("\n".join(line.removeprefix(": ") for line in lines)) from None


def check_positions(recipe: Recipe) -> None:
    """Raise RecipeError for position schemes that are unknown or cannot be."""
    whole_positions(recipe)
    if recipe.pos_target_len is not None and recipe.pos_target_len > MOST:
        raise RecipeError(
            f"pos_target_len: {recipe.pos_target_len:,} is more than {MOST:,}, the greatest number "
            "that the column position_ids holds"
        )
    for number, stage in enumerate(recipe.stages or recipe.resolved_stages()):
        place = f"stages[{number}].positions" if stage.positions else "positions"
        own = stage.positions
        if own and own.scheme != "restart" and stage.rope_mode == "original":
            raise RecipeError(
                f"{place}: {own.scheme} leaves the model's native window, and rows of "
                f"`rope_mode: original` are made for it; take one of the two out"
            )
        spec = scheme_of(recipe, stage)
        if spec is not None:
            _check_scheme(recipe, stage, spec, place)


def _check_scheme(recipe: Recipe, stage: StageSpec, spec: PositionsSpec, place: str) -> None:
    if spec.scheme == "continued":
        raise RecipeError(
            f"{place}: fragments go on from where they were cut by fragment_positions=continue; "
            "every one has an offset of its own"
        )
    if recipe.fragment_positions == "continue":
        raise RecipeError(
            f"{place}: {spec.scheme} draws positions, and fragment_positions=continue takes them "
            "from the document; write fragment_positions=restart, or leave the scheme out"
        )
    row_len = stage.seq_len + int(recipe.extra_token)
    target = recipe.pos_target_len
    if target is None or target <= row_len:
        given = "is not given" if target is None else f"is {target:,}"
        raise RecipeError(
            f"pos_target_len: {given}, and {spec.scheme} spreads rows of stage {stage.name!r}, "
            f"{row_len:,} tokens, over a greater length: that which the model is to be extended to"
        )
    if not positions.load(spec.scheme).fits(row_len, target, _options(spec, place)):
        raise RecipeError(
            f"{place}: not even a segment that fills a row of stage {stage.name!r}, "
            f"{row_len:,} tokens, is long enough for {spec.scheme} with these keys and a target of "
            f"{target:,}; take longer rows, a nearer target or other keys"
        )


def numbering(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Return by stage what ASSEMBLE must know, as JSON values; stages without a say are not in it.

    {"main": {"scheme": "pose", "fields": {...}, "mask_seams": true, "target": 131072, "seed": 0}}
    """
    found = {}
    for stage in recipe.resolved_stages():
        spec, scheme = spec_of(recipe, stage), scheme_of(recipe, stage)
        if spec is None:
            continue
        drawn = scheme or PositionsSpec(scheme="restart")
        found[stage.name] = {
            "scheme": drawn.scheme,
            "fields": _options(drawn, "positions").model_dump(mode="json"),
            "mask_seams": spec.mask_seams,
            "target": recipe.pos_target_len or MOST,
            "seed": recipe.seed,
        }
    return found


def coverage_facts(recipe: Recipe) -> list[dict[str, Any]]:
    """Return for each stage with a scheme which relative distances its rows train.

    Estimated from rows of one document each: `shares` of the distances of each band that such a
    row has on the average (null for a band without any), `never` those that none of the `rows`
    drawn has. Shorter segments have less. Cost: about a second a stage at most.
    """
    return [
        _coverage(recipe, stage, spec)
        for stage in recipe.resolved_stages()
        if (spec := scheme_of(recipe, stage)) is not None
    ]


def _coverage(recipe: Recipe, stage: StageSpec, spec: PositionsSpec) -> dict[str, Any]:
    length, target = stage.seq_len + int(recipe.extra_token), recipe.pos_target_len or MOST
    options = _options(spec, "positions")
    rng = rng_for(recipe.seed, "coverage of positions", stage.name)
    rows = max(LEAST_DRAWN, min(DRAWN, TRANSFORMED // target))
    found = positions.coverage(
        (
            positions.draw(rng, spec.scheme, length, target=target, options=options)
            for _ in range(rows)
        ),
        length=length,
        target=target,
    )
    return {
        "stage": stage.name,
        "scheme": spec.scheme,
        "length": length,
        "target": target,
        "rows": rows,
        "edges": list(found.edges),
        "shares": [None if share is None else round(share, 4) for share in found.shares],
        "never": found.never,
    }


def coverage_text(facts: list[dict[str, Any]]) -> list[str]:
    """Return lines for a terminal, none where no stage has a scheme."""
    lines = []
    for entry in facts:
        bands = "  ".join(
            f"{name} {share:.0%}"
            for name, share in zip(BANDS, entry["shares"], strict=True)
            if share is not None
        )
        lines.append(
            f"positions of {entry['stage']}: {entry['scheme']}, {entry['length']:,} tokens over "
            f"{entry['target']:,}; distances that a row has: {bands}; "
            f"{entry['never']:,} of {entry['target'] - 1:,} in none of {entry['rows']} rows"
        )
    return lines
