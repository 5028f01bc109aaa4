"""Samples are keyed by themselves: how they are grouped into units changes none of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generators.weaving import Redraw
from pipelines.build import weave as weaving
from pipelines.build.mix import Planned
from pipelines.build.prepare import keep_tokenizer
from pipelines.build.weave import left_to_weave, sample_keys, weave_unit, weave_units
from pipelines.files import open_folder
from pipelines.plan.recipe import check_recipe, resolved
from pipelines.store import Store
from schemas.errors import LongmixError
from schemas.unit import Unit


def units_of(planned: Planned, recipe: Any = None, samples: Any = None) -> list[Unit]:
    job = planned.job
    drawn = planned.draw.samples if samples is None else samples
    return weave_units(recipe or job.recipe, drawn, planned.documents, job.tokenizer)


def woven(planned: Planned, units: list[Unit], store: Store) -> dict[str, tuple[Any, ...]]:
    """Weave into a store of its own; return ids, mask and answer of every sample."""
    found: dict[str, tuple[Any, ...]] = {}
    for unit in units:
        place = store.place(unit)
        for line in store.table(place, "samples.parquet").to_pylist():
            first, last = line["ids_start"], line["ids_start"] + line["num_tokens"]
            ids = store.ids(place, first, last).tolist()
            mask = store.slice(place, "mask.bin", (first, last))
            found[line["sample_id"]] = (ids, mask, line["gold"], line["haystack"])
    return found


def weave_all(planned: Planned, units: list[Unit]) -> dict[str, tuple[Any, ...]]:
    context = planned.job.context
    for unit in units:
        weave_unit(context, unit)
    return woven(planned, units, Store(open_folder(context.store)))


def test_one_unit_or_one_for_each_sample_make_the_same_samples(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = units_of(planned)
    monkeypatch.setattr(weaving, "UNIT_TOKENS", 1)
    apart = units_of(planned)
    assert (len(together), len(apart)) == (1, len(planned.draw.samples))
    assert weave_all(planned, together) == weave_all(planned, apart)


def test_another_task_changes_no_sample_of_this_one(planned: Planned) -> None:
    data = resolved(planned.job.recipe)
    data["tasks"]["more"] = {"task": "needle", "share": 0.01, "keys": 2}
    more = units_of(planned, check_recipe(data, "r.yaml"))
    assert [unit.fingerprint for unit in more] == [unit.fingerprint for unit in units_of(planned)]


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"eos": False}, {"bos": "document"}, {"segment_multiple": 2}]
)
def test_what_changes_a_sample_is_another_unit(planned: Planned, change: dict[str, Any]) -> None:
    other = units_of(planned, planned.job.recipe.model_copy(update=change))
    assert other[0].fingerprint != units_of(planned)[0].fingerprint


def test_without_a_multiple_none_is_told(planned: Planned) -> None:
    """So samples of stores that know of none are found again."""
    assert all("multiple" not in unit.description for unit in units_of(planned))


def test_every_length_is_a_multiple(planned: Planned) -> None:
    recipe = planned.job.recipe.model_copy(update={"segment_multiple": 8})
    made = weave_all(planned, units_of(planned, recipe))
    assert len(made) == len(planned.draw.samples)
    assert {len(ids) % 8 for ids, _, _, _ in made.values()} == {0}


def test_a_sample_s_key_is_that_of_a_unit_of_it_alone(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    (together,) = units_of(planned)
    monkeypatch.setattr(weaving, "UNIT_TOKENS", 1)
    keys = sample_keys(together)
    assert keys == [unit.fingerprint for unit in units_of(planned)]
    assert len(set(keys)) == len(planned.draw.samples)


def test_of_a_unit_only_what_the_store_does_not_hold_is_left(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = [sample.length for sample in planned.draw.samples]
    monkeypatch.setattr(weaving, "UNIT_TOKENS", sum(lengths) // 2)
    units = units_of(planned)
    first, *rest = (sample_keys(unit) for unit in units)
    assert left_to_weave(units, []) == units
    held = [*first, rest[0][0]]
    left = left_to_weave(units, held)
    assert [unit.index for unit in left] == list(range(len(left)))
    assert [key for unit in left for key in sample_keys(unit)] == [
        key for keys in rest for key in keys if key not in held
    ]
    assert left_to_weave(units, [key for keys in (first, *rest) for key in keys]) == []


def test_without_samples_there_is_no_unit(planned: Planned) -> None:
    assert units_of(planned, samples=[]) == []


def test_a_finished_unit_is_not_woven_again(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unit,) = units_of(planned)
    result = weave_unit(planned.job.context, unit)
    monkeypatch.setattr(weaving, "weave", lambda *a, **k: 1 // 0)
    assert weave_unit(planned.job.context, unit) == result
    assert result["samples"] == len(planned.draw.samples)
    assert result["keys"] == sample_keys(unit)


def test_the_haystack_is_the_text_that_the_draw_gave(planned: Planned, corpus: Path) -> None:
    """Its first and last words stand in the sample as they stand in the book, around the needle."""
    tokenizer = planned.job.tokenizer
    for ids, _, _, pieces in weave_all(planned, units_of(planned)).values():
        text = tokenizer.decode(np.array(ids, np.int32))
        (piece,) = pieces
        book = (corpus / piece["doc_id"].split(":")[1]).read_text(encoding="utf-8")
        haystack = book[piece["start"] : piece["end"]]
        assert haystack.split("\n\n")[0][:30] in text
        assert haystack.split("\n\n")[-1].rstrip(".")[-20:] in text  # a needle may come before "."


class Wall:
    """A firewall that meets a benchmark in what it is shown first."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def meets(self, text: str, tokenizer: Any) -> tuple[str, ...]:
        self.shown.append(text)
        return ("quiz",) if len(self.shown) == 1 else ()


