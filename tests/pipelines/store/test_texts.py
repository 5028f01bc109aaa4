"""A cleaned text is found by what it says, whichever unit read it."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import open_folder
from pipelines.store.texts import StoredTexts
from schemas.document import STORED_DOCUMENTS


def unit(root: Path, name: str, texts: list[str | None], *, done: bool = True) -> None:
    folder = root / "prepare" / name
    folder.mkdir(parents=True)
    lines, data = [], b""
    for text in texts:
        mine = b"" if text is None else text.encode()
        sha256 = None if text is None else hashlib.sha256(mine).hexdigest()
        blank = dict.fromkeys(STORED_DOCUMENTS.names, 0) | {"license": None, "reason": None}
        names = {"doc_id": "books:x", "uri": "x", "sha256": sha256}
        lines.append({**blank, **names, "text_start": len(data), "num_bytes": len(mine)})
        data += mine
    (folder / "text.bin").write_bytes(data)
    pq.write_table(
        pa.Table.from_pylist(lines, schema=STORED_DOCUMENTS), folder / "documents.parquet"
    )
    if done:
        (folder / "done.json").write_text("{}")


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_texts_of_all_finished_units_are_found(tmp_path: Path) -> None:
    unit(tmp_path, "one", ["first", None, "zweite Größe"])
    unit(tmp_path, "two", ["third"])
    unit(tmp_path, "half", ["never finished"], done=False)
    texts = StoredTexts(open_folder(str(tmp_path)))
    for text in ("first", "zweite Größe", "third"):
        assert texts.read(sha256_of(text)) == text.encode()
    assert texts.read(sha256_of("never finished")) is None
    assert texts.read(sha256_of("")) is None


def test_an_empty_store_has_no_text(tmp_path: Path) -> None:
    assert StoredTexts(open_folder(str(tmp_path / "none"))).read(sha256_of("first")) is None
