"""Digests by threads, and a row whose digest is another's."""

import numpy as np
import pyarrow as pa

from pipelines.verify.tensors.digests import check_digests, digests_of
from pipelines.verify.tensors.group import TensorGroup
from tests.pipelines.verify.tensors.made import digest, row, table

ROWS = [row(0), row(1, (20, 4), mask=True), row(2, (24,), positions=range(3, 27))]


def test_digests_are_those_of_the_format_by_any_number_of_threads() -> None:
    group = TensorGroup.from_table(table(ROWS))
    expected = [digest(one) for one in ROWS]
    assert digests_of(group, threads=1) == digests_of(group, threads=3) == expected


def test_a_wrong_digest_is_named() -> None:
    found = table(ROWS)
    digests = [*found["row_digest"].to_pylist()[:2], bytes(16)]
    place = found.schema.get_field_index("row_digest")
    column = pa.array(digests, pa.binary(16))
    group = TensorGroup.from_table(found.set_column(place, "row_digest", column))
    checked = check_digests(group, threads=2)
    assert checked.counts == {"row.digest": 3}
    assert [(b.row, b.expected) for b in checked.breaches] == [
        (2, f"{digest(ROWS[2])!r}, found {bytes(16)!r}")
    ]
    some = check_digests(group, rows=np.array([True, False, False]))
    assert (some.counts, some.breaches) == ({"row.digest": 1}, ())
    last = check_digests(group, rows=np.array([False, False, True]))
    assert [b.row for b in last.breaches] == [2]
