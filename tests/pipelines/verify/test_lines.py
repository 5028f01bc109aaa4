"""Lines of a table are found by name, and only those that are asked for become Python objects."""

import pyarrow as pa

from pipelines.verify.lines import Lines

TABLE = pa.table(
    {"doc_id": ["a", "b", "c", "b"], "size": [1, 2, 3, 4], "tags": [[], ["x"], [], []]}
)


def test_lines_are_taken_by_name() -> None:
    lines = Lines(TABLE, "doc_id")
    assert lines.take(["c", "a", "c"]) == {
        "a": {"doc_id": "a", "size": 1, "tags": []},
        "c": {"doc_id": "c", "size": 3, "tags": []},
    }


def test_name_without_a_line_is_left_out() -> None:
    assert Lines(TABLE, "doc_id").take(["z"]) == {}
    assert Lines(TABLE.slice(0, 0), "doc_id").take(["a"]) == {}


def test_last_of_equal_names_counts() -> None:
    assert Lines(TABLE, "doc_id").take(["b"])["b"]["size"] == 4


def test_values_of_one_column_come_in_the_order_of_the_names() -> None:
    assert Lines(TABLE, "doc_id").values("size", ["c", "z", "a", "c"]) == [3, None, 1, 3]
