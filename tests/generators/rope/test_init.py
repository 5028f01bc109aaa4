"""Methods by name, and what all of them have in common."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.rope import Rope, check_trainable, load, measured, names, trainable
from schemas.errors import RecipeError
from tests.generators.rope.oracle import rope_of, scaled, vectors

SEARCHED = ("longrope", "longrope2")
BY_FORMULA = tuple(name for name in names() if name not in SEARCHED)

ROPES = st.builds(
    Rope,
    dim=st.sampled_from([32, 64, 96, 128, 256]),
    base=st.sampled_from([1e4, 5e5, 1e6]),
    trained=st.integers(256, 131072),
)


def test_every_method_is_found_by_its_file():
    assert names() == (
        *("base", "critical", "dynamic", "linear", "llama3"),
        *("longrope", "longrope2", "none", "ntk", "yarn"),
    )
    with pytest.raises(RecipeError, match="Did you mean 'yarn'"):
        load("yan")


def test_dynamic_alone_is_not_for_training():
    assert [name for name in names() if not trainable(name)] == ["dynamic"]
    check_trainable("yarn")
    with pytest.raises(RecipeError, match="'dynamic' is for inference only"):
        check_trainable("dynamic")


@pytest.mark.parametrize("name", names())
def test_an_unknown_key_is_refused(name):
    with pytest.raises(ValidationError):
        load(name).Options(no_such_key=1)


@pytest.mark.parametrize("name", names())
def test_a_target_below_the_trained_length_is_refused(name):
    own = {"longrope": {"long_factor": [1, 2]}, "longrope2": {"factors": [1, 2]}}.get(name, {})
    with pytest.raises(RecipeError, match="shorter than the trained"):
        scaled(name, Rope(dim=4, base=1e4, trained=4096), 4095, **own)


@pytest.mark.parametrize("name", BY_FORMULA)
@given(rope=ROPES)
def test_a_target_of_the_trained_length_changes_nothing(name, rope):
    made = scaled(name, rope, rope.trained)
    np.testing.assert_allclose(made.inv_freq, scaled("none", rope, rope.trained).inv_freq)
    assert made.attention_factor == 1


@pytest.mark.parametrize("name", BY_FORMULA)
@given(rope=ROPES, s=st.floats(1, 64))
def test_pairs_grow_slower_with_their_index_and_no_pair_grows_faster(name, rope, s):
    target = int(rope.trained * s)
    made = scaled(name, rope, target)
    assert made.inv_freq.dtype == np.float64
    assert made.inv_freq.shape == (rope.dim // 2,)
    assert np.all(np.diff(made.inv_freq) < 0)
    assert np.all(made.inv_freq <= scaled("none", rope, target).inv_freq * (1 + 1e-12))
    assert made.attention_factor >= 1


@pytest.mark.parametrize("name", ["linear", "ntk", "dynamic", "yarn", "llama3"])
@given(s=st.floats(1, 64))
def test_the_slowest_pair_is_slowed_exactly_s_times(name, s):
    rope = Rope(dim=128, base=5e5, trained=8192)
    target = int(8192 * s)
    compressed = measured(rope, scaled(name, rope, target).inv_freq, target).last
    assert compressed == pytest.approx(target / 8192, rel=1e-12)


@pytest.mark.parametrize("name", ["none", "ntk", "critical", "dynamic", "yarn", "llama3"])
@given(rope=ROPES, s=st.floats(1, 64))
def test_the_fastest_pair_stays(name, rope, s):
    assert scaled(name, rope, int(rope.trained * s)).inv_freq[0] == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("configuration", vectors())
@pytest.mark.parametrize(
    ("method", "options", "key"),
    [
        ("none", {}, "default"),
        ("linear", {}, "linear"),
        ("ntk", {}, "ntk"),
        ("yarn", {}, "yarn"),
        ("yarn", {"truncate": False}, "yarn_no_truncate"),
        ("llama3", {}, "llama3_1_4"),
        ("critical", {}, "critical_base"),
    ],
)
def test_committed_vectors(configuration, method, options, key):
    rope, target = rope_of(configuration)
    made = scaled(method, rope, target, **options)
    np.testing.assert_allclose(made.inv_freq, vectors()[configuration][key], rtol=1e-9)


@pytest.mark.parametrize("method", BY_FORMULA)
def test_a_config_holds_plain_values_that_json_can_carry(method):
    made = scaled(method, Rope(dim=64, base=10000, trained=4096), 16384)
    assert {type(value) for value in made.config.values()} <= {str, int, float, bool}
    assert {"rope_type", "rope_theta"} <= made.config.keys()
