"""Natural text is the slice of its document's own encoding, and every document is accounted for."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pipelines.verify.broken import Broken, Row, natural

Change = Callable[[dict[str, Any]], Any]


def kept(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(line for line in lines if line["kept"])


def twin(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(line for line in lines if line["reason"] == "exact_duplicate")


LINES: list[tuple[str, Any, Change, set[str]]] = [
    ("kept, and why not", kept, lambda d: d.update(reason="short"), {"document.reason"}),
    ("rejected, and why?", twin, lambda d: d.update(reason=None), {"document.reason"}),
    ("both twins", twin, lambda d: d.update(kept=True, reason=None), {"document.duplicate"}),
    ("another name", twin, lambda d: d.update(doc_id="letters:x"), {"document.doc_id"}),
    ("absolute", twin, lambda d: d.update(uri="/x", doc_id="letters:/x"), {"document.doc_id"}),
    ("kind", twin, lambda d: d.update(kind="poem"), {"document.source"}),
    ("bytes", kept, lambda d: d.update(num_bytes=1), {"document.counts"}),
    ("no sha256", kept, lambda d: d.update(sha256="0"), {"document.facts"}),
]


@pytest.mark.parametrize(
    ("pick", "change", "checks"), [pytest.param(p, c, k, id=n) for n, p, c, k in LINES]
)
def test_line_of_the_documents_table_that_is_wrong_is_named(
    mix: Broken, pick: Any, change: Change, checks: set[str]
) -> None:
    mix.edit_table("documents", lambda lines: change(pick(lines)))
    assert mix.failures() == checks


def test_document_that_is_there_twice_is_named(mix: Broken) -> None:
    mix.edit_table("documents", lambda lines: lines.append(twin(lines)))
    assert mix.failures() == {"document.unique"}


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
