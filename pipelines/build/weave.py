"""WEAVE: samples are written in text, encoded whole, checked and put into the store.

Evidence, values and wording of a sample come from a stream keyed by (seed, task, version, sample
id, attempt) alone; its haystack and its depths are what DRAW gave it. A sample that misses its
depths, or whose answer also stands elsewhere, is drawn again with the next attempt.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from generators import tasks
from generators.seeds import rng_for
from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.sample import weave
from pipelines.build.decontaminate import Firewall, open_firewall
from pipelines.build.prepare import Context, tokenizer_of
from pipelines.files import open_folder
from pipelines.plan.documents import Documents
from pipelines.plan.recipe import TaskUse, task_uses
from pipelines.store import Store
from pipelines.store.samples import FILES, write_samples
from schemas.draw import SampleDraw
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.sample import Haystack, Order, Woven
from schemas.task import Plan
from schemas.unit import Unit

UNIT_TOKENS = 8_000_000
"""Tokens of samples that one unit weaves: a few seconds of work, 40 MB in the store."""
ATTEMPTS = 32
"""How often a sample is drawn again before the build stops and names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The document that a haystack is cut from, and where it lies in the store."""

    doc_id: str
    license: str | None
    place: str
    text_start: int
    num_bytes: int
    num_chars: int
    ids_start: int
    num_tokens: int


def weave_units(
    recipe: Recipe,
    samples: Iterable[SampleDraw],
    documents: Documents,
    tokenizer: Tokenizer,
    *,
    decontaminate: dict[str, Any] | None = None,
) -> list[Unit]:
    """Cut the samples into units, each described by all that decides its bytes."""
    uses = {use.name: _describe_use(use) for use in task_uses(recipe)}
    common = {
        "seed": recipe.seed,
        "eos": recipe.eos,
        "bos": recipe.bos,
        "tokenizer": tokenizer.sha256,
        "eos_id": tokenizer.eos_id,
        "bos_id": tokenizer.bos_id,
        "decontaminate": decontaminate,
    }
    units: list[Unit] = []
    for batch in _batches(samples):
        used = sorted({sample.use for sample in batch})
        work = {
            **common,
            "samples": [_describe_sample(sample, documents) for sample in batch],
            "uses": {name: uses[name] for name in used},
        }
        units.append(Unit(phase="weave", index=len(units), description=work))
    return units


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
    common = use.common.model_dump(mode="json", include={"question", "loss", "split"})
    fields = use.fields.model_dump(mode="json")
    return {"task": use.task.name, "version": use.task.version, "fields": fields, **common}


def _describe_sample(sample: SampleDraw, documents: Documents) -> dict[str, Any]:
    line = documents.table.slice(int(documents.kept[sample.doc]), 1).to_pylist()[0]
    source = {
        **{name: line[name] for name in Source.__dataclass_fields__ if name != "place"},
        "place": documents.places[line["unit"]],
    }
    return {
        "sample_id": sample.sample_id,
        "use": sample.use,
        "length": sample.length,
        "depths": list(sample.depths),
        "start": sample.start,
        "stop": sample.stop,
        "epoch": sample.epoch,
        "source": source,
    }


def weave_unit(context: Context, unit: Unit) -> dict[str, Any]:
    """Do one unit, or nothing when it is done; return its counts."""
    store = Store(open_folder(context.store))
    found = store.done(unit)
    if found is not None:
        return found
    work = unit.description
    tokenizer = tokenizer_of(context)
    woven = [_weave_sample(context, work, sample, tokenizer) for sample in work["samples"]]
    write_samples(store, unit, woven)
    result = {"samples": len(woven), "tokens": sum(len(sample.ids) for sample in woven)}
    return store.finish(unit, FILES, result)


def _weave_sample(
    context: Context, work: dict[str, Any], sample: dict[str, Any], tokenizer: Tokenizer
) -> Woven:
    use = work["uses"][sample["use"]]
    task = tasks.load(use["task"])
    fields = task.spec.model_validate(use["fields"])
    templates = [t for t in task.templates if t.split == use["split"]]
    haystack = _haystack(context, sample, tokenizer)
    firewall = open_firewall(context.store, work["decontaminate"])
    order = Order(
        sample_id=sample["sample_id"],
        length=sample["length"],
        min_length=sample["length"] // 2,
        question=use["question"],
        loss=use["loss"],
        bos=work["bos"] == "document",
        eos=work["eos"],
    )
    reasons = []
    for attempt in range(ATTEMPTS):
        key = (work["seed"], "sample", task.name, task.version, order.sample_id, attempt)
        rng = rng_for(*key)
        template = templates[int(rng.integers(len(templates)))]
        depths = tuple(sample["depths"])
        plan = task.plan(rng, fields, haystack=haystack.text, depths=depths, template=template)
        try:
            _check_wording(plan, firewall, tokenizer)
            return weave(plan, haystack, order=order, task=task, tokenizer=tokenizer)
        except Redraw as reason:
            reasons.append(str(reason))
    raise RecipeError(
        f"sample {order.sample_id} over {haystack.doc_id} could not be made in {ATTEMPTS} draws; "
        f"the last reason: {reasons[-1]}. Change tasks.{sample['use']} (longer `lengths`, or fewer "
        "statements), or leave the document out"
    )


def _check_wording(plan: Plan, firewall: Firewall | None, tokenizer: Tokenizer) -> None:
    """Have a sample drawn again whose own words are those of a benchmark."""
    if firewall is not None:
        own = "\n\n".join([*(plant.text for plant in plan.plants), plan.question, plan.lead])
        met = firewall.meets(tokenizer.normalise(own), tokenizer)
        if met:
            raise Redraw(f"template {plan.template} repeats the wording of {', '.join(met)}")


def _haystack(context: Context, sample: dict[str, Any], tokenizer: Tokenizer) -> Haystack:
    """Return the whole characters within tokens [start, stop) of the sample's document."""
    source = Source(**sample["source"])
    store = Store(open_folder(context.store))
    first, ends = _token_ends(store, source, (sample["start"], sample["stop"]), tokenizer)
    text_at = source.text_start
    last = int(ends[-1])
    data = store.slice(source.place, "text.bin", (text_at + first, text_at + last))
    # A token may end inside a character: leave the cut characters out at both ends.
    cut = next(i for i in range(5) if i >= len(data) or not _continues(data[i]))
    text = data[cut:].decode("utf-8", "ignore")
    first += cut
    before = first
    if source.num_bytes != source.num_chars:
        prefix = store.slice(source.place, "text.bin", (text_at, text_at + first))
        before = _num_chars(prefix)
    mine = ends - first
    size = len(text.encode("utf-8"))
    return Haystack(
        text=text,
        token_ends=mine[(mine > 0) & (mine <= size)],
        doc_id=source.doc_id,
        start=before,
        epoch=sample["epoch"],
        license=source.license,
    )


def _token_ends(
    store: Store, source: Source, tokens: tuple[int, int], tokenizer: Tokenizer
) -> tuple[int, npt.NDArray[np.int64]]:
    """Return the byte at which tokens [start, stop) begin, and where each of them ends."""
    start, stop = tokens
    if tokenizer.is_byte_level:
        ids = store.ids(source.place, source.ids_start, source.ids_start + stop)
        first = tokenizer.num_bytes(ids[:start])
        return first, first + tokenizer.byte_ends(ids[start:])
    ids = store.ids(source.place, source.ids_start, source.ids_start + source.num_tokens)
    at = (source.text_start, source.text_start + source.num_bytes)
    text = store.slice(source.place, "text.bin", at).decode("utf-8")
    ends = tokenizer.byte_ends(ids, text)
    return int(ends[start - 1]) if start else 0, ends[start:stop]


def _num_chars(data: bytes) -> int:
    """Count the characters of UTF-8 bytes: those that do not continue one."""
    return int(np.count_nonzero(~_continues(np.frombuffer(data, np.uint8))))


def _continues(byte: Any) -> Any:
    """Say which bytes of UTF-8 continue a character: those of the form 10xxxxxx."""
    return (byte >> 6) == 0b10  # noqa: PLR2004 - the form itself
