"""The tokenizer of a job: given, trained from content alone, and fit for what the recipe wants."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.tokenizer import given_tokenizer, proved_tokenizer, train_tokenizer
from pipelines.files import open_folder
from pipelines.plan.inputs import list_inputs
from pipelines.plan.recipe import load_recipe
from pipelines.store import Store
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.unit import Item


def items_of(recipe: Recipe) -> list[Item]:
    return [item for part in list_inputs(recipe).values() for item in part]


@pytest.fixture
def recipe(recipe_file: Path) -> Recipe:
    return load_recipe(str(recipe_file))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_folder(str(tmp_path / "store")))


def test_the_mix_carries_the_tokenizer_that_its_inputs_train(
    recipe: Recipe, mix: Path, store: Store
) -> None:
    trained = train_tokenizer(recipe, items_of(recipe), store)
    assert trained == (mix / "tokenizer" / "tokenizer.json").read_bytes()
    assert len(json.loads(trained)["model"]["vocab"]) <= 600


def test_a_trained_tokenizer_is_taken_from_the_store(
    recipe: Recipe, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = items_of(recipe)
    first = train_tokenizer(recipe, items, store)
    monkeypatch.setattr("pipelines.build.tokenizer.train_bpe", lambda *a, **k: 1 // 0)
    assert train_tokenizer(recipe, items, store) == first


def test_a_trained_tokenizer_belongs_to_what_was_read_of_the_inputs(
    recipe: Recipe, store: Store
) -> None:
    """In a shared store, another text field must not get the tokenizer of the first one."""
    items = items_of(recipe)
    train_tokenizer(recipe, items, store)
    sources = {
        n: s.model_copy(update={"fields": {"text_field": "b"}}) for n, s in recipe.sources.items()
    }
    train_tokenizer(recipe.model_copy(update={"sources": sources}), items, store)
    assert len([name for name in store.folder.names("train") if "done" in name]) == 2


@pytest.mark.parametrize("name", ["a b", "one/two/three", ""])
def test_a_name_that_the_hub_cannot_have_is_a_fault_of_the_recipe(
    recipe: Recipe, name: str
) -> None:
    with pytest.raises(RecipeError, match="neither a file here nor a name of the hub"):
        given_tokenizer(recipe.model_copy(update={"tokenizer": name}))


def test_the_order_of_listing_does_not_matter(recipe: Recipe, tmp_path: Path) -> None:
    items = items_of(recipe)
    trained = [
        train_tokenizer(recipe, order, Store(open_folder(str(tmp_path / name))))
        for name, order in (("a", items), ("b", items[::-1]))
    ]
    assert trained[0] == trained[1]


def test_a_file_is_read_as_it_is(recipe: Recipe, mix: Path) -> None:
    path = mix / "tokenizer" / "tokenizer.json"
    given = recipe.model_copy(update={"tokenizer": str(path)})
    assert given_tokenizer(given) == path.read_bytes()
    assert given_tokenizer(recipe) is None


@pytest.mark.parametrize("name", ["none/tokenizer.json", "./gpt", "/gpt"])
def test_a_file_that_is_not_there_is_named(recipe: Recipe, name: str) -> None:
    with pytest.raises(RecipeError, match=f"tokenizer: there is no file {name}"):
        given_tokenizer(recipe.model_copy(update={"tokenizer": name}))


def proved(recipe: Recipe, data: bytes, store: Store, **changes: Any) -> Any:
    changed = recipe.model_copy(update=changes)
    return proved_tokenizer(data, changed, items_of(recipe), store)


def test_a_proved_tokenizer_is_kept_in_the_store_by_its_sha256(
    recipe: Recipe, mix: Path, store: Store
) -> None:
    data = (mix / "tokenizer" / "tokenizer.json").read_bytes()
    tokenizer = proved(recipe, data, store)
    assert store.folder.read(f"tokenizers/{tokenizer.sha256}.json") == data


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"bos": "row"}, r"bos: the recipe wants a start token \(row\).*bos_id=NUMBER"),
        ({"fragment_positions": "continue"}, "pos_target_len: must be given"),
    ],
)
def test_a_recipe_that_wants_more_than_there_is_is_refused(
    recipe: Recipe, mix: Path, store: Store, *, changes: dict[str, Any], sentence: str
) -> None:
    data = (mix / "tokenizer" / "tokenizer.json").read_bytes()
    with pytest.raises(RecipeError, match=sentence):
        proved(recipe, data, store, **changes)


def test_a_tokenizer_without_an_end_id_asks_for_one_unless_none_is_wanted(
    recipe: Recipe, mix: Path, store: Store
) -> None:
    spec = json.loads((mix / "tokenizer" / "tokenizer.json").read_bytes())
    for token in spec["added_tokens"]:
        spec["model"]["vocab"].pop(token["content"], None)
    spec["added_tokens"] = []
    data = json.dumps(spec).encode()
    with pytest.raises(RecipeError, match="eos: the tokenizer names no end token"):
        proved(recipe, data, store)
    assert proved(recipe, data, store, eos=False).eos_id is None


def test_a_broken_input_does_not_stop_the_training(
    recipe: Recipe, corpus: Path, tmp_path: Path, store: Store
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(corpus, folder)
    (folder / "books" / "cut.txt.gz").write_bytes(b"\x1f\x8b\x08\x00 cut")
    broken = load_recipe_with(recipe, folder)
    assert train_tokenizer(broken, items_of(broken), store)


def load_recipe_with(recipe: Recipe, folder: Path) -> Recipe:
    books = recipe.sources["books"].model_copy(update={"files": "books/*"})
    sources = {**recipe.sources, "books": books}
    return recipe.model_copy(update={"inputs": str(folder), "sources": sources})
