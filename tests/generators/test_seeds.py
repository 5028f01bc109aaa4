import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.seeds import rng_for


def test_a_stream_is_the_sha256_of_its_path_and_nothing_else():
    head = hashlib.sha256(b'[7,"weave","needle",3]').digest()[:16]
    expected = np.random.Generator(np.random.PCG64(int.from_bytes(head, "little")))
    np.testing.assert_array_equal(
        rng_for(7, "weave", "needle", 3).integers(0, 1000, 5), expected.integers(0, 1000, 5)
    )


def test_the_first_draws_never_change():
    # A change here changes every mix that was ever built: raise the generations with it.
    assert rng_for(0, "weave", "needle", 7).integers(0, 1000, 4).tolist() == [638, 109, 978, 20]


@pytest.mark.parametrize(
    ("one", "other"),
    [((1,), ("1",)), (("ab",), ("a", "b")), (("a", "b"), ("b", "a")), ((), ("",))],
)
def test_different_paths_are_different_streams(one, other):
    assert rng_for(0, *one).integers(2**63) != rng_for(0, *other).integers(2**63)


@given(st.integers(0, 2**64), st.lists(st.integers() | st.text(st.characters(codec="utf-8"))))
def test_the_same_path_gives_the_same_stream(seed, path):
    assert rng_for(seed, *path).integers(2**63) == rng_for(seed, *path).integers(2**63)
