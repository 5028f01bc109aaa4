"""The recipes of a smoke training: the user's at a short length, a control, audits and plain text.

    rows of 32,768, needle .05 and several .10    ->    rows of 1,024, needle .17 and several .33

Laws of depth, masks, packing and boundaries stay the user's; every task that plants becomes
`cloze`, which the smallest models learn, since there a value stands right behind its key. Whether
the tasks themselves are right is what their solvers prove. The control has the same text and
differs in what the user decided: uniform depths, best fit, a boundary at every document.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generators import positions
from pipelines.plan.positions import scheme_of
from pipelines.plan.recipe import check_recipe, task_uses
from pipelines.verify.smoke.corpus import MOST_PASSES, Corpus, InconclusiveError, trained_tokens
from schemas.recipe import Recipe, StageSpec
from schemas.task_spec import DepthLaw, TaskSpec

if TYPE_CHECKING:
    from pipelines.verify.smoke.settings import Settings

STAGE = "smoke"
TASK = "cloze"
LEAST_FRAGMENT = 16
"""Shortest fragment of the short rows, unless the recipe itself allows shorter ones."""
LEAST_SAMPLE = 256
"""Shorter samples have no room for statements, question and answer."""
SPARE = 1.05
"""Rows are planned for each row of the training: samples come out a little short of their length,
so that fewer rows are full."""
LEAST_PARTS = 2
"""Of a haystack of several documents."""
SPARE_AUDITS = 1.25
"""And samples for each that an audit asks for: some cannot be woven."""
KEPT = {
    *("seed", "packer", "boundaries", "segment_order", "row_order", "eos", "eos_on_fragments"),
    *("bos", "pad_id", "fragment_positions", "haystack_reuse"),
}
"""What the rebuilt mix has as the user's recipe says."""
WHOLE = ("paragraph", "section", "fixed")
"""Ways of cutting a long document that use all of it, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What every recipe of one smoke training is made of."""

    corpus: Corpus
    tokenizer: str
    """Path of the mix's tokenizer.json."""
    facts: Mapping[str, Any]
    """`tokenizer` of the mix's manifest."""
    settings: "Settings"


def smoke_recipe(
    recipe: Recipe, material: Material, *, natural: bool = False
) -> tuple[Recipe, tuple[str, ...]]:
    """Return the user's recipe at the short length, and sentences on what had to change.

    Of several stages the last is rebuilt. `natural` leaves the samples out. Raises
    InconclusiveError where the recipe plants nothing.
    """
    settings, notes = material.settings, list[str]()
    stages, row = recipe.resolved_stages(), settings.long.length
    if len(stages) > 1:
        notes.append(f"of {len(stages)} stages the last, {stages[-1].name!r}, is rebuilt")
    tokens = int(SPARE * trained_tokens(settings))
    passes, shared = _supply(material.corpus.tokens_train, tokens, notes)
    data = _data("mix", material, tokens=tokens, length=row)
    data |= recipe.model_dump(mode="json", include=KEPT)
    least = _scaled(recipe.min_fragment, stages[-1], row, least=LEAST_FRAGMENT)
    data |= {"min_fragment": min(least, recipe.min_fragment), "max_epochs": passes}
    if shared:
        data["haystack_reuse"] = "shared"
    data["stages"][0]["rope_mode"] = stages[-1].rope_mode
    for name, source in data["sources"].items():
        way = recipe.sources[name].long_documents
        source["long_documents"] = way if way in WHOLE else WHOLE[0]
    data |= _positions(recipe, row, notes)
    if not natural:
        data["tasks"] = _entries(recipe, material, notes)
    return check_recipe(data, "smoke"), tuple(notes)


def planting(recipe: Recipe) -> dict[str, TaskSpec]:
    """Return the entries of `tasks` that plant, as the last stage has them.

    Raises InconclusiveError where there are none.
    """
    stage = recipe.resolved_stages()[-1]
    found = {}
    for use in task_uses(recipe):
        entry = use.common.changed(stage.tasks.get(use.name))
        if use.task.depth_kind == "planted" and entry.share > 0:
            way = entry.haystack or use.task.haystack
            kinds = use.task.kinds if entry.kinds is None else entry.kinds
            found[use.name] = entry.model_copy(update={"haystack": way, "kinds": kinds})
    if not found:
        raise InconclusiveError(
            f"smoke: stage {stage.name!r} of this mix has no task that plants evidence at chosen "
            "depths, so there is no retrieval to train; add one, such as needle, or leave "
            "--smoke out"
        )
    return found


