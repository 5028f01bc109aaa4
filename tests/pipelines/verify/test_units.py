"""Units do not depend on workers, and their results are added in their own order."""

import json
import pickle
from dataclasses import replace
from typing import Any

import pytest

from pipelines.executors import Outcome
from pipelines.verify import units
from pipelines.verify.documents import Place, Use
from pipelines.verify.known import Context, forget
from pipelines.verify.originals import Wanted
from pipelines.verify.tensors.overlaps import judge_sketches
from pipelines.verify.units import (
    checked_of,
    compared_of,
    document_units,
    in_order,
    row_units,
    verify_unit,
)
from schemas.errors import LongmixError
from schemas.unit import Unit
from tests.pipelines.verify.broken import Broken

USE = Use(
    epoch=1,
    start=5,
    stop=9,
    digest="ab",
    text=None,
    place=Place("a.parquet", 3, 13),
    at=6,
    span=5,
)
PIECE = {"doc_id": "a", "start": 10, "end": 40, "epoch": 0}


def wanted(name: str) -> Wanted:
    return Wanted(doc_id=name, uses=[USE], haystacks=[("needle/1", PIECE)])


def test_large_shards_are_split_and_small_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_BYTES", 100)
    shards = [(0, {"path": "a", "stage": "main"}), (7, {"path": "b", "stage": "main"})]
    found = row_units(shards, {"a": 100, "b": 250})
    told = [unit.description for unit in found]
    assert [(part["shard"], part["number"], part["parts"]) for part in told] == [
        ("a", 0, 1),
        ("b", 0, 3),
        ("b", 1, 3),
        ("b", 2, 3),
    ]
    assert [part["first_row"] for part in told] == [0, 7, 7, 7]
    assert [unit.index for unit in found] == [0, 1, 2, 3]
    json.dumps(told)


def test_documents_are_grouped_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_TEXT_BYTES", 10)
    sizes = [4, 6, 1, 99, 0, 3]
    found = document_units((wanted(str(k)), size) for k, size in enumerate(sizes))
    names = [[entry[0] for entry in unit.description["documents"]] for unit in found]
    assert names == [["0", "1"], ["2"], ["3"], ["4", "5"]]


def test_document_comes_out_of_its_unit_as_it_went_in() -> None:
    (unit,) = document_units([(wanted("a"), 1)])
    (packed,) = json.loads(json.dumps(unit.description["documents"]))
    assert units._unpacked(packed) == wanted("a")


def outcome(index: int, **result: Any) -> Outcome:
    return Outcome(unit=Unit(phase="rows", index=index, description={}), result=result)


def test_results_are_yielded_in_order_and_as_early_as_they_can_be() -> None:
    came: list[int] = []

    def coming() -> Any:
        for index in (2, 0, 1, 4, 3):
            came.append(index)
            yield outcome(index, value=index)

    seen = [(unit.index, len(came)) for unit, _ in in_order(coming())]
    assert seen == [(0, 2), (1, 3), (2, 3), (3, 5), (4, 5)]


def test_unit_without_a_result_ends_with_a_sentence_that_names_it() -> None:
    told = {"shard": "a.parquet", "number": 1, "parts": 3}
    failed = Outcome(unit=Unit(phase="rows", index=0, description=told), error="ValueError: no")
    with pytest.raises(LongmixError, match=r"part 2 of 3 of a\.parquet .*: ValueError: no"):
        list(in_order([failed]))
    (unit,) = document_units([(wanted("books:a"), 1)])
    with pytest.raises(LongmixError, match="the documents from 'books:a' on"):
        list(in_order([Outcome(unit=unit, error="its worker died")]))


def test_results_survive_the_way_between_processes(mix: Broken) -> None:
    context = Context(mix=str(mix.path), store=mix.store)
    shard = mix.manifest["shards"][0]
    (rows,) = row_units([(0, shard)], {shard["path"]: 1})
    result = verify_unit(context, rows)
    assert result["tokens"] == shard["tokens"]
    checked = checked_of(pickle.loads(pickle.dumps(result)))  # noqa: S301 - our own
    sent = checked_of(result)
    assert judge_sketches(checked.sketches) == judge_sketches(sent.sketches)
    assert replace(checked, sketches=[]) == replace(sent, sketches=[])
    lines = {line["doc_id"]: line for line in mix.lines("documents")}
    found = document_units(
        (Wanted(doc_id=name, uses=uses, haystacks=[]), lines[name]["num_bytes"])
        for name, uses in checked.uses.items()
    )
    compared = [compared_of(verify_unit(context, unit)) for unit in found]
    assert sum(one.proved for one in compared) == len(checked.uses)
    assert all(one.findings.failed == {} for one in compared)
    forget()
