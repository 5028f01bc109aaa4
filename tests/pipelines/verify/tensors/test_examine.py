"""All of it in one call: a group with a fault of every kind, and a mix as it is built."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.decontam.index import build
from generators.tokens.load import load_tokenizer
from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.examine import Examined, Job, examine
from pipelines.verify.tensors.overlaps import judge_sketches
from tests.pipelines.verify.tensors.made import (
    Row,
    Table,
    arrays_of,
    row,
    rules,
    spelled,
    table,
    with_sample,
)
from tests.pipelines.verify.tensors.test_answers import IDS, NEEDLE, changed
from tests.pipelines.verify.tensors.test_contamination import PROMPT, asked

NUMBERS = {
    "decode": spelled,
    "encode": lambda text: np.array([int(t) for t in text.split()], np.int32),
}


def job(arrays: Arrays, lines: list[Row], **more: Any) -> Job:
    samples = {line["sample_id"]: line for line in lines}
    return Job(rules=rules(), samples=Table(samples), arrays=arrays, rate=1, **{**NUMBERS, **more})


def examined(rows: list[Row], arrays: Arrays, lines: list[Row], **more: Any) -> Examined:
    return examine(table(rows), job(arrays, lines, **more))


def sample(ids: list[int], row_id: int, **needle: Any) -> tuple[Row, Row]:
    one, line = with_sample(ids, [{**NEEDLE, **needle}], sample_id=f"n/{row_id}", row_id=row_id)
    one["seq_len"] = len(ids)
    return one, line


def test_every_kind_of_fault_is_named_in_its_row(arrays: Arrays) -> None:
    natural, broken, found = row(0), row(1), asked(3)
    broken["seq_lengths"][0] -= 1
    (leak, first), (wrong, second) = sample(changed(t10=[40, 41]), 2), sample(IDS, 3, distance=0)
    index = build([("quiz", spelled(PROMPT))], n=13, common=None)
    group = [natural, broken, leak, wrong, found]
    result = examined(group, arrays, [first, second], indices=(index,))
    told = [(b.row, b.check, b.place) for b in result.breaches if b.check[:8] != "row.seq_"]
    lengths = [(b.row, b.check) for b in result.breaches if b.check == "row.seq_len"]
    assert lengths == [(2, "row.seq_len"), (3, "row.seq_len")]
    assert (1, "row.boundaries", "") in told
    assert (2, "sample.unique_tokens", " sample n/2") in told
    assert (3, "needle.distance", " sample n/3") in told
    assert {place[0] for place in told} <= {1, 2, 3, 4}
    assert result.candidates == 1
    assert result.sound.tolist() == [True, False, True, True, True]
    assert result.counts["row.digest"] == 4
    assert [(hit.row_id, hit.hits) for hit in result.hits] == [(4, 2)]


def test_what_tokens_say_and_text_denies_is_a_candidate_alone(arrays: Arrays) -> None:
    one, line = sample(changed(t10=[40, 41, 63]), 0)
    result = examined([one], arrays, [line])
    assert result.candidates == 1
    assert "sample.unique_tokens" not in {breach.check for breach in result.breaches}
    assert result.counts["sample.unique_tokens"] == 1


def test_a_group_without_a_sound_row_has_no_sketch(arrays: Arrays) -> None:
    one = row(0)
    one["spans"].clear()
    result = examined([one], arrays, [])
    assert result.sketch is None
    assert [breach.check for breach in result.breaches] == ["row.spans"]


def test_results_can_be_sent_between_processes() -> None:
    result = examined([row(0)], arrays_of("cpu"), [])
    again = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own bytes
    assert again.counts == result.counts
    assert judge_sketches([again.sketch]) == judge_sketches([result.sketch])


@pytest.mark.parametrize("name", ["cpu", "torch"])
def test_a_mix_as_it_is_built_has_no_breach(sound: Path, name: str) -> None:
    manifest = json.loads((sound / "manifest.json").read_text())
    tokenizer = load_tokenizer((sound / "tokenizer/tokenizer.json").read_bytes())
    lines = pq.read_table(sound / "samples").to_pylist()
    known = rules(**manifest["recipe"])
    table_size, end = tokenizer.table_size, manifest["tokenizer"]["eos_id"]
    special = np.zeros(table_size, bool)
    special[tokenizer.special_ids] = True
    known = type(known)(
        recipe=manifest["recipe"],
        eos_id=end,
        bos_id=None,
        pad_id=manifest["tokenizer"]["pad_id"],
        valid=np.ones(table_size, bool),
        special=special,
        stages={stage["name"]: stage for stage in manifest["recipe"]["stages"]},
        sentinels={},
    )
    work = Job(
        rules=known,
        samples=Table({line["sample_id"]: line for line in lines}),
        arrays=arrays_of(name),
        rate=1,
        encode=tokenizer.encode,
        decode=tokenizer.decode,
        threads=2,
    )
    sketches, searched = [], 0
    for shard in manifest["shards"]:
        found: pa.Table = pq.read_table(sound / shard["path"])
        result = examine(found, work)
        assert result.breaches == ()
        assert result.sound.all()
        assert not result.drawn.any()
        sketches.append(result.sketch)
        searched += result.counts.get("sample.unique_tokens", 0)
    assert searched == len(lines)
    figures = judge_sketches([sketch for sketch in sketches if sketch is not None])
    assert figures is not None
    assert figures.rows.count == figures.spans.count == 0
