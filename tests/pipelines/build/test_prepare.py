"""PREPARE writes what a document says, what it encodes to, and why one is missing."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from generators.tokens.load import load_tokenizer
from pipelines.build import prepare as preparing
from pipelines.build.decontaminate import describe, keep_index
from pipelines.build.prepare import Context, prepare
from pipelines.files import open_folder
from pipelines.plan.inputs import list_inputs, prepare_units
from pipelines.plan.recipe import check_recipe
from pipelines.store import Store
from schemas.document import STORED_DOCUMENTS
from schemas.unit import Unit
from tests.pipelines.plan.corpora import recipe_of


class Desk:
    """A corpus, a store and the tokenizer of the tiny mix."""

    def __init__(self, root: Path, tokenizer: bytes) -> None:
        self.root = root
        self.tokenizer = load_tokenizer(tokenizer)
        self.store = Store(open_folder(str(root / "store")))
        name = f"tokenizers/{self.tokenizer.sha256}.json"
        self.store.folder.write(name, tokenizer, moment="train.tokenizer")
        (root / "in").mkdir()

    @property
    def context(self) -> Context:
        return Context(
            store=str(self.root / "store"),
            inputs=str(self.root / "in"),
            tokenizer=self.tokenizer.sha256,
            engine=self.tokenizer.engine,
        )

    def unit(self, decontaminate: dict[str, Any] | None = None, **source: Any) -> Unit:
        recipe = check_recipe(
            {"inputs": self.context.inputs, "tokenizer": "train", "sources": {"books": source}},
            "r.yaml",
        )
        (unit,) = prepare_units(
            recipe, list_inputs(recipe), self.tokenizer.sha256, decontaminate=decontaminate
        )
        return unit

    def lines(self, unit: Unit) -> list[dict[str, Any]]:
        table = self.store.table(self.store.place(unit), "documents.parquet")
        found: list[dict[str, Any]] = table.to_pylist()
        return found


@pytest.fixture
def desk(tmp_path: Path, mix: Path) -> Desk:
    return Desk(tmp_path, (mix / "tokenizer" / "tokenizer.json").read_bytes())


def test_text_and_ids_lie_where_the_table_says(desk: Desk) -> None:
    (desk.root / "in" / "a.txt").write_bytes("Où est\r\nle pont?".encode())
    (desk.root / "in" / "b.txt").write_bytes(b"the old\x00 river")
    unit = desk.unit()
    result = prepare(desk.context, unit)
    place = desk.store.place(unit)
    first, second = desk.lines(unit)
    for line, text in ((first, "Où est\nle pont?"), (second, "the old river")):
        data = text.encode()
        at = (line["text_start"], line["text_start"] + line["num_bytes"])
        assert desk.store.slice(place, "text.bin", at) == data
        assert (line["num_bytes"], line["num_chars"]) == (len(data), len(text))
        assert line["sha256"] == hashlib.sha256(data).hexdigest()
        ids = desk.store.ids(place, line["ids_start"], line["ids_start"] + line["num_tokens"])
        assert ids.tolist() == desk.tokenizer.encode_batch([text])[0].tolist()
        assert desk.tokenizer.decode(ids) == text
    assert (first["num_nul"], second["num_nul"]) == (0, 1)
    assert result == {
        "documents": 2,
        "bytes": first["num_bytes"] + second["num_bytes"],
        "tokens": first["num_tokens"] + second["num_tokens"],
        "quarantined": [],
    }


def test_a_rejected_document_has_a_line_and_takes_no_room(desk: Desk) -> None:
    (desk.root / "in" / "a.txt").write_bytes(b"ash \xff ash")
    (desk.root / "in" / "b.txt").write_bytes(b"the old river")
    unit = desk.unit()
    prepare(desk.context, unit)
    bad, good = desk.lines(unit)
    assert bad["reason"] == "bad_utf8 at byte 4"
    assert (bad["num_tokens"], bad["num_bytes"], bad["sha256"]) == (0, 0, None)
    assert (good["text_start"], good["ids_start"]) == (0, 0)


def test_what_cleaners_count_is_a_column_and_a_rejected_document_has_none(desk: Desk) -> None:
    (desk.root / "in" / "a.txt").write_text("The old river.\n\n[Illustration]\n\nThe bridge.\n")
    (desk.root / "in" / "b.txt").write_text("The old river.\n")
    (desk.root / "in" / "c.txt").write_bytes(b"ash \xff ash")
    (desk.root / "in" / "d.txt").write_text("[Illustration]\n")
    unit = desk.unit(clean=["illustrations"])
    prepare(desk.context, unit)
    found = [(line["illustrations"], line["reason"]) for line in desk.lines(unit)]
    assert found == [(1.0, None), (0.0, None), (None, "bad_utf8 at byte 4"), (1.0, "empty")]


def test_breaks_lie_where_the_table_says_and_count_tokens(desk: Desk) -> None:
    """The second document's paragraphs begin at tokens of its own, not of the unit."""
    texts = {"a.txt": "the river\n\nthe road", "b.txt": "the river\n\nthe old bridge\n\nthe road"}
    for name, text in texts.items():
        (desk.root / "in" / name).write_text(text)
    unit = desk.unit()
    prepare(desk.context, unit)
    place = desk.store.place(unit)
    first, second = desk.lines(unit)
    assert first["num_breaks"] == 1
    at = (8 * second["breaks_start"], 8 * (second["breaks_start"] + second["num_breaks"]))
    breaks = np.frombuffer(desk.store.slice(place, "breaks.bin", at), "<i8")
    ids = desk.store.ids(place, second["ids_start"], second["ids_start"] + second["num_tokens"])
    assert [desk.tokenizer.decode(ids[token:]).strip() for token in (breaks >> 2).tolist()] == [
        "the old bridge\n\nthe road",
        "the road",
    ]


