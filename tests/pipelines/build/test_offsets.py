"""Places of tokens are those of the whole text, wherever they are asked for and in what order."""

from typing import Any

import numpy as np
import pytest

from pipelines.build import offsets
from pipelines.build.mix import Planned
from pipelines.build.offsets import Stored, offset_of

TEXT = "Ὁ river, café — 🐈 nobody saw it. " * 40


class OneUnit:
    """What offsets ask of a store: the ids and bytes of a unit, a document among them."""

    def __init__(self, ids: np.ndarray, text: bytes) -> None:
        self.folder = type("Folder", (), {"uri": f"mem:{id(self)}"})()
        self._ids, self._text = ids, text
        self.read = 0

    def ids(self, place: str, start: int, stop: int) -> np.ndarray:
        self.read += stop - start
        return self._ids[start:stop]

    def slice(self, place: str, name: str, span: tuple[int, int]) -> bytes:
        return self._text[slice(*span)]


def test_every_place_is_that_of_the_whole_text(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offsets, "STEP", 16)
    tokenizer = planned.job.tokenizer
    ids = tokenizer.encode(TEXT)
    unit: Any = OneUnit(np.concatenate([ids[:5], ids]), b"abc" + TEXT.encode())
    stored = Stored(place="p", first_id=5, first_byte=3)
    ends = tokenizer.byte_ends(ids, TEXT)
    for token in (40, 0, 7, 16, len(ids) - 1, 39):
        first = int(ends[token - 1]) if token else 0
        begun = len(TEXT.encode()[:first].decode("utf-8", "ignore"))
        begun += (TEXT.encode()[:first].decode("utf-8", "replace")[-1:] == "\ufffd") * 1
        assert offset_of(unit, stored, token, tokenizer) == (first, begun)


def test_what_was_added_up_is_not_added_up_again(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offsets, "STEP", 16)
    tokenizer = planned.job.tokenizer
    ids = tokenizer.encode(TEXT)
    unit: Any = OneUnit(ids, TEXT.encode())
    stored = Stored(place="p", first_id=0, first_byte=0)
    offset_of(unit, stored, 100, tokenizer)
    assert unit.read == 100
    offset_of(unit, stored, 98, tokenizer)
    assert unit.read == 102
