"""What a finished mix kept and rejected, and why: the tables and pictures of docs/selection.md.

    longmix build recipes/natural.yaml --out MIX inputs=DIR tokenizer=FILE
    python -m benchmarks.selection MIX --out docs

Everything stands in the mix: the verdicts and scores in its documents table, the bounds in its
recipe. Tables are printed, three pictures go to `--out`.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.measure import row, table
from benchmarks.selection_pictures import (
    DECIDED,
    KEPT,
    OTHERWISE,
    Lengths,
    Rule,
    draw_counts,
    draw_lengths,
    draw_rules,
)
from generators import cleaning
from generators.filters.buckets import length_bucket
from pipelines.report.selection import selection_facts
from pipelines.shards.mix import Mix, open_mix


def whole_documents(mix: Mix) -> pa.Table:
    """Return the documents that have a text; what the reader left out has none."""
    documents = mix.table("documents")
    return documents.filter(pc.greater(documents["num_tokens"], 0))


def short_name(doc_id: str) -> str:
    """Return the end of a doc_id: repositories:repositories/click -> click."""
    return doc_id.rsplit("/", 1)[-1]


def verdicts(documents: pa.Table) -> Iterator[str]:
    """Yield a row for each source and verdict."""
    yield table("source", "verdict", "documents", "tokens", "such as")
    for source in selection_facts(documents):
        for verdict in source["verdicts"]:
            examples = [_example(example) for example in verdict["examples"]]
            yield row(
                source["source"],
                verdict["verdict"],
                verdict["documents"],
                f"{verdict['tokens']:,}",
                ", ".join(examples),
            )


def _example(example: dict[str, Any]) -> str:
    numbers = [f"{value:.3g}" for value in example.values() if isinstance(value, float)]
    return " ".join([short_name(example["doc_id"]), *numbers])


def near_duplicates(documents: pa.Table) -> Iterator[str]:
    """Yield a row for each near duplicate."""
    found = documents.filter(pc.is_valid(documents["near_duplicate_of"]))
    tokens = dict(
        zip(documents["doc_id"].to_pylist(), documents["num_tokens"].to_pylist(), strict=True)
    )
    yield table("rejected", "tokens", "kept", "tokens")
    for doc_id, other in zip(
        found["doc_id"].to_pylist(), found["near_duplicate_of"].to_pylist(), strict=True
    ):
        cells = (short_name(doc_id), f"{tokens[doc_id]:,}", short_name(other), f"{tokens[other]:,}")
        yield row(*cells)


def cleaners(mix: Mix, documents: pa.Table) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield source, column and float64[N] of what each cleaner counted in each document."""
    for name, spec in mix.manifest["recipe"]["sources"].items():
        mine = documents.filter(pc.equal(documents["source"], name))
        for part in spec["clean"]:
            column = cleaning.load(part["name"]).COUNTS
            yield name, column, _numbers(mine, column)


def cleaned(mix: Mix, documents: pa.Table) -> Iterator[str]:
    """Yield a row for each source and cleaner."""
    yield table("source", "counted", "in documents", "median of these", "sum")
    for name, column, counts in cleaners(mix, documents):
        some = counts[counts > 0]
        middle = f"{np.median(some):,.0f}" if len(some) else ""
        yield row(name, column, f"{len(some)} of {len(counts)}", middle, f"{some.sum():,.0f}")


def rules(mix: Mix, documents: pa.Table) -> list[Rule]:
    """Return every rule with a fixed bound, and what became of the documents that have a value."""
    found = []
    for name, spec in mix.manifest["recipe"]["sources"].items():
        mine = documents.filter(pc.equal(documents["source"], name))
        for column, bounds in spec["keep"].items():
            if bounds["min"] is None and bounds["max"] is None:
                continue
            values = _numbers(mine, column)
            known = ~np.isnan(values)
            reasons = np.array(mine["reason"].to_pylist(), object)[known]
            fates = [_fate(reason, column) for reason in reasons]
            found.append(
                Rule(
                    source=name,
                    column=column,
                    values=values[known],
                    fates=np.array(fates, object),
                    low=bounds["min"],
                    high=bounds["max"],
                )
            )
    return found


def _fate(reason: str | None, column: str) -> str:
    if reason is None:
        return KEPT
    return DECIDED if reason in (f"low {column}", f"high {column}") else OTHERWISE


def lengths(documents: pa.Table) -> list[Lengths]:
    """Return documents by powers of two of their tokens, for each source."""
    found = []
    for name in pc.unique(documents["source"]).to_pylist():
        mine = documents.filter(pc.equal(documents["source"], name))
        powers = np.log2(length_bucket(mine["num_tokens"].to_numpy())).astype(np.int64)
        found.append(Lengths(source=name, powers=powers, kept=mine["kept"].to_numpy()))
    return found


def _numbers(documents: pa.Table, column: str) -> np.ndarray:
    """float64[N]: a column of numbers, NaN where there is none."""
    return np.asarray(pc.fill_null(documents[column], float("nan")).to_numpy())


def main() -> None:
    """Print the tables and draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mix", help="a finished mix")
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures")
    given = parser.parse_args()
    mix = open_mix(given.mix)
    documents = whole_documents(mix)
    for lines in (verdicts(documents), near_duplicates(documents), cleaned(mix, documents)):
        print("\n".join(lines), end="\n\n")
    draw_lengths(lengths(documents), given.out / "selection-lengths.svg")
    draw_rules(rules(mix, documents), given.out / "selection-scores.svg")
    counts = [
        (f"{name}: {column}", counts)
        for name, column, counts in cleaners(mix, documents)
        if counts.any()
    ]
    draw_counts(counts, given.out / "selection-cleaners.svg")


if __name__ == "__main__":
    main()
