"""A corpus on disk that a test fills, and reads with one reader."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generators.files import Place, open_place
from generators.sources import load
from schemas.document import Document
from schemas.recipe import SourceSpec
from schemas.unit import Item


@dataclass(frozen=True)
class Corpus:
    root: Path

    @property
    def place(self) -> Place:
        return open_place(str(self.root))

    def write(self, path: str, data: bytes | str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)

    def items(self, reader: str, **spec: Any) -> list[Item]:
        return load(reader).list_items("src", SourceSpec(reader=reader, **spec), self.place)

    def read(self, reader: str, *, seed: int = 0, **spec: Any) -> list[Document]:
        wanted = SourceSpec(reader=reader, **spec)
        found: list[Document] = []
        for item in load(reader).list_items("src", wanted, self.place):
            found += load(reader).read(item, wanted, self.place, seed=seed)
        return found


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "corpus").mkdir()
    return Corpus(tmp_path / "corpus")
