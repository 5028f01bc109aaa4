"""The search for answers, by eye and against a search that tries every place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.verify.tensors.answers import Candidate, confirmed, forms, patterns_of, search
from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.needles import placed_of
from tests.pipelines.verify.tensors.made import (
    Row,
    Table,
    arrays_of,
    row,
    rules,
    spelled,
    table,
    with_sample,
)

NEEDLE: dict[str, Any] = {"evidence": (4, 8), "question": (14, 16), "answer": (18, 20)}
IDS = [1, 2, 3, 4, 5, 40, 41, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 40, 41, 17, 99]
"""Evidence is tokens 4 to 7, "5 40 41 6"; the answer "40 41" from token 18."""


def hits(ids: Sequence[int], arrays: Arrays, *, encode: Any = None, **line: Any) -> list[Candidate]:
    """Search a sample that stands between two natural rows."""
    one, said = with_sample(ids, [NEEDLE], row_id=1)
    group = TensorGroup.from_table(table([row(0), one, row(2)]))
    placed = placed_of(group, rules(), Table({"needle/0": {**said, **line}}))
    patterns = patterns_of(group, placed, encode)
    found = search(group, arrays.put(group.ids.values), patterns, placed, arrays=arrays)
    assert {candidate.row for candidate in found} <= {1}
    return found


def changed(**at: Sequence[int]) -> list[int]:
    """Return IDS with tokens overwritten: t10=[40, 41] puts them at 10 and 11."""
    ids = [*IDS]
    for name, values in at.items():
        start = int(name.removeprefix("t"))
        ids[start : start + len(values)] = values
    return ids


def test_an_answer_in_its_evidence_alone_is_no_hit(arrays: Arrays) -> None:
    assert hits(IDS, arrays) == []


def test_the_answer_itself_is_no_hit_where_nothing_states_it(arrays: Arrays) -> None:
    assert hits(changed(t5=[30, 31]), arrays) == []


def test_an_answer_that_leaks_is_found_in_its_piece_of_text(arrays: Arrays) -> None:
    found = hits(changed(t10=[40, 41]), arrays)
    wanted = {"row": 1, "sample": 0, "answer": "40 41", "start": 10, "stop": 12}
    assert found == [Candidate(**wanted, first=8, last=18)]


def test_an_answer_at_either_end_of_the_text_is_found(arrays: Arrays) -> None:
    assert [c.start for c in hits(changed(t0=[40, 41], t16=[40, 41]), arrays)] == [0, 16]
    assert [c.start for c in hits(changed(t2=[40, 41], t8=[40, 41]), arrays)] == [2, 8]


def test_a_run_that_reaches_into_evidence_or_the_answer_is_no_hit(arrays: Arrays) -> None:
    assert hits(changed(t3=[40, 41]), arrays) == []
    assert hits(changed(t7=[40, 41]), arrays) == []
    assert hits(changed(t17=[40]), arrays) == []


def test_half_an_answer_is_no_hit(arrays: Arrays) -> None:
    assert hits(changed(t10=[40], t13=[41]), arrays) == []


def test_only_answers_that_declare_a_value_are_searched(arrays: Arrays) -> None:
    assert hits(changed(t10=[40, 41]), arrays, unique="solution") == []


def test_other_tokens_that_spell_the_answer(arrays: Arrays) -> None:
    def encode(text: str) -> npt.NDArray[np.int32]:
        return np.array([33] if text.startswith(" ") else [30, 31], np.int32)

    assert [array.tolist() for array in forms(" 40 41", encode)] == [[30, 31], [33]]
    assert forms("x", None) == forms(" ", encode) == []
    found = hits(changed(t0=[30, 31], t9=[33]), arrays, encode=encode)
    assert sorted((c.start, c.stop) for c in found) == [(0, 2), (9, 10)]
    assert {c.answer for c in found} == {"40 41"}


def test_a_group_without_samples_is_searched_for_nothing(arrays: Arrays) -> None:
    group = TensorGroup.from_table(table([row(0)]))
    placed = placed_of(group, rules(), Table({}))
    patterns = patterns_of(group, placed)
    assert search(group, arrays.put(group.ids.values), patterns, placed, arrays=arrays) == []


@pytest.mark.parametrize(
    ("changes", "decided"),
    [
        ({"t10": [40, 41]}, True),
        ({"t10": [40, 41, 63]}, False),  # "40 413" is another number
        ({"t8": [40, 41]}, True),  # right behind the evidence
        ({"t0": [40, 41]}, True),
        ({"t16": [40, 41]}, True),  # right before the answer
    ],
)
def test_text_decides_whether_a_candidate_is_words(
    changes: dict[str, list[int]], decided: bool
) -> None:
    one, line = with_sample(changed(**changes), [NEEDLE])
    group = TensorGroup.from_table(table([one]))
    placed = placed_of(group, rules(), Table({"needle/0": line}))
    arrays = arrays_of("cpu")
    patterns = patterns_of(group, placed)
    found = search(group, group.ids.values, patterns, placed, arrays=arrays)
    assert [confirmed(group, candidate, spelled) for candidate in found] == [decided]


def test_half_a_word_at_the_edge_of_what_is_decoded_is_no_answer() -> None:
    """32 tokens are read before a candidate; the first of them may be the end of a word."""
    ids = [*[70] * 41, 90, 4, 90, 99]
    candidate = Candidate(row=0, sample=0, answer="10", start=41, stop=42, first=0, last=44)
    group = TensorGroup.from_table(table([{**row(0, (45,)), "input_ids": ids}]))
    assert not confirmed(group, candidate, spelled)


def everywhere(ids: list[int], needles: list[Row], end: int) -> set[tuple[int, int]]:
    """Try every answer at every place before `end`."""
    stated = {k for needle in needles for k in range(*needle["evidence"])}
    found = set()
    for needle in needles:
        pattern = ids[slice(*needle["answer"])]
        for start in range(end - len(pattern) + 1):
            span = range(start, start + len(pattern))
            if ids[start : span.stop] == pattern and not stated & {*span}:
                found.add((start, span.stop))
    return found


@pytest.mark.parametrize("name", ["cpu", "torch"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_place_is_passed_over(name: str, data: st.DataObject) -> None:
    """Texts of three different tokens, so that answers stand everywhere."""
    arrays = arrays_of(name)
    rows, lines, wanted = [], {}, set()
    for number in range(data.draw(st.integers(1, 3))):
        text = data.draw(st.lists(st.integers(1, 3), min_size=20, max_size=20))
        ids, needles = [*text, 7, 7, *data.draw(st.permutations([1, 2, 2, 3])), 99], []
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, 18))
            evidence = (start, start + data.draw(st.integers(1, 4)))
            first = data.draw(st.integers(22, 24))
            answer = (first, data.draw(st.integers(first + 1, 26)))
            needles.append({"evidence": evidence, "question": (20, 22), "answer": answer})
        sample_id = f"needle/{number}"
        one, line = with_sample(ids, needles, sample_id=sample_id, row_id=number)
        line["answer_start"] = 22
        rows.append(one)
        lines[sample_id] = line
        wanted |= {(number, *hit) for hit in everywhere(ids, needles, 22)}
    group = TensorGroup.from_table(table(rows))
    placed = placed_of(group, rules(), Table(lines))
    patterns = patterns_of(group, placed)
    found = search(group, arrays.put(group.ids.values), patterns, placed, arrays=arrays)
    assert {(c.row, c.start, c.stop) for c in found} == wanted
