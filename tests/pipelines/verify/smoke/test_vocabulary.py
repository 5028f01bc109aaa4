import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke.vocabulary import Vocabulary, fold_vocabulary


def fold(*counts: int, size: int, kept: int, end_id: int | None = None) -> Vocabulary:
    return fold_vocabulary(np.array(counts, np.int64), size=size, kept=kept, end_id=end_id)


def test_frequent_ids_stay_themselves_and_the_end_is_last() -> None:
    """The example of the module's first lines."""
    made = fold(9, 0, 5, 7, size=5, kept=2, end_id=1)
    assert made.table[[0, 3, 1]].tolist() == [0, 1, 4]
    assert made.table[2] in {2, 3}
    assert made.coverage == 16 / 21
    assert made.fold(np.array([3, 3, 0, 1], np.int32)).tolist() == [1, 1, 0, 4]


def test_of_equal_counts_the_lower_id_is_kept() -> None:
    assert fold(1, 2, 2, 2, size=5, kept=2).table[[1, 2]].tolist() == [0, 1]


def test_the_end_id_has_its_place_however_frequent_it_is() -> None:
    made = fold(1, 99, 2, size=6, kept=2, end_id=1)
    assert made.table.tolist() == [1, 5, 0]
    assert made.coverage == 3 / 102


def test_an_id_above_the_table_is_an_error() -> None:
    with pytest.raises(IndexError):
        fold(1, 1, size=5, kept=2).fold(np.array([2]))


@pytest.mark.parametrize("kept", [0, 4, 5])
def test_there_must_be_a_bucket_and_a_kept_id(kept: int) -> None:
    with pytest.raises(ValueError, match=f"{kept} kept ids of 5"):
        fold(1, 1, size=5, kept=kept)


def test_a_vocabulary_is_known_by_what_it_does() -> None:
    one = fold(3, 2, 1, size=5, kept=2)
    assert one.digest == fold(30, 20, 10, size=5, kept=2).digest
    assert one.digest != fold(1, 2, 3, size=5, kept=2).digest
    assert one.digest != fold(3, 2, 1, size=6, kept=2).digest


def test_buckets_are_about_equally_full() -> None:
    made = fold_vocabulary(np.zeros(100_000, np.int64), size=1024, kept=768, end_id=7)
    filled = np.bincount(made.table, minlength=1024)
    assert filled[:768].tolist() == [1] * 768
    assert filled[1023] == 1
    assert filled[768:1023].min() >= 0.95 * 99_231 / 255
    assert filled[768:1023].max() <= 1.05 * 99_231 / 255


@given(
    counts=st.lists(st.integers(0, 50), min_size=1, max_size=60),
    kept=st.integers(1, 20),
    buckets=st.integers(1, 9),
    has_end=st.booleans(),
)
def test_every_id_has_one_place(counts: list[int], kept: int, buckets: int, has_end: bool) -> None:
    end_id = len(counts) // 2 if has_end else None
    size = kept + buckets + 1
    made = fold(*counts, size=size, kept=kept, end_id=end_id)
    others = np.delete(made.table, [] if end_id is None else end_id)
    assert len(made.table) == len(counts)
    own, where = np.unique(others[others < kept], return_counts=True)
    assert (where == 1).all(), "a kept id is no other's"
    assert len(own) == min(kept, len(others))
    assert (others < size - 1).all(), "the end is nobody else's"
    assert 0 <= made.coverage <= 1
    ids = np.arange(len(counts))
    assert np.array_equal(made.fold(ids), made.fold(ids)), "the same id, the same place"
