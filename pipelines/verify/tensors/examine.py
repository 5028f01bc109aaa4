"""Examine a row group: everything of this room, in the order in which it may be trusted.

    examine(table, job)  ->  counts, breaches, a sketch, hits of benchmarks, what is left to do

One call for each row group; what it returns is small but for the sketch (some bytes for 64
tokens) and can be sent from one process to another.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from generators.decontam.index import Index
from pipelines.verify.rows import Rules
from pipelines.verify.tensors.answers import Candidate, confirmed, patterns_of, search
from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.breaches import Breach, Checked, Log
from pipelines.verify.tensors.checks import Uploaded, check_group, upload_group
from pipelines.verify.tensors.contamination import Hits, find_hits
from pipelines.verify.tensors.digests import check_digests
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.needles import Placed, Samples, check_needles, placed_of
from pipelines.verify.tensors.sketches import Sketch, sketch_group
from schemas.row import BoolArray

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """What all groups of a mix are held against, and where."""

    rules: Rules
    samples: Samples
    arrays: Arrays
    rate: int
    """Of sketches: `sketches.rate_for(tokens of the mix)`."""
    encode: Callable[[str], Ids]
    decode: Callable[[Ids], str]
    indices: tuple[Index, ...] = ()
    """Of benchmarks: `contamination.open_indices`; none leaves the search out."""
    threads: int = 1
    """For digests."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examined:
    """What a group came to."""

    counts: dict[str, int]
    """How often each check was made."""
    breaches: tuple[Breach, ...]
    """By row, and for a row in the order of the checks."""
    candidates: int
    """Places where an answer's tokens stand and should not, before text decided."""
    sketch: Sketch | None
    """None where no row is sound."""
    hits: tuple[Hits, ...]
    sound: BoolArray
    """bool[B]: rows whose segments and samples can be checked further."""
    drawn: BoolArray
    """bool[B]: rows whose positions are to be drawn again (`positions.check_scheme`)."""


def examine(table: pa.Table, job: Job) -> Examined:
    """Check the rows of a table that has the columns of docs/format.md.

    Cost: benchmarks/verify_speed.py; with `indices` most of it is decoding.
    """
    group = TensorGroup.from_table(table)
    uploaded = upload_group(group, job.arrays)
    found = check_group(group, job.rules, job.arrays, uploaded=uploaded)
    sized = np.isin(np.arange(len(group)), [b.row for b in found.breaches if b.check in UNFIT])
    made = [found, check_digests(group, threads=job.threads, rows=~sized)]
    part = group.select(found.sound)
    if part is not group:
        uploaded = upload_group(part, job.arrays)
    candidates, sketch, hits = 0, None, list[Hits]()
    if len(part):
        numbers = np.flatnonzero(found.sound)
        placed = placed_of(part, job.rules, job.samples)
        met, candidates = _answers(uploaded, placed, job, Log(numbers))
        made += [check_needles(part, placed, numbers=numbers), met]
        sketch = sketch_group(uploaded, job.rate, job.arrays)
        hits = find_hits(uploaded, job.indices, job.decode, job.arrays)
    counts = sum((Counter(checked.counts) for checked in made), Counter[str]())
    breaches = [breach for checked in made for breach in checked.breaches]
    return Examined(
        counts=dict(counts),
        breaches=tuple(sorted(breaches, key=lambda breach: breach.row)),
        candidates=candidates,
        sketch=sketch,
        hits=tuple(hits),
        sound=found.sound,
        drawn=found.drawn,
    )


UNFIT = {
    "row.num_pad",
    "row.length",
    "row.ids",
    "row.boundaries",
    "row.mask_length",
    "row.positions_length",
}
"""Checks after whose failure a row's digest is not asked for, as in `rows.check_row`."""


def _answers(uploaded: Uploaded, placed: Placed, job: Job, log: Log) -> tuple[Checked, int]:
    """Search for answers, let text decide, and return what it came to, and the candidates."""
    group = uploaded.group
    patterns = patterns_of(group, placed, job.encode)
    candidates = search(group, uploaded.ids, patterns, placed, arrays=job.arrays)
    leaks: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        if confirmed(group, candidate, job.decode):
            leaks.setdefault(candidate.sample, []).append(candidate)
    searched = np.unique(patterns.samples)
    holds = np.array([int(k) not in leaks for k in searched], bool)

    def words(k: int) -> str:
        first = leaks[int(searched[k])][0]
        return f"{first.answer!r} in its evidence alone, found at token {first.start}"

    log.need(
        "sample.unique_tokens",
        placed.rows[searched],
        holds,
        words,
        place=lambda k: f" sample {placed.lines[int(searched[k])]['sample_id']}",
    )
    alive = np.ones(len(group), bool)
    return log.close(alive, ~alive), len(candidates)
