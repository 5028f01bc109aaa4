"""Positions inside segments, by eye."""

from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.checks import check_group
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.positions import upload
from tests.pipelines.verify.tensors.made import Row, row, rules, table

POSE = {"positions": {"scheme": "pose"}, "pos_target_len": 64}
CONTINUE = {"fragment_positions": "continue", "pos_target_len": 64}


def expected(one: Row, arrays: Arrays, **recipe: object) -> list[str]:
    checked = check_group(TensorGroup.from_table(table([one])), rules(**recipe), arrays)
    assert {breach.check for breach in checked.breaches} <= {"row.positions"}
    return [breach.expected for breach in checked.breaches]


def test_neighbours_are_compared_on_the_device(arrays: Arrays) -> None:
    one = row(0, (24,), positions=[0, 1, 7, 7, *range(9, 29)])
    given = upload(TensorGroup.from_table(table([one])), arrays)
    assert arrays.places(given.breaks).tolist() == [1, 2, 3]
    assert arrays.places(given.falls).tolist() == [2]


def test_positions_may_fall_where_a_segment_begins_and_nowhere_else(arrays: Arrays) -> None:
    jump = [*range(10), *range(40, 54)]
    assert expected(row(0, (10, 14), positions=jump), arrays, **POSE) == []
    fall = [*range(20, 30), *range(14)]
    assert expected(row(0, (10, 14), positions=fall), arrays, **POSE) == []
    assert expected(row(0, (24,), positions=fall), arrays, **POSE) == [
        "positions that rise in every segment"
    ]


def test_positions_that_only_restart_are_not_to_be_written(arrays: Arrays) -> None:
    again = [*range(10), *range(14)]
    wanted = ["null where positions only restart"]
    assert expected(row(0, (10, 14), positions=again), arrays, **POSE) == wanted


def test_positions_nobody_asked_for(arrays: Arrays) -> None:
    jump = [*range(10), *range(40, 54)]
    wanted = ["null: the recipe asks for none in this row"]
    assert expected(row(0, (10, 14), positions=jump), arrays) == wanted


def test_fragments_go_on_from_their_offset(arrays: Arrays) -> None:
    """The second fragment begins at token 40 of its document, so position 40."""
    one = row(0, (10, 14), positions=[*range(10), *range(40, 54)])
    one["spans"][1]["doc_offset"] = 40
    assert expected(one, arrays, **CONTINUE) == []
    one["spans"][1]["doc_offset"] = 41
    assert expected(one, arrays, **CONTINUE) == ["positions from 41 at token 10"]
    one["position_ids"] = None
    assert expected(one, arrays, **CONTINUE) == ["positions from 41 at token 10"]


def test_fragments_beyond_the_bound_restart(arrays: Arrays) -> None:
    one = row(0, (10, 14))
    one["spans"][1]["doc_offset"] = 60
    assert expected(one, arrays, **CONTINUE) == []
    one["position_ids"] = [*range(10), *range(60, 74)]
    assert expected(one, arrays, **CONTINUE) == ["positions below 64"]