def _entries(recipe: Recipe, material: Material, notes: list[str]) -> dict[str, dict[str, Any]]:
    """Return an entry of `cloze` for each that plants, their shares `settings.planted` together."""
    entries, settings, corpus = planting(recipe), material.settings, material.corpus
    whole = sum(entry.share for entry in entries.values())
    stage, row = recipe.resolved_stages()[-1], settings.long.length
    made = {}
    for name, entry in entries.items():
        longest = min(max(entry.lengths or [stage.seq_len]), stage.seq_len)
        length = _scaled(longest, stage, row, least=LEAST_SAMPLE)
        keys, kinds = _keys(length, settings), list(entry.kinds or ())
        have = sum(n for source, n in corpus.train.items() if corpus.kinds[source] in kinds)
        if kinds and have < settings.planted * trained_tokens(settings):
            notes.append(f"too little text of kind {', '.join(kinds)}: {name} takes any")
            kinds = []
        made[name] = {
            "task": TASK,
            "share": settings.planted * entry.share / whole,
            "lengths": [length],
            "keys": keys,
            "distractors": keys,
            "kinds": kinds or None,
            "depths": _law(entry.depths, stage, row),
            "question": entry.question,
            "loss": entry.loss,
            **_haystack(str(entry.haystack), entry.documents, length, corpus),
        }
    return made


