"""ASSEMBLE: one shard of the plan becomes one Parquet file, checked before it is published."""

import functools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.files import Folder, open_folder
from pipelines.shards.positions import numbering_of
from pipelines.shards.rows import PlacedSample, RowFormat, Sources, rows_table
from pipelines.shards.write import Written, check_shard, group_rows, write_shard
from pipelines.store import Store
from pipelines.store.samples import read_needles
from schemas.unit import Unit

OPEN_FILES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class AssembleContext:
    """Where a worker finds the plan and the store, and where the mix is."""

    store: str
    work: str
    mix: str
    tokenizer_sha256: str


def assemble_units(shards: pa.Table, mix_digest: str, form: dict[str, Any]) -> list[Unit]:
    """Return a unit for each line of SHARDS; `form` holds what all rows have in common.

    Its `numbering` is by stage, and a shard is described by that of its own.
    """
    by_stage = form.get("numbering", {})
    return [
        Unit(
            phase="assemble",
            index=index,
            description={
                "shard": line,
                "mix_digest": mix_digest,
                **form,
                "numbering": by_stage.get(line["stage"]),
            },
        )
        for index, line in enumerate(shards.to_pylist())
    ]


def marker_name(unit: Unit) -> str:
    """Return the name of a shard's marker below the work folder."""
    return f"markers/{unit.fingerprint}.json"


def finished(work: Folder, mix: Folder, unit: Unit) -> dict[str, Any] | None:
    """Return what the shard's marker says if the file is there with that size."""
    name = marker_name(unit)
    if not work.exists(name):
        return None
    marker: dict[str, Any] = json.loads(work.read(name))
    same = mix.size(unit.description["shard"]["path"]) == marker["bytes"]
    return marker if same else None


def assemble(context: AssembleContext, unit: Unit) -> dict[str, Any]:
    """Do one shard, or nothing when it is done; return its size, sha256 and totals."""
    work = open_folder(context.work)
    mix = open_folder(context.mix, scratch=work.scratch)
    found = finished(work, mix, unit)
    if found is not None:
        return found
    shard = unit.description["shard"]
    row_len = shard["seq_len"] + int(unit.description["extra_token"])
    spans = _read_spans(work, unit)
    totals = {"targets": 0}
    written: list[Written] = []

    def check(path: str) -> None:
        opened = functools.partial(mix.filesystem.open_input_file, path)
        check_shard(opened, written[0], rows=shard["num_rows"], row_len=row_len)

    with mix.create(shard["path"], moment="assemble.shard", check=check) as stream:
        made = write_shard(
            stream,
            _groups(context, unit, spans, totals),
            mix_digest=unit.description["mix_digest"],
            tokenizer_sha256=context.tokenizer_sha256,
            path=shard["path"],
        )
        written.append(made)
    result = {**asdict(written[0]), **totals, "rows": shard["num_rows"]}
    marker = json.dumps(result, sort_keys=True).encode()
    work.write(marker_name(unit), marker, moment="assemble.marker")
    return result


def _read_spans(work: Folder, unit: Unit) -> pa.Table:
    """Return the shard's own lines of the plan: it is one row group of it."""
    with work.open("plan/spans.parquet") as source:
        return pq.ParquetFile(source).read_row_group(unit.index)


def _groups(
    context: AssembleContext,
    unit: Unit,
    spans: pa.Table,
    totals: dict[str, int],
) -> Iterator[pa.Table]:
    """Yield the row groups of a shard, adding up what the manifest wants to know."""
    shard, rest = unit.description["shard"], unit.description
    entry = rest["numbering"]
    row_len = shard["seq_len"] + int(rest["extra_token"])
    form = RowFormat(
        stage=shard["stage"],
        seq_len=shard["seq_len"],
        row_len=row_len,
        eos_id=rest["eos_id"],
        bos_id=rest["bos_id"],
        pad_id=rest["pad_id"],
        numbering=numbering_of(shard["stage"], entry, rest["continue_below"]),
        mask_seams=bool(entry and entry["mask_seams"]),
    )
    store = Store(open_folder(context.store))
    reader = _Reader(store)
    sources = Sources(ids=reader.ids, sample=reader.sample)
    row_ids = spans["row_id"].to_numpy()
    last = shard["first_row"] + shard["num_rows"]
    for first in range(shard["first_row"], last, group_rows(row_len)):
        stop = min(first + group_rows(row_len), last)
        a, b = np.searchsorted(row_ids, [first, stop]).tolist()
        table = rows_table(
            spans.slice(a, b - a), form, sources, first_row=first, num_rows=stop - first
        )
        totals["targets"] += pc.sum(table["num_targets"]).as_py()
        yield table


class _Reader:
    """Reads ids and samples of the store, keeping a bounded number of files open."""

    def __init__(self, store: Store) -> None:
        self._open = functools.lru_cache(maxsize=OPEN_FILES)(store.folder.open)
        self._samples = functools.lru_cache(maxsize=8)(self._read_samples)
        self._store = store

    def _read(self, name: str, start: int, size: int) -> bytes:
        data = self._open(name).read_at(size, start)
        if len(data) != size:
            raise EOFError(f"{self._store.folder.path(name)} ends before byte {start + size}")
        return bytes(data)

    def ids(self, place: str, start: int, stop: int) -> np.ndarray:
        """Return int32[stop - start] of a unit's ids."""
        return np.frombuffer(self._read(f"{place}/ids.bin", 4 * start, 4 * (stop - start)), "<i4")

    def sample(self, place: str, sample_id: str) -> PlacedSample:
        """Return a finished sample."""
        line = self._samples(place)[sample_id]
        mask = self._read(f"{place}/mask.bin", line["ids_start"], line["num_tokens"])
        return PlacedSample(
            task=line["task"],
            target_mask=np.frombuffer(mask, "u1").astype(bool),
            needles=read_needles(line["needles"]),
        )

    def _read_samples(self, place: str) -> dict[str, dict[str, Any]]:
        table = self._store.table(place, "samples.parquet")
        names = ["sample_id", "task", "num_tokens", "needles", "ids_start"]
        return {line["sample_id"]: line for line in table.select(names).to_pylist()}
