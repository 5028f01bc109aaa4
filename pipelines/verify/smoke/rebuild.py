"""The mixes of a smoke training, built under one folder: `recipes` says what each of them is.

    smoke/corpus  smoke/store        smoke/mix  smoke/control        what the arms train on
    smoke/audit-256 -1024 -2048      smoke/text  smoke/base_text     held out, and for the base

Run again, what is there stays; what was made from another mix or other settings gives way.

Cost: on a CPU's settings 16 s of one core for rows of books, a tokenizer of 100,000 tokens loaded
seven times among it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.build.job import Options
from pipelines.build.mix import build_mix
from pipelines.plan.recipe import check_recipe
from pipelines.progress import Progress
from pipelines.shards.mix import Mix
from pipelines.verify.smoke.corpus import write_corpus
from pipelines.verify.smoke.recipes import (
    Material,
    audit_recipe,
    base_text_recipe,
    planting,
    reach,
    reference_recipe,
    smoke_recipe,
    text_recipe,
)
from schemas.errors import IdentityError
from schemas.recipe import Recipe

if TYPE_CHECKING:
    from pipelines.verify.smoke.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """Folders of the mixes of one smoke training."""

    mix: str
    control: str
    audits: dict[int, str]
    """By length; their samples are held-out templates in held-out text."""
    text: str
    """Held-out text at the short length."""
    base_text: str
    """Text for training at the short length."""
    factor: float
    """How many times the short length the positions of the rebuilt mix reach; 1 for a stage of
    original positions."""
    notes: tuple[str, ...]
    """What could not be kept as the recipe has it, in sentences."""


def rebuild(
    mix: Mix,
    *,
    store: str | None,
    folder: str,
    settings: "Settings",
    progress: Progress,
    natural: bool = False,
) -> Rebuilt:
    """Build all mixes of a smoke training under `folder`; those that are there are used again.

    `store` is that of the mix, null the one in its work folder. `natural` rebuilds the mix without
    its samples. Raises InconclusiveError where a smoke training could say nothing of this mix.
    """
    recipe = check_recipe(mix.manifest["recipe"], f"{mix.folder.uri}: recipe of manifest.json")
    if not natural:
        planting(recipe)  # before any work
    corpus = write_corpus(mix, store=store, folder=folder, settings=settings)
    tokenizer = Path(folder) / "tokenizer.json"
    tokenizer.write_bytes(mix.folder.read("tokenizer/tokenizer.json"))
    material = Material(
        corpus=corpus,
        tokenizer=str(tokenizer),
        facts=mix.manifest["tokenizer"],
        settings=settings,
    )
    mine, notes = smoke_recipe(recipe, material, natural=natural)
    recipes = {
        "mix": mine,
        "control": reference_recipe(material),
        "text": text_recipe(material),
        "base_text": base_text_recipe(material),
    }
    recipes |= {
        f"audit-{length}": audit_recipe(length, count, material)
        for length, count in settings.audits
    }
    at = {name: _built(name, each, folder, progress) for name, each in recipes.items()}
    scaled = mine.resolved_stages()[0].rope_mode == "rescaled"
    factor = reach(mine) / settings.short.length if scaled else 1.0
    if not scaled:
        notes = (*notes, "the stage keeps original positions, so no arm's RoPE is scaled")
    return Rebuilt(
        mix=at["mix"],
        control=at["control"],
        audits={length: at[f"audit-{length}"] for length, _ in settings.audits},
        text=at["text"],
        base_text=at["base_text"],
        factor=factor,
        notes=notes,
    )


def _built(name: str, recipe: Recipe, folder: str, progress: Progress) -> str:
    """Build one mix, or find it built; what an earlier smoke training left there gives way."""
    out, store = str(Path(folder) / name), str(Path(folder) / "store")
    try:
        build_mix(recipe, Options(out=out, store=store, executor="local"), progress)
    except IdentityError:
        again = Options(out=out, store=store, executor="local", overwrite=True)
        build_mix(recipe, again, progress)
    return out
