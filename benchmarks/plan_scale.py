"""What a plan costs: seconds and peak memory of DRAW, PACK and the accounting, by documents.

    python -m benchmarks.plan_scale [--documents 1000000 10000000] [--windows]

No text is read. Lengths are drawn as in `benchmarks.packing`, as three sources: pages around 1,500
tokens (80 %), repositories around 12,000 (17 %), books with a heavy tail from 20,000 to 2 M (3 %),
8,000 on average, in units of 64 MB of text. The recipe has stages of 32K, 128K and 1M with shares
by kind and length, weights by length, replay and two tasks; samples count with their greatest
length. The documents table has the columns that a plan reads and no others.

Each size runs in a process of its own, and each phase's peak is the kernel's high-water mark, set
back before it. With --windows the rows of a global plan and of one in windows stand side by side.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.measure import ROOT, row, table
from benchmarks.packing import LONGEST
from generators.mixing.draw import draw
from pipelines.plan.cost import plan_cost
from pipelines.plan.documents import Documents
from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.ledger import ledger, supply_table
from pipelines.plan.recipe import check_recipe, task_uses
from pipelines.plan.stage import WovenAt
from pipelines.plan.targets import stated_targets
from schemas.draw import Corpus, Draw
from schemas.recipe import Recipe

UNIT_TOKENS = 15_000_000
"""Tokens of a unit of 64 MB, at 4.3 bytes a token."""
SOURCES = {"pages": ("page", 0.80), "code": ("repo", 0.17), "books": ("book", 0.03)}
"""By source: its kind and its part of the documents."""
RECIPE: dict[str, Any] = {
    "inputs": ".",
    "tokenizer": "train",
    "max_epochs": 2,
    "sources": {
        "pages": {"kind": "page", "filler": True},
        "code": {"kind": "repo", "long_documents": "fixed"},
        "books": {"kind": "book", "long_documents": "fixed"},
    },
    "shares": [
        {"kinds": ["book"], "at_least": 65536, "share": 0.3},
        {"kinds": ["repo"], "share": 0.3},
        {"below": 65536, "share": 0.55},
    ],
    "upsample": {0: 0.5, 4096: 1},
    "stages": [
        {"name": "32k", "seq_len": 32768, "share": 0.5},
        {"name": "128k", "seq_len": 131072, "share": 0.3, "replay": 0.1},
        {"name": "1m", "seq_len": 1048576, "share": 0.1, "replay": 0.1},
    ],
    "tasks": {"needle": {"share": 0.02}, "joins": {"share": 0.02, "haystack": "several"}},
}


def recipe_with(**changes: Any) -> Recipe:
    """Return the recipe with other values of some keys."""
    return check_recipe({**RECIPE, **changes}, "plan_scale")


def corpus_of(size: int) -> Corpus:
    """Return lengths and keys of `size` documents, source by source."""
    rng = np.random.default_rng(0)
    counts = [round(size * part) for _, part in SOURCES.values()]
    parts = [
        rng.lognormal(np.log(1_500), 1.1, counts[0]),
        rng.lognormal(np.log(12_000), 0.9, counts[1]),
        20_000 * (1 + rng.pareto(1.1, counts[2])),
    ]
    lengths = np.concatenate([np.clip(part, 1, LONGEST).astype(np.int64) for part in parts])
    return Corpus(
        num_tokens=lengths,
        source=np.repeat(np.arange(3, dtype=np.int32), counts),
        key=rng.integers(0, 2**64, len(lengths), dtype=np.uint64),
        sources=tuple(SOURCES),
    )


def documents_of(corpus: Corpus) -> Documents:
    """Return the documents in units, one part of the table each, all of them kept."""
    before = np.cumsum(corpus.num_tokens) - corpus.num_tokens
    per_source = before - before[np.searchsorted(corpus.source, corpus.source)]
    local = per_source // UNIT_TOKENS
    opens = np.append(True, (np.diff(local) > 0) | (np.diff(corpus.source) > 0))
    unit = np.cumsum(opens) - 1
    first = np.append(np.flatnonzero(opens), len(unit))
    numbers = pa.array(np.arange(len(unit))).cast(pa.string())
    uri = pc.binary_join_element_wise(
        pa.array(list(SOURCES)).take(pa.array(corpus.source)), "shard", ":"
    )
    names = pc.binary_join_element_wise(
        uri, pa.array(unit).cast(pa.string()), ".jsonl.zst#", numbers, ""
    )
    whole = pa.table(
        {
            "doc_id": names,
            "unit": pa.array(unit, pa.int32()),
            "ids_start": before - before[first[unit]],
        }
    )
    parts = [whole.slice(start, stop - start) for start, stop in zip(first, first[1:])]  # noqa: B905, RUF007
    return Documents(
        table=pa.concat_tables(parts),
        columns=(),
        places=tuple(f"prepare/{number:06d}" for number in range(len(first) - 1)),
        kept=np.arange(len(unit), dtype=np.int64),
        corpus=corpus,
    )


def woven_of(drawn: Draw) -> list[WovenAt]:
    """Return every sample as if it were as long as it may be."""
    return [
        WovenAt(
            sample_id=sample.sample_id,
            task=sample.use,
            stage=sample.stage,
            num_tokens=sample.length,
            place="weave",
            ids_start=0,
        )
        for sample in drawn.samples
    ]


@contextmanager
def _measured(phase: str, **facts: Callable[[], Any]) -> Iterator[None]:
    """Print what a phase came to, as a line of JSON."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    line = {
        "phase": phase,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak_mib": peak / 2**20,
    }
    print(json.dumps(line | {name: fact() for name, fact in facts.items()}), flush=True)


