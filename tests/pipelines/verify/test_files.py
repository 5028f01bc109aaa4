"""A mix is its files: what is missing, changed, added or written in another way is named.

Storage loses bits, and people edit what they publish; a training run must not be the first to see.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.verify.files import check_shard_list
from pipelines.verify.findings import Findings
from pipelines.verify.shards import has_checksum
from schemas.errors import IdentityError, RecipeError
from tests.pipelines.verify.broken import Broken

Change = Callable[[dict[str, Any]], Any]


def test_sound_mix_passes_every_check(mix: Broken) -> None:
    verdict = mix.verdict()
    assert verdict["passed"]
    assert verdict["defects"] == []
    assert verdict["rows"] == mix.manifest["totals"]["rows"]


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def page_of_ids(path: Path) -> int:
    """Return a byte in the middle of the first page of ids."""
    chunk = pq.read_metadata(path).row_group(0).column(0)
    return int(chunk.data_page_offset + chunk.total_compressed_size // 2)


def test_flipped_bit_changes_the_sha256(mix: Broken) -> None:
    flip(mix.shards[0], page_of_ids(mix.shards[0]))
    assert mix.failures() == {"files.sha256"}


def test_flipped_bit_that_the_manifest_agrees_to_breaks_a_page_checksum(mix: Broken) -> None:
    flip(mix.shards[0], page_of_ids(mix.shards[0]))
    mix.seal()
    assert mix.failures() == {"shard.pages"}


def test_truncated_shard_has_too_few_bytes(mix: Broken) -> None:
    data = mix.shards[0].read_bytes()
    mix.shards[0].write_bytes(data[:-100])
    assert mix.failures() == {"files.bytes"}


def test_truncated_shard_that_the_manifest_agrees_to_is_no_parquet_file(mix: Broken) -> None:
    data = mix.shards[0].read_bytes()
    mix.shards[0].write_bytes(data[:-100])
    mix.seal()
    assert mix.failures() == {"shard.readable"}


@pytest.mark.parametrize("kind", ["documents", "samples"])
def test_truncated_table_that_the_manifest_agrees_to_is_named(mix: Broken, kind: str) -> None:
    path = mix.path / kind / f"{kind}-00000.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    mix.seal()
    assert mix.failures() == {"files.readable"}


def test_missing_shard_is_named(mix: Broken) -> None:
    mix.shards[0].unlink()
    assert mix.failures() == {"files.bytes", "card.configs"}


def test_missing_table_ends_the_checks_that_need_it(mix: Broken) -> None:
    (mix.path / "samples/samples-00000.parquet").unlink()
    assert {"files.bytes", "files.readable"} <= mix.failures()


def test_file_that_nobody_lists_is_named(mix: Broken) -> None:
    (mix.path / "notes.txt").write_text("mine")
    assert mix.failures() == {"files.listed"}


def test_report_is_derived_and_needs_no_line_in_the_manifest(mix: Broken) -> None:
    (mix.path / "report.html").write_text("<p>")
    (mix.path / "reports").mkdir()
    (mix.path / "reports/depths.svg").write_text("<svg>")
    assert mix.failures() == set()


MANIFEST: list[tuple[str, Change, set[str]]] = [
    ("rows", lambda m: m["totals"].update(rows=1), {"totals.rows"}),
    ("tokens", lambda m: m["totals"].update(tokens=1), {"totals.tokens"}),
    ("targets", lambda m: m["totals"].update(targets=1), {"totals.targets"}),
    ("pad", lambda m: m["totals"].update(pad=1), {"totals.pad"}),
    ("by source", lambda m: m["totals"]["by_source"].update(books=1), {"totals.by_source"}),
    ("by task", lambda m: m["totals"].update(by_task={}), {"totals.by_task"}),
    ("by stage", lambda m: m["totals"].update(by_stage={}), {"totals.by_stage"}),
    ("recipe", lambda m: m["recipe"].update(seed=7), {"digest.recipe"}),
    ("input", lambda m: m["inputs"][0].update(sha256="0" * 64), {"digest.mix"}),
    ("plan", lambda m: m.update(plan_digest="0" * 64), {"digest.mix"}),
    ("mix of another", lambda m: m.update(mix_digest="0" * 64), {"digest.mix", "shard.footer"}),
    ("schema", lambda m: m.update(schema="longmix.manifest/0"), {"manifest.schema"}),
    ("no totals", lambda m: m.pop("totals"), {"manifest.keys"}),
    ("no engine", lambda m: m["tokenizer"].pop("engine"), {"manifest.keys"}),
    ("path", lambda m: m["inputs"][0].update(uri="/data/books/0.txt"), {"manifest.portable"}),
    ("windows", lambda m: m["inputs"][0].update(uri="C:\\books\\0.txt"), {"manifest.portable"}),
    ("vocabulary", lambda m: m["tokenizer"].update(vocab_size=1), {"tokenizer.vocab_size"}),
    ("end id", lambda m: m["tokenizer"].update(eos_id=9999), {"tokenizer.ids"}),
    ("no end id", lambda m: m["tokenizer"].update(eos_id=None), {"tokenizer.ids"}),
    (
        "tokenizer of another",
        lambda m: m["tokenizer"].update(sha256="0" * 64),
        {"tokenizer.sha256", "digest.mix", "shard.footer"},
    ),
    ("tokens of a shard", lambda m: m["shards"][0].update(tokens=1), {"shard.tokens"}),
    ("file twice", lambda m: m["files"].append(m["files"][0]), {"files.once"}),
    (
        "manifest listed",
        lambda m: m["files"].append({**m["files"][0], "path": "report.html"}),
        {"files.path", "files.bytes"},
    ),
    ("no card", lambda m: unlist(m, "card"), {"files.present", "files.listed"}),
]


def unlist(manifest: dict[str, Any], kind: str) -> None:
    manifest["files"] = [file for file in manifest["files"] if file["kind"] != kind]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in MANIFEST])
def test_manifest_that_says_something_else_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_manifest(change)
    assert mix.failures() == checks


def test_shard_that_the_manifest_forgets_is_missed_by_every_total(mix: Broken) -> None:
    mix.edit_manifest(lambda manifest: manifest["shards"].pop())
    assert {"shard.listed", "card.configs", "totals.rows", "totals.tokens"} <= mix.failures()


def test_content_digest_is_that_of_the_listed_files(mix: Broken) -> None:
    mix.edit_manifest(lambda m: m.update(content_digest="0" * 64), seal=False)
    assert mix.failures() == {"digest.content"}


def test_shard_of_another_mix_is_known_by_its_footer(mix: Broken) -> None:
    rows = pq.read_table(mix.shards[0]).to_pylist()
    mix.write_rows(mix.shards[0], rows, mix_digest="0" * 64)
    assert mix.failures() == {"shard.footer"}


def test_shards_that_changed_places_are_known_by_their_footers(mix: Broken) -> None:
    first, second = mix.shards[:2]
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)
    mix.seal()
    assert {"shard.footer", "row.row_id"} <= mix.failures()


def write_table(mix: Broken, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Write the first shard again with other options of the Parquet writer."""
    source = pq.ParquetFile(mix.shards[0])
    table = change(source.read())
    footer = source.schema_arrow.metadata
    good = {
        "compression": "zstd",
        "use_dictionary": False,
        "column_encoding": {
            "input_ids.list.element": "PLAIN",
            "position_ids.list.element": "DELTA_BINARY_PACKED",
        },
        "write_page_checksum": True,
        "write_page_index": True,
    }
    source.close()
    pq.write_table(table.replace_schema_metadata(footer), mix.shards[0], **{**good, **options})
    mix.seal()


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"compression": "snappy"}, "shard.codec"),
        ({"use_dictionary": ["input_ids"], "column_encoding": None}, "shard.encodings"),
        ({"column_encoding": {"input_ids.list.element": "PLAIN"}}, "shard.encodings"),
        ({"write_page_checksum": False}, "shard.page_checksums"),
        ({"write_page_index": False}, "shard.page_index"),
        ({"row_group_size": 1}, None),
        ({"row_group_size": 4}, "shard.row_groups"),
    ],
)
def test_shard_written_in_another_way_is_named(
    mix: Broken, options: dict[str, Any], check: str | None
) -> None:
    write_table(mix, lambda table: table, **options)
    assert mix.failures() == ({check} if check else set())


