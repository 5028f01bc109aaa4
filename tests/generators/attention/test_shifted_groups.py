"""Both partitions by eye, the future that the rolled form leaks, and documents kept apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.attention.shifted_groups import boundaries, shifted_heads, visible


def test_both_halves_by_eye():
    assert boundaries(16, group=4, shifted=False).tolist() == [0, 4, 8, 12, 16]
    assert boundaries(16, group=4, shifted=True).tolist() == [0, 2, 6, 10, 14, 16]


def rolled(length: int, group: int) -> np.ndarray:
    """The other form's mask: roll the row back by half a group, attend in groups, roll back."""
    place = (np.arange(length) - group // 2) % length
    same = place[:, None] // group == place[None, :] // group
    return same & (place[:, None] >= place[None, :])


def test_the_rolled_form_sees_the_future_and_segments_do_not():
    later = np.triu(np.ones((16, 16), bool), 1)
    leak = rolled(16, 4) & later
    assert np.argwhere(leak).tolist() == [[0, 14], [0, 15], [1, 14], [1, 15]]
    ours = visible(boundaries(16, group=4, shifted=True))
    assert not (ours & later).any()
    assert np.array_equal(ours, rolled(16, 4) & ~later)


def test_together_the_halves_reach_back_over_groups():
    """Token 5 sees 4 in the one half and 2, 3, 4 in the other; two layers reach further."""
    plain = visible(boundaries(16, group=4, shifted=False))
    shifted = visible(boundaries(16, group=4, shifted=True))
    assert np.flatnonzero(plain[5]).tolist() == [4, 5]
    assert np.flatnonzero(shifted[5]).tolist() == [2, 3, 4, 5]
    both = (plain | shifted).astype(int)
    assert np.flatnonzero((both @ both)[5])[0] == 0


def test_groups_override_documents_unless_told_of_them():
    """Documents of 3 and 5: without them, token 3 sees the other text's token 2."""
    lengths = np.array([3, 5])
    assert visible(boundaries(8, group=4, shifted=False))[3, 2]
    cut = boundaries(8, group=4, shifted=False, seq_lengths=lengths)
    assert cut.tolist() == [0, 3, 4, 8]
    assert not visible(cut)[3, 2]


@given(
    groups=st.integers(1, 5),
    half=st.integers(1, 4),
    shifted=st.booleans(),
    cuts=st.sets(st.integers(1, 40)),
)
def test_cutting_at_documents_is_both_masks_at_once(groups, half, shifted, cuts):
    group = 2 * half
    length = groups * group
    ends = [0, *sorted(cut for cut in cuts if cut < length), length]
    documents = visible(np.array(ends))
    plain = visible(boundaries(length, group=group, shifted=shifted))
    cut = boundaries(length, group=group, shifted=shifted, seq_lengths=np.diff(ends))
    assert np.array_equal(visible(cut), plain & documents)


def test_the_second_half_of_the_heads_shifts():
    assert shifted_heads(4).tolist() == [False, False, True, True]


def test_what_cannot_be_is_refused():
    for length, group in ((16, 3), (18, 4), (16, 0)):
        with pytest.raises(ValueError, match="must be even and divide"):
            boundaries(length, group=group, shifted=False)
    with pytest.raises(ValueError, match="documents have 7"):
        boundaries(8, group=4, shifted=False, seq_lengths=np.array([7]))
    with pytest.raises(ValueError, match="no halves"):
        shifted_heads(3)
