"""Lines of JSON: numbers that count all lines, and one bad line that costs no other."""

from hypothesis import given
from hypothesis import strategies as st

from generators.sources._objects import Line, lines, objects
from tests.generators.sources.conftest import Corpus


def test_each_line_has_its_number_and_its_object_or_a_reason(corpus: Corpus) -> None:
    corpus.write("f.jsonl", '{"a": 1}\n\n[2]\n{"b"\n')
    (item,) = corpus.items("jsonl")
    assert list(objects(item, corpus.place, bad_utf8="reject")) == [
        Line(number=0, value={"a": 1}),
        Line(number=2, reason="not_an_object"),
        Line(number=3, reason="bad_json at character 4"),
    ]


@given(st.lists(st.text("ab\n").map(str.encode)))
def test_lines_equal_splitting_the_whole(parts: list[bytes]) -> None:
    expected = b"".join(parts).split(b"\n")
    assert list(lines(parts)) == (expected if expected[-1] else expected[:-1])
