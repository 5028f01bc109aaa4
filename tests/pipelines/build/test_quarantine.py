"""One bad document must not cost its neighbours: it is found, tried twice and left out by name."""

from collections import Counter
from typing import Any

import pytest

from pipelines.build import quarantine
from pipelines.build.quarantine import Search
from pipelines.executors.local import Local
from pipelines.plan.inputs import prepare_units
from pipelines.plan.recipe import check_recipe
from schemas.errors import LongmixError
from schemas.recipe import Recipe
from schemas.unit import Item, Unit


def recipe_of(reader: str) -> Recipe:
    sources = {"books": {"reader": reader}}
    return check_recipe({"inputs": ".", "tokenizer": "train", "sources": sources}, "r.yaml")


class Reader:
    """Stands for PREPARE: fails on the documents named bad, as often as it is told to."""

    def __init__(
        self,
        documents: dict[str, int],
        *bad: tuple[str, int],
        times: int = 99,
        wall: int = 10**9,
    ) -> None:
        self.documents, self.wall = documents, wall
        self.bad = Counter(dict.fromkeys(bad, times))
        self.read: list[tuple[str, int]] = []

    def __call__(self, unit: Unit) -> dict[str, Any]:
        first, last = unit.description["documents"] or (0, 10**9)
        if unit.description["documents"] and max(first, last) > self.wall:
            raise ValueError("the reader stops here")
        found = [
            (item["uri"], number)
            for item in unit.description["items"]
            for number in range(first, min(last, self.documents[item["uri"]]))
        ]
        if len(found) > self.wall:
            raise ValueError("the reader stops here")
        for document in found:
            if self.bad[document] > 0:
                self.bad[document] -= 1
                raise ValueError(f"bad {document}")
        self.read += found
        return {"documents": len(found)}


def search(reader: str, work: Reader) -> tuple[Search, list[Any]]:
    recipe = recipe_of(reader)
    items = [
        Item(source="books", uri=uri, num_bytes=1, sha256=f"sha of {uri}") for uri in work.documents
    ]
    found = Search(recipe, Local(), work)
    return found, found.run(prepare_units(recipe, {"books": items}, "t"), lambda outcome: None)


def test_a_unit_without_fault_is_run_once() -> None:
    work = Reader({"a": 2, "b": 3})
    found, done = search("jsonl", work)
    assert len(done) == 1
    assert len(work.read) == 5
    assert found.quarantined == []


def test_a_bad_file_among_eight_is_left_out_and_the_others_are_read_once() -> None:
    work = Reader(dict.fromkeys("abcdefgh", 1), ("f", 0))
    found, _ = search("text", work)
    assert sorted(work.read) == [(name, 0) for name in "abcdegh"]
    (entry,) = found.quarantined
    assert (entry.doc_id, entry.uri) == ("books:f", "f")
    assert entry.reason.startswith("ValueError: bad ('f', 0)")


@pytest.mark.parametrize("bad", [(0,), (5,), (19,), (3, 4, 11), tuple(range(20))])
def test_bad_documents_of_a_table_are_left_out_by_number(bad: tuple[int, ...]) -> None:
    work = Reader({"a": 20}, *(("a", number) for number in bad))
    found, _ = search("jsonl", work)
    assert work.read == [("a", number) for number in range(20) if number not in bad]
    assert [entry.doc_id for entry in found.quarantined] == [f"books:a#{n}" for n in bad]


def test_where_the_reader_stops_the_rest_of_the_file_is_left_out_and_said() -> None:
    work = Reader({"a": 9}, wall=4)
    found, _ = search("jsonl", work)
    assert work.read == [("a", number) for number in range(4)]
    document, rest = found.quarantined
    assert document.doc_id == "books:a#4"
    assert (rest.doc_id, rest.uri) == (None, "a")
    assert rest.reason == "it cannot be read beyond document 4, and what follows is left out"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_fails_for_a_while_is_no_poison(times: int) -> None:
    """In its unit, in its window and once alone; the second time alone it is read and kept."""
    work = Reader({"a": 3}, ("a", 1), times=times)
    found, _ = search("jsonl", work)
    assert found.quarantined == []
    assert work.read == [("a", 0), ("a", 1), ("a", 2)]


def test_finished_units_come_in_the_order_of_their_inputs() -> None:
    work = Reader(dict.fromkeys("abcd", 1), ("a", 0), times=1)
    _, done = search("text", work)
    names = [item["uri"] for unit, _ in done for item in unit.description["items"]]
    assert names == ["a", "b", "c", "d"]


def test_too_many_bad_documents_are_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST", 2)
    work = Reader({"a": 9}, *(("a", number) for number in range(9)))
    with pytest.raises(LongmixError, match="more than 2 documents fail in PREPARE"):
        search("jsonl", work)
