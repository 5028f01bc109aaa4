"""Natural text is the slice of its document's own encoding, and no pass uses a token twice."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.verify import documents
from tests.pipelines.verify.broken import (
    END,
    START,
    Breach,
    Breaches,
    Broken,
    Row,
    default_mask,
    has_sample,
    kept,
    natural,
    recount,
)
from tests.pipelines.verify.conftest import Variant

FRAGMENTS = Breaches()


def inner(row: Row) -> dict[str, Any]:
    """Return a span that holds neither end of its document."""
    for span in row["spans"]:
        last = row["input_ids"][span["start"] + span["length"] - 1]
        if span["doc_offset"] and last != END:
            return span
    pytest.fail("every span of this row holds an end of its document")


@FRAGMENTS.of("span.text")
def one_other_token(row: Row) -> None:
    row["input_ids"][20] = 77 if row["input_ids"][20] != 77 else 78


@FRAGMENTS.of("span.targets", "totals.targets")
def text_that_is_no_target(row: Row) -> None:
    row["target_mask"] = default_mask(row)
    row["target_mask"][100:110] = [False] * 10
    recount(row)


@FRAGMENTS.of("span.text", also=("span.overlap", "haystack.use"))
def offset_one_token_late(row: Row) -> None:
    inner(row)["doc_offset"] += 1


@FRAGMENTS.of("span.offsets")
def offset_before_the_document(row: Row) -> None:
    inner(row)["doc_offset"] = -1


def ends_of_documents(row: Row) -> list[int]:
    """Return where the end ids of natural documents stand."""
    ends = [
        span["start"] + span["length"] - 1
        for span in row["spans"]
        if not span["source"].startswith("task:")
    ]
    return [end for end in ends if row["input_ids"][end] == END]


@FRAGMENTS.of("span.offsets", row=ends_of_documents)
def document_without_its_end_id(row: Row) -> None:
    row["input_ids"][ends_of_documents(row)[0]] = 77


@FRAGMENTS.of("span.end")
def end_id_where_a_fragment_is_cut(row: Row) -> None:
    span = inner(row)
    row["input_ids"][span["start"] + span["length"] - 1] = END


@FRAGMENTS.of("span.min_fragment", "totals.targets", row=lambda row: len(row["spans"]) == 1)
def fragment_of_thirty_tokens(row: Row) -> None:
    (whole,) = row["spans"]
    rest = {"segment": 1, "start": 30, "length": 482, "doc_offset": whole["doc_offset"] + 30}
    row["spans"] = [{**whole, "length": 30}, {**whole, **rest}]
    row["seq_lengths"] = [30, 482]
    row["num_targets"] -= 1
    recount(row)


@FRAGMENTS.of("span.document")
def document_that_nobody_met(row: Row) -> None:
    row["spans"][0]["doc_id"] = "books:books/9.txt"


def begins_with_a_book(row: Row) -> bool:
    return row["spans"][0]["source"] == "books"


@FRAGMENTS.of("span.document", "totals.by_source", row=begins_with_a_book)
def document_of_another_source(row: Row) -> None:
    row["spans"][0]["source"] = "letters"


@pytest.mark.parametrize("breach", FRAGMENTS)
def test_fragment_that_breaks_a_rule_is_named_by_it_and_by_nothing_else(
    mix: Broken, breach: Breach
) -> None:
    mix.edit_rows(breach.row, breach.change)
    assert mix.failures() - breach.also == breach.checks


def test_start_id_that_is_missing_is_found(variant: Variant) -> None:
    mix = variant(bos="row", bos_id=START)

    def change(row: Row) -> None:
        row["input_ids"][0] = 77

    mix.edit_rows(lambda row: not has_sample(row), change)
    assert "span.start" in mix.failures()


def test_count_of_a_document_is_that_of_its_text(mix: Broken) -> None:
    mix.edit_table("documents", lambda lines: kept(lines).update(num_bytes=1))
    assert mix.failures() == {"document.counts"}


def test_rejected_document_may_not_stand_in_a_row(mix: Broken) -> None:
    mix.edit_table("documents", lambda lines: kept(lines).update(kept=False, reason="short"))
    assert {"span.document"} <= mix.failures() <= {"span.document", "haystack.range"}


def test_fragments_of_one_pass_do_not_overlap(mix: Broken) -> None:
    spans: list[dict[str, Any]] = []

    def remember(row: Row) -> bool:
        spans.extend(span for span in row["spans"] if span["source"] == "books")
        return natural(row) and len(spans) > len(row["spans"])

    mix.edit_rows(remember, lambda row: row["spans"][0].update(where_it_was(spans[0])))
    assert "span.overlap" in mix.failures()


def where_it_was(span: dict[str, Any]) -> dict[str, Any]:
    return {key: span[key] for key in ("doc_id", "doc_offset", "source")}


def test_whole_document_is_proved_by_its_sha256_where_the_store_is_gone(
    variant: Variant, tmp_path: Path
) -> None:
    mix = variant(tasks={})
    sizes = {line["doc_id"]: line["num_tokens"] for line in mix.lines("documents")}

    def is_whole(row: Row) -> bool:
        first = row["spans"][0]
        return first["doc_offset"] == 0 and first["length"] == sizes[first["doc_id"]] + 1

    def change(row: Row) -> None:
        row["input_ids"][3] = 77

    mix.edit_rows(is_whole, change)
    assert mix.failures(store=str(tmp_path / "nothing")) == {"span.text"}


class Counted:
    """Texts by their name, counting how often each is read."""

    def __init__(self) -> None:
        self.reads: list[str] = []

    def read(self, sha256: str) -> bytes:
        self.reads.append(sha256)
        return b"x" * 40


def test_texts_that_were_read_lately_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_RECENT", 100)
    store: Any = Counted()
    texts = documents.Texts(store)
    for name in "abacaab":
        assert texts.decoded({"sha256": name}) == "x" * 40
    assert store.reads == ["a", "b", "c", "b"]
    assert texts.decoded({"sha256": None}) is None
    assert texts.decoded(None) is None
