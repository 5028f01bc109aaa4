"""WEAVE: samples are written in text, encoded whole, checked and put into the store.

Evidence, values and wording of a sample come from a stream keyed by (seed, task, version, sample
id, attempt) alone; its haystack and its depths are what DRAW gave it. A sample that misses its
depths, or whose answer also stands elsewhere, is drawn again with the next attempt.

Samples are woven in units, runs of the order of DRAW, and found again one by one: the key of a
sample is the fingerprint of a unit that has it alone, and a finished unit says the keys of all of
its samples. Of a unit only the samples that the store does not hold are left to weave.

    unit of a b c d, the store holds b and d   ->   unit of a c
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from generators import tasks
from generators.seeds import rng_for
from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.questions import asked_together
from generators.weaving.sample import weave
from pipelines.build.decontaminate import Firewall, open_firewall
from pipelines.build.haystack import Source, noise_haystack, read_haystack
from pipelines.build.prepare import Context, tokenizer_of
from pipelines.files import open_folder
from pipelines.plan.documents import Documents
from pipelines.plan.recipe import TaskUse, task_uses
from pipelines.store import Store
from pipelines.store.samples import FILES, write_samples
from schemas.draw import Piece, SampleDraw
from schemas.errors import RecipeError, UnfitError
from schemas.recipe import Recipe
from schemas.sample import Haystack, Order, Woven
from schemas.task import Offer, Plan, Task
from schemas.unit import Unit

UNIT_TOKENS = 8_000_000
"""Tokens of samples that one unit weaves: a few seconds of work, 40 MB in the store."""
ATTEMPTS = 32
"""How often a sample is drawn again before the build stops and names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwoven:
    """A sample that its haystack supports in no draw, and the last reason."""

    sample_id: str
    reason: str


def weave_units(
    recipe: Recipe,
    samples: Iterable[SampleDraw],
    documents: Documents,
    tokenizer: Tokenizer,
    *,
    decontaminate: dict[str, Any] | None = None,
    fields: Mapping[str, dict[str, Any] | None] | None = None,
) -> list[Unit]:
    """Cut the samples into units, each described by all that decides its bytes.

    `fields` has what the samples of paired tasks are about, by sample_id.
    """
    uses = {use.name: _describe_use(use) for use in task_uses(recipe)}
    common = {
        "seed": recipe.seed,
        "eos": recipe.eos,
        "bos": recipe.bos,
        "tokenizer": tokenizer.sha256,
        "eos_id": tokenizer.eos_id,
        "bos_id": tokenizer.bos_id,
        "decontaminate": decontaminate,
        **({"multiple": recipe.segment_multiple} if recipe.segment_multiple > 1 else {}),
    }
    units: list[Unit] = []
    for batch in _batches(samples):
        pieces = _describe_pieces(batch, documents)
        described = [
            _describe_sample(sample, mine, (fields or {}).get(sample.sample_id))
            for sample, mine in zip(batch, pieces, strict=True)
        ]
        work = {**common, **_with_uses(described, uses)}
        units.append(Unit(phase="weave", index=len(units), description=work))
    return units


def sample_keys(unit: Unit) -> list[str]:
    """Return the key of each sample of a WEAVE unit: the fingerprint of a unit of it alone."""
    return [_only(unit, [sample]).fingerprint for sample in unit.description["samples"]]


def left_to_weave(units: Sequence[Unit], held: Container[str]) -> list[Unit]:
    """Return the units without the samples whose keys the store holds, numbered anew.

    They are not put together again: a build that was killed leaves the same units to the next.
    """
    left: list[Unit] = []
    for unit in units:
        samples = [
            sample
            for sample, key in zip(unit.description["samples"], sample_keys(unit), strict=True)
            if key not in held
        ]
        if samples:
            left.append(replace(_only(unit, samples), index=len(left)))
    return left


def _only(unit: Unit, samples: list[dict[str, Any]]) -> Unit:
    """Return the unit of some of a unit's samples."""
    uses = unit.description["uses"]
    return replace(unit, description={**unit.description, **_with_uses(samples, uses)})


def _with_uses(samples: list[dict[str, Any]], uses: Mapping[str, Any]) -> dict[str, Any]:
    used = sorted({sample["use"] for sample in samples})
    return {"samples": samples, "uses": {name: uses[name] for name in used}}


def _batches(samples: Iterable[SampleDraw]) -> Iterator[list[SampleDraw]]:
    """Cut the samples into runs of at most UNIT_TOKENS tokens."""
    batch: list[SampleDraw] = []
    size = 0
    for sample in samples:
        if batch and size + sample.length > UNIT_TOKENS:
            yield batch
            batch, size = [], 0
        batch.append(sample)
        size += sample.length
    if batch:
        yield batch


def _describe_use(use: TaskUse) -> dict[str, Any]:
    common = use.common.model_dump(mode="json", include={"question", "questions", "loss", "split"})
    fields = use.fields.model_dump(mode="json")
    return {"task": use.task.name, "version": use.task.version, "fields": fields, **common}


def _describe_sample(
    sample: SampleDraw, pieces: list[dict[str, Any]], fields: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        **({"fields": fields} if fields else {}),
        "sample_id": sample.sample_id,
        "use": sample.use,
        "length": sample.length,
        "depths": list(sample.depths),
        "pieces": pieces,
    }


