"""Every document that was met stands in the table with its verdict; none is dropped in silence."""

import pyarrow as pa

from pipelines.plan.documents import Quarantined, judge
from tests.pipelines.plan.corpora import documents_of, recipe_of, sha256_of, unit_of

SOURCES = {"books": {"min_tokens": 10, "kind": "book"}, "notes": {}}


def line(name: str, tokens: int, text: str) -> dict[str, object]:
    return {"doc_id": name, "num_tokens": tokens, "sha256": sha256_of(text)}


def test_each_verdict_has_its_reason() -> None:
    books = unit_of(
        "books",
        line("books:long", 99, "one"),
        line("books:short", 9, "two"),
        line("books:twin", 99, "one"),
        {"doc_id": "books:bad", "reason": "bad_utf8 at byte 4"},
    )
    notes = unit_of("notes", line("notes:short", 9, "two"), line("notes:twin", 99, "one"))
    lost = Quarantined(source="notes", uri="b.gz", doc_id="notes:b.gz", reason="cut")
    found = judge(recipe_of(sources=SOURCES), [books, notes], [lost])
    shown = found.table.select(["doc_id", "kind", "kept", "reason"]).to_pylist()
    assert [tuple(entry.values()) for entry in shown] == [
        ("books:long", "book", True, None),
        ("books:short", "book", False, "short"),
        ("books:twin", "book", False, "exact_duplicate"),
        ("books:bad", "book", False, "bad_utf8 at byte 4"),
        # The same text as books:short: that one was rejected, so this is no duplicate.
        ("notes:short", "page", True, None),
        ("notes:twin", "page", False, "exact_duplicate"),
        ("notes:b.gz", "page", False, "quarantined"),
    ]
    assert found.kept.tolist() == [0, 4]
    assert found.reasons()["books", "short"] == 1
    assert found.places == ("prepare/books", "prepare/notes")


def test_draw_sees_the_kept_documents_alone() -> None:
    recipe = recipe_of(sources=SOURCES)
    books = unit_of("books", line("books:a", 9, "one"), line("books:b", 50, "two"))
    notes = unit_of("notes", line("notes:c", 7, "three"))
    corpus = judge(recipe, [books, notes], []).corpus
    assert corpus.num_tokens.tolist() == [50, 7]
    assert corpus.source.tolist() == [0, 1]
    assert corpus.sources == ("books", "notes")
    assert corpus.key.tolist() == [int(sha256_of(text)[:16], 16) for text in ("two", "three")]


def test_a_corpus_of_which_nothing_is_kept_is_empty() -> None:
    found = documents_of(recipe_of(sources={"books": {"min_tokens": 10}}), a=3)
    assert found.kept.tolist() == []
    assert len(found.corpus.num_tokens) == 0


def test_the_manifest_names_a_document_or_else_the_file() -> None:
    whole = Quarantined(source="books", uri="a.gz", reason="cut")
    assert whole.as_json() == {"uri": "a.gz", "reason": "cut"}
    one = Quarantined(source="books", uri="a", reason="crash", doc_id="books:a#3")
    assert one.as_json() == {"doc_id": "books:a#3", "reason": "crash"}


def test_terms_are_kept_for_the_packer_that_asks_for_them_and_never_published() -> None:
    unit, place, table = unit_of("books", line("books:a", 9, "one"))
    table = table.append_column("topics", pa.array([b"terms"], pa.binary()))
    asked, plain = (
        judge(recipe_of(packer=packer), [(unit, place, table)], [])
        for packer in ("related", "best_fit")
    )
    assert asked.table["topics"].to_pylist() == [b"terms"]
    assert "topics" not in asked.columns
    assert "topics" not in plain.table.column_names
    assert "minhash" not in asked.table.column_names
