"""A packer is found by its file name alone, and each keeps the same promises: no token is lost or
used twice, what may not be cut is whole, and every empty place of a row is counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.packing import fills_rows, load, names, needs_near
from generators.packing.best_fit import pack
from schemas.errors import RecipeError


def test_only_modules_that_define_pack_are_packers():
    assert names() == ("best_fit", "buckets", "concatenate", "related", "single")


def test_a_packer_is_loaded_by_name():
    assert load("best_fit") is pack


def test_one_packer_asks_what_is_like_what():
    assert [name for name in names() if needs_near(name)] == ["related"]


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match=r"'best_fti'; known: .*\. Did you mean 'best_fit'"):
        load("best_fti")


def test_a_helper_is_not_a_packer():
    with pytest.raises(RecipeError, match="no packer named 'bound'"):
        load("bound")


@st.composite
def pools(draw):
    """Draw pieces, which of them may be cut, and the rules of cutting."""
    min_fragment = draw(st.integers(1, 6))
    cost = draw(st.integers(0, 1))
    capacity = draw(st.integers(2 * max(min_fragment, 2) + cost, 80))
    near = st.sampled_from([capacity - 1, capacity, capacity // 2, capacity // 4, 1])
    whole = draw(st.lists(st.integers(1, capacity) | near.filter(bool), max_size=25))
    longer = st.integers(1, 5 * capacity) | st.integers(-3, 3).map(lambda x: 2 * capacity + x)
    cuttable = draw(st.lists(longer, max_size=12))
    flags = draw(st.permutations([False] * len(whole) + [True] * len(cuttable)))
    lengths = [(cuttable if flag else whole).pop() for flag in flags]
    return lengths, flags, {"capacity": capacity, "min_fragment": min_fragment, "cut_cost": cost}


def packed(name, pool, seed=0):
    lengths, flags, rules = pool
    return load(name)(
        np.random.default_rng(seed),
        np.array(lengths, dtype=np.int64),
        cuttable=np.array(flags, dtype=np.bool_),
        **rules,
    )


def segments(packing):
    """Return (row, piece, start, length) of each segment."""
    columns = (packing.row, packing.piece, packing.start, packing.length)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("name", names())
@given(pools())
@settings(max_examples=200, deadline=None)
def test_every_piece_lies_whole_or_in_fragments_that_join_without_gap(name, pool):
    lengths, flags, rules = pool
    packing = packed(name, pool)
    fragments = {piece: [] for piece in range(len(lengths))}
    for _, piece, start, length in segments(packing):
        fragments[piece].append((start, length))
    for piece, found in fragments.items():
        found.sort()
        ends = [start + length for start, length in found]
        assert [start for start, _ in found] == [0, *ends][: len(found)]
        assert ends[-1:] == ([] if piece in packing.left else [lengths[piece]])
        assert len(found) < 2 or flags[piece]
        least = min(max(rules["min_fragment"], 2), lengths[piece])
        assert all(length >= least for _, length in found)
    assert not any(flags[piece] for piece in packing.left.tolist())


@pytest.mark.parametrize("name", names())
@given(pools())
@settings(max_examples=200, deadline=None)
def test_rows_are_full_or_say_what_is_free_and_those_with_padding_stand_last(name, pool):
    lengths, _, rules = pool
    packing = packed(name, pool)
    used = [0] * len(packing.free)
    for row, piece, start, length in segments(packing):
        used[row] += length + rules["cut_cost"] * (start + length < lengths[piece])
    assert all(used)
    assert [rules["capacity"] - tokens for tokens in used] == packing.free.tolist()
    assert packing.row.tolist() == sorted(packing.row.tolist())
    assert (packing.free > 0).tolist() == sorted(packing.free > 0)
    assert packing.left.tolist() == sorted(packing.left.tolist())


@pytest.mark.parametrize("name", names())
@given(pools(), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_the_same_state_gives_the_same_rows(name, pool, seed):
    first, again = packed(name, pool, seed), packed(name, pool, seed)
    assert segments(first) == segments(again)
    assert first.free.tolist() == again.free.tolist()


@pytest.mark.parametrize("name", names())
def test_another_state_gives_another_order(name):
    lengths = np.random.default_rng(1).integers(1, 10, 200).tolist()
    pool = (lengths, [True] * 200, {"capacity": 10, "min_fragment": 2})
    assert segments(packed(name, pool, 3)) != segments(packed(name, pool, 4))


@pytest.mark.parametrize("name", names())
def test_nothing_makes_no_rows(name):
    packing = packed(name, ([], [], {"capacity": 10, "min_fragment": 2}))
    assert segments(packing) == packing.free.tolist() == packing.left.tolist() == []


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize(
    ("lengths", "flags", "message"),
    [
        ([3, 11], [False, False], "piece 1 has 11 tokens and may not be cut, but a row holds 10"),
        ([0], [False], "piece 0 has 0 tokens; give at least 1"),
        ([20], [True, False], r"lengths \(1,\) and cuttable \(2,\)"),
    ],
)
def test_what_no_row_can_hold_is_refused_by_name(name, lengths, flags, message):
    with pytest.raises(ValueError, match=message):
        packed(name, (lengths, flags, {"capacity": 10, "min_fragment": 2}))


def test_packers_that_pad_by_design_say_so() -> None:
    assert {name for name in names() if not fills_rows(name)} == {"buckets", "single"}