def _describe_pieces(
    batch: Sequence[SampleDraw], documents: Documents
) -> list[list[dict[str, Any]]]:
    """Return the pieces of every sample; the documents table is asked once for all of them."""
    lines = documents.kept[[piece.doc for sample in batch for piece in sample.pieces]]
    named = [name for name in Source.__dataclass_fields__ if name != "place"]
    found = documents.table.select(named).take(lines).to_pylist()
    units = documents.table["unit"].take(lines).to_pylist()
    places = (documents.places[unit] for unit in units)
    sources = ({**line, "place": place} for line, place in zip(found, places, strict=True))
    return [[_describe_piece(piece, next(sources)) for piece in sample.pieces] for sample in batch]


def _describe_piece(piece: Piece, source: dict[str, Any]) -> dict[str, Any]:
    return {"start": piece.start, "stop": piece.stop, "epoch": piece.epoch, "source": source}


def weave_unit(context: Context, unit: Unit) -> dict[str, Any]:
    """Do one unit, or nothing when it is done; return its counts."""
    store = Store(open_folder(context.store))
    found = store.done(unit)
    if found is not None:
        return found
    work = unit.description
    tokenizer = tokenizer_of(context)
    made = [_weave_sample(context, work, sample, tokenizer) for sample in work["samples"]]
    woven = [sample for sample in made if isinstance(sample, Woven)]
    write_samples(store, unit, woven)
    result = {
        "samples": len(woven),
        "tokens": sum(len(sample.ids) for sample in woven),
        "unwoven": [asdict(sample) for sample in made if isinstance(sample, Unwoven)],
        "keys": sample_keys(unit),
    }
    return store.finish(unit, FILES, result)


def _weave_sample(
    context: Context, work: dict[str, Any], sample: dict[str, Any], tokenizer: Tokenizer
) -> Woven | Unwoven:
    use = work["uses"][sample["use"]]
    task = tasks.load(use["task"])
    haystack = _haystack(context, work, sample, tokenizer)
    firewall = open_firewall(context.store, work["decontaminate"])
    order = _order(work, use, sample)
    reasons: list[Exception] = []
    for attempt in range(ATTEMPTS):
        key = (work["seed"], "sample", task.name, task.version, order.sample_id, attempt)

        def make(given: Offer | str, key: tuple[Any, ...] = key) -> Plan:
            plan = _plan(task, use, sample, key=key, haystack=given)
            _check_wording(plan, firewall, tokenizer)
            return plan

        try:
            plan = make if task.composes else make(haystack.text)
            return weave(plan, haystack, order=order, task=task, tokenizer=tokenizer)
        except (Redraw, UnfitError) as reason:
            reasons.append(reason)
        if task.paired and isinstance(reasons[-1], UnfitError):
            break  # the same pair in the same text would not fit any better
    may_fail = task.composes or order.multiple > 1
    if may_fail or any(isinstance(reason, UnfitError) for reason in reasons):
        return Unwoven(sample_id=order.sample_id, reason=str(reasons[-1]))
    where = ", ".join(sorted({run.doc_id for run in haystack.runs})[:3]) or "noise"
    raise RecipeError(
        f"sample {order.sample_id} over {where} could not be made in {ATTEMPTS} draws; "
        f"the last reason: {reasons[-1]}. Change tasks.{sample['use']} (longer `lengths`, or fewer "
        "statements), or leave the document out"
    )


def _plan(
    task: Task[Any],
    use: dict[str, Any],
    sample: dict[str, Any],
    *,
    key: tuple[Any, ...],
    haystack: Offer | str,
) -> Plan:
    """Return one attempt's plan: for each question the template first, then what the task draws.

    A later question has a stream and a template of its own, and repeats nothing that an earlier
    one plants.
    """
    templates = [t for t in task.templates if t.split == use["split"]]
    fields = task.spec.model_validate({**use["fields"], **sample.get("fields", {})})
    depths = np.array(sample["depths"]).reshape(use["questions"], -1)
    plans: list[Plan] = []
    for number, wanted in enumerate(depths.tolist()):
        rng = rng_for(*key, *([number] if number else []))
        template = templates.pop(int(rng.integers(len(templates))))
        plans.append(
            task.plan(rng, fields, template=template, depths=tuple(wanted), haystack=haystack)
        )
        if isinstance(haystack, str):
            haystack = "\n".join([haystack, *(plant.text for plant in plans[-1].plants)])
    return asked_together(plans)


def _order(work: dict[str, Any], use: dict[str, Any], sample: dict[str, Any]) -> Order:
    return Order(
        sample_id=sample["sample_id"],
        length=sample["length"],
        min_length=sample["length"] // 2,
        multiple=work.get("multiple", 1),
        question=use["question"],
        loss=use["loss"],
        bos=work["bos"] == "document",
        eos=work["eos"],
    )


def _haystack(
    context: Context, work: dict[str, Any], sample: dict[str, Any], tokenizer: Tokenizer
) -> Haystack:
    if sample["pieces"]:
        return read_haystack(Store(open_folder(context.store)), sample["pieces"], tokenizer)
    rng = rng_for(work["seed"], "noise", sample["sample_id"])
    return noise_haystack(rng, sample["length"], tokenizer)


def _check_wording(plan: Plan, firewall: Firewall | None, tokenizer: Tokenizer) -> None:
    """Have a sample drawn again whose own words are those of a benchmark."""
    if firewall is not None:
        stated = [*(plant.text for plant in plan.plants), *(own.text for own in plan.body)]
        own = "\n\n".join([*filter(None, stated), plan.question, plan.lead])
        met = firewall.meets(tokenizer.normalise(own), tokenizer)
        if met:
            raise Redraw(f"template {plan.template} repeats the wording of {', '.join(met)}")
