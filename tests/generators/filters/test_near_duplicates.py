"""Near duplicates point at the one of their cluster that stays; collisions alone join nothing."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generators.filters import near_duplicates as module
from generators.filters.near_duplicates import MISS, WINDOW, banding, near_duplicates
from schemas.errors import RecipeError

SLOTS = 256


def packed(slots, made=7):
    return np.concatenate(([made], slots)).astype("<u4").tobytes()


def base(seed=0, size=SLOTS):
    return np.random.default_rng(seed).integers(0, 2**32, size, dtype=np.uint32)


def changed(slots, places):
    """Other values in these slots: agreement falls by len(places) / len(slots)."""
    out = slots.copy()
    out[list(places)] += np.uint32(1)
    return out


def found(signatures, *, num_tokens=None, threshold=0.8):
    lengths = [1] * len(signatures) if num_tokens is None else num_tokens
    lengths = np.array(lengths, dtype=np.int64)
    return near_duplicates(signatures, num_tokens=lengths, threshold=threshold).tolist()


def by_all_pairs(table, num_tokens, threshold):
    """The rule without banding: connected components of all pairs that agree enough."""
    size = len(table)
    label = list(range(size))
    for one in range(size):
        for two in range(one):
            if np.count_nonzero(table[one] == table[two]) >= threshold * table.shape[1] - 1e-9:
                old, new = label[one], label[two]
                label = [new if value == old else value for value in label]
    stays = [
        min((k for k in range(size) if label[k] == own), key=lambda k: (-num_tokens[k], k))
        for own in label
    ]
    return [-1 if stay == k else stay for k, stay in enumerate(stays)]


def test_the_longest_stays_and_the_first_of_equals():
    same = [packed(base())] * 3
    assert found(same, num_tokens=[5, 9, 9]) == [1, -1, 1]
    assert found(same, num_tokens=[9, 9, 9]) == [-1, 0, 0]


def test_a_chain_of_pairs_is_one_cluster():
    """Agreement 0.9 with the middle one; the ends agree in 0.8 less one slot of it."""
    middle = base()
    ends = [changed(middle, range(26)), changed(middle, range(100, 126))]
    signatures = [packed(ends[0]), packed(middle), packed(ends[1])]
    assert found(signatures, num_tokens=[90, 100, 100]) == [1, -1, 1]
    assert found([signatures[0], signatures[2]]) == [-1, -1]


def test_the_threshold_itself_is_enough():
    pair = [packed(base()), packed(changed(base(), range(52)))]
    assert found(pair, threshold=204 / 256) == [-1, 0]
    assert found(pair, threshold=204.5 / 256) == [-1, -1]


def test_a_threshold_that_a_float_writes_badly_is_meant_as_written():
    """0.55 * 100 is 55.00000000000001."""
    slots = base(size=100)
    assert found([packed(slots), packed(changed(slots, range(45)))], threshold=0.55) == [-1, 0]


def test_sharing_bands_alone_joins_nothing():
    bands, rows = banding(SLOTS, 0.8)
    shared = base()
    signatures = [packed(changed(shared, range(rows * (bands // 2), SLOTS))), packed(shared)]
    assert found(signatures) == [-1, -1]


def test_documents_without_a_signature_take_no_part():
    signature = packed(base())
    assert found([None, signature, None, signature, None]) == [-1, -1, -1, 1, -1]
    assert found([None, None]) == [-1, -1]
    assert found([]) == []
    assert found([signature]) == [-1]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_arrow_columns_are_read_as_lists_are(kind):
    one, two = packed(base()), packed(base(1))
    column = pa.array([two, None, one, two, one, None, one], kind)
    expected = [-1, -1, -1, 0, 2, -1, 2]
    assert found(column) == expected
    assert found(column[2:]) == [-1, -1, 0, -1, 0]
    assert found(pa.chunked_array([column[:2], column[2:2], column[2:]])) == expected
    assert found(pa.chunked_array([], kind)) == []
    assert found(pa.array([one, two, two], kind)[1:]) == [-1, 0]


def test_a_thousand_copies_point_at_one():
    assert found([packed(base())] * 1000) == [-1, *[0] * 999]


def test_in_crowded_buckets_those_alike_in_the_next_band_too_are_compared():
    """Twenty by twenty documents: band 0 tells the row, band 1 the column, the rest the document.

    Each has a double, which shares bands 0 and 1 and all but one slot of every other band. Forty
    documents lie in each bucket, and the double 20 places behind by number.
    """
    rows, columns, own = base(1, (20, 8)), base(2, (20, 8)), base(3, (400, SLOTS - 16))
    places = np.arange(400)
    documents = np.concatenate((rows[places // 20], columns[places % 20], own), axis=1)
    doubles = documents.copy()
    doubles[:, 16::8] += np.uint32(1)
    signatures = [packed(slots) for slots in [*documents, *doubles]]
    assert found(signatures) == [-1] * 400 + list(range(400))


def test_comparisons_are_few_however_many_share_a_bucket(monkeypatch):
    """All in one bucket of 25 of the 32 bands, and each pair agrees in 78 %: the worst there is."""
    compared = []
    alike = module._alike

    def counted(slots, pairs, least):
        compared.append(pairs[0].size)
        return alike(slots, pairs, least)

    monkeypatch.setattr(module, "_alike", counted)
    rng = np.random.default_rng(0)
    table = rng.integers(0, 2**32, (500, SLOTS), dtype=np.uint32)
    table[:, :200] = base()[:200]
    assert found([packed(slots) for slots in table]) == [-1] * 500
    shared_bands = 25
    assert 500 * shared_bands < sum(compared) <= 500 * WINDOW * shared_bands


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.5, 0.8, 0.9, 1.0]), st.integers(0, 9))
def test_buckets_within_the_window_give_what_all_pairs_give(seed, threshold, num):
    """At most nine documents: each pair that shares a band is compared; few slots change."""
    rng = np.random.default_rng(seed)
    sources = rng.integers(0, 2**32, (3, 64), dtype=np.uint32)
    table = sources[rng.integers(0, 3, num)]
    other = rng.integers(0, 2**32, table.shape, dtype=np.uint32)
    table = np.where(rng.random(table.shape) < rng.choice([0, 0.02, 0.1]), other, table)
    num_tokens = rng.integers(1, 4, num)
    got = found([packed(slots) for slots in table], num_tokens=num_tokens, threshold=threshold)
    _, rows = banding(64, threshold)
    assume(all(_share_a_band(table, one, two, rows=rows) for one, two in _pairs(table, threshold)))
    assert got == by_all_pairs(table, num_tokens, threshold)
    assert all(got[stays] == -1 for stays in got if stays >= 0)


def _pairs(table, threshold):
    agree = (table[:, None] == table[None]).mean(axis=2) >= threshold
    return [(one, two) for one, two in zip(*np.nonzero(agree), strict=True) if one < two]


def _share_a_band(table, one, two, *, rows):
    equal = table[one] == table[two]
    return any(equal[at : at + rows].all() for at in range(0, len(equal) - rows + 1, rows))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60))
def test_joining_gives_the_connected_components(pairs):
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    expected = list(range(40))
    for one, two in pairs:
        low, high = sorted((expected[one], expected[two]))
        expected = [low if label == high else label for label in expected]
    assert module._joined(np.arange(40), (left, right)).tolist() == expected


@pytest.mark.parametrize("threshold", [0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0])
def test_the_banding_misses_few_pairs_at_the_threshold_and_has_the_most_rows(threshold):
    bands, rows = banding(SLOTS, threshold)
    assert (1 - threshold**rows) ** bands < MISS
    assert bands == SLOTS // rows
    longer = rows + 1
    assert rows == SLOTS or (1 - threshold**longer) ** (SLOTS // longer) >= MISS


def test_the_banding_of_the_usual_threshold():
    assert banding(256, 0.8) == (32, 8)


@pytest.mark.parametrize("threshold", [0, -0.5, 1.5, float("nan")])
def test_a_threshold_that_is_no_share_is_refused(threshold):
    with pytest.raises(RecipeError, match=r"above 0 and at most 1 \(0.8 is usual\)"):
        found([packed(base())] * 2, threshold=threshold)


@pytest.mark.parametrize(
    "other",
    [packed(base(), made=8), packed(base()[:64]), packed(base())[:-1], b"", packed([])],
)
def test_signatures_that_were_not_made_alike_are_refused(other):
    with pytest.raises(RecipeError, match="give the score `minhash` the same options"):
        found([packed(base()), other])
    column = pa.chunked_array([[packed(base())], [other]], pa.binary())
    with pytest.raises(RecipeError, match="were not made alike"):
        found(column)


def test_each_signature_needs_its_length():
    with pytest.raises(ValueError, match="2 signatures and 1 lengths"):
        found([None, None], num_tokens=[1])
