"""A unit of rows: a shard, or some of its row groups, read once and checked row by row.

shard of 160 row groups, part 1 of 4   ->   groups 40 to 79
back: what was found, counted and used, some kilobytes; no tokens
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generators.shortcuts.gates import Trial
from pipelines.verify.documents import Documents, Place, Use
from pipelines.verify.findings import OF_A_UNIT, Findings
from pipelines.verify.known import Known, draw
from pipelines.verify.lines import Line
from pipelines.verify.needles import Placed
from pipelines.verify.rows import Row, read_rows
from pipelines.verify.samples import check_haystack, check_sample, placed_samples
from pipelines.verify.shards import check_shape, read_group
from pipelines.verify.shortcuts import Shortcuts
from pipelines.verify.structure import Structure, examine_group
from pipelines.verify.tensors.contamination import Hits
from pipelines.verify.tensors.sketches import Sketch
from pipelines.verify.totals import Totals
from schemas.row import ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which rows: part `number` of `parts` of a shard."""

    shard: str
    stage: str
    first_row: int
    """row_id of the shard's first row, as the shards before it say."""
    number: int
    parts: int


@dataclass(slots=True, kw_only=True)
class Checked:
    """What came of a part."""

    findings: Findings = field(default_factory=lambda: Findings(most=OF_A_UNIT))
    totals: Totals = field(default_factory=Totals)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    trials: list[tuple[str, Trial]] = field(default_factory=list)
    sketches: list[Sketch] = field(default_factory=list)
    hits: list[Hits] = field(default_factory=list)
    solved: int = 0
    """Samples that were solved again."""
    rows: int = 0
    """Rows that the part holds, read or, where rows are drawn, passed over."""
    readable: bool = True
    """Whether all its row groups could be read."""
    counted: bool = True
    """Whether every row that was read could be counted."""

    def keep(self, structure: Structure) -> None:
        """Keep what of a row group must be held against all others."""
        found = structure.examined
        self.sketches += [found.sketch] if found.sketch is not None else []
        self.hits += found.hits

    @property
    def whole(self) -> bool:
        """Whether nothing is left that only the sum of all rows would have missed."""
        return self.readable and self.counted


def check_part(known: Known, part: Part) -> Checked:
    """Read a part of a shard and check its rows. Memory: a row group, some 20 bytes a token."""
    checked = Checked()
    with known.mix.folder.open(part.shard) as source, checked.findings.at(part.shard):
        file = _open(source, part, known, checked.findings)
        if file is None:
            checked.readable = False
            return checked
        sizes = [file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)]
        firsts = np.cumsum([0, *sizes]).tolist()
        wanted = _wanted(known, part, firsts[-1])
        low, high = (len(sizes) * n // part.parts for n in (part.number, part.number + 1))
        for group in range(low, high):
            checked.rows += sizes[group]
            mine = wanted[(wanted >= firsts[group]) & (wanted < firsts[group + 1])]
            if not len(mine) and sizes[group]:
                continue
            table = read_group(file, group, part.shard, checked.findings)
            if table is None:
                checked.readable = False
                return checked
            _check_group(known, part, table, rows=mine, first=firsts[group], checked=checked)
    return checked


def _open(
    source: pa.NativeFile, part: Part, known: Known, findings: Findings
) -> pq.ParquetFile | None:
    """Return the file, its shape checked once for all of its parts; None when it has no rows."""
    if part.number == 0:
        return check_shape(source, part.shard, known.mix.manifest, findings)
    try:
        file = pq.ParquetFile(source, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        findings.need("shard.readable", False, part.shard, f"a Parquet file: {error}")
        return None
    return file if file.schema_arrow.remove_metadata().equals(ROWS) else None


def _wanted(known: Known, part: Part, num_rows: int) -> npt.NDArray[np.int64]:
    """Return which rows of the shard are checked, int64, by their index in it."""
    context = known.context
    if context.by != "row" or context.share >= 1:
        return np.arange(num_rows)
    total = sum(shard["rows"] for shard in known.mix.manifest["shards"])
    rows = draw(known.mix.manifest, context, total) - part.first_row
    return rows[(rows >= 0) & (rows < num_rows)]


def _check_group(
    known: Known,
    part: Part,
    table: pa.Table,
    *,
    rows: npt.NDArray[np.int64],
    first: int,
    checked: Checked,
) -> None:
    """Check rows of one row group; `first` is the shard's row that it begins with."""
    if len(rows) < table.num_rows:
        table = table.take(pa.array(rows - first)).combine_chunks()
    documents, samples = _lines(known, table)
    structure = examine_group(
        table,
        known.examining,
        by_arrays=known.context.device != "cpu",
        findings=checked.findings,
    )
    checked.keep(structure)
    group = Group(
        known=known,
        structure=structure,
        samples=samples,
        documents=Documents(
            texts=known.texts, tokenizer=known.tokenizer, table=documents, uses=checked.uses
        ),
    )
    for number, (index, found) in enumerate(
        zip(rows.tolist(), read_rows(table, part.shard, first), strict=True)
    ):
        place = Place(part.shard, index, part.first_row + index)
        row = replace(found, where=f"{part.shard} row {index}")
        with checked.findings.at(part.shard, place.row_id):
            checked.findings.equal("row.row_id", row.scalars["row_id"], place.row_id, row.where)
            checked.findings.equal("row.stage", row.scalars["stage"], part.stage, row.where)
            checked.counted &= group.check(row, number, place, checked=checked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A row group, and the lines of the tables that its rows name."""

    known: Known
    structure: Structure
    documents: Documents
    samples: dict[str, Line]

    def check(self, row: Row, number: int, place: Place, *, checked: Checked) -> bool:
        """Check a row, count it and check what it holds; return whether it could be counted."""
        known, findings = self.known, checked.findings
        if not self.structure.check(row, number, findings):
            return False
        checked.totals.add(row, place)
        self.documents.add_row(row, place, known.rules, findings=findings)
        sampled = known.context.by == "sample" and known.context.share < 1
        for placed in placed_samples(row, self.samples, findings):
            if not sampled or placed.line["sample_id"] in known.solved:
                self._check_sample(placed, checked)
        return True

    def _check_sample(self, placed: Placed, checked: Checked) -> None:
        """Solve a sample again, guess at it without reading, and look for its haystacks."""
        known, findings = self.known, checked.findings
        checked.solved += 1
        text = check_sample(placed, known.rules, known.tokenizer, findings)
        if text is not None:
            guesses = Shortcuts(trials=checked.trials)
            guesses.add(placed, text, known.tokenizer)
        if known.tokenizer.is_byte_level:
            check_haystack(placed, self.documents, tokenizer=known.tokenizer, findings=findings)


def _lines(known: Known, table: pa.Table) -> tuple[dict[str, Line], dict[str, Line]]:
    """Return the documents, haystacks too, and the samples that a row group names."""
    spans = pc.list_flatten(table["spans"])
    names = pc.unique(pc.struct_field(spans, "doc_id")).to_pylist()
    samples = known.samples.take(names)
    hay = (piece["doc_id"] for line in samples.values() for piece in line["haystack"])
    return known.documents.take({*names, *hay}), samples
