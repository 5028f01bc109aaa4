"""A source is checked and complete before any work: names, keys, rules, packages."""

import sys
from typing import Any

import pyarrow as pa
import pytest

from pipelines.plan.selection import document_columns, flat, scores_of, whole_source
from schemas.errors import RecipeError
from schemas.recipe import Recipe, SourceSpec
from tests.pipelines.plan.corpora import recipe_of


def whole(**keys: Any) -> SourceSpec:
    return whole_source(SourceSpec.model_validate(keys), "books", "r.yaml")


def books(*, kind: str = "book", **keys: Any) -> Recipe:
    """Return a recipe of one source."""
    top = {key: keys.pop(key) for key in ("near_duplicates", "decontaminate") if key in keys}
    return recipe_of(sources={"books": {"kind": kind, **keys}}, **top)


def test_the_keys_of_reader_cleaners_and_scores_are_written_out() -> None:
    spec = whole(reader="repo", clean=["secrets"], scores=[{"name": "language", "slices": 4}])
    assert spec.fields["order"] == "random"
    assert spec.clean[0].fields == {"policy": "redact"}
    assert spec.scores[0].fields == {"slices": 4, "sample": 1024}


def test_a_whole_source_written_flat_gives_itself_back() -> None:
    spec = whole(reader="jsonl", clean=[{"name": "secrets", "policy": "drop"}], scores=["lines"])
    shown = flat(spec)
    assert shown["clean"] == [{"name": "secrets", "policy": "drop"}]
    assert shown["text_field"] == "text"
    assert "fields" not in shown
    assert whole(**shown) == spec


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"reader": "jsnol"}, "sources.books.reader: no reader named 'jsnol'; known: "),
        (
            {"reader": "jsonl", "text_feild": "x"},
            "sources.books.text_feild: no such key. Did you mean 'text_field'?",
        ),
        ({"clean": ["gutenburg"]}, "sources.books.clean: no cleaner named 'gutenburg'; known: "),
        ({"scores": ["compresion"]}, "sources.books.scores: no score named 'compresion'; known: "),
        (
            {"scores": [{"name": "dependency", "blok": 4}]},
            "sources.books.scores.dependency.blok: no such key. Did you mean 'block'?",
        ),
        (
            {"clean": [{"name": "secrets", "policy": "burn"}]},
            "sources.books.clean.secrets.policy: Input should be 'redact', 'drop' or 'count', not "
            "'burn'",
        ),
        (
            {"clean": ["unwrap", "unwrap"]},
            "sources.books.clean: the names ['unwrap', 'unwrap'] are not all different",
        ),
        (
            {"scores": ["compression"], "keep": {"compression_shrt": {"min": 0.1}}},
            "sources.books.keep.compression_shrt: no cleaner and no score of this source fills such"
            " a column; filled: compression_short, compression_long, compression_far. Did you mean "
            "'compression_short'?",
        ),
        (
            {"keep": {"lines_long": {"max": 1}}},
            "sources.books.keep.lines_long: no cleaner and no score of this source fills a column",
        ),
        (
            {"keep": {"num_tokens": {"min": 9}}},
            "sources.books.keep.num_tokens: rules are for columns of cleaners and scores; lengths "
            "have min_tokens, max_tokens",
        ),
        (
            {"scores": ["compression"], "keep": {"compression_far": {"among": ["en"]}}},
            "sources.books.keep.compression_far: `among` is for columns of words",
        ),
        (
            {"scores": ["language"], "keep": {"language": {"min": 1}}},
            "sources.books.keep.language: `among` is for columns of words",
        ),
        (
            {"min_tokens": 9, "max_tokens": 8},
            "sources.books.max_tokens: is less than min_tokens, so nothing would be kept",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_place(keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        whole(**keys)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"r.yaml: {sentence}")


@pytest.mark.parametrize(
    ("missing", "keys", "sentence"),
    [
        ("py3langid", {"scores": ["language"]}, "scores.language: needs py3langid; type: "),
        ("rensa", {"scores": ["minhash"]}, "scores.minhash: needs rensa; type: "),
        ("detect_secrets", {"clean": ["secrets"]}, "clean.secrets: needs detect-secrets; type: "),
        ("phonenumbers", {"clean": ["personal"]}, "clean.personal: needs phonenumbers; type: "),
        ("dulwich", {"reader": "git"}, "books: needs dulwich; type: pip install 'longmix[git]'"),
        ("datasets", {"reader": "hub"}, "books: needs datasets; type: pip install 'longmix[hub]'"),
        (
            "tree_sitter_go",
            {"reader": "archive", "order": "dependency"},
            "books: needs tree-sitter-go; type: pip install 'longmix[code]'",
        ),
    ],
)
def test_a_package_that_is_missing_is_named_before_any_work(
    monkeypatch: pytest.MonkeyPatch, missing: str, keys: dict[str, Any], sentence: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(RecipeError) as caught:
        whole(**keys)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("missing", "keys"),
    [
        ("phonenumbers", {"clean": [{"name": "personal", "kinds": ["email"]}]}),
        ("tree_sitter", {"reader": "repo", "order": "path"}),
    ],
)
def test_a_package_is_missed_only_where_the_keys_ask_for_it(
    monkeypatch: pytest.MonkeyPatch, missing: str, keys: dict[str, Any]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    whole(**keys)


def test_near_duplicates_miss_their_package_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rensa", None)
    with pytest.raises(RecipeError, match=r"^r\.yaml: near_duplicates\.book: needs rensa; type: "):
        books(near_duplicates={"book": 0.8})


def test_signatures_of_one_kind_are_made_in_one_way() -> None:
    four = {"kind": "book", "scores": [{"name": "minhash", "shingle": 4}]}
    with pytest.raises(RecipeError, match="the sources a, b give the score `minhash` different"):
        recipe_of(sources={"a": four, "b": {"kind": "book"}}, near_duplicates={"book": 0.8})
    recipe_of(sources={"a": four, "b": {"kind": "repo"}}, near_duplicates={"book": 0.8})


def test_near_duplicates_add_the_signature_that_nobody_asked_for() -> None:
    named = books(
        scores=["lines", {"name": "minhash", "shingle": 4}], near_duplicates={"book": 0.8}
    )
    assert [name for name, _ in scores_of(named, "books")] == ["lines", "minhash"]
    assert dict(scores_of(named, "books"))["minhash"]["shingle"] == 4
    added = books(scores=["lines"], near_duplicates={"book": 0.8})
    assert [name for name, _ in scores_of(added, "books")] == ["lines", "minhash"]
    assert [name for name, _ in scores_of(books(scores=["lines"]), "books")] == ["lines"]


def test_a_packer_that_asks_what_is_like_what_adds_the_terms_of_every_source() -> None:
    ten = {"scores": [{"name": "topics", "terms": 10}]}
    recipe = recipe_of(sources={"a": ten, "b": {"scores": ["lines"]}}, packer="related")
    assert scores_of(recipe, "a") == [("topics", {"terms": 10})]
    assert scores_of(recipe, "b") == [("lines", {}), ("topics", {"terms": 64})]
    assert scores_of(recipe_of(sources={"b": {}}), "b") == []
    assert "topics" not in document_columns(recipe)


def test_the_documents_table_has_a_column_for_what_is_counted_scored_and_cut() -> None:
    recipe = books(clean=["illustrations"], scores=["language", "minhash"], decontaminate={})
    assert document_columns(recipe) == {
        "illustrations": pa.float64(),
        "language": pa.string(),
        "language_confidence": pa.float64(),
        "overlap_hits": pa.float64(),
        "overlap_chars": pa.float64(),
        "overlap_with": pa.string(),
    }
    assert document_columns(books()) == {}
