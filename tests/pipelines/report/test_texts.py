"""Each used document's cleaned text, for whoever wants to read what a model will read."""

import hashlib
import shutil
from pathlib import Path

import pytest

from pipelines.report.texts import used_documents, write_texts
from pipelines.shards.mix import open_mix
from schemas.errors import IdentityError


def test_haystacks_count_as_use_and_the_rejected_do_not(mix: Path) -> None:
    """The twin garden-again is read first, by name, so it is the one that is kept."""
    used = set(used_documents(open_mix(str(mix))))
    assert {"books:books/bridge.txt", "books:books/garden-again.txt"} <= used
    assert not {"books:books/garden.txt", "books:books/leaflet.txt"} & used


def test_the_texts_have_the_sha256_of_the_documents_table(mix: Path, tmp_path: Path) -> None:
    opened = open_mix(str(mix))
    count = write_texts(str(mix), str(tmp_path), store=None)
    table = opened.table("documents", ["doc_id", "sha256"]).to_pylist()
    sha256 = {line["doc_id"]: line["sha256"] for line in table}
    written = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.txt")}
    assert written == {sha256[doc_id] for doc_id in used_documents(opened)}
    assert count == len(written)


def test_a_store_without_the_text_is_named(mix: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    with pytest.raises(IdentityError, match=r"the store has no text of its sha256.*--store"):
        write_texts(str(copy), str(tmp_path / "texts"), store=None)
    store = f"{mix}.work/store"
    assert write_texts(str(copy), str(tmp_path / "texts"), store=store) > 0