def _haystack(way: str, documents: int, length: int, corpus: Corpus) -> dict[str, Any]:
    """Return where the haystack of a sample comes from, as pieces are longer or shorter than it.

    Whole documents do not fit into a short sample: parts of as many stand for them. Where pieces
    are short themselves, a sample of one takes several.
    """
    parts = -(-2 * length // corpus.typical)
    if way == "gather" and 2 * corpus.typical > length:
        way = "several"
    elif way == "one" and parts > 1:
        way, documents = "several", parts
    return {"haystack": way, "documents": documents}


def reference_recipe(material: Material) -> Recipe:
    """Return the control: uniform depths, loss on answers, best fit, boundaries at documents."""
    settings = material.settings
    row, tokens = settings.long.length, int(SPARE * trained_tokens(settings))
    data = _data("control", material, tokens=tokens, length=row)
    passes, shared = _supply(material.corpus.tokens_train, tokens, [])
    data |= {"max_epochs": passes, "haystack_reuse": "shared" if shared else "never"}
    entry = _plain(row, material, share=settings.planted)
    data["tasks"] = {"reference": entry | {"distractors": entry["keys"]}}
    return check_recipe(data, "smoke")


def audit_recipe(length: int, count: int, material: Material) -> Recipe:
    """Return the recipe of at least `count` samples of held-out templates in held-out text.

    Every row has one sample; it is as long as the row but for two fragments. Samples too short for
    `settings.keys` statements have fewer, and are as many more.
    """
    keys = _keys(length, material.settings)
    count = -(-count * material.settings.keys // keys)
    tokens = int(SPARE_AUDITS * count) * length
    data = _data(f"audit-{length}", material, tokens=tokens, length=length, split="held")
    data["haystack_reuse"] = "shared"
    data["max_epochs"] = _supply(material.corpus.tokens_held, tokens, [])[0]
    data["tasks"] = {"audit": _plain(length, material, share=1.0) | {"split": "held-out"}}
    return check_recipe(data, "smoke")


def text_recipe(material: Material) -> Recipe:
    """Return the recipe of held-out text alone, at the short length."""
    settings, length = material.settings, material.settings.short.length
    tokens = settings.text_rows * length
    data = _data("text", material, tokens=tokens, length=length, split="held")
    return check_recipe(data, "smoke")


def base_text_recipe(material: Material) -> Recipe:
    """Return the recipe of text alone for training at the short length."""
    short = material.settings.short
    data = _data("base_text", material, tokens=short.tokens, length=short.length)
    data["max_epochs"] = _supply(material.corpus.tokens_train, short.tokens, [])[0]
    return check_recipe(data, "smoke")


def _data(
    name: str, material: Material, *, tokens: int, length: int, split: str = "train"
) -> dict[str, Any]:
    """Return a recipe of natural text over one part of the corpus."""
    corpus, facts = material.corpus, material.facts
    names = corpus.held if split == "held" else corpus.train
    return {
        "name": f"smoke-{name}",
        "inputs": corpus.folder,
        "tokenizer": material.tokenizer,
        "eos_id": facts["eos_id"],
        "bos_id": facts["bos_id"],
        "min_fragment": LEAST_FRAGMENT,
        "stages": [{"name": STAGE, "seq_len": length, "tokens": max(tokens, length)}],
        "sources": {
            source: {
                "reader": "jsonl",
                "id_field": "id",
                "files": f"{split}/{source}.jsonl",
                "kind": corpus.kinds[source],
                "filler": True,
            }
            for source in names
        },
    }


def _plain(length: int, material: Material, *, share: float) -> dict[str, Any]:
    """Return an entry of `cloze` with uniform depths, as long as the row, nothing but asked."""
    return {
        "task": TASK,
        "share": share,
        "lengths": [length],
        "keys": _keys(length, material.settings),
        "distractors": 0,
        **_haystack("one", LEAST_PARTS, length, material.corpus),
    }


def _keys(length: int, settings: "Settings") -> int:
    """Return how many statements a sample of this length asks for."""
    return max(1, min(settings.keys, settings.keys * length // settings.long.length))


def _law(law: DepthLaw, stage: StageSpec, row: int) -> dict[str, Any]:
    """Return a law of depth for the short row: the tokens of its cells are so many times fewer."""

    def scaled(pair: tuple[int, int] | None, least: int) -> tuple[int, int] | None:
        low, high = (number * row / stage.seq_len for number in pair or (0, 0))
        return pair and (max(least, int(low)), max(1, math.ceil(high)))

    cells = [
        cell.model_dump()
        | {"lengths": scaled(cell.lengths, 1), "distance": scaled(cell.distance, 0)}
        for cell in law.cells
    ]
    return law.model_dump() | {"cells": cells}


def _scaled(tokens: int, stage: StageSpec, row: int, *, least: int) -> int:
    """Return what a number of tokens is in the short row."""
    return max(least, tokens * row // stage.seq_len)


def _supply(have: int, need: int, notes: list[str]) -> tuple[int, bool]:
    """Return how many passes over the corpus are allowed, and whether haystacks are shared."""
    if have >= need * 1.1:
        return 1, False
    passes = min(MOST_PASSES, -(-need * 11 // (10 * have)))
    notes.append(
        f"the mix has about {have:,} tokens of text to train on and {need:,} are wanted, so text "
        f"serves up to {passes} times and as haystack too"
    )
    return passes, True


def _positions(recipe: Recipe, row: int, notes: list[str]) -> dict[str, Any]:
    """Return the keys of positions, their target as many times the row as the user's."""
    stage, target = recipe.resolved_stages()[-1], recipe.pos_target_len
    spec = scheme_of(recipe, stage)
    if target is None or (spec is None and recipe.fragment_positions == "restart"):
        return {}
    goal = fitting = round(target / stage.seq_len * row)
    if spec is None:
        return {"pos_target_len": goal}
    options = positions.options_of(spec.scheme, spec.fields)
    while not positions.load(spec.scheme).fits(row, fitting, options):
        fitting //= 2
        if fitting <= row:
            notes.append(f"{spec.scheme} cannot number rows of {row:,} tokens; they restart")
            return {}
    if fitting < goal:
        notes.append(f"{spec.scheme} reaches {fitting / row:g} rows, not {goal / row:g}")
    return {"positions": spec.model_dump(mode="json"), "pos_target_len": fitting}


def reach(recipe: Recipe) -> int:
    """Return the tokens that the positions of a rebuilt mix reach."""
    return recipe.pos_target_len or recipe.resolved_stages()[0].seq_len
