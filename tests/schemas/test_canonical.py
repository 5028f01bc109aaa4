"""Equal values have one spelling, so a digest changes when a value does and never otherwise."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import canonical_json, digest, digest_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def test_the_spelling_is_sorted_without_spaces_and_utf8() -> None:
    assert canonical_json({"b": 1, "a": [2.0, "é"]}) == '{"a":[2.0,"é"],"b":1}'.encode()


@given(JSON)
def test_a_value_survives_its_spelling(value) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(max_size=4), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value) -> None:
    turned = dict(reversed(value.items()))
    assert digest(turned) == digest(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_spell_is_refused(value) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json([value])


def test_lines_are_sorted_and_each_is_ended() -> None:
    assert digest_lines(["b", "a"]) == hashlib.sha256(b"a\nb\n").hexdigest()
    assert digest_lines([]) == hashlib.sha256(b"").hexdigest()
