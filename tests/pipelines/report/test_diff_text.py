"""The text of a difference: one line for nothing, and only parts that have something to tell."""

from typing import Any

import pytest

from pipelines.report.diff_text import diff_text

NOTHING = {"count": 0, "named": []}
NONE_KEPT = {"documents": 0, "tokens": 0, "by_reason": [], "named": []}
ALIKE: dict[str, Any] = {
    "a": "may",
    "b": "june",
    "compared": "mixes",
    "same": False,
    "recipe": [],
    "made_with": [],
    "inputs": {"only_a": NOTHING, "only_b": NOTHING, "changed": NOTHING},
    "documents": {
        "only_a": NONE_KEPT,
        "only_b": NONE_KEPT,
        "text_changed": {"documents": 0, "by_source": {}, "named": []},
    },
    "totals": [],
    "samples": {"by_task": [], "named": {"only_a": [], "only_b": [], "changed": []}},
    "depths": [],
    "files": [],
}


@pytest.mark.parametrize(
    ("compared", "words"),
    [("recipes", "the same recipe"), ("mixes", "the same mix, all files byte for byte")],
)
def test_nothing_is_one_line(compared: str, words: str) -> None:
    text = diff_text({"compared": compared, "same": True})
    assert text.startswith(f"no difference: A and B are {words}")
    assert "\n" not in text


def test_a_part_without_differences_is_not_told() -> None:
    files = [{"kind": "card", "only_a": NOTHING, "only_b": NOTHING, "changed": {"count": 1}}]
    assert diff_text({**ALIKE, "files": files}) == "A  may\nB  june\n\nfiles: card 1 changed"


def test_recipes_have_their_keys_alone() -> None:
    found = [{"key": "seed", "a": 0, "b": 1}]
    facts = {"a": "x", "b": "y", "compared": "recipes", "same": False, "recipe": found}
    assert diff_text(facts) == "A  x\nB  y\n\nrecipe: 1 difference\n  seed: 0 -> 1"


def test_what_is_not_named_is_counted() -> None:
    inputs = {**ALIKE["inputs"], "changed": {"count": 1203, "named": ["x.txt", "y.txt"]}}
    lines = diff_text({**ALIKE, "inputs": inputs}).splitlines()[3:]
    assert lines == ["inputs", "  1,203 changed", "    x.txt", "    y.txt", "    and 1,201 more"]


def test_documents_have_the_reason_of_the_other_mix() -> None:
    alone = {
        "documents": 1,
        "tokens": 900,
        "by_reason": [{"source": "books", "reason": "short", "documents": 1}],
        "named": [{"doc_id": "books:rain", "reason": "short"}],
    }
    changed = {"documents": 1, "by_source": {"notes": 1}, "named": ["notes:monday"]}
    documents = {"only_a": NONE_KEPT, "only_b": alone, "text_changed": changed}
    assert diff_text({**ALIKE, "documents": documents}).splitlines()[3:] == [
        "documents",
        "  1 kept in B and not in A, 900 tokens; there: short (1 of books)",
        "    books:rain: short",
        "  1 of another text, 1 of notes",
        "    notes:monday",
    ]


def test_totals_are_four_columns() -> None:
    numbers = [("source", "books", 1200, 900), ("task", "code", 0, 50), ("all", "pad", 7, 7)]
    entries = [
        {
            "of": of,
            "name": name,
            "a": a,
            "b": b,
            "difference": b - a,
            "percent": 100 * (b - a) / a if a else None,
        }
        for of, name, a, b in numbers
    ]
    assert diff_text({**ALIKE, "totals": entries}).splitlines()[3:] == [
        "tokens and rows      A    B  difference",
        "  source books   1,200  900        -300  -25.0%",
        "  task code          0   50         +50",
        "  pad                7    7           =",
    ]


def test_samples_are_counted_by_task_and_a_few_are_named() -> None:
    entry = {"task": "needle", "only_a": 0, "only_b": 0, "changed": 6, "moved": 1, "same": 9}
    samples = {
        "by_task": [{**entry, "columns": {"gold": 6, "template": 2}}],
        "named": {"only_a": [], "only_b": [], "changed": ["0", "1", "2", "3", "4", "5"]},
    }
    assert diff_text({**ALIKE, "samples": samples}).splitlines()[3:] == [
        "samples   in A alone  in B alone  changed  moved  same",
        "  needle           0           0        6      1     9",
        "  changed of needle: gold 6, template 2",
        "  changed: 0, 1, 2, 3, 4, ...",
    ]


def test_depths_stand_above_each_other_where_they_differ() -> None:
    equal = {"task": "facts", "a": [1] * 10, "b": [1] * 10}
    other = {"task": "needle", "a": [12] + [0] * 9, "b": [0] * 9 + [3]}
    assert diff_text({**ALIKE, "depths": [equal, other]}).splitlines()[3:] == [
        "pieces of evidence in each tenth of the context, as found",
        "  needle  A  12  0  0  0  0  0  0  0  0  0",
        "          B   0  0  0  0  0  0  0  0  0  3",
    ]
