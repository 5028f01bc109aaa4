"""Scores read stored texts, one unit each, and a document is never its own foil."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators import scoring
from generators.tokens.load import load_tokenizer
from generators.tokens.train import train_bpe
from pipelines.build.prepare import Context, prepare
from pipelines.build.score import FILE, Prepared, score_unit, score_units
from pipelines.files import open_folder
from pipelines.plan.inputs import list_inputs, prepare_units
from pipelines.plan.recipe import check_recipe
from pipelines.store import Store
from schemas.knobs import Strict
from schemas.recipe import Recipe
from schemas.selection import Subject


class Fake:
    """A score that says what it was given."""

    class Options(Strict):
        """One key."""

        factor: float = 1.0

    COLUMNS = {"length": pa.float64(), "foils": pa.string()}  # noqa: RUF012 - as a module has it
    FOILS = True

    @staticmethod
    def score(subject: Subject, options: Any) -> dict[str, Any]:
        assert subject.data == subject.text.encode()
        assert len(subject.ids) > 0
        foils = sorted(foil.decode()[:3] for foil in subject.foils)
        return {"length": options.factor * len(subject.text), "foils": " ".join(foils)}


class Bench:
    """Three books, of which one says nothing, and what PREPARE makes of them."""

    def __init__(self, root: Path) -> None:
        self.inputs = root / "inputs"
        self.inputs.mkdir()
        for name, text in {"a": "aaa " * 9, "b": "bbb " * 8, "c": " "}.items():
            (self.inputs / f"{name}.txt").write_text(text)
        tokenizer = load_tokenizer(train_bpe(["aaa bbb " * 90], vocab_size=512))
        self.store = Store(open_folder(str(root / "store")))
        name = f"tokenizers/{tokenizer.sha256}.json"
        self.store.folder.write(name, tokenizer.data, moment="train.tokenizer")
        self.context = Context(
            store=self.store.folder.uri,
            inputs=str(self.inputs),
            tokenizer=tokenizer.sha256,
            engine=tokenizer.engine,
        )

    def recipe(self, *scores: str | dict[str, Any], **changes: Any) -> Recipe:
        sources = {"books": {"kind": "book", "scores": list(scores)}}
        basis = {"inputs": str(self.inputs), "tokenizer": "train", "sources": sources}
        return check_recipe({**basis, **changes}, "r.yaml")

    def prepared(self, recipe: Recipe) -> list[Prepared]:
        done: list[Prepared] = []
        for unit in prepare_units(recipe, list_inputs(recipe), self.context.tokenizer):
            prepare(self.context, unit)
            place = self.store.place(unit)
            done.append((unit, place, self.store.table(place, "documents.parquet")))
        return done


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(scoring, "load", lambda name: Fake)
    return Bench(tmp_path)


def test_every_document_gets_its_values_and_a_rejected_one_none(bench: Bench) -> None:
    recipe = bench.recipe("fake")
    (unit,) = score_units(recipe, bench.prepared(recipe))
    assert score_unit(bench.context, unit) == {"documents": 3}
    assert bench.store.table(bench.store.place(unit), FILE).to_pylist() == [
        {"length": 36.0, "foils": "bbb"},
        {"length": 32.0, "foils": "aaa"},
        {"length": None, "foils": None},
    ]
    assert bench.store.done(unit) == {"documents": 3}


def test_tables_are_written_a_few_lines_at_a_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signature is a thousand bytes; those of a unit are never held as Python objects."""
    monkeypatch.setattr("pipelines.build.score.TABLE_LINES", 2)
    recipe = bench.recipe("fake")
    (unit,) = score_units(recipe, bench.prepared(recipe))
    score_unit(bench.context, unit)
    with bench.store.folder.open(f"{bench.store.place(unit)}/{FILE}") as file:
        about = pq.ParquetFile(file).metadata
        assert [about.row_group(k).num_rows for k in range(about.num_row_groups)] == [2, 1]


def test_a_score_with_other_keys_is_another_unit_over_the_same_texts(bench: Bench) -> None:
    recipe = bench.recipe("fake", {"name": "other", "factor": 2})
    prepared = bench.prepared(recipe)
    first, second = score_units(recipe, prepared)
    assert first.fingerprint != second.fingerprint
    assert first.description["prepared"] == second.description["prepared"] == prepared[0][1]


def test_near_duplicates_need_a_signature_that_nobody_has_to_ask_for(bench: Bench) -> None:
    recipe = bench.recipe("fake", near_duplicates={"book": 0.8})
    units = score_units(recipe, bench.prepared(recipe))
    assert [unit.description["score"] for unit in units] == ["fake", "minhash"]


def test_the_order_of_foils_is_that_of_their_content(bench: Bench) -> None:
    """Renaming a file, or reading it in another unit, changes no foil."""
    recipe = bench.recipe("fake")
    foils = score_units(recipe, bench.prepared(recipe))[0].description["foils"]
    (bench.inputs / "a.txt").rename(bench.inputs / "z.txt")
    again = score_units(recipe, bench.prepared(recipe))[0].description["foils"]
    assert [foil["sha256"] for foil in foils] == [foil["sha256"] for foil in again]
