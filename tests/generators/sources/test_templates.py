"""A template puts in what it is handed, and can reach nothing else."""

import pytest

from generators.sources._templates import check_names, fill, names, parse


def test_a_template_is_text_and_fields() -> None:
    assert parse("{role}: {content}\n") == (("", "role"), (": ", "content"), ("\n", None))
    assert names("{a}{b}{a}") == ("a", "b")
    assert fill("{role}: {content}\n", {"role": "user", "content": "Hi"}) == "user: Hi\n"
    assert fill("{{{role}}}", {"role": "user"}) == "{user}"
    assert fill("", {}) == ""


def test_braces_in_a_value_are_text() -> None:
    assert fill("<{a}>", {"a": "{b} {0.__class__} %s"}) == "<{b} {0.__class__} %s>"


@pytest.mark.parametrize(
    "template", ["{id.__class__}", "{id[0]}", "{id!r}", "{id:>99999999}", "{}"]
)
def test_a_field_is_a_plain_name(template: str) -> None:
    with pytest.raises(ValueError, match="a field is a plain name in braces"):
        parse(template)


@pytest.mark.parametrize("template", ["{id", "id}", "{a{b}}"])
def test_braces_must_match(template: str) -> None:
    with pytest.raises(ValueError, match=r"is no template|plain name"):
        parse(template)


def test_an_unknown_field_is_named_with_the_known_ones() -> None:
    check_names("{role}", ("role", "content"))
    with pytest.raises(ValueError, match=r"no field 'rle'; known: role, content$"):
        check_names("{rle}", ("role", "content"))
