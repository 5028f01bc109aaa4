"""One row in full: its segments, and each needle with the words around it."""

from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generators.tokens.load import load_tokenizer
from pipelines.shards.mix import Mix, open_mix
from schemas.errors import RecipeError

AROUND = 12
"""Tokens shown before and after a span."""


def row_of_sample(name: str, sample_id: str) -> int:
    """Return the row that holds a sample. Raises RecipeError naming some that there are."""
    samples = open_mix(name).table("samples", ["sample_id", "row_id"])
    found = samples.filter(pc.equal(samples["sample_id"], sample_id))
    if not len(found):
        some = ", ".join(samples["sample_id"].slice(0, 3).to_pylist()) or "none"
        raise RecipeError(f"--sample {sample_id}: {name} has no such sample; it has {some} ...")
    row_id: int = found["row_id"][0].as_py()
    return row_id


def _read_row(mix: Mix, row_id: int) -> dict[str, Any]:
    """Return one row; only its row group is read."""
    first = 0
    for shard in mix.manifest["shards"]:
        if first <= row_id < first + shard["rows"]:
            with mix.folder.open(shard["path"]) as source:
                file = pq.ParquetFile(source)
                for group in range(file.num_row_groups):
                    rows = file.metadata.row_group(group).num_rows
                    if row_id < first + rows:
                        found = file.read_row_group(group).slice(row_id - first, 1)
                        row: dict[str, Any] = found.to_pylist()[0]
                        return row
                    first += rows
        first += shard["rows"]
    raise RecipeError(f"--row {row_id}: the rows of {mix.manifest['name']} are 0 to {first - 1}")


def row_facts(name: str, row_id: int) -> dict[str, Any]:
    """Return one row as JSON values, spans decoded."""
    mix = open_mix(name)
    row = _read_row(mix, row_id)
    tokenizer = load_tokenizer(mix.folder.read("tokenizer/tokenizer.json"))
    ids = row.pop("input_ids")

    def text(start: int, stop: int) -> str:
        return tokenizer.decode(np.asarray(ids[max(start, 0) : stop], np.int32))

    row["row_digest"] = row["row_digest"].hex()
    row.pop("target_mask")
    row.pop("position_ids")
    for span in row["spans"]:
        span["opens"] = text(span["start"], span["start"] + AROUND)
        stop = span["start"] + span["length"]
        span["closes"] = text(max(span["start"], stop - AROUND), stop)
    for needle in row["needles"]:
        for part in ("evidence", "question", "answer"):
            start, stop = needle[f"{part}_start"], needle[f"{part}_end"]
            needle[f"{part}_text"] = text(start, stop)
            needle[f"{part}_before"] = text(start - AROUND, start)
            needle[f"{part}_after"] = text(stop, stop + AROUND)
    return row


def row_text(row: dict[str, Any]) -> str:
    """Return the row for a terminal."""
    lines = [
        f"row {row['row_id']} of stage {row['stage']}: {row['num_docs']} segments, "
        f"{row['num_targets']:,} targets, {row['num_pad']:,} padding"
    ]
    for span in row["spans"]:
        lines.append(
            f"[{span['segment']}] {span['start']:>8,} +{span['length']:<8,} {span['source']}  "
            f"{span['doc_id']} @{span['doc_offset']:,}"
        )
        lines.append(f"      {span['opens']!r} … {span['closes']!r}")
        for needle in row["needles"]:
            if needle["segment"] == span["segment"]:
                lines += _needle_lines(needle)
    return "\n".join(lines)


def _needle_lines(needle: dict[str, Any]) -> list[str]:
    target = needle["target_depth"]
    wanted = "" if target is None else f" (target {target:.3f})"
    lines = [
        f"      needle of {needle['sample_id']}: depth {needle['depth']:.3f}{wanted}, "
        f"distance {needle['distance']:,}"
    ]
    for part in ("evidence", "question", "answer"):
        before, inside, after = (needle[f"{part}_{x}"] for x in ("before", "text", "after"))
        shown = f"{before}⟦{inside}⟧{after}".replace("\n", "⏎")
        lines.append(f"        {part:<9}{needle[f'{part}_start']:>8,}  {shown}")
    return lines
