"""A mix is its files: what is missing, changed or added is named, and so is a digest that lies.

Storage loses bits, and people edit what they publish; a training run must not be the first to see.
"""

from typing import Any

import pytest

from pipelines.verify.files import check_shard_list
from pipelines.verify.findings import Findings
from tests.pipelines.verify.broken import Broken, Change, flip_a_bit


def test_flipped_bit_changes_the_sha256(mix: Broken) -> None:
    flip_a_bit(mix.shards[0])
    assert mix.failures() == {"files.sha256"}


def test_truncated_shard_has_too_few_bytes(mix: Broken) -> None:
    data = mix.shards[0].read_bytes()
    mix.shards[0].write_bytes(data[:-100])
    assert mix.failures() == {"files.bytes"}


def test_missing_shard_is_named(mix: Broken) -> None:
    mix.shards[0].unlink()
    assert mix.failures() == {"files.bytes", "card.configs"}


def test_file_that_nobody_lists_is_named(mix: Broken) -> None:
    (mix.path / "notes.txt").write_text("mine")
    assert mix.failures() == {"files.listed"}


def test_report_is_derived_and_needs_no_line_in_the_manifest(mix: Broken) -> None:
    (mix.path / "report.html").write_text("<p>")
    (mix.path / "reports").mkdir()
    (mix.path / "reports/depths.svg").write_text("<svg>")
    assert mix.failures() == set()


MANIFEST: list[tuple[str, Change, set[str]]] = [
    ("recipe", lambda m: m["recipe"].update(seed=7), {"digest.recipe"}),
    ("input", lambda m: m["inputs"][0].update(sha256="0" * 64), {"digest.mix"}),
    ("plan", lambda m: m.update(plan_digest="0" * 64), {"digest.mix"}),
    ("mix of another", lambda m: m.update(mix_digest="0" * 64), {"digest.mix", "shard.footer"}),
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
    ("strange kind", lambda m: m["files"][0].update(kind="x"), {"files.kind", "files.present"}),
]


def unlist(manifest: dict[str, Any], kind: str) -> None:
    manifest["files"] = [file for file in manifest["files"] if file["kind"] != kind]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in MANIFEST])
def test_manifest_that_does_not_fit_the_files_is_named(
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


def test_card_without_its_head_is_named(mix: Broken) -> None:
    (mix.path / "README.md").write_text("# small\n")
    mix.seal()
    assert mix.failures() == {"card.configs"}


def test_card_whose_default_is_no_stage_is_named(mix: Broken) -> None:
    card = mix.path / "README.md"
    card.write_text(card.read_text().replace("default: true", "default: false"))
    mix.seal()
    assert mix.failures() == {"card.default"}
