"""Ids that do not exist, and columns that do not fit, by eye."""

import numpy as np

from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.breaches import Log
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.sizes import EXISTS, PAD, SPECIAL, Kinds, check_scalars, check_sizes
from tests.pipelines.verify.tensors.made import END, HOLE, START, VOCABULARY, row, rules, table


def test_every_id_has_its_kind() -> None:
    kinds = Kinds.of(rules()).table
    assert len(kinds) == VOCABULARY + 1
    found = {name: int(kinds[at]) for name, at in (("end", END), ("start", START), ("hole", HOLE))}
    assert found == {"end": EXISTS | SPECIAL | PAD, "start": EXISTS | SPECIAL, "hole": 0}
    assert kinds[-1] == 0
    assert kinds[7] == EXISTS


def test_kinds_are_made_once_for_the_same_rules() -> None:
    known = rules()
    assert Kinds.of(known) is Kinds.of(known)
    assert Kinds.of(known) is not Kinds.of(rules())


def test_a_row_of_strange_ids_is_told_from_one_of_the_wrong_length(arrays: Arrays) -> None:
    rows = [row(0), row(1), row(2)]
    rows[0]["input_ids"][5] = VOCABULARY
    rows[1]["input_ids"].pop()
    group, known, log = TensorGroup.from_table(table(rows)), rules(), Log(np.arange(3))
    kinds = arrays.lookup(arrays.put(Kinds.of(known).table), arrays.put(group.ids.values))
    alive = check_scalars(group, known, log)
    assert alive.all()
    sized = check_sizes(group, alive, kinds, arrays=arrays, rules=known, log=log)
    assert sized.tolist() == [False, False, True]
    assert [(b.row, b.check) for b in log.breaches] == [(1, "row.length"), (0, "row.ids")]
    assert log.counts["row.boundaries"] == 1
