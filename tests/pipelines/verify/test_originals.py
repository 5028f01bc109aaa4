"""A document's fragments against its own text: in blocks, read again, or by its sha256."""

import hashlib
import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder
from pipelines.verify import originals
from pipelines.verify.documents import Place, Texts, Use, digest_of
from pipelines.verify.findings import Findings
from pipelines.verify.originals import Originals, Reference, Stored, Wanted
from tests.pipelines.verify.broken import Broken
from tests.pipelines.verify.conftest import Variant, prose

TEXT = prose(77, 900)
PLACE = Place("a.parquet", 3, 13)


@pytest.fixture
def tokenizer(sound: Path) -> Tokenizer:
    return load_tokenizer((sound / "tokenizer/tokenizer.json").read_bytes())


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 500 characters: TEXT is ten of them."""
    monkeypatch.setattr(originals, "BLOCK_CHARS", 500)


class Store:
    """A store of one text."""

    def read(self, sha256: str) -> bytes:
        return TEXT.encode()


def document(tokenizer: Tokenizer) -> tuple[Originals, Wanted]:
    """Return what to compare with, and TEXT as a document of two fragments."""
    ids = tokenizer.encode_reference(TEXT)
    data = TEXT.encode()
    line = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "num_bytes": len(data),
        "num_chars": len(TEXT),
        "num_tokens": len(ids),
    }
    cuts = [0, 300, len(ids)]
    uses = [
        Use(
            epoch=0,
            start=start,
            stop=stop,
            digest=digest_of(ids[start:stop]),
            text=None,
            place=PLACE,
            at=0,
            span=0,
        )
        for start, stop in itertools.pairwise(cuts)
    ]
    store: Any = Store()
    nowhere: Any = None
    compared = Originals(
        texts=Texts(store),
        reference=Reference(tokenizer),
        stored=Stored(nowhere),
        shared=False,
        table={"a": line},
    )
    return compared, Wanted(doc_id="a", uses=uses, haystacks=[])


@pytest.mark.usefixtures("blocks")
def test_blocks_give_the_ids_of_the_whole(tokenizer: Tokenizer) -> None:
    reference = Reference(tokenizer)
    parts = originals._blocks(TEXT, reference._cut)
    assert "".join(parts) == TEXT
    assert len(parts) > 5
    assert min(map(len, parts[:-1])) >= 500
    assert np.array_equal(reference.encode(TEXT), tokenizer.encode_reference(TEXT))


@pytest.mark.usefixtures("blocks")
def test_text_that_has_no_safe_cut_stays_whole(tokenizer: Tokenizer) -> None:
    assert originals._blocks(TEXT, None) == [TEXT]
    assert originals._blocks("a" * 3000, Reference(tokenizer)._cut) == ["a" * 3000]


def test_sound_document_is_proved(tokenizer: Tokenizer) -> None:
    compared, wanted = document(tokenizer)
    findings = Findings()
    assert compared.check(wanted, findings)
    assert findings.failed == {}
    assert findings.checked["span.text"] == 2


@pytest.mark.usefixtures("blocks")
def test_wrong_block_accuses_nobody(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a cut not safe after all, the whole text would be encoded and its ids would count."""
    compared, wanted = document(tokenizer)
    whole = compared.reference.encode_whole(TEXT)
    monkeypatch.setattr(Reference, "encode", lambda self, text: whole[::-1])
    findings = Findings()
    assert compared.check(wanted, findings)
    assert findings.failed == {}


@pytest.mark.parametrize("small", [True, False])
def test_wrong_fragment_is_named_with_its_row(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch, *, small: bool
) -> None:
    if small:
        monkeypatch.setattr(originals, "BLOCK_CHARS", 500)
    compared, wanted = document(tokenizer)
    wanted.uses[1] = replace(wanted.uses[1], digest="0" * 64, span=4)
    findings = Findings()
    compared.check(wanted, findings)
    (defect,) = findings.found
    assert (defect["check"], defect["shard"], defect["row_id"]) == ("span.text", "a.parquet", 13)
    assert defect["where"] == "a.parquet row 3 token 4 (a)"


def test_haystack_that_natural_text_uses_is_found(tokenizer: Tokenizer) -> None:
    compared, wanted = document(tokenizer)
    piece = {"doc_id": "a", "start": 10, "end": 40, "epoch": 0}
    wanted.haystacks.append(("needle/1", piece))
    findings = Findings()
    compared.check(wanted, findings)
    assert findings.failed == {"haystack.use": 1}
    piece["epoch"] = 1
    findings = Findings()
    compared.check(wanted, findings)
    assert findings.failed == {}


def test_ids_are_read_again_from_their_rows(mix: Broken) -> None:
    manifest = json.loads((mix.path / "manifest.json").read_text())
    stored = Stored(open_folder(str(mix.path)))
    for shard in manifest["shards"]:
        rows = pq.read_table(mix.path / shard["path"])["input_ids"].to_pylist()
        for index in (0, len(rows) - 1):
            use = Use(
                epoch=0,
                start=100,
                stop=110,
                digest="",
                text=None,
                place=Place(shard["path"], index, 0),
                at=20,
                span=20,
            )
            assert stored.ids(use).tolist() == rows[index][20:30]


def test_document_in_several_rows_is_proved_without_a_store(
    variant: Variant, tmp_path: Path
) -> None:
    mix = variant(tasks={})
    verdict = mix.verdict(store=str(tmp_path / "nothing"))
    notes = {entry["check"]: entry["note"] for entry in verdict["checks"]}
    proved = int(notes["span.overlap"].split(" of ")[0])
    sizes = {line["doc_id"]: line["num_tokens"] for line in mix.lines("documents")}
    spans = [span for row in mix.lines("data") for span in row["spans"]]
    whole = {span["doc_id"] for span in spans if span["length"] >= sizes[span["doc_id"]]}
    assert proved > len(whole)

    def change(row: dict[str, Any]) -> None:
        row["input_ids"][20] = 77

    book = next(name for name in sizes if name.startswith("books:") and name not in whole)
    mix.edit_rows(lambda row: row["spans"][0]["doc_id"] == book, change)
    assert mix.failures(store=str(tmp_path / "nothing")) == {"span.text"}