def test_shard_with_another_column_is_not_read_further(mix: Broken) -> None:
    write_table(mix, lambda table: table.append_column("labels", table["input_ids"]))
    assert mix.failures() == {"shard.schema"}


@pytest.mark.parametrize("kind", ["document", "sample"])
def test_table_without_one_of_its_columns_is_not_read_further(mix: Broken, kind: str) -> None:
    path = mix.path / f"{kind}s/{kind}s-00000.parquet"
    pq.write_table(pq.read_table(path).drop_columns([pq.read_schema(path).names[-1]]), path)
    mix.seal()
    assert mix.failures() == {f"{kind}.schema"}


def shards_of(*shards: tuple[str, str, int]) -> dict[str, Any]:
    """Return as much of a manifest as its list of shards is compared with: 4 rows a full shard."""
    listed = [{"stage": s, "path": p, "rows": n, "tokens": n * 512} for s, p, n in shards]
    stages = [{"name": "short", "seq_len": 512}, {"name": "long", "seq_len": 512}]
    return {
        "recipe": {"extra_token": False, "shard_tokens": 2048, "stages": stages},
        "files": [{"kind": "data", "path": shard["path"]} for shard in listed],
        "shards": listed,
    }


@pytest.mark.parametrize(
    ("shards", "failed"),
    [
        ([("short", 0, 4), ("short", 1, 3), ("long", 0, 4)], set()),
        ([("short", 0, 3), ("short", 1, 4)], {"shard.size"}),
        ([("short", 0, 5)], {"shard.size"}),
        ([("short", 1, 4)], {"shard.path"}),
        ([("long", 0, 4), ("short", 0, 4)], {"shard.order"}),
        ([("other", 0, 4)], {"shard.order", "shard.stage"}),
    ],
)
def test_shards_are_full_numbered_and_in_the_order_of_the_stages(
    shards: list[tuple[str, int, int]], failed: set[str]
) -> None:
    findings = Findings()
    listed = [(stage, f"data/{stage}/{stage}-{n:05d}.parquet", rows) for stage, n, rows in shards]
    check_shard_list(shards_of(*listed), findings)
    assert set(findings.failed) == failed


