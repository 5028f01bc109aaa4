import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.ngrams import tokens as module
from generators.ngrams.tokens import token_blocks, token_units


def ids(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


def test_places_are_characters_also_inside_one() -> None:
    """ "naïve" in three tokens, the first of which ends in the middle of ï."""
    units = token_units(ids(5, 9, 5), np.array([3, 4, 6]), "naïve")
    assert units.starts.tolist() == [0, 2, 3]
    assert units.ends.tolist() == [3, 3, 5]


def test_equal_ids_have_equal_hashes_and_zero_is_an_id() -> None:
    a, b, c = token_units(ids(0, 7, 0), np.array([1, 2, 3]), "abc").hashes.tolist()
    assert a == c != b
    assert a != 0


def test_every_id_has_its_end() -> None:
    with pytest.raises(ValueError, match="2 ids, but 1 ends"):
        token_units(ids(1, 2), np.array([1]), "a")


def test_no_tokens() -> None:
    units = token_units(ids(), np.zeros(0, np.int64), "")
    assert len(units) == 0
    assert list(token_blocks(units)) == []


@given(st.text(max_size=30), st.data())
def test_a_token_covers_the_characters_that_its_bytes_touch(text: str, data: st.DataObject) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    cuts = data.draw(st.lists(st.integers(1, max(1, len(raw))), unique=True, max_size=8))
    ends = sorted(cut for cut in {*cuts, len(raw)} if 0 < cut <= len(raw))
    units = token_units(ids(*range(len(ends))), np.array(ends, np.int64), text)
    sizes = [len(character.encode("utf-8", "surrogatepass")) for character in text]
    owner = np.repeat(np.arange(len(text)), sizes).tolist()
    for start, end, a, b in zip([0, *ends], ends, units.starts, units.ends, strict=False):
        assert (a, b) == (owner[start], owner[end - 1] + 1)


def test_blocks_together_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_TOKENS", 2)
    units = token_units(ids(1, 2, 3), np.array([1, 2, 3]), "abc")
    parts = list(token_blocks(units))
    assert [len(part) for part in parts] == [2, 1]
    assert np.concatenate([part.hashes for part in parts]).tolist() == units.hashes.tolist()
