"""The checks of groups and those that go row by row say the same, of sound rows and broken ones.

Two programs that share no code but their words: each fault is put into one row of a group of sound
ones, and counts, rows, checks and sentences must be equal. Faults are written down, and drawn.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.checks import check_group, upload_group
from pipelines.verify.tensors.group import TensorGroup
from tests.pipelines.verify.tensors.made import (
    END,
    HOLE,
    LENGTH,
    START,
    VOCABULARY,
    Row,
    arrays_of,
    by_row,
    row,
    rules,
    table,
    told,
)

POSE = {"scheme": "pose", "chunks": 2, "form": "code", "mask_seams": True}
JUMP = [*range(10), *range(8), *range(3), 17, 18, 19]


def sound() -> list[Row]:
    return [
        row(0),
        row(1, (20, 4), mask=True),
        row(2, (10, 8, 6), positions=JUMP, mask=True),
        row(3, (9, 9, 6), pad=6, positions=[*range(9), *range(4), *range(7, 12), *range(6)]),
        row(4, (18, 6), pad=6, mask=True),
        row(5, (24,)),
    ]


FAULTS: dict[str, tuple[int, Callable[[Row], Any]]] = {
    "id out of vocabulary": (0, lambda r: r["input_ids"].__setitem__(3, VOCABULARY)),
    "id below zero": (1, lambda r: r["input_ids"].__setitem__(3, -1)),
    "id that the tokenizer skips": (1, lambda r: r["input_ids"].__setitem__(3, HOLE)),
    "one id too many": (2, lambda r: r["input_ids"].append(5)),
    "no segments": (0, lambda r: r["seq_lengths"].clear()),
    "segments sum to less": (0, lambda r: r["seq_lengths"].__setitem__(0, 9)),
    "empty segment": (1, lambda r: r["seq_lengths"].insert(1, 0)),
    "segment below zero": (1, lambda r: r["seq_lengths"].extend([-1, 1])),
    "mask too short": (1, lambda r: r["target_mask"].pop()),
    "positions too long": (2, lambda r: r["position_ids"].append(40)),
    "first token a target": (1, lambda r: r["target_mask"].__setitem__(20, True)),
    "padding a target": (4, lambda r: r["target_mask"].__setitem__(23, True)),
    "targets counted wrong": (0, lambda r: r.update(num_targets=7)),
    "targets of a mask counted wrong": (1, lambda r: r.update(num_targets=7)),
    "padding of another id": (4, lambda r: r["input_ids"].__setitem__(22, 5)),
    "less padding than there is": (4, lambda r: r.update(num_pad=5)),
    "padding without a segment": (0, lambda r: r.update(num_pad=3)),
    "all padding": (5, lambda r: r.update(num_pad=23)),
    "more padding than tokens": (4, lambda r: r.update(num_pad=24)),
    "padding below zero": (4, lambda r: r.update(num_pad=-1)),
    "attention cost": (0, lambda r: r.update(attn_cost=0)),
    "documents": (3, lambda r: r.update(num_docs=3)),
    "longest document": (0, lambda r: r.update(max_doc_len=24)),
    "another length": (0, lambda r: r.update(seq_len=12)),
    "another stage": (0, lambda r: r.update(stage="none")),
    "another mode": (0, lambda r: r.update(rope_mode="original")),
    "positions that only restart": (0, lambda r: r.update(position_ids=restart(r))),
    "positions that stand still": (2, lambda r: r["position_ids"].__setitem__(5, 4)),
    "positions below zero": (2, lambda r: r["position_ids"].__setitem__(0, -3)),
    "padding that counts from 1": (3, lambda r: r["position_ids"].__setitem__(18, 1)),
    "span too short": (0, lambda r: r["spans"][1].update(length=7)),
    "spans in another order": (0, lambda r: r["spans"].reverse()),
    "no spans": (1, lambda r: r["spans"].clear()),
    "span in another segment": (0, lambda r: r["spans"][0].update(segment=1)),
    "span in no segment": (0, lambda r: r["spans"][0].update(segment=-1)),
    "span over a boundary": (0, lambda r: r["spans"].pop() and r["spans"][1].update(length=14)),
    "span of no tokens": (0, lambda r: r["spans"].insert(1, {**r["spans"][1], "length": 0})),
    "end id inside text": (0, lambda r: r["input_ids"].__setitem__(4, END)),
    "start id inside text": (0, lambda r: r["input_ids"].__setitem__(4, START)),
    "two documents in a segment": (5, lambda r: r.update(spans=halves(r, "books:b", 0))),
    "one document that goes on": (5, lambda r: r.update(spans=halves(r, "books:5.0", 12))),
    "one document that jumps": (5, lambda r: r.update(spans=halves(r, "books:5.0", 40))),
}


def restart(r: Row) -> list[int]:
    return [k for length in r["seq_lengths"] for k in range(length)]


def halves(r: Row, doc_id: str, offset: int) -> list[Row]:
    span = r["spans"][0]
    second = {**span, "start": 12, "length": 12, "doc_id": doc_id, "doc_offset": offset}
    return [{**span, "length": 12}, second]


RECIPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "pose": {"positions": POSE, "pos_target_len": 20},
    "continue": {"fragment_positions": "continue", "pos_target_len": 30},
    "continue to the row's end": {"fragment_positions": "continue"},
    "start ids": {"bos": "document", "segment_multiple": 2},
    "start of rows": {"bos": "row", "eos": False, "boundaries": "related"},
    "an extra token": {"extra_token": True},
}


def agree(rows: list[Row], arrays: Arrays, **recipe: Any) -> set[str]:
    """Check rows both ways and compare; return the checks that failed."""
    found, known = table(rows), rules(**recipe)
    checked = check_group(TensorGroup.from_table(found), known, arrays)
    counts, defects = by_row(found, known)
    assert checked.counts == counts
    assert told(checked.breaches) == defects
    return {breach.check for breach in checked.breaches}


def test_sound_rows_have_no_breach(arrays: Arrays) -> None:
    rows = [sound()[k] for k in (0, 1, 4, 5)]
    assert agree(rows, arrays) == set()


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_fault_is_named_as_row_by_row(arrays: Arrays, recipe: str) -> None:
    for number, change in FAULTS.values():
        rows = sound()
        change(rows[number])
        agree(rows, arrays, **RECIPES[recipe])


@pytest.mark.parametrize("fault", FAULTS)
def test_no_written_fault_is_passed_over(fault: str) -> None:
    """Else the two could agree in silence."""
    rows, (number, change) = sound(), FAULTS[fault]
    before = agree([rows[number]], arrays_of("cpu"), positions=POSE, pos_target_len=20)
    change(rows[number])
    after = agree([rows[number]], arrays_of("cpu"), positions=POSE, pos_target_len=20)
    legal = {"one document that goes on", "positions that only restart"}
    assert after - before or fault in legal


def test_the_rest_of_a_group_goes_on(arrays: Arrays) -> None:
    rows = [row(k) for k in range(4)]
    rows[1]["input_ids"].append(5)
    rows[2]["spans"].clear()
    rows[3]["attn_cost"] = 0
    checked = check_group(TensorGroup.from_table(table(rows)), rules(), arrays)
    assert [(b.row, b.check) for b in checked.breaches] == [
        (1, "row.length"),
        (2, "row.spans"),
        (3, "row.attn_cost"),
    ]
    assert checked.sound.tolist() == [True, False, False, True]


def test_rows_of_a_scheme_are_left_to_the_host(arrays: Arrays) -> None:
    rows = [row(0, positions=JUMP), row(1, (20, 4), stage="mixed")]
    rows[1]["rope_mode"] = "original"
    known = rules(positions=POSE, pos_target_len=20)
    checked = check_group(TensorGroup.from_table(table(rows)), known, arrays)
    assert checked.drawn.tolist() == [True, False]
    assert {(b.row, b.check) for b in checked.breaches} == {(1, "row.window")}


def test_a_group_of_no_rows_and_one_of_no_sound_rows(arrays: Arrays) -> None:
    assert check_group(TensorGroup.from_table(table([])), rules(), arrays).counts == {}
    bad = row(0)
    bad["num_pad"] = -1
    checked = check_group(TensorGroup.from_table(table([bad])), rules(), arrays)
    assert [b.check for b in checked.breaches] == ["row.num_pad"]


def test_ids_are_sent_once(arrays: Arrays) -> None:
    group = TensorGroup.from_table(table(sound()))
    uploaded = upload_group(group, arrays)
    one, two = (
        check_group(group, rules(), arrays),
        check_group(group, rules(), arrays, uploaded=uploaded),
    )
    assert one.counts == two.counts


FIELDS = {
    "input_ids": st.integers(-1, VOCABULARY),
    "seq_lengths": st.integers(-1, 12),
    "target_mask": st.booleans(),
    "position_ids": st.integers(-1, 40),
}
SCALARS = ("seq_len", "num_docs", "max_doc_len", "num_targets", "num_pad", "attn_cost")
SPAN = {
    "segment": st.integers(-1, 3),
    "start": st.integers(0, 24),
    "length": st.integers(0, 24),
    "doc_offset": st.integers(0, 30),
    "epoch": st.integers(0, 1),
    "doc_id": st.sampled_from(["books:a", "needle/0"]),
}


@st.composite
def broken(draw: st.DrawFn) -> list[Row]:
    """Draw rows and change a few of their values."""
    rows = []
    for number in range(draw(st.integers(1, 3))):
        cuts = draw(st.sets(st.integers(1, LENGTH - 1), max_size=4))
        lengths = np.diff([0, *sorted(cuts), LENGTH]).tolist()
        pad = lengths[-1] if len(lengths) > 1 and draw(st.booleans()) else 0
        one = row(number, lengths, pad=pad, mask=draw(st.booleans()))
        if draw(st.booleans()):
            one["position_ids"] = [3 * k // 2 for k in restart(one)]
        one["stage"] = draw(st.sampled_from(["main", "mixed"]))
        one["rope_mode"] = draw(st.sampled_from(["rescaled", "original"]))
        rows.append(one)
    for _ in range(draw(st.integers(0, 3))):
        disturb(draw, draw(st.sampled_from(rows)))
    return rows


def disturb(draw: st.DrawFn, one: Row) -> None:
    kind = draw(st.sampled_from([*FIELDS, "scalar", "span", "size"]))
    if kind == "scalar":
        name = draw(st.sampled_from(SCALARS))
        one[name] += draw(st.integers(-2, 2))
    elif kind == "span" and one["spans"]:
        name = draw(st.sampled_from(sorted(SPAN)))
        draw(st.sampled_from(one["spans"]))[name] = draw(SPAN[name])
    elif kind == "size":
        name = draw(st.sampled_from(sorted(FIELDS)))
        if one[name]:
            draw(st.sampled_from([one[name].pop, lambda: one[name].append(one[name][-1])]))()
    elif kind in FIELDS and one[kind]:
        one[kind][draw(st.integers(0, len(one[kind]) - 1))] = draw(FIELDS[kind])


@pytest.mark.parametrize("name", ["cpu", "torch"])
@settings(max_examples=150, deadline=None)
@given(rows=broken(), recipe=st.sampled_from(sorted(RECIPES)))
def test_drawn_faults_are_named_as_row_by_row(name: str, rows: list[Row], recipe: str) -> None:
    agree(rows, arrays_of(name), **RECIPES[recipe])
