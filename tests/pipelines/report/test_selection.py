"""Every document is counted once, and the examples show what a rule was right or wrong about."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.report.selection import documents_facts, selection_facts, selection_text
from schemas.document import DOCUMENTS

COLUMNS = pa.schema(
    [
        *DOCUMENTS,
        pa.field("x", pa.float64()),
        pa.field("zero", pa.float64()),
        pa.field("language", pa.string()),
        pa.field("unasked", pa.float64()),
    ]
)


def document(name: str, tokens: int, reason: str | None = None, **more: Any) -> dict[str, Any]:
    basis = {"doc_id": f"books:{name}", "source": "books", "kind": "book", "uri": name}
    basis |= {"num_bytes": 0, "num_chars": 0, "num_tokens": tokens, "sha256": name}
    return {**basis, "kept": reason is None, "reason": reason, **more}


def facts_of(*documents: dict[str, Any]) -> list[dict[str, Any]]:
    return selection_facts(pa.Table.from_pylist(list(documents), schema=COLUMNS))


@pytest.fixture
def books() -> dict[str, Any]:
    """Five books: two are kept, two say too much x, one is a copy."""
    low: dict[str, Any] = {"zero": 0.0, "language": "en"}
    (source,) = facts_of(
        document("a", 900, x=1.0, **low),
        document("b", 300, "high x", x=9.0, **low),
        document("c", 500, x=2.0, zero=0.0, language="fr"),
        document("d", 600, "high x", x=3.0, **low),
        document("e", 900, "exact_duplicate", sha256="a", x=1.0, **low),
    )
    return source


def test_every_document_is_in_one_verdict_and_kept_come_first(books: dict[str, Any]) -> None:
    assert [
        (entry["verdict"], entry["documents"], entry["tokens"]) for entry in books["verdicts"]
    ] == [("kept", 2, 1400), ("exact_duplicate", 1, 900), ("high x", 2, 900)]
    assert (books["documents"], books["tokens"]) == (5, 3200)


def test_examples_of_a_rule_rise_by_its_column(books: dict[str, Any]) -> None:
    """d has less of x than b: it stands next to the threshold, so it comes first."""
    assert books["verdicts"][2]["examples"] == [
        {"doc_id": "books:d", "tokens": 600, "x": 3.0},
        {"doc_id": "books:b", "tokens": 300, "x": 9.0},
    ]


def test_examples_of_the_others_rise_by_length_the_least_the_middle_the_greatest() -> None:
    sizes = {"e": 50, "a": 10, "d": 40, "b": 20, "c": 30}
    (source,) = facts_of(*(document(name, size) for name, size in sizes.items()))
    examples = source["verdicts"][0]["examples"]
    assert [example["doc_id"] for example in examples] == ["books:a", "books:c", "books:e"]


def test_a_copy_is_told_of_which_text(books: dict[str, Any]) -> None:
    (example,) = books["verdicts"][1]["examples"]
    assert example == {"doc_id": "books:e", "tokens": 900, "copy_of": "books:a"}


@pytest.mark.parametrize(
    ("reason", "column"),
    [("near_duplicate", "near_duplicate_of"), ("other language", "language")],
)
def test_what_a_reason_refers_to_is_shown(reason: str, column: str) -> None:
    (source,) = facts_of(document("a", 9, reason, **{column: "this"}))
    assert source["verdicts"][0]["examples"][0][column] == "this"


def test_reasons_of_one_kind_are_counted_together_and_shown_whole() -> None:
    (source,) = facts_of(
        document("a", 0, "bad_utf8 at byte 7"), document("b", 0, "bad_utf8 at byte 9")
    )
    (verdict,) = source["verdicts"]
    assert (verdict["verdict"], verdict["documents"]) == ("bad_utf8", 2)
    assert [example["reason"] for example in verdict["examples"]] == [
        "bad_utf8 at byte 7",
        "bad_utf8 at byte 9",
    ]


def test_lengths_are_counted_by_powers_of_two() -> None:
    (source,) = facts_of(
        *(document(str(n), n) for n in (1, 3, 4)),
        document("7", 7, "high x"),
        document("0", 0, "empty"),
    )
    assert source["lengths"] == [
        {"from": 1, "documents": 1, "kept": 1},
        {"from": 2, "documents": 1, "kept": 1},
        {"from": 4, "documents": 2, "kept": 1},
    ]


def test_scores_have_quantiles_of_all_and_of_the_kept(books: dict[str, Any]) -> None:
    assert books["scores"]["x"] == {"met": [1.0, 2.0, 7.8], "kept": [1.05, 1.5, 1.95]}
    assert "unasked" not in books["scores"]


def test_words_are_counted_met_and_kept(books: dict[str, Any]) -> None:
    assert books["words"] == {
        "language": [
            {"value": "en", "documents": 4, "kept": 1},
            {"value": "fr", "documents": 1, "kept": 1},
        ]
    }


def test_the_text_is_a_page_to_read(books: dict[str, Any]) -> None:
    lines = selection_text([books]).splitlines()
    assert [line.rstrip("█▏▎▍▌▋▊▉ ") for line in lines] == [
        "books (book): 5 documents met, 3,200 tokens",
        "  kept             2  1,400 tokens",
        "      books:c  500 tokens",
        "      books:a  900 tokens",
        "  exact_duplicate  1    900 tokens",
        "      books:e  900 tokens  copy_of books:a",
        "  high x           2    900 tokens",
        "      books:d  600 tokens              x 3",
        "      books:b  300 tokens              x 9",
        "  kept of met, by tokens from",
        "    256  1  of  2",
        "    512  1  of  3",
        "  quantiles  met 5%  50%  95%    kept 5%  50%   95%",
        "    x             1    2  7.8       1.05  1.5  1.95",
        "    0 nearly everywhere: zero",
        "  kept of met, by language",
        "    en  1  of  4",
        "    fr  1  of  1",
    ]


def test_many_words_are_cut_with_their_number() -> None:
    (source,) = facts_of(*(document(str(n), 9, language=f"l{n:02d}") for n in range(11)))
    assert selection_text([source]).splitlines()[-2:] == [
        "    l07  1  of  1",
        "    and 3 values more",
    ]


def test_a_long_name_is_shown_by_its_end() -> None:
    (source,) = facts_of(document("folder/" * 12 + "end.txt", 9))
    shown = selection_text([source]).splitlines()[2].split("  ")[3]
    assert len(shown) == 60
    assert (shown[0], shown[-15:]) == ("…", "/folder/end.txt")


def test_a_finished_mix_shows_the_documents_that_it_accounts_for(mix: Path) -> None:
    facts = documents_facts(str(mix))
    found = {source["source"]: source["verdicts"] for source in facts["sources"]}
    assert [(v["verdict"], v["documents"]) for v in found["books"]] == [
        ("kept", 2),
        ("exact_duplicate", 1),
        ("short", 1),
    ]
    assert [(v["verdict"], v["documents"]) for v in found["notes"]] == [
        ("kept", 2),
        ("bad_utf8", 1),
    ]


def test_no_documents_make_no_page() -> None:
    assert selection_text(facts_of()) == ""
