"""What two mixes' tables have in common and what not: documents, samples, depths.

    A: books:rain kept            B: books:rain short      kept in A alone, because of `short`
    A: needle-0 "seven"           B: needle-0 "eight"      the same id, another gold

Lines are matched by id with one hash table a side; everything else is whole columns. Time and
memory grow with the lines of the tables, never with the tokens of the mixes.
"""

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.document import kind_of_reason

Flags = npt.NDArray[np.bool_]
NAMED = 20
"""Things that are named one by one; the rest is counted."""
BINS = 10
DOCUMENT_COLUMNS = ["doc_id", "source", "num_tokens", "sha256", "kept", "reason"]
"""What is read of `documents`."""
NOT_MET = "not met"
"""Stands for the reason of a document that the other mix never saw."""
PLACE = ("row_id", "segment", "answer_start", "answer_end")
"""Columns of `samples` that say where a sample lies and not what it is."""


def diff_documents(a: pa.Table, b: pa.Table) -> dict[str, Any]:
    """Return the documents that one mix keeps and the other does not, and those of another text.

    Both tables have DOCUMENT_COLUMNS. Texts are compared wherever both mixes have one, whether
    they keep it or not.
    """
    at = pc.index_in(a["doc_id"], value_set=b["doc_id"])
    theirs = b["sha256"].take(at)
    other = pc.fill_null(pc.not_equal(a["sha256"], theirs), False)
    changed = a.filter(other)
    sources = Counter(changed["source"].to_pylist())
    return {
        "only_a": _kept_alone(a, b),
        "only_b": _kept_alone(b, a),
        "text_changed": {
            "documents": len(changed),
            "by_source": dict(sorted(sources.items())),
            "named": changed["doc_id"][:NAMED].to_pylist(),
        },
    }


def _kept_alone(mine: pa.Table, other: pa.Table) -> dict[str, Any]:
    """Return what `mine` keeps and `other` does not, by source and by the reason of `other`."""
    at = pc.index_in(mine["doc_id"], value_set=other["doc_id"])
    reasons = pc.if_else(pc.is_null(at), NOT_MET, other["reason"].take(at))
    kept_there = pc.fill_null(other["kept"].take(at), False)
    alone = mine.select(["doc_id", "source", "num_tokens"]).append_column("reason", reasons)
    alone = alone.filter(pc.and_(mine["kept"], pc.invert(kept_there)))
    groups = alone.group_by(["source", "reason"]).aggregate([([], "count_all")])
    counts: Counter[tuple[str, str]] = Counter()
    for line in groups.to_pylist():
        counts[line["source"], kind_of_reason(line["reason"])] += line["count_all"]
    return {
        "documents": len(alone),
        "tokens": pc.sum(alone["num_tokens"]).as_py() or 0,
        "by_reason": [
            {"source": source, "reason": reason, "documents": number}
            for (source, reason), number in sorted(counts.items())
        ],
        "named": alone.select(["doc_id", "reason"])[:NAMED].to_pylist(),
    }


def diff_samples(a: pa.Table, b: pa.Table) -> dict[str, Any]:
    """Return the samples that differ: by task as counts, and the first of each kind by id.

    Compared are all columns that both tables have, but for PLACE; a sample of the same content in
    another row or segment is `moved`.
    """
    here = pc.index_in(a["sample_id"], value_set=b["sample_id"])
    there = pc.index_in(b["sample_id"], value_set=a["sample_id"])
    same = _same(a, b, here)
    a, b = (table.select(["sample_id", "task"]) for table in (a, b))
    only_a, only_b = a.filter(pc.is_null(here)), b.filter(pc.is_null(there))
    both = a.filter(pc.is_valid(here))
    content = [name for name in same if name not in PLACE]
    alike = _all([same[name] for name in content])
    stays = same["row_id"] & same["segment"]
    tasks = np.array(both["task"].to_pylist(), object)
    by_task = _by_task(only_a, only_b, tasks, alike)
    for entry in by_task:
        mine = tasks == entry["task"]
        entry["moved"] = int(np.sum(mine & alike & ~stays))
        others = {name: int(np.sum(mine & ~same[name])) for name in content}
        entry["columns"] = {name: number for name, number in others.items() if number}
    changed = both.filter(pa.array(~alike))
    parts = {"only_a": only_a, "only_b": only_b, "changed": changed}
    named = {name: part["sample_id"][:NAMED].to_pylist() for name, part in parts.items()}
    return {"by_task": by_task, "named": named}


