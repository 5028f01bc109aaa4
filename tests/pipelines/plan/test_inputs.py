"""Units follow from the inputs alone, never from names of workers or the clock."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.plan.inputs import list_inputs, prepare_unit, prepare_units, sampling_order
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.unit import Item
from tests.pipelines.plan.corpora import recipe_of


def item(name: str, size: int) -> Item:
    return Item(source="books", uri=name, num_bytes=size, sha256=f"sha of {name}")


def test_inputs_are_listed_by_source_and_sorted(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / name).write_text(name)
    sources = {"books": {"files": "*.txt"}, "notes": {"files": "*.md"}}
    listed = list_inputs(recipe_of(inputs=str(tmp_path), sources=sources))
    assert {name: [one.uri for one in items] for name, items in listed.items()} == {
        "books": ["a.txt", "b.txt"],
        "notes": ["c.md"],
    }


def test_a_source_without_files_is_named(tmp_path: Path) -> None:
    recipe = recipe_of(inputs=str(tmp_path), sources={"books": {"files": "*.txt"}})
    with pytest.raises(RecipeError, match=r"sources\.books\.files: no file .*'\*\.txt'"):
        list_inputs(recipe)


def test_a_source_that_is_not_required_may_find_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    sources = {"books": {"files": "*.txt"}, "code": {"files": "code/*", "required": False}}
    listed = list_inputs(recipe_of(inputs=str(tmp_path), sources=sources))
    assert {name: len(items) for name, items in listed.items()} == {"books": 1, "code": 0}


def test_one_source_at_least_must_find_something(tmp_path: Path) -> None:
    sources = {name: {"files": f"{name}/*", "required": False} for name in ("books", "code")}
    with pytest.raises(RecipeError, match=r"^sources: nothing found under .*; check `inputs`"):
        list_inputs(recipe_of(inputs=str(tmp_path), sources=sources))


def test_a_sample_takes_inputs_in_an_order_of_their_content_and_the_seed() -> None:
    """The order in which they are listed, and what else there is, changes nothing."""
    items = [item(name, 1) for name in "abcdefgh"]
    order = sampling_order(recipe_of(), items)
    assert sorted(order, key=lambda one: one.uri) == items
    assert order != items
    assert sampling_order(recipe_of(), items[::-1]) == order
    assert sampling_order(recipe_of(), items[1:]) == [one for one in order if one != items[0]]
    assert sampling_order(recipe_of(seed=1), items) != order


def test_units_hold_items_up_to_their_bytes_and_a_large_one_alone() -> None:
    items = [item("a", 40), item("b", 60), item("c", 1), item("d", 500), item("e", 1)]
    units = prepare_units(recipe_of(unit_bytes=100), {"books": items}, "t")
    names = [[entry["uri"] for entry in unit.description["items"]] for unit in units]
    assert names == [["a", "b"], ["c"], ["d"], ["e"]]
    assert [unit.index for unit in units] == [0, 1, 2, 3]


def fingerprint(recipe: Recipe, tokenizer: str = "t", **options: Any) -> str:
    return prepare_unit(recipe, 0, [item("a", 1)], tokenizer, **options).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        *({"min_tokens": 99}, {"max_tokens": 99}, {"share": 0.5}, {"max_epochs": 2}),
        *({"required": False}, {"scores": ["lines"]}, {"long_documents": "fixed"}),
        {"scores": ["lines"], "keep": {"lines_long": {"max": 0.5}}},
    ],
)
def test_what_draw_decides_reads_nothing_again(change: dict[str, Any]) -> None:
    other = recipe_of(sources={"books": {"filler": True, **change}})
    assert fingerprint(other) == fingerprint(recipe_of())


def test_what_changes_the_text_is_another_unit() -> None:
    other = recipe_of(sources={"books": {"bad_utf8": "replace"}})
    prints = [fingerprint(recipe_of()), fingerprint(other), fingerprint(recipe_of(), "T")]
    prints.append(fingerprint(recipe_of(), documents=(0, 4)))
    prints.append(fingerprint(recipe_of(), decontaminate={"index": "d"}))
    prints.append(fingerprint(recipe_of(sources={"books": {"clean": ["unwrap"]}})))
    assert len(set(prints)) == 6


@pytest.mark.parametrize(("order", "same"), [("random", False), ("path", True)])
def test_the_seed_counts_where_an_order_is_drawn(order: str, same: bool) -> None:
    sources = {"books": {"reader": "repo", "order": order}}
    first, second = (recipe_of(sources=sources, seed=seed) for seed in (1, 2))
    assert (fingerprint(first) == fingerprint(second)) is same