def test_what_benchmarks_say_is_not_stored(desk: Desk) -> None:
    prompts = desk.root / "prompts"
    prompts.mkdir()
    (prompts / "quiz.txt").write_text("who moved the old red boat")
    spec = {"prompts": str(prompts), "files": ["quiz.txt"], "ngram": 6, "shortest": 3}
    recipe = recipe_of(decontaminate={**spec, "known": False})
    index = keep_index(recipe, ["quiz.txt"], desk.tokenizer, desk.store)
    text = "The river was wide and slow that day.\n\nBut who moved the old red boat?\n"
    (desk.root / "in" / "a.txt").write_text(text)
    unit = desk.unit(describe(recipe, index))
    prepare(desk.context, unit)
    (line,) = desk.lines(unit)
    data = desk.store.slice(desk.store.place(unit), "text.bin", (0, line["num_bytes"]))
    left = data.decode()
    assert left.strip() == "The river was wide and slow that day."
    assert (line["overlap_hits"], line["overlap_with"]) == (1.0, "quiz.txt")
    assert line["overlap_chars"] == len(text) - len(left)
    assert line["sha256"] == hashlib.sha256(data).hexdigest()


def test_an_end_token_inside_a_text_is_text(desk: Desk) -> None:
    end = desk.tokenizer.eos_id
    assert end is not None
    spelled = desk.tokenizer.decode(np.array([end], np.int32))
    (desk.root / "in" / "a.txt").write_text(f"the {spelled or '<|endoftext|>'} river")
    unit = desk.unit()
    prepare(desk.context, unit)
    (line,) = desk.lines(unit)
    assert end not in desk.store.ids(desk.store.place(unit), 0, line["num_tokens"])


@pytest.mark.parametrize(("policy", "kept"), [("quarantine", 0), ("prefix", 2)])
def test_a_cut_file_is_left_out_whole_or_its_good_prefix_is_kept(
    desk: Desk, policy: str, kept: int
) -> None:
    """Two sound lines, then much noise that is cut in its middle, blocks behind those lines."""
    noise = np.random.default_rng(0).integers(0, 2**63, 100_000).tolist()
    lines = [json.dumps({"text": text}) for text in ("one", "two", str(noise))]
    data = gzip.compress("\n".join(lines).encode())
    (desk.root / "in" / "a.jsonl.gz").write_bytes(data[: len(data) // 2])
    unit = desk.unit(reader="jsonl", broken_file=policy)
    result = prepare(desk.context, unit)
    (fault,) = result["quarantined"]
    assert (fault["source"], fault["uri"]) == ("books", "a.jsonl.gz")
    assert [line["num_chars"] for line in desk.lines(unit)] == [3] * kept


def test_lines_are_put_away_in_tables_and_cut_back_across_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preparing, "TABLE_LINES", 2)
    written = preparing._Written(*(pa.BufferOutputStream() for _ in range(3)), STORED_DOCUMENTS)
    for name in "abcde":
        written.add(dict.fromkeys(STORED_DOCUMENTS.names) | {"doc_id": name})
    assert [len(table) for table in written.tables] == [2, 2]
    written.cut(3)
    assert len(written) == 3
    assert written.table()["doc_id"].to_pylist() == ["a", "b", "c"]


def test_a_finished_unit_is_not_read_again(desk: Desk) -> None:
    path = desk.root / "in" / "a.txt"
    path.write_text("the old river")
    unit = desk.unit()
    result = prepare(desk.context, unit)
    path.unlink()
    assert prepare(desk.context, unit) == result


def test_batches_do_not_show_in_the_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        (desk.root / "in" / f"{number}.txt").write_text(f"the old river {number} " * 50)
    unit = desk.unit()
    prepare(desk.context, unit)
    place = Path(desk.store.folder.path(desk.store.place(unit)))
    whole = {path.name: path.read_bytes() for path in place.iterdir()}
    (place / "done.json").unlink()
    monkeypatch.setattr(preparing, "BATCH_CHARS", 1500)
    prepare(desk.context, unit)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == whole
