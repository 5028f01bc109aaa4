"""Values of the wrong kind are sentences, whatever stands in a file."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.plan.extension import Request, plan_extension
from pipelines.plan.model_config import read_model
from pipelines.plan.model_values import check_values
from schemas.errors import RecipeError
from tests.pipelines.plan.models import values

JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
LLAMA, PHI = values("llama-3.1-8b"), values("phi-3-mini-128k")


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"hidden_size": "4096"}, "hidden_size must be a whole number"),
        ({"head_dim": 1.5}, "head_dim must be a whole number"),
        ({"head_dim": 10**6}, "no head has more than 100,000"),
        ({"vocab_size": True}, "vocab_size must be a whole number"),
        ({"num_layers": 3, "num_hidden_layers": -1}, "num_hidden_layers must be"),
        ({"rope_theta": float("nan")}, "rope_theta must be a number"),
        ({"rope_scaling": {"factor": "8"}}, "rope_scaling.factor must be a number"),
        (
            {"rope_parameters": {"full_attention": {"rope_type": 3}}},
            "rope_parameters.full_attention.rope_type must be a word",
        ),
    ],
)
def test_a_value_of_the_wrong_kind(given_, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        check_values(given_)


def test_null_and_keys_that_nobody_reads_are_let_through() -> None:
    check_values({"head_dim": None, "rope_scaling": None, "colour": ["red"]})
    check_values({"hidden_size": 4096.0})


@given(st.sampled_from([LLAMA, PHI]), st.data())
def test_junk_is_refused_or_planned(config: dict[str, Any], data: st.DataObject) -> None:
    inner = config["rope_scaling"]
    key = data.draw(st.sampled_from([*config, *inner, "head_dim", "rope_parameters"]))
    junk = data.draw(JUNK)
    if key in inner:
        changed = {**config, "rope_scaling": {**inner, key: junk}}
    else:
        changed = {**config, key: junk}
    request = Request(target=12288, options={}, methods=("none", "ntk"))
    with suppress(RecipeError):
        plan_extension(read_model(changed, from_scaled=True), request)
