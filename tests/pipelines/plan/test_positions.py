"""What a stage's positions are, what is refused, and what they cover."""

from typing import Any

import pytest

from pipelines.plan.positions import (
    coverage_facts,
    coverage_text,
    numbering,
    scheme_of,
    whole_positions,
)
from pipelines.plan.recipe import check_recipe
from schemas.errors import RecipeError
from schemas.recipe import Recipe

BASE: dict[str, Any] = {"inputs": ".", "tokenizer": "train", "sources": {"web": {}}}
POSE = {"positions": "pose", "pos_target_len": 16384, "seq_len": 2048}


def recipe(**changes: Any) -> Recipe:
    return check_recipe({**BASE, **changes}, "r.yaml")


def stages(*stages: dict[str, Any]) -> dict[str, Any]:
    named = [{"name": f"s{n}", "seq_len": 2048, "tokens": "1M"} | s for n, s in enumerate(stages)]
    return {**POSE, "stages": named}


def test_a_stage_has_the_recipes_scheme_its_own_or_none() -> None:
    made = recipe(
        **stages({}, {"positions": {"scheme": "cream", "k": 8}}, {"positions": "restart"})
    )
    found = [scheme_of(made, stage) for stage in made.resolved_stages()]
    assert [spec and spec.scheme for spec in found] == ["pose", "cream", None]


def test_stages_with_the_models_own_positions_restart() -> None:
    made = recipe(**stages({"rope_mode": "original"}, {}))
    found = [scheme_of(made, stage) is None for stage in made.resolved_stages()]
    assert found == [True, False]


def test_keys_are_complete_once_they_are_whole() -> None:
    whole = whole_positions(recipe(**stages({"positions": "cream"})))
    assert whole.positions is not None
    assert whole.positions.fields == {"chunks": 2, "form": "code"}
    written = whole.model_dump(mode="json")["stages"][0]["positions"]
    law = {"sigma": "scaled", "normal": "clipped", "k": None, "heads": "both"}
    assert written == {"scheme": "cream", "mask_seams": True, **law}
    assert whole_positions(recipe()) == recipe()


def test_workers_are_told_all_that_decides_a_draw() -> None:
    made = recipe(seed=5, **stages({}, {"rope_mode": "original"}))
    common = {"mask_seams": True, "target": 16384, "seed": 5}
    fields = {"chunks": 2, "form": "code"}
    assert numbering(made) == {
        "s0": {"scheme": "pose", "fields": fields, **common},
        "s1": {"scheme": "restart", "fields": {}, **common},
    }
    assert numbering(recipe()) == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"positions": "posse"}, "positions.scheme: no position scheme named 'posse'.*'pose'"),
        (
            {**POSE, "positions": {"scheme": "pose", "chunk": 3}},
            "positions.chunk: no such key.*Did",
        ),
        (
            {**POSE, "positions": {"scheme": "pose", "chunks": 3}},
            "has two chunks, not 3; write form: paper for more",
        ),
        (stages({"positions": {"scheme": "cream", "k": 0}}), r"stages\[0\].positions.k: "),
        ({"positions": "pose"}, "pos_target_len: is not given, and pose spreads rows of stage"),
        ({**POSE, "pos_target_len": 2048}, "pos_target_len: is 2,048, and pose spreads"),
        ({**POSE, "pos_target_len": 2049, "extra_token": True}, "is 2,049, and pose spreads"),
        ({**POSE, "pos_target_len": 2**31}, "is more than 2,147,483,647"),
        ({**POSE, "fragment_positions": "continue"}, "write fragment_positions=restart, or leave"),
        (
            {**POSE, "positions": "continued"},
            "fragment_positions=continue; every one has an offset",
        ),
        (
            stages({"rope_mode": "original", "positions": "randpos"}),
            r"stages\[0\].positions: randpos leaves the model's native window",
        ),
        (
            {**POSE, "positions": "cream", "pos_target_len": 2**20},
            "not even a segment that fills a row of stage 'main', 2,048 tokens, is long enough for",
        ),
    ],
)
def test_what_cannot_be_is_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        recipe(**changes)


def test_coverage_of_a_stage() -> None:
    """Eight times the row: PoSE has three quarters of what is near, an eighth of what is far."""
    (facts,) = coverage_facts(recipe(**stages({"positions": "restart"}, {})))
    assert (facts["stage"], facts["scheme"], facts["rows"]) == ("s1", "pose", 64)
    assert facts["edges"] == [1, 2048, 4096, 8192, 12288, 16384]
    assert 0.7 < facts["shares"][0] < 0.85
    assert all(0.05 < share < 0.2 for share in facts["shares"][1:])
    (line,) = coverage_text([facts])
    assert line.startswith("positions of s1: pose, 2,048 tokens over 16,384; distances that a row ")
    assert f"{facts['never']:,} of 16,383 in none of 64 rows" in line


def test_long_targets_are_estimated_from_fewer_rows_and_empty_bands_left_out() -> None:
    (facts,) = coverage_facts(recipe(positions="pose", pos_target_len=2**20, seq_len=600_000))
    assert facts["rows"] == 16
    assert facts["shares"][1:3] == [None, None]
    assert "to 1/4" not in coverage_text([facts])[0]


def test_a_mix_without_schemes_has_no_coverage() -> None:
    assert coverage_facts(recipe()) == []
    assert coverage_text([]) == []
