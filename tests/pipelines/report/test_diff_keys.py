"""Differences of nested values, by dotted path."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.report.diff_keys import ABSENT, LONGEST, difference_lines, differences

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "x", "y"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def test_a_key_of_one_side_has_one_entry_and_one_value() -> None:
    a = {"seq_len": 8192, "eos": True, "sources": {"books": {"files": "*"}}}
    b = {"seq_len": 32768, "eos": True, "sources": {"books": {"files": "*"}, "notes": {"k": 1}}}
    assert differences(a, b) == [
        {"key": "seq_len", "a": 8192, "b": 32768},
        {"key": "sources.notes", "b": {"k": 1}},
    ]


def test_a_null_is_a_value_and_no_missing_key() -> None:
    assert differences({"x": None}, {}) == [{"key": "x", "a": None}]
    assert differences({"x": None}, {"x": None}) == []


def test_a_number_is_no_truth_value() -> None:
    assert differences({"eos": True}, {"eos": 1}) == [{"key": "eos", "a": True, "b": 1}]


def test_a_stage_in_front_is_one_difference() -> None:
    long, short = {"name": "long", "seq_len": 1024}, {"name": "short", "seq_len": 512}
    found = differences({"stages": [long]}, {"stages": [short, long]})
    assert found == [{"key": "stages.short", "b": short}]


def test_stages_in_another_order_differ() -> None:
    one, two = {"name": "one"}, {"name": "two"}
    found = differences({"stages": [one, two]}, {"stages": [two, one]})
    assert found == [{"key": "stages", "a": ["one", "two"], "b": ["two", "one"]}]


@settings(deadline=None)
@given(a=VALUES, b=VALUES)
def test_nothing_differs_exactly_where_the_canonical_json_is_the_same(a, b) -> None:
    same = json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
    assert (differences(a, b) == []) == same


@settings(deadline=None)
@given(a=VALUES, b=VALUES)
def test_the_other_way_round_only_the_sides_change(a, b) -> None:
    names = {"a": "b", "b": "a", "key": "key"}
    swapped = [{names[k]: v for k, v in entry.items()} for entry in differences(b, a)]
    assert json.dumps(swapped, sort_keys=True) == json.dumps(differences(a, b), sort_keys=True)


def test_a_line_has_the_path_and_both_values() -> None:
    found = differences({"bos": "none", "seed": 1}, {"seed": 2, "é": "ü"})
    assert difference_lines(found) == [
        f'bos: "none" -> {ABSENT}',
        "seed: 1 -> 2",
        f'é: {ABSENT} -> "ü"',
    ]


def test_of_long_values_the_part_that_differs_is_shown() -> None:
    (line,) = difference_lines([{"key": "k", "a": "x" * 500 + "1", "b": "x" * 500 + "2"}])
    assert line == 'k: ...xxxxxxxxxxxx1" -> ...xxxxxxxxxxxx2"'


@settings(deadline=None)
@given(a=st.text(), b=st.text(min_size=200))
def test_no_line_is_longer_than_two_values(a: str, b: str) -> None:
    (line,) = difference_lines([{"key": "k", "a": a, "b": b}])
    assert len(line) <= len("k:  -> ") + 2 * (LONGEST + 6)