def test_padding_before_the_last_row_is_told_and_is_no_defect(mix: Broken) -> None:
    path = mix.shards[-1]
    rows = pq.read_table(path).to_pylist()
    first = rows[0]["row_id"]
    rows = [{**row, "row_id": first + k} for k, row in enumerate([rows[-1], *rows[1:-1], rows[0]])]
    mix.write_rows(path, rows)
    padding = next(e for e in mix.verdict()["checks"] if e["check"] == "mix.padding")
    assert padding["warned"] == 1
    assert padding["note"].startswith("padding in 1 rows")


def test_shard_with_a_row_less_than_the_manifest_says_is_named(mix: Broken) -> None:
    rows = pq.read_table(mix.shards[-1]).to_pylist()
    mix.write_rows(mix.shards[-1], rows[:-1])
    assert mix.failures() == {"shard.rows"}


def test_card_without_its_head_is_named(mix: Broken) -> None:
    (mix.path / "README.md").write_text("# small\n")
    mix.seal()
    assert mix.failures() == {"card.configs"}


def test_card_whose_default_is_no_stage_is_named(mix: Broken) -> None:
    card = mix.path / "README.md"
    card.write_text(card.read_text().replace("default: true", "default: false"))
    mix.seal()
    assert mix.failures() == {"card.default"}


def test_damage_to_a_shard_is_missed_by_a_sample_that_leaves_it_out(mix: Broken) -> None:
    rows = pq.read_table(mix.shards[1]).to_pylist()
    rows[0]["attn_cost"] = 0
    mix.write_rows(mix.shards[1], rows)
    assert mix.failures(share=0.01) == set()
    assert mix.failures(share=1.0) == {"row.attn_cost"}


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_share_of_nothing_or_more_than_all_is_refused(mix: Broken, share: float) -> None:
    with pytest.raises(RecipeError, match="a share is above 0 and at most 1"):
        mix.verdict(share=share)


def test_folder_without_a_manifest_is_no_mix(mix: Broken) -> None:
    (mix.path / "manifest.json").unlink()
    with pytest.raises(IdentityError, match=r"no manifest\.json"):
        mix.verdict()


def test_page_header_has_a_checksum_when_its_fourth_field_is_one_more_number() -> None:
    with_crc = bytes.fromhex("1500 15d8828001 15bcf832 15f1c7f9970f 1c")
    without = bytes.fromhex("1500 15d8828001 15bcf832 2c")
    assert has_checksum(with_crc)
    assert not has_checksum(without)


def test_verdict_is_json(mix: Broken) -> None:
    assert json.loads(json.dumps(mix.verdict())) == mix.verdict()
