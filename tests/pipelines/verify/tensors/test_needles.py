"""Needles of a group, held against those that are checked one by one, on a mix as it is built."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generators.tokens.load import load_tokenizer
from pipelines.verify import needles as one_by_one
from pipelines.verify.findings import Findings
from pipelines.verify.rows import read_rows
from pipelines.verify.samples import placed_samples
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.needles import check_needles, placed_of
from schemas.row import ROWS
from tests.pipelines.verify.tensors.made import Row, Table, rules, table, with_sample

SAME = {
    f"needle.{name}"
    for name in ("order", "role", "answer_place", "depth", "distance", "target", "overlap")
}
NEEDLE: dict[str, Any] = {"evidence": (4, 8), "question": (14, 16), "answer": (18, 20)}
IDS = [*range(1, 22), 99]


def expected(needle: Row, **line: Any) -> list[tuple[str, str]]:
    one, said = with_sample(IDS, [needle])
    group = TensorGroup.from_table(table([one]))
    placed = placed_of(group, rules(), Table({"needle/0": {**said, **line}}))
    checked = check_needles(group, placed)
    assert {breach.place for breach in checked.breaches} <= {" sample needle/0"}
    return [(breach.check, breach.expected) for breach in checked.breaches]


def test_depth_and_distance_by_eye() -> None:
    """Evidence from token 4 of a context of 14; ten tokens from its end to the answer."""
    assert expected(NEEDLE) == []
    wrong = {**NEEDLE, "depth": 0.3, "distance": 11}
    assert expected(wrong) == [
        ("needle.depth", "0.28571, found 0.30000"),
        ("needle.distance", "10, found 11"),
    ]


def test_a_question_that_comes_first_ends_no_context() -> None:
    first = {"evidence": (6, 8), "question": (1, 4), "answer": (18, 20), "depth": 6 / 18}
    assert expected({**first, "target_depth": 6 / 18}, question="first") == []
    assert [name for name, _ in expected(first)] == ["needle.order"]


def test_evidence_behind_the_answer() -> None:
    assert [name for name, _ in expected({**NEEDLE, "evidence": (20, 21)})] == ["needle.order"]


def test_what_was_planted_has_a_target_and_what_was_not_has_none() -> None:
    bare = {**NEEDLE, "target_depth": None}
    assert expected(bare) == [("needle.target", "a target of what was planted")]
    assert expected({**bare, "role": "natural"}) == []
    assert expected(bare, depth_kind="spread") == []
    assert expected({**NEEDLE, "target_depth": 1.5}) == [
        ("needle.target", "depth 1.5000, found 0.2857")
    ]


def test_a_target_is_met_within_64_tokens_and_half_a_token_of_rounding() -> None:
    """In a context of 200: one per cent of it is 2."""
    ids = [*[1] * 207, 99]
    for shift, met in ((-64.4, True), (64.4, True), (-64.6, False), (64.6, False)):
        needle = {"evidence": (100, 102), "question": (200, 202), "answer": (204, 206)}
        target = (100 + shift) / 200
        one, line = with_sample(ids, [{**needle, "target_depth": target}])
        group = TensorGroup.from_table(table([one]))
        checked = check_needles(group, placed_of(group, rules(), Table({"needle/0": line})))
        assert [b.check for b in checked.breaches] == ["needle.target"] * (not met)


def test_pieces_of_evidence_share_no_token() -> None:
    for second, shared in (((7, 9), True), ((8, 9), False)):
        one, line = with_sample(IDS, [NEEDLE, {**NEEDLE, "evidence": second}])
        group = TensorGroup.from_table(table([one]))
        checked = check_needles(group, placed_of(group, rules(), Table({"needle/0": line})))
        assert [b.check for b in checked.breaches] == ["needle.overlap"] * shared


def test_a_sample_in_another_place_than_its_line_says_is_not_placed() -> None:
    one, line = with_sample(IDS, [NEEDLE])
    group = TensorGroup.from_table(table([one]))
    assert len(placed_of(group, rules(), Table({"needle/0": line})).lines) == 1
    for change in ({"segment": 1}, {"row_id": 4}, {"task": "joins"}, {"answer_end": 22}):
        assert placed_of(group, rules(), Table({"needle/0": {**line, **change}})).lines == []
    assert placed_of(group, rules(), Table({})).lines == []


def test_a_needle_of_a_row_without_samples_belongs_to_none() -> None:
    one, line = with_sample(IDS, [{**NEEDLE, "segment": -1}])
    group = TensorGroup.from_table(table([one]))
    placed = placed_of(group, rules(), Table({"needle/0": line}))
    assert len(placed.needles) == 0
    assert check_needles(group, placed).counts == {"needle.overlap": 1}


def test_rows_keep_their_numbers() -> None:
    one, line = with_sample(IDS, [{**NEEDLE, "distance": 0}])
    group = TensorGroup.from_table(table([one]))
    placed = placed_of(group, rules(), Table({"needle/0": line}))
    checked = check_needles(group, placed, numbers=np.array([17]))
    assert [b.row for b in checked.breaches] == [17]


@pytest.fixture(scope="module")
def built(sound: Path) -> tuple[list[Row], dict[str, Row], Any]:
    """The rows with samples of the built mix, its samples table, and its tokenizer."""
    shards = json.loads((sound / "manifest.json").read_text())["shards"]
    rows = [row for shard in shards for row in pq.read_table(sound / shard["path"]).to_pylist()]
    lines = {line["sample_id"]: line for line in pq.read_table(sound / "samples").to_pylist()}
    tokenizer = load_tokenizer((sound / "tokenizer/tokenizer.json").read_bytes())
    return [row for row in rows if row["needles"]], lines, tokenizer


def both(rows: list[Row], lines: dict[str, Row], tokenizer: Any) -> tuple[Any, Any]:
    """Return counts and breaches of a group, and those one by one."""
    found, known = pa.Table.from_pylist(rows, schema=ROWS), rules()
    findings = Findings()
    for one in read_rows(found, "", 0):
        for placed in placed_samples(one, lines, Findings()):
            line = placed.line
            if placed.start < line["answer_start"] < line["answer_end"] <= placed.stop - 1:
                one_by_one.check_needles(placed, tokenizer, findings)
    group = TensorGroup.from_table(found)
    checked = check_needles(group, placed_of(group, known, Table(lines)))
    counts = {name: n for name, n in findings.checked.items() if name in SAME}
    defects = [d for d in findings.defects if d["check"] in SAME]
    mine = sorted((f" row {b.row}{b.place}", b.check, b.expected) for b in checked.breaches)
    theirs = sorted((d["where"], d["check"], d["expected"]) for d in defects)
    return (checked.counts, mine), (counts, theirs)


def test_sound_samples_have_no_breach(built: Any) -> None:
    mine, theirs = both(*built)
    assert mine == theirs
    assert mine[1] == []
    assert set(mine[0]) == SAME


FIELDS = [
    f"{name}_{side}" for name in ("evidence", "question", "answer") for side in ("start", "end")
]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_drawn_faults_are_named_as_one_by_one(built: Any, data: st.DataObject) -> None:
    rows, lines, tokenizer = built
    some = [
        rows[k] for k in data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1, max_size=3))
    ]
    for _ in range(data.draw(st.integers(0, 3))):
        number = data.draw(st.integers(0, len(some) - 1))
        needles = [{**needle} for needle in some[number]["needles"]]
        needle = data.draw(st.sampled_from(needles))
        field = data.draw(st.sampled_from([*FIELDS, "distance", "depth", "target_depth", "role"]))
        if field == "role":
            needle["role"] = data.draw(st.sampled_from(["planted", "natural", "other"]))
        elif field in ("depth", "target_depth"):
            needle[field] = data.draw(st.sampled_from([0.0, 0.5, 1.0, 2.0]))
        else:
            needle[field] += data.draw(st.integers(-3, 3))
        some[number] = {**some[number], "needles": needles}
    mine, theirs = both(some, lines, tokenizer)
    assert mine == theirs
