"""Documents and samples line by line: what a line must say by itself, before any row is read."""

from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.pipelines.verify.broken import Broken, Change, kept, of_a_book


def twin(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return next(line for line in lines if line["reason"] == "exact_duplicate")


DOCUMENTS: list[tuple[str, Any, Change, set[str]]] = [
    ("kept, and why not", kept, lambda d: d.update(reason="short"), {"document.reason"}),
    ("rejected, and why?", twin, lambda d: d.update(reason=None), {"document.reason"}),
    ("both twins", twin, lambda d: d.update(kept=True, reason=None), {"document.duplicate"}),
    ("another name", twin, lambda d: d.update(doc_id="letters:x"), {"document.doc_id"}),
    ("absolute", twin, lambda d: d.update(uri="/x", doc_id="letters:/x"), {"document.doc_id"}),
    ("kind", twin, lambda d: d.update(kind="poem"), {"document.source"}),
    ("no sha256", kept, lambda d: d.update(sha256="0"), {"document.facts"}),
]


@pytest.mark.parametrize(
    ("pick", "change", "checks"), [pytest.param(p, c, k, id=n) for n, p, c, k in DOCUMENTS]
)
def test_line_of_the_documents_table_that_is_wrong_is_named(
    mix: Broken, pick: Any, change: Change, checks: set[str]
) -> None:
    mix.edit_table("documents", lambda lines: change(pick(lines)))
    assert mix.failures() == checks


def test_document_that_is_there_twice_is_named(mix: Broken) -> None:
    mix.edit_table("documents", lambda lines: lines.append(twin(lines)))
    assert mix.failures() == {"document.unique"}


SAMPLES: list[tuple[str, Change, set[str]]] = [
    ("held out", lambda s: s.update(split="held-out", template="00000000"), {"sample.split"}),
    ("loss unknown", lambda s: s.update(loss="some"), {"sample.values"}),
    ("params broken", lambda s: s.update(params="{"), {"sample.params"}),
    ("task unknown", lambda s: s.update(task="neddle"), {"sample.task"}),
    ("nulls", lambda s: s.update(gold=None), {"sample.values"}),
]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in SAMPLES])
def test_line_of_the_samples_table_that_is_wrong_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_table("samples", lambda lines: change(of_a_book(lines)))
    assert mix.failures() == checks


def test_two_samples_of_one_name_are_found(mix: Broken) -> None:
    mix.edit_table("samples", lambda lines: lines.append(lines[-1]))
    assert mix.failures() == {"sample.unique_id"}


def test_template_is_of_one_split_alone(mix: Broken) -> None:
    def change(lines: list[dict[str, Any]]) -> None:
        lines[0] |= {"template": lines[1]["template"], "split": "held-out"}

    mix.edit_table("samples", change)
    assert mix.failures() == {"sample.template", "sample.split"}


@pytest.mark.parametrize("kind", ["document", "sample"])
def test_table_without_one_of_its_columns_is_not_read_further(mix: Broken, kind: str) -> None:
    path = mix.path / f"{kind}s/{kind}s-00000.parquet"
    pq.write_table(pq.read_table(path).drop_columns([pq.read_schema(path).names[-1]]), path)
    mix.seal()
    assert mix.failures() == {f"{kind}.schema"}
