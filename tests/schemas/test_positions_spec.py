"""A scheme by its name, and who can be told of it."""

import pytest
from pydantic import ValidationError

from schemas.errors import RecipeError
from schemas.positions_spec import CARRIES_POSITIONS, PositionsSpec, need_positions_carried


def test_a_scheme_is_a_name_or_a_mapping_with_keys_of_its_own() -> None:
    assert PositionsSpec.model_validate("pose") == PositionsSpec(scheme="pose")
    spec = PositionsSpec.model_validate({"scheme": "cream", "k": 32})
    assert (spec.scheme, spec.fields, spec.mask_seams) == ("cream", {"k": 32}, True)


def test_it_is_written_as_a_recipe_has_it() -> None:
    spec = PositionsSpec.model_validate({"scheme": "cream", "k": 32})
    written = spec.model_dump(mode="json")
    assert written == {"scheme": "cream", "mask_seams": True, "k": 32}
    assert PositionsSpec.model_validate(written) == spec


def test_a_scheme_must_be_named() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        PositionsSpec.model_validate({"k": 32})


def test_trainers_that_cannot_carry_positions_are_refused_by_name() -> None:
    need_positions_carried("transformers")
    for trainer in ("trl", "megatron", "bridge", "olmo"):
        assert CARRIES_POSITIONS[trainer]
        with pytest.raises(RecipeError, match=f"{trainer} cannot carry the position_ids of this"):
            need_positions_carried(trainer)


def test_a_trainer_that_nobody_looked_at_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"newcomer cannot .* nobody has looked"):
        need_positions_carried("newcomer")