def _by_task(
    only_a: pa.Table, only_b: pa.Table, tasks: npt.NDArray[np.object_], alike: Flags
) -> list[dict[str, Any]]:
    """Count samples by task; `tasks` and `alike` are of those that both mixes have."""
    counts = {
        "only_a": Counter(only_a["task"].to_pylist()),
        "only_b": Counter(only_b["task"].to_pylist()),
        "changed": Counter(tasks[~alike].tolist()),
        "same": Counter(tasks[alike].tolist()),
    }
    names = sorted({name for counter in counts.values() for name in counter})
    return [
        {"task": name, **{key: counter[name] for key, counter in counts.items()}} for name in names
    ]


def _same(a: pa.Table, b: pa.Table, at: pa.ChunkedArray) -> dict[str, Flags]:
    """Return by column where a line of A holds what its partner does, line at[i] of B.

    Lines without a partner are left out. Column by column, so that no more than one is copied.
    """
    found = {}
    chosen, partner = pc.is_valid(at), pc.drop_null(at).combine_chunks()
    for field in a.schema:
        if field.name in b.schema.names and b.schema.field(field.name).type == field.type:
            mine = _whole(a[field.name].filter(chosen))
            found[field.name] = _equal(mine, _whole(b[field.name]).take(partner))
    return found


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece; an array of `string` could not hold 2 GB."""
    large = pa.types.is_string(column.type)
    return (column.cast(pa.large_string()) if large else column).combine_chunks()


def _equal(a: pa.Array, b: pa.Array) -> Flags:
    """Return where two arrays of one type hold the same; two nulls are the same.

    pyarrow compares no lists and no structs, so lists are compared by their lengths and then by
    all their values at once, structs by their fields.
    """
    null = pc.is_null(a).to_numpy(False) & pc.is_null(b).to_numpy(False)
    if pa.types.is_struct(a.type):
        valid = pc.equal(pc.is_valid(a), pc.is_valid(b)).to_numpy(False)
        fields = zip(a.flatten(), b.flatten(), strict=True)
        return _all([valid, *(_equal(x, y) for x, y in fields)])
    if not pa.types.is_list(a.type):
        found: Flags = pc.fill_null(pc.equal(a, b), False).to_numpy(False) | null
        return found
    lengths = pc.equal(pc.list_value_length(a), pc.list_value_length(b))
    same: Flags = pc.fill_null(lengths, False).to_numpy(False)
    x, y = a.filter(pa.array(same)), b.filter(pa.array(same))
    wrong = pc.list_parent_indices(x).to_numpy(False)[~_equal(x.flatten(), y.flatten())]
    same[np.flatnonzero(same)[wrong]] = False
    return np.asarray(same | null)


def _all(flags: list[Flags]) -> Flags:
    return np.asarray(np.logical_and.reduce(flags), np.bool_)


def diff_depths(a: pa.Table, b: pa.Table) -> list[dict[str, Any]]:
    """Return the pieces of evidence in each tenth of the context, by task, of A and of B.

    Both tables are `plan/depths.parquet`; stages and lengths are added up.
    """
    found = [_tenths(table) for table in (a, b)]
    zeros = [0] * BINS
    return [
        {"task": task, "a": found[0].get(task, zeros), "b": found[1].get(task, zeros)}
        for task in sorted({*found[0], *found[1]})
    ]


def _tenths(table: pa.Table) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = {}
    groups = table.group_by(["task", "tenth"]).aggregate([("realised", "sum")])
    for line in groups.to_pylist():
        counts.setdefault(line["task"], [0] * BINS)[line["tenth"]] = line["realised_sum"]
    return counts
