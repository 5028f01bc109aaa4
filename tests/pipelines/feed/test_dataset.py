"""Rows by number are the rows of the shards, whoever asks, in whatever order and process."""

import json
import pickle
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.feed.collate import collate_with_positions, flatten
from pipelines.feed.dataset import COLUMNS, GROUPS_KEPT, MixDataset
from pipelines.shards.mix import SHOWN, open_mix
from pipelines.shards.write import write_shard
from schemas.errors import IdentityError, RecipeError, VerificationError
from schemas.manifest import MANIFEST_SCHEMA
from schemas.row import ROWS

ARRAYS = {"input_ids": np.int32, "seq_lengths": np.int32, "target_mask": bool}
LITTLE = {"a": [2, 3], "b": [2, 2, 1, 2, 2, 2]}
"""Two shards, `a` of 5 rows and `b` of 11, and the rows of their row groups."""
ROOT = Path(__file__).parents[3]


def line(row_id: int, stage: str) -> dict[str, Any]:
    """Eight tokens: even rows have a mask, every third has positions with a jump."""
    return {
        **dict.fromkeys(ROWS.names, 0),
        "input_ids": [8 * row_id + i for i in range(8)],
        "seq_lengths": [5, 3],
        "target_mask": None if row_id % 2 else [False, True] * 4,
        "position_ids": None if row_id % 3 else [0, 1, 2, 90, 91, 0, 1, 2],
        "spans": [],
        "needles": [],
        "row_id": row_id,
        "row_digest": bytes([row_id] * 16),
        "stage": stage,
        "rope_mode": "rescaled",
    }


