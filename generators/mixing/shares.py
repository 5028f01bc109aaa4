"""Shares of sources: from what each can give to what each is asked for.

A source with a `share` is asked for that part of the natural tokens; sources without one divide
what the others leave by their supply. Without a ceiling the mix is as large as the shares allow.

    supplies 100 and 30, shares .5 and .5, no ceiling  ->  30 and 30
    supplies 100 and 30 without shares, 65 tokens      ->  50 and 15
"""

from schemas.errors import RecipeError
from schemas.recipe import Recipe, StageSpec


def largest_mix(recipe: Recipe, supply: dict[str, int]) -> int:
    """Return the tokens of the largest mix that keeps the shares: the scarcest source decides.

    Supplies of 100 and 30 at shares .5 and .5 make 60.
    """
    shares = {name: recipe.sources[name].share for name in supply}
    fixed = sum(share for share in shares.values() if share is not None)
    limits = [supply[name] / share for name, share in shares.items() if share]
    if None in shares.values() and fixed < 1:
        rest = sum(supply[name] for name, share in shares.items() if share is None)
        limits.append(rest / (1 - fixed))
    return int(min([sum(supply.values()), *limits]))


def quotas(
    recipe: Recipe, stage: StageSpec, supply: dict[str, int], natural: int
) -> dict[str, int]:
    """Return the tokens asked of each source: its share, or by supply of what shares leave.

    A stage without a ceiling is as large as its shares allow: the scarcest source decides.
    """
    shares = {name: recipe.sources[name].share for name in supply}
    fixed = sum(share for share in shares.values() if share is not None)
    rest = sum(supply[name] for name in supply if shares[name] is None)
    if fixed > 1 + 1e-9 or (None not in shares.values() and fixed < 1 - 1e-9):
        raise RecipeError(
            f"sources: the shares add up to {fixed:g}; they must be 1 in all, or less with one "
            "source at least that leaves `share` out and takes the rest"
        )
    if stage.tokens is None:
        natural = min(natural, largest_mix(recipe, supply))
    open_tokens = round(natural * (1 - fixed))
    asked = {
        name: round(natural * share)
        if share is not None
        else -(-supply[name] * open_tokens // max(rest, 1))
        for name, share in shares.items()
    }
    if stage.tokens is not None:  # rounding up must not break the ceiling
        largest = max(asked, key=lambda name: asked[name])
        asked[largest] -= max(sum(asked.values()) - natural, 0)
    return asked
