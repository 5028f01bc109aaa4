"""The summary adds up to the manifest, and its depths to the needles."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.summary import summary_facts, summary_text
from pipelines.shards.mix import open_mix


@pytest.fixture(scope="module")
def facts(mix: Path) -> dict[str, Any]:
    return summary_facts(str(mix))


def test_depths_count_every_needle_once_in_its_tenth(mix: Path, facts: dict[str, Any]) -> None:
    opened = open_mix(str(mix))
    tenths = [0] * 10
    for shard in opened.manifest["shards"]:
        for needles in opened.read(shard["path"], ["needles"])["needles"].to_pylist():
            for needle in needles:
                tenths[int(10 * needle["depth"])] += 1
    assert sum(tenths) == facts["samples"] > 0
    (entry,) = facts["depths"]
    assert (entry["task"], entry["length"], entry["bins"]) == ("needle", 512, tenths)


def test_fill_is_what_is_not_padding(facts: dict[str, Any]) -> None:
    totals = facts["totals"]
    assert facts["fill"] == pytest.approx((totals["tokens"] - totals["pad"]) / totals["tokens"])


def test_rejected_documents_are_counted_by_reason(facts: dict[str, Any]) -> None:
    assert facts["documents"] == {"met": 7, "kept": 4}
    assert [line["reason"] for line in facts["rejected"]] == [
        "exact_duplicate",
        "short",
        "bad_utf8",
    ]


def test_every_kept_token_is_natural_haystack_or_unused(facts: dict[str, Any]) -> None:
    for line in facts["ledger"]:
        assert line["kept"] == line["natural"] + line["haystack"] + line["unused"]


def test_the_text_names_each_source_and_the_folder(mix: Path, facts: dict[str, Any]) -> None:
    text = summary_text(facts)
    assert text.startswith(f"tiny: {facts['totals']['rows']} rows, ")
    assert text.endswith(str(mix))
    for words in ("books", "notes", "task:needle", "documents: 7 met, 4 kept", "0- 10 %"):
        assert words in text


def test_without_samples_there_is_no_histogram(facts: dict[str, Any]) -> None:
    assert "depth of the evidence" not in summary_text({**facts, "depths": []})


def test_depths_are_shown_as_meant_and_as_found(facts: dict[str, Any]) -> None:
    planned = facts["planned_depths"]
    assert sum(planned["expected"]) == sum(planned["realised"]) == facts["samples"]
    assert "where depths were chosen, meant " in summary_text(facts)


def test_samples_that_were_left_out_are_told_with_a_reason(facts: dict[str, Any]) -> None:
    assert facts["unwoven"] == []
    lost = [{"task": "code", "samples": 3, "reason": "no function is defined once"}]
    text = summary_text({**facts, "unwoven": lost})
    assert "3 samples of code were left out; the first because no function is defined" in text


def test_the_accounting_of_the_manifest_is_shown(mix: Path, facts: dict[str, Any]) -> None:
    assert facts["accounting"] == open_mix(str(mix)).manifest["accounting"]
    assert "a token's segment has" in summary_text(facts)
    assert "a token's segment has" not in summary_text({**facts, "accounting": None})


def test_a_preset_is_shown_with_its_source(facts: dict[str, Any]) -> None:
    assert facts["preset"] is None
    preset = {"name": "theirs", "source": "them", "trade_off": "this and that"}
    assert "preset theirs: them\n  this and that" in summary_text({**facts, "preset": preset})


def test_targets_stand_beside_the_tokens_of_each_source(facts: dict[str, Any]) -> None:
    found = re.findall(r"([\d,]+) targets$", summary_text(facts), re.MULTILINE)
    assert len(found) == len(facts["totals"]["by_source"])
    assert sum(int(number.replace(",", "")) for number in found) == facts["totals"]["targets"]