def little(folder: Path, digest: str = "d1") -> Path:
    """Write LITTLE: a mix of several row groups, small enough to see."""
    shards, first = [], 0
    for stage, sizes in LITTLE.items():
        path = f"data/{stage}/{stage}-00000.parquet"
        (folder / path).parent.mkdir(parents=True)
        groups = []
        for size in sizes:
            rows = [line(row_id, stage) for row_id in range(first, first + size)]
            groups.append(pa.Table.from_pylist(rows, schema=ROWS))
            first += size
        with pa.OSFile(str(folder / path), "wb") as stream:
            write_shard(stream, iter(groups), mix_digest=digest, tokenizer_sha256="t", path=path)
        shards.append({"path": path, "rows": sum(sizes), "tokens": 8 * sum(sizes), "stage": stage})
    manifest = {"schema": MANIFEST_SCHEMA, "mix_digest": digest, **dict.fromkeys(SHOWN)}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"shards": shards}))
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return little(tmp_path_factory.mktemp("little"))


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[int, int]]:
    """How often each row group was decoded, by its number and the rows of its shard."""
    count: Counter[tuple[int, int]] = Counter()
    real = pq.ParquetFile.read_row_group

    def counting(file: pq.ParquetFile, group: int, **options: Any) -> pa.Table:
        count[group, file.metadata.num_rows] += 1
        return real(file, group, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counting)
    return count


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with lists in place of arrays, as pyarrow and `datasets` give it."""
    return {key: v.tolist() if isinstance(v, np.ndarray) else v for key, v in row.items()}


def test_a_row_by_eye(small: Path) -> None:
    row = MixDataset(str(small))[3]
    assert row["input_ids"].tolist() == [24, 25, 26, 27, 28, 29, 30, 31]
    assert row["seq_lengths"].tolist() == [5, 3]
    assert row["target_mask"] is None
    assert row["position_ids"].tolist() == [0, 1, 2, 90, 91, 0, 1, 2]
    assert [row[name].dtype for name in ("input_ids", "seq_lengths", "position_ids")] == ["i4"] * 3
    assert (row["row_id"], row["stage"], row["row_digest"]) == (3, "a", b"\3" * 16)
    assert tuple(row) == COLUMNS


@pytest.mark.parametrize("stage", [None, "short", "long"])
def test_rows_are_those_that_pyarrow_reads(mix: Path, stage: str | None) -> None:
    shards = json.loads((mix / "manifest.json").read_text())["shards"]
    paths = [mix / shard["path"] for shard in shards if stage in (None, shard["stage"])]
    expected = pa.concat_tables([pq.ParquetFile(path).read() for path in paths]).to_pylist()
    rows = MixDataset(str(mix), stage=stage, columns=ROWS.names)
    assert len(rows) == len(expected)
    assert [plain(row) for row in rows] == expected
    assert any(row["needles"] for row in expected)
    for row in rows:
        found = {name: row[name].dtype for name in ARRAYS if row[name] is not None}
        assert found == {name: ARRAYS[name] for name in found}


def test_rows_are_those_of_the_hub_library(mix: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    loaded = datasets.load_dataset(str(mix), "long", split="train", cache_dir=str(tmp_path))
    rows = MixDataset(str(mix), stage="long", columns=loaded.column_names)
    assert list(map(plain, rows)) == list(loaded)


def test_row_ids_rise_by_one_through_the_stages(mix: Path) -> None:
    ids = [row["row_id"] for row in MixDataset(str(mix))]
    assert ids == list(range(len(ids)))


@given(st.lists(st.integers(-16, 15), max_size=20))
def test_a_batch_is_its_rows_in_the_order_asked_for(small: Path, indices: list[int]) -> None:
    rows = MixDataset(str(small), columns=["row_id"])
    assert rows.__getitems__(indices) == [{"row_id": index % 16} for index in indices]


@pytest.mark.parametrize("index", [np.int64(4), np.uint8(4), -12, np.int32(-12)])
def test_numbers_of_numpy_and_from_the_end(small: Path, index: Any) -> None:
    assert MixDataset(str(small))[index]["row_id"] == 4


@pytest.mark.parametrize("index", [11, -12, np.int64(11)])
def test_a_row_that_is_not_there(small: Path, index: int) -> None:
    match = rf"row {index}: .* has 11 rows here; numbers go from 0 to 10, or from -11 to -1"
    with pytest.raises(IndexError, match=match):
        MixDataset(str(small), stage="b")[index]


def test_a_row_is_the_readers_own(small: Path) -> None:
    """What a trainer writes into a row is seen by no other reader, in one batch either."""
    rows = MixDataset(str(small))
    one, two = rows.__getitems__([6, 6])
    for name in ("input_ids", "seq_lengths", "target_mask", "position_ids"):
        one[name][:] = 0
    assert plain(two) == plain(rows[6]) == {**plain(one), **plain(rows[6])}
    assert two["input_ids"][0] == 48


def test_rows_can_be_collated_as_they_are(small: Path) -> None:
    rows = MixDataset(str(small))
    flat = flatten([rows[3], rows[4]])
    assert flat.labels.tolist()[:8] == [-100, 25, 26, 27, 28, -100, 30, 31]
    assert flat.labels.tolist()[8:] == [-100, 33, -100, 35, -100, -100, -100, 39]
    batch = collate_with_positions([rows[3]], attention="sdpa")
    assert batch["position_ids"][0].tolist() == [0, 1, 2, 90, 91, 0, 1, 2]


def test_in_order_each_row_group_is_decoded_once(small: Path, decoded: Counter[Any]) -> None:
    assert len(list(MixDataset(str(small)))) == 16
    assert decoded == {(0, 5): 1, (1, 5): 1, **{(group, 11): 1 for group in range(6)}}


def test_a_batch_decodes_a_row_group_once_and_no_other(small: Path, decoded: Counter[Any]) -> None:
    MixDataset(str(small)).__getitems__([15, 0, 14, 1, 15])
    assert decoded == {(0, 5): 1, (5, 11): 1}


def test_the_last_row_groups_are_kept_and_no_more(small: Path, decoded: Counter[Any]) -> None:
    rows = MixDataset(str(small), stage="b")
    firsts = [0, 2, 4, 5, 7]  # one row of each of the first row groups
    for at in [*firsts[:GROUPS_KEPT], *firsts[:GROUPS_KEPT]]:
        _ = rows[at]
    assert set(decoded.values()) == {1}
    _ = rows[firsts[GROUPS_KEPT]], rows[firsts[0]]
    assert decoded[0, 11] == 2


def test_threads_read_the_same_rows(small: Path) -> None:
    rows = MixDataset(str(small))
    asked = [int(at) for at in np.random.default_rng(0).integers(16, size=400)]
    with ThreadPoolExecutor(8) as pool:
        assert [row["row_id"] for row in pool.map(rows.__getitem__, asked)] == asked


def test_a_copy_for_another_process_takes_no_rows_along(small: Path) -> None:
    rows = MixDataset(str(small), stage="b")
    fresh = len(pickle.dumps(rows))
    expected = list(map(plain, rows))
    assert len(pickle.dumps(rows)) == fresh
    copy = pickle.loads(pickle.dumps(rows))  # noqa: S301 - our own bytes
    assert list(map(plain, copy)) == expected


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_data_loader_give_the_rows_in_order(small: Path, method: str) -> None:
    data = pytest.importorskip("torch.utils.data")
    rows = MixDataset(str(small))
    _ = rows[0]  # so that a forked worker begins with what is kept here
    loader = data.DataLoader(
        rows, batch_size=4, num_workers=2, multiprocessing_context=method, collate_fn=flatten
    )
    found = [flat.input_ids.tolist() for flat in loader]
    assert found == [list(range(first, first + 32)) for first in (0, 32, 64, 96)]


def test_transformers_batches_come_out_of_spawned_workers(mix: Path) -> None:
    data = pytest.importorskip("torch.utils.data")
    from pipelines.feed.collate import collate_for_transformers

    rows = MixDataset(str(mix), stage="long")
    loader = data.DataLoader(
        rows,
        batch_size=2,
        num_workers=2,
        multiprocessing_context="spawn",
        collate_fn=collate_for_transformers,
    )
    batches = list(loader)
    ids = [batch["input_ids"][0].tolist() for batch in batches]
    assert np.concatenate(ids).tolist() == [token for row in rows for token in row["input_ids"]]
    expected = collate_for_transformers([rows[0], rows[1]])
    assert batches[0]["labels"].tolist() == expected["labels"].tolist()
    assert batches[0]["cu_seq_lens_q"].tolist() == expected["cu_seq_lens_q"].tolist()


def test_the_trainer_of_transformers_takes_it(mix: Path, tmp_path: Path) -> None:
    """Its loss at each step is that of the model on the next row."""
    transformers, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")
    from pipelines.feed.collate import collate_for_transformers

    config = transformers.LlamaConfig(
        vocab_size=600,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
    )
    model = transformers.LlamaForCausalLM(config)
    rows = MixDataset(str(mix), stage="short")
    with torch.no_grad():
        expected = [float(model(**collate_for_transformers([rows[at]])).loss) for at in (0, 1)]
    args = transformers.TrainingArguments(
        output_dir=str(tmp_path),
        max_steps=2,
        per_device_train_batch_size=1,
        learning_rate=0.0,
        logging_steps=1,
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        use_cpu=True,
        report_to="none",
        save_strategy="no",
    )
    trainer = transformers.Trainer(
        model=model, args=args, train_dataset=rows, data_collator=collate_for_transformers
    )
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert losses == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_a_mix_at_a_uri(small: Path, scheme: str) -> None:
    uri = f"file://{small}"
    if scheme == "memory":
        uri = "memory://shelf/little"
        fsspec.filesystem("memory").put(f"{small}/", "/shelf/little/", recursive=True)
    rows = MixDataset(uri)
    assert [row["row_id"] for row in rows] == list(range(16))


def test_only_what_the_manifest_lists_is_read(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    (mix / "data/b/b-00001.parquet").write_bytes(b"no Parquet at all")
    assert len(list(MixDataset(str(mix)))) == 16


def test_a_folder_that_is_no_mix(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match=r"there is no manifest\.json.*build it first"):
        MixDataset(str(tmp_path))


def test_an_unknown_stage_is_answered_with_those_there_are(small: Path) -> None:
    with pytest.raises(RecipeError, match=r"stage='c': .* has the stages a, b; take one of these"):
        MixDataset(str(small), stage="c")


def test_an_unknown_column_is_answered_with_those_there_are(small: Path) -> None:
    with pytest.raises(RecipeError, match=r"columns=\['labels'\]: a row has input_ids, seq_len"):
        MixDataset(str(small), columns=["row_id", "labels"])


def test_a_missing_shard_is_named_at_once(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    (mix / "data/b/b-00000.parquet").unlink()
    match = r"are not there \(1, the first is data/b/b-00000\.parquet\); copy the whole mix"
    with pytest.raises(VerificationError, match=match):
        MixDataset(str(mix))
    assert len(MixDataset(str(mix), stage="a")) == 5


def test_a_shard_that_goes_away_later_is_named_too(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    rows = MixDataset(str(mix))
    (mix / "data/b/b-00000.parquet").unlink()
    assert rows[0]["row_id"] == 0
    with pytest.raises(VerificationError, match=r"the first is data/b/b-00000\.parquet"):
        _ = rows[5]


def test_a_shard_of_another_build_is_refused(tmp_path: Path) -> None:
    mix, other = little(tmp_path / "mix"), little(tmp_path / "other", "d2")
    shutil.copy(other / "data/b/b-00000.parquet", mix / "data/b/b-00000.parquet")
    rows = MixDataset(str(mix))
    assert rows[4]["row_id"] == 4
    match = r"b-00000\.parquet: its footer has mix_digest d2, manifest\.json has d1; the file is of"
    with pytest.raises(VerificationError, match=match):
        _ = rows[5]


def test_a_shard_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    shutil.copy(mix / "data/b/b-00000.parquet", mix / "data/a/a-00000.parquet")
    match = r"a-00000\.parquet: its footer has path data/b/b-00000\.parquet, manifest\.json has dat"
    with pytest.raises(VerificationError, match=match):
        _ = MixDataset(str(mix))[0]


def test_a_shard_with_rows_too_few_is_refused(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    manifest = (mix / "manifest.json").read_text()
    (mix / "manifest.json").write_text(manifest.replace('"rows": 11', '"rows": 12'))
    with pytest.raises(VerificationError, match=r"its footer has rows 11, manifest\.json has 12"):
        _ = MixDataset(str(mix))[15]


def test_a_parquet_file_of_another_program_is_refused(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    pq.write_table(pa.table({"input_ids": [[1]]}), mix / "data/a/a-00000.parquet")
    with pytest.raises(VerificationError, match="its footer has mix_digest None"):
        _ = MixDataset(str(mix))[0]


def test_a_cut_shard_is_told_in_a_sentence(tmp_path: Path) -> None:
    mix = little(tmp_path / "mix")
    path = mix / "data/a/a-00000.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(VerificationError, match=r"a-00000\.parquet: cannot be read .*verify says"):
        _ = MixDataset(str(mix))[0]


def test_a_damaged_row_group_spares_the_others(tmp_path: Path) -> None:
    """One flipped bit in the ids of the second row group; only rows that need it say so."""
    mix = little(tmp_path / "mix")
    path = mix / "data/a/a-00000.parquet"
    ids = pq.read_metadata(path).row_group(1).column(0)
    data = bytearray(path.read_bytes())
    data[ids.data_page_offset + ids.total_compressed_size - 1] ^= 1
    path.write_bytes(data)
    rows = MixDataset(str(mix))
    assert [rows[at]["row_id"] for at in (0, 1, 5, 15)] == [0, 1, 5, 15]
    for at in (2, 3, 4):
        with pytest.raises(VerificationError, match=r"a-00000\.parquet: cannot be read"):
            _ = rows[at]


LIGHT = """
import sys
from pipelines.feed.dataset import MixDataset
rows = MixDataset(sys.argv[1])
assert len([row["input_ids"] for row in rows]) == 16
print([name for name in ("torch", "ray", "tokenizers", "datasets") if name in sys.modules])
"""


def test_a_training_node_loads_nothing_heavy(small: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, str(small)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_the_columns_of_a_real_mix_are_there_when_asked_for(mix: Path) -> None:
    samples = open_mix(str(mix)).table("samples")
    row = MixDataset(str(mix), columns=["needles", "spans"])[samples["row_id"][0].as_py()]
    assert list(row) == ["needles", "spans"]
    assert samples["sample_id"][0].as_py() in {needle["sample_id"] for needle in row["needles"]}
    assert row["spans"][0]["start"] == 0
