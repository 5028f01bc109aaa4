"""What every part of a recipe is made of."""

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.knobs import Name, Open, Tokens


@pytest.mark.parametrize(
    ("given", "tokens"), [(5, 5), ("500M", 500_000_000), ("1.5T", 1_500_000_000_000)]
)
def test_numbers_of_tokens_may_have_a_unit(given: object, tokens: int) -> None:
    assert TypeAdapter(Tokens).validate_python(given) == tokens


@pytest.mark.parametrize("given", [0, -1, "5K", "M"])
def test_what_is_no_number_of_tokens_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Tokens).validate_python(given)


def test_keys_of_the_module_gather() -> None:
    class Use(Open):
        share: float

    assert Use.model_validate({"share": 0.1, "keys": 4}).fields == {"keys": 4}


@pytest.mark.parametrize("name", ["", "../up", "a b", "-a"])
def test_a_name_is_one_word(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)
