"""Definitions: heads, parameters, bases and values, as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.syntax.definitions import Definition, definitions

TEXT = """ÄRA = "é"
FEED_RATE: int = -4  # per hour
TABLE = {1: 2}


@cached
class Press(tools.Machine, Base):
    INSIDE = 3

    async def cut(self, a, /, b: int = 34, *rest, c="x y", d=call(1), **more) -> None:
        def inner(z): ...


class Box(Generic[T]):
    pass


class Bare:
    pass
"""


def read(text: str = TEXT) -> dict[str, Definition]:
    return {one.name: one for one in definitions(text)}


def test_definitions_are_read_as_they_are_written() -> None:
    found = read()
    assert list(found) == ["ÄRA", "FEED_RATE", "TABLE", "Press", "cut", "inner", "Box", "Bare"]
    assert [found[name].value for name in ("ÄRA", "FEED_RATE", "TABLE")] == ['"é"', "-4", ""]
    assert found["Press"].bases == ("tools.Machine", "Base")
    assert found["Box"].bases == found["Bare"].bases == ()
    assert [(one.name, one.default) for one in found["cut"].parameters] == [
        ("self", ""), ("a", ""), ("b", "34"), ("*rest", ""), ("c", '"x y"'), ("d", ""),
        ("**more", ""),
    ]  # fmt: skip


def test_heads_end_where_bodies_begin() -> None:
    heads = {name: TEXT[one.start : one.stop] for name, one in read().items()}
    assert heads["FEED_RATE"] == "FEED_RATE: int = -4"
    assert heads["Press"] == "class Press(tools.Machine, Base)"
    assert heads["cut"].startswith("async def cut(self")
    assert heads["cut"].endswith("**more)")
    assert heads["Bare"] == "class Bare"


@pytest.mark.parametrize(
    ("value", "plain"),
    [("1", True), ("-2.5", True), ('"a"', True), ("a.b.C", True), ("(1, 'b')", True), ("[]", True),
     ("f(1)", False), ('f"{a}"', False), ("1 + 2", False), ("(\n1)", False), ("((1, 2), 3)", False),
     ("[x for x in y]", False)],
)  # fmt: skip
def test_a_value_is_plain_or_not_told(value: str, plain: bool) -> None:
    assert read(f"X = {value}\n")["X"].value == (value if plain else "")


def test_long_files_are_read_to_the_end() -> None:
    text = "".join(f"V{number} = {number}  # é\n" for number in range(3000))
    found = definitions(text)
    assert [one.value for one in found] == [str(number) for number in range(3000)]
    assert all(text[one.start : one.stop] == f"{one.name} = {one.value}" for one in found)


def test_only_the_pieces_around_the_wanted_places_are_parsed() -> None:
    text = "".join(f"V{number} = {number}  # é\n" for number in range(3000))
    place = text.index("V2000 ")
    found = definitions(text, near=[place])
    assert place in {one.start for one in found}
    assert 100 < len(found) < 1000
    assert set(found) <= set(definitions(text))
    assert definitions(text, near=[]) == ()


@given(st.text(alphabet="def clas(x,):=\n 1é\"'*", max_size=60))
def test_nothing_in_a_text_is_an_error(text: str) -> None:
    assert all(0 <= one.start < one.stop <= len(text) for one in definitions(text))
