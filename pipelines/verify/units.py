"""Units of verify: rows by parts of shards, then documents by their bytes, anywhere and in order.

    main-00000.parquet, 200 MB   ->   13 units of rows, some row groups each
    its documents, 400 MB        ->   50 units of documents, 8 MB of text each

What a unit is does not depend on how many workers there are, and what units found is added in their
own order (`in_order`), so one process and many come to the same verdict, byte for byte. Tokens stay
where they are: a unit of documents gets digests of fragments, and texts are read from the store.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.executors import Outcome
from pipelines.verify.documents import Place, Use
from pipelines.verify.findings import OF_A_UNIT, Findings
from pipelines.verify.known import Context, Known, known_of
from pipelines.verify.originals import Originals, Stored, Wanted
from pipelines.verify.row_unit import Checked, Part, check_part
from schemas.errors import LongmixError
from schemas.unit import Unit

UNIT_BYTES = 16_000_000
"""Of a shard, in a unit of rows: 8 M tokens, some seconds. Starting Ray's workers takes as long."""
UNIT_TEXT_BYTES = 8_000_000
"""Of documents, in a unit of theirs: 5 s at the reference library's 1.6 MB/s. One document is
never shared among units."""

OF_USE = ("epoch", "start", "stop", "digest", "text", "at", "span")
OF_PLACE = ("shard", "index", "row_id")


@dataclass(slots=True, kw_only=True)
class Compared:
    """What came of a unit of documents."""

    findings: Findings
    proved: int
    """Documents that there was a text of."""


def row_units(shards: Iterable[tuple[int, dict[str, Any]]], sizes: dict[str, int]) -> list[Unit]:
    """Return the units of shards, each with the row_id of its first row; `sizes` are in bytes."""
    parts = [
        Part(
            shard=shard["path"],
            stage=shard["stage"],
            first_row=first,
            number=number,
            parts=count,
        )
        for first, shard in shards
        for count in [-(-sizes[shard["path"]] // UNIT_BYTES)]
        for number in range(count)
    ]
    return [
        Unit(phase="rows", index=index, description=asdict(part))
        for index, part in enumerate(parts)
    ]


def document_units(wanted: Iterable[tuple[Wanted, int]]) -> list[Unit]:
    """Return the units of documents, each given with the bytes of its text; in the order given."""
    groups: list[list[list[Any]]] = []
    room = 0
    for document, size in wanted:
        if not groups or size > room:
            groups.append([])
            room = UNIT_TEXT_BYTES
        groups[-1].append(_packed(document))
        room -= size
    return [
        Unit(phase="documents", index=index, description={"documents": group})
        for index, group in enumerate(groups)
    ]


def verify_unit(context: Context, unit: Unit) -> dict[str, Any]:
    """Do a unit's work, in whatever process this is."""
    known = known_of(context)
    if unit.phase == "rows":
        checked = check_part(known, Part(**unit.description))
        return {"checked": checked, "tokens": checked.totals.counts["tokens"]}
    documents = [_unpacked(packed) for packed in unit.description["documents"]]
    return {"compared": _compare(known, documents), "documents": len(documents)}


def checked_of(result: dict[str, Any]) -> Checked:
    """Return what a unit of rows sent."""
    checked: Checked = result["checked"]
    return checked


def compared_of(result: dict[str, Any]) -> Compared:
    """Return what a unit of documents sent."""
    compared: Compared = result["compared"]
    return compared


def in_order(outcomes: Iterable[Outcome]) -> Iterator[tuple[Unit, dict[str, Any]]]:
    """Yield units and their results by rising index, each as soon as those before it are there.

    Raises LongmixError for a unit that has none: what was not read was not verified.
    """
    waiting: dict[int, Outcome] = {}
    counter = itertools.count()
    following = next(counter)
    for outcome in outcomes:
        if outcome.result is None:
            raise LongmixError(
                f"verify: {_name(outcome.unit)} could not be checked: {outcome.error}; so there is "
                "no verdict. Run the same command again when the reason is gone"
            )
        waiting[outcome.unit.index] = outcome
        while following in waiting:
            ready = waiting.pop(following)
            following = next(counter)
            if ready.result is not None:
                yield ready.unit, ready.result


def _compare(known: Known, documents: list[Wanted]) -> Compared:
    findings = Findings(most=OF_A_UNIT)
    originals = Originals(
        texts=known.texts,
        reference=known.reference,
        stored=Stored(known.mix.folder),
        shared=known.rules.recipe["haystack_reuse"] == "shared",
        table=known.documents.take(wanted.doc_id for wanted in documents),
    )
    proved = sum(originals.check(wanted, findings) for wanted in documents)
    return Compared(findings=findings, proved=proved)


def _name(unit: Unit) -> str:
    told = unit.description
    if unit.phase == "rows":
        return f"part {told['number'] + 1} of {told['parts']} of {told['shard']}"
    return f"the documents from {told['documents'][0][0]!r} on"


def _packed(wanted: Wanted) -> list[Any]:
    """Return a document as JSON values."""
    uses = [[*_fields(use, OF_USE), *_fields(use.place, OF_PLACE)] for use in wanted.uses]
    return [wanted.doc_id, uses, wanted.haystacks]


def _fields(value: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(value, name) for name in names]


def _unpacked(packed: list[Any]) -> Wanted:
    doc_id, uses, haystacks = packed
    count = len(OF_USE)
    return Wanted(
        doc_id=doc_id,
        uses=[
            Use(**dict(zip(OF_USE, use, strict=False)), place=Place(*use[count:])) for use in uses
        ],
        haystacks=[(sample_id, piece) for sample_id, piece in haystacks],
    )