def test_a_sample_whose_own_words_are_a_benchmark_s_is_drawn_again(
    planned: Planned, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall()
    monkeypatch.setattr(weaving, "open_firewall", lambda store, described: wall)
    context = replace(planned.job.context, store=str(tmp_path))
    monkeypatch.setattr(weaving, "_haystack", _from(planned.job.context))
    (unit,) = units_of(planned, samples=planned.draw.samples[:1])
    weave_unit(context, unit)
    store = Store(open_folder(str(tmp_path)))
    ((ids, _, gold, pieces),) = woven(planned, [unit], store).values()
    text = planned.job.tokenizer.decode(np.array(ids, np.int32))
    first, *_, last = wall.shown  # between them plans that were too long for so short a sample
    assert gold not in first
    assert gold in last
    assert all(words in text for words in last.split("\n\n"))
    (piece,) = pieces
    book = (corpus / piece["doc_id"].split(":")[1]).read_text(encoding="utf-8")
    assert book[piece["start"] :][:30] in text
    assert book[piece["start"] :][:30] not in last


def _from(context: Any) -> Any:
    """Return `_haystack` that reads texts from another store than samples go to."""
    read = weaving._haystack
    return lambda _, *rest: read(context, *rest)


def test_what_samples_are_compared_with_is_part_of_their_units(planned: Planned) -> None:
    job = planned.job
    same = (job.recipe, planned.draw.samples, planned.documents, job.tokenizer)
    (other,) = weave_units(*same, decontaminate={"index": "d"})
    assert other.fingerprint != units_of(planned)[0].fingerprint


def test_a_sample_that_comes_to_no_multiple_is_left_out_and_counted(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: Any, **kwargs: Any) -> Any:
        raise Redraw("99 tokens, no multiple of 16")

    monkeypatch.setattr(weaving, "weave", never)
    recipe = planned.job.recipe.model_copy(update={"segment_multiple": 16})
    (unit,) = units_of(planned, recipe, planned.draw.samples[:1])
    result = weave_unit(planned.job.context, unit)
    name = planned.draw.samples[0].sample_id
    assert result["samples"] == 0
    assert result["unwoven"] == [{"sample_id": name, "reason": "99 tokens, no multiple of 16"}]


def test_a_sample_that_cannot_be_made_stops_the_build_by_its_name(
    planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []

    def never(*args: Any, **kwargs: Any) -> Any:
        attempts.append(kwargs["order"].sample_id)
        raise Redraw("the depth was missed")

    monkeypatch.setattr(weaving, "weave", never)
    sample = replace(planned.draw.samples[0], sample_id="needle-of-its-own")
    (unit,) = units_of(planned, samples=[sample])
    keep_tokenizer(planned.job.context, planned.job.tokenizer)
    with pytest.raises(
        LongmixError,
        match=r"sample needle-of-its-own over .* could not be made in 32 draws; the last reason: "
        r"the depth was missed\. .*tasks\.needle",
    ):
        weave_unit(planned.job.context, unit)
    assert attempts == ["needle-of-its-own"] * 32
