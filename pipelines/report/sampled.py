"""What `longmix plan --sample N` shows: the selection of a sample, and what the whole yields."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.build.mix import Sampled
from pipelines.plan.estimate import estimate
from pipelines.report.bars import table
from pipelines.report.selection import selection_facts, selection_text

MOST_LOST = 20
"""Quarantined inputs that are named in the text."""


def sample_facts(sampled: Sampled) -> dict[str, Any]:
    """Return the sample's selection and the estimates as JSON values."""
    job, documents = sampled.job, sampled.documents
    yields = []
    for name, chosen in sampled.items.items():
        every = [item for item in job.items if item.source == name]
        sizes = np.array([item.num_bytes for item in chosen], np.float64)
        mine = documents.table.filter(pc.equal(documents.table["source"], name))
        found = estimate(
            _kept_by_item(mine, [item.uri for item in chosen]),
            sizes,
            all_sizes=float(sum(item.num_bytes for item in every)),
            num_items=len(every),
        )
        yields.append(
            {
                "source": name,
                "inputs": {"sampled": len(chosen), "all": len(every)},
                "bytes": {
                    "sampled": int(sizes.sum()),
                    "all": sum(item.num_bytes for item in every),
                },
                "documents": {"met": len(mine), "kept": int(pc.sum(mine["kept"]).as_py() or 0)},
                "kept_tokens": round(found.total),
                "kept_tokens_error": None if found.error is None else round(found.error),
            }
        )
    shown = documents.table.select(documents.columns)
    return {
        "yields": yields,
        "sources": selection_facts(shown),
        "quarantined": [entry.as_json() for entry in sampled.quarantined],
    }


def _kept_by_item(documents: pa.Table, uris: list[str]) -> np.ndarray:
    """float64[n]: kept tokens of each input."""
    item = pc.index_in(documents["uri"], value_set=pa.array(uris, pa.string()))
    item = pc.fill_null(item, -1).to_numpy()
    kept = documents["num_tokens"].to_numpy() * documents["kept"].to_numpy()
    known = item >= 0
    return np.bincount(item[known], weights=kept[known], minlength=len(uris)).astype(np.float64)


def sample_text(facts: dict[str, Any]) -> str:
    """Return sample and estimates for a terminal."""
    lines = [
        "A sample. Percentiles and duplicates are those of the sample: the more is read, the "
        "surer.",
        "",
        selection_text(facts["sources"]),
        "",
        *table([["inputs read", "", "", "", "kept tokens of all"], *map(_yield, facts["yields"])]),
    ]
    lost = facts["quarantined"]
    lines += [
        f"quarantined: {entry.get('doc_id') or entry.get('uri')}: {entry['reason']}"
        for entry in lost[:MOST_LOST]
    ]
    if len(lost) > MOST_LOST:
        lines.append(f"quarantined: {len(lost) - MOST_LOST:,} more; --json lists all")
    return "\n".join(lines)


def _yield(part: dict[str, Any]) -> list[str]:
    """Return the line of a source: `books  20  of  100  about  1,230,000  +- 45,000`."""
    read, every = part["inputs"]["sampled"], part["inputs"]["all"]
    tokens, error = part["kept_tokens"], part["kept_tokens_error"]
    line = [f"  {part['source']}", f"{read:,}", "of", f"{every:,}"]
    if read == every:
        return [*line, f"{tokens:,}"]
    return [*line, f"about {_rounded(tokens)}" + (f" ± {_rounded(error)}" if error else "")]


def _rounded(number: int) -> str:
    """Return three digits of a number: 1234567 as `1,230,000`."""
    return f"{round(number, 3 - len(str(number))):,}"
