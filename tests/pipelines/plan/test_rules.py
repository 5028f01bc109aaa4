"""Each document gets the first reason that applies; thresholds are applied to columns alone."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.plan import rules
from pipelines.plan.rules import apply_rules
from schemas.recipe import Bounds, Recipe
from tests.pipelines.plan.corpora import recipe_of

Line = dict[str, Any]


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `x` and `language` be what a score fills, in this order."""
    filled = {"x": pa.float64(), "language": pa.string()}
    monkeypatch.setattr(rules, "published_columns", lambda spec: filled)


def table_of(*lines: Line) -> pa.Table:
    """Return documents of one source; what a line leaves out is as if nothing were wrong."""
    basis = {"source": "books", "kind": "book", "num_tokens": 100, "reason": None, "kept": True}
    basis |= {"near_duplicate_of": None, "x": None, "language": None, "minhash": None}
    rows = [
        {**basis, "doc_id": f"books:{k}", "sha256": str(k), **line} for k, line in enumerate(lines)
    ]
    texts = ("source", "kind", "reason", "near_duplicate_of", "language", "doc_id", "sha256")
    types = {name: pa.string() for name in texts} | {
        "num_tokens": pa.int64(),
        "kept": pa.bool_(),
        "x": pa.float64(),
        "minhash": pa.binary(),
    }
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


def recipe(**source: Any) -> Recipe:
    """Return a recipe of one source of books; `keep` is not checked against scores here."""
    keep = source.pop("keep", {})
    made = recipe_of(sources={"books": {"kind": "book", **source}})
    spec = made.sources["books"]
    bounds = {name: Bounds.model_validate(rule) for name, rule in keep.items()}
    return made.model_copy(update={"sources": {"books": spec.model_copy(update={"keep": bounds})}})


def reasons(recipe: Recipe, *lines: Line) -> list[str | None]:
    found = apply_rules(recipe, table_of(*lines))
    assert found["kept"].to_pylist() == [r is None for r in found["reason"].to_pylist()]
    result: list[str | None] = found["reason"].to_pylist()
    return result


def test_lengths_are_judged_in_tokens() -> None:
    made = recipe(min_tokens=10, max_tokens=50)
    assert reasons(made, {"num_tokens": 9}, {"num_tokens": 10}, {"num_tokens": 51}) == [
        "short",
        None,
        "long",
    ]


def test_a_bound_names_its_column_and_its_side_and_an_unknown_value_is_kept() -> None:
    made = recipe(keep={"x": {"min": 1, "max": 2}})
    assert reasons(made, {"x": 0.9}, {"x": 1.0}, {"x": 2.0}, {"x": 2.1}, {"x": None}) == [
        "low x",
        None,
        None,
        "high x",
        None,
    ]


def test_words_are_kept_when_they_are_among_the_allowed() -> None:
    made = recipe(keep={"language": {"among": ["en", "fr"]}})
    assert reasons(made, {"language": "en"}, {"language": "de"}, {"language": None}) == [
        None,
        "other language",
        None,
    ]


def test_percentiles_are_those_of_the_same_length() -> None:
    """Fifty documents of 100 tokens with x = 0..49, and fifty of 1,000 with x = 1000..1049."""
    short = [{"num_tokens": 100, "x": float(x)} for x in range(50)]
    long = [{"num_tokens": 1000, "x": 1000.0 + x} for x in range(50)]
    found = reasons(recipe(keep={"x": {"percentiles": [10, 90]}}), *short, *long)
    low, high = "low x in its length", "high x in its length"
    expected = [low] * 5 + [None] * 40 + [high] * 5
    assert found == expected * 2


def test_a_text_counts_once_for_percentiles() -> None:
    """Forty copies of the lowest value would otherwise pull the bound down to themselves."""
    copies = [{"x": 0.0, "sha256": "same"} for _ in range(40)]
    others = [{"x": float(x)} for x in range(1, 60)]
    found = reasons(recipe(keep={"x": {"percentiles": [5, 100]}}), *copies, *others)
    assert set(found[:40]) == {"low x in its length"}


def test_a_text_that_was_rejected_is_no_reason_to_reject_its_copy() -> None:
    made = recipe(keep={"x": {"min": 1}})
    lines: list[Line] = [{"x": 0.0, "sha256": "a"}, {"x": 1.0, "sha256": "a"}]
    assert reasons(made, *lines, {"x": 1.0, "sha256": "a"}) == ["low x", None, "exact_duplicate"]


def test_the_reason_is_that_of_the_score_that_the_recipe_names_first() -> None:
    """The keys of `keep` have no order of their own: digests sort them."""
    low: Line = {"x": 0.0, "language": "de"}
    bounds = {"language": {"among": ["en"]}, "x": {"min": 1}}
    assert reasons(recipe(keep=bounds), low) == ["low x"]
    assert reasons(recipe(keep=dict(reversed(bounds.items()))), low) == ["low x"]


def test_what_reading_said_comes_first() -> None:
    assert reasons(recipe(min_tokens=10), {"reason": "empty", "num_tokens": 0}) == ["empty"]


def signature(slots: np.ndarray) -> bytes:
    """Return a signature: one number that says how it was made, and its slots."""
    return np.append(7, slots).astype("<u4").tobytes()


def test_near_duplicates_say_of_which_document() -> None:
    """Two signatures that agree in 120 of 128 places, and one that agrees with neither."""
    first = np.arange(128)
    second = np.where(np.arange(128) < 8, 999, first)
    other = np.arange(1000, 1128)
    lines = [
        {"minhash": signature(first), "num_tokens": 50},
        {"minhash": signature(second), "num_tokens": 60},
        {"minhash": signature(other), "num_tokens": 70},
    ]
    made = recipe().model_copy(update={"near_duplicates": {"book": 0.8}})
    found = apply_rules(made, table_of(*lines))
    assert found["reason"].to_pylist() == ["near_duplicate", None, None]
    assert found["near_duplicate_of"].to_pylist() == ["books:1", None, None]
    assert found["kept"].to_pylist() == [False, True, True]


@pytest.mark.parametrize("kind", ["page", "repo"])
def test_near_duplicates_are_looked_for_in_the_kinds_that_the_recipe_names(kind: str) -> None:
    same = signature(np.arange(128))
    made = recipe().model_copy(update={"near_duplicates": {kind: 0.8}})
    assert reasons(made, {"minhash": same}, {"minhash": same}) == [None, None]
