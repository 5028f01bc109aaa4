"""A woven sample is found by its key in any finished unit, and in no other."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.files import open_folder
from pipelines.store import Store
from pipelines.store.samples import FILES, write_samples
from pipelines.store.woven import Held, find_woven, held_table, unwoven_of
from schemas.unit import Unit
from tests.pipelines.store.test_samples import WOVEN


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_folder(str(tmp_path)))


def unit_of(name: str) -> Unit:
    return Unit(phase="weave", index=0, description={"name": name})


def weave(store: Store, name: str, sample_ids: str, lost: str = "") -> str:
    """Weave a unit of samples with names of a letter and return its place."""
    unit = unit_of(name)
    write_samples(store, unit, [replace(WOVEN, sample_id=letter) for letter in sample_ids])
    unwoven = [{"sample_id": letter, "reason": f"no {letter}"} for letter in lost]
    keys = [f"key of {letter}" for letter in sample_ids + lost]
    store.finish(unit, FILES, {"samples": len(sample_ids), "unwoven": unwoven, "keys": keys})
    return store.place(unit)


def keys_of(letters: str) -> list[str]:
    return [f"key of {letter}" for letter in letters]


def test_samples_are_found_whatever_unit_they_lie_in(store: Store) -> None:
    one, two = weave(store, "one", "ab", lost="c"), weave(store, "two", "de")
    found = find_woven(store, keys_of("xbce"))
    assert found == dict(zip(keys_of("bce"), [one, one, two], strict=True))


def test_of_two_units_the_first_by_name_is_taken(store: Store) -> None:
    places = weave(store, "one", "ab"), weave(store, "two", "bc")
    assert find_woven(store, keys_of("b")) == {"key of b": min(places)}


def test_an_empty_store_and_an_empty_wish_find_nothing(store: Store) -> None:
    assert find_woven(store, keys_of("a")) == {}
    weave(store, "one", "a")
    assert find_woven(store, []) == {}


@pytest.mark.parametrize("name", ["done.json", *FILES])
def test_a_unit_that_is_not_whole_is_not_there(store: Store, name: str) -> None:
    """Where another unit has the sample, that one is taken."""
    places = sorted([weave(store, "one", "ab"), weave(store, "two", "a")])
    store.folder.remove(f"{places[0]}/{name}")
    assert find_woven(store, keys_of("a")) == {"key of a": places[1]}


def test_a_file_that_was_cut_is_noticed(store: Store) -> None:
    path = Path(store.folder.path(f"{weave(store, 'one', 'a')}/mask.bin"))
    path.write_bytes(path.read_bytes()[:-1])
    assert find_woven(store, keys_of("a")) == {}


def test_a_unit_that_does_not_say_its_keys_is_passed_over(store: Store) -> None:
    write_samples(store, unit_of("old"), [WOVEN])
    store.finish(unit_of("old"), FILES, {"samples": 1, "unwoven": []})
    assert find_woven(store, keys_of("a")) == {}


def test_of_a_unit_the_samples_of_the_mix_are_read(store: Store) -> None:
    place = weave(store, "one", "abcd", lost="ef")
    held = Held(place=place, sample_ids=("f", "d", "b"), numbers=(7, 3, 9))
    table, numbers = held_table(store, held, ["sample_id", "ids_start"])
    assert table.to_pydict() == {"sample_id": ["b", "d"], "ids_start": [5, 15]}
    assert numbers.tolist() == [9, 3]
    assert unwoven_of(store, held) == [{"sample_id": "f", "reason": "no f"}]