def plan(size: int, recipe: Recipe) -> tuple[Documents, Draw, Layout]:
    """Plan a mix of `size` documents, printing what each phase came to."""
    uses = tuple(use.for_draw() for use in task_uses(recipe))
    with _measured("corpus"):
        documents = documents_of(corpus_of(size))
    with _measured("draw"):
        drawn = draw(documents.corpus, recipe, uses)
    woven = woven_of(drawn)
    with _measured("pack"):
        layout = lay_out(recipe, drawn, documents, woven)
    with _measured("cost"):
        plan_cost(recipe, drawn, documents, layout, targets=stated_targets(recipe, drawn.samples))
    with _measured("ledger"):
        ledger(recipe, drawn, documents, layout)
        supply_table(drawn)
    sizes = {
        "phase": "all",
        "documents": len(documents.kept),
        "units": len(documents.places),
        "tokens": int(documents.corpus.num_tokens.sum()),
        "samples": len(drawn.samples),
        "pieces": sum(len(pieces) for pieces in drawn.pieces.values()),
        "spans": len(layout.spans),
        "rows": sum(layout.shards["num_rows"].to_pylist()),
        "shards": len(layout.shards),
        "table_mib": documents.table.nbytes / 2**20,
        "spans_mib": layout.spans.nbytes / 2**20,
    }
    print(json.dumps(sizes), flush=True)
    return documents, drawn, layout


def main() -> None:
    """Plan every size in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--window-tokens", type=int, default=10**15)
    parser.add_argument("--one", action="store_true", help="plan one size here; lines of JSON")
    given = parser.parse_args()
    if given.one:
        plan(given.documents[0], recipe_with(window_tokens=given.window_tokens))
        return
    print(table("documents", "phase", "wall s", "CPU s", "peak MiB"))
    facts = []
    for size in given.documents:
        lines = _alone("--one", f"--documents={size}", f"--window-tokens={given.window_tokens}")
        for line in lines[:-1]:
            seconds = (f"{line['wall']:.1f}", f"{line['cpu']:.1f}", f"{line['peak_mib']:,.0f}")
            print(row(f"{size:,}", line["phase"], *seconds), flush=True)
        facts.append(lines[-1])
    for fact in facts:
        print(", ".join(f"{name} {value:,.0f}" for name, value in fact.items() if name != "phase"))


def _alone(*options: str) -> list[dict[str, Any]]:
    """Run this script in a fresh process and return its lines."""
    command = [sys.executable, "-m", "benchmarks.plan_scale", *options]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
