"""Groups: the columns of a row group as flat arrays and the offsets of its rows.

    rows [5 6 7], [8 9]   ->   values 5 6 7 8 9, offsets 0 3 5

Nothing is copied where a column is one Arrow chunk without nulls, as a row group is read. A column
that may be null (mask, positions) holds the values of the rows that have it, and says which.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.verify.tensors.arrays import IntArray
from schemas.row import BoolArray

SCALARS = ("row_id", "seq_len", "num_docs", "max_doc_len", "num_targets", "num_pad", "attn_cost")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lists:
    """A column of lists."""

    values: npt.NDArray[Any]
    """[N]: the values of all rows, back to back."""
    offsets: IntArray
    """int64[B + 1]: where each row begins; a null row has no values."""
    present: BoolArray
    """bool[B]: which rows are not null."""

    @property
    def sizes(self) -> IntArray:
        """int64[B]: values in each row."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> IntArray:
        """int64[N]: the row of each value. As long as the values: for short columns."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.sizes)

    def row(self, index: int) -> npt.NDArray[Any]:
        """Return the values of one row."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Structs:
    """A column of lists of structs: spans or needles."""

    offsets: IntArray
    """int64[B + 1]."""
    rows: IntArray
    """int64[N]: the row of each."""
    numbers: dict[str, npt.NDArray[Any]]
    """By field, [N]; floats are NaN where null."""
    texts: dict[str, pa.Array]
    """By field of text, [N]."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.rows)

    def __getitem__(self, field: str) -> npt.NDArray[Any]:
        """Return a field of numbers."""
        return self.numbers[field]

    def codes(self, field: str) -> npt.NDArray[np.int32]:
        """Return a field of text as numbers, int32[N]: equal texts have equal ones."""
        found: npt.NDArray[np.int32] = self.texts[field].dictionary_encode().indices.to_numpy()
        return found

    def starts_with(self, field: str, prefix: str) -> BoolArray:
        """Say which texts of a field start so, bool[N]."""
        found: BoolArray = pc.starts_with(self.texts[field], prefix).to_numpy(zero_copy_only=False)
        return found

    def text(self, field: str, index: int) -> str:
        """Return one text."""
        return str(self.texts[field][index].as_py())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TensorGroup:
    """B rows of a shard."""

    table: pa.Table
    """What the rest are views of."""
    ids: Lists
    """int32 values."""
    lengths: Lists
    """int32 values: of the segments."""
    mask: Lists
    """bool values of the rows that have a mask."""
    positions: Lists
    """int32 values of the rows that have positions."""
    spans: Structs
    needles: Structs
    scalars: dict[str, IntArray]
    """By name in SCALARS, int64[B]."""
    stages: list[str]
    rope_modes: list[str]
    digests: list[bytes]

    def __len__(self) -> int:
        """Return B."""
        return len(self.stages)

    @classmethod
    def from_table(cls, table: pa.Table) -> "TensorGroup":
        """Return the rows of a table with the columns of docs/format.md.

        Nulls are those that the format allows: `pipelines.verify.shards.read_group` has looked.
        Cost: a byte a token to unpack the mask; some Python for each row, none for a token.
        """
        return cls(
            table=table,
            ids=_lists(table["input_ids"]),
            lengths=_lists(table["seq_lengths"]),
            mask=_lists(table["target_mask"]),
            positions=_lists(table["position_ids"]),
            spans=_structs(table["spans"]),
            needles=_structs(table["needles"]),
            scalars={name: _whole(table[name]).to_numpy().astype(np.int64) for name in SCALARS},
            stages=table["stage"].to_pylist(),
            rope_modes=table["rope_mode"].to_pylist(),
            digests=table["row_digest"].to_pylist(),
        )

    def select(self, rows: BoolArray) -> "TensorGroup":
        """Return the group of these rows alone, copied unless it is all of them."""
        return self if rows.all() else TensorGroup.from_table(self.table.filter(pa.array(rows)))

    @property
    def body(self) -> IntArray:
        """int64[B]: tokens of each row that are not padding."""
        return self.ids.sizes - self.scalars["num_pad"]

    @property
    def starts(self) -> IntArray:
        """int64[S]: the first token of each segment, counted from the start of its row."""
        ends = np.cumsum(self.lengths.values, dtype=np.int64)
        before = np.concatenate([[0], ends])[self.lengths.offsets[:-1]]
        starts: IntArray = ends - self.lengths.values - np.repeat(before, self.lengths.sizes)
        return starts


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array; copied only when it came in several chunks."""
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _offsets(array: pa.Array) -> IntArray:
    sizes = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])


def _lists(column: pa.ChunkedArray) -> Lists:
    array = _whole(column)
    return Lists(
        values=array.flatten().to_numpy(zero_copy_only=False),
        offsets=_offsets(array),
        present=array.is_valid().to_numpy(zero_copy_only=False),
    )


def _structs(column: pa.ChunkedArray) -> Structs:
    array = _whole(column)
    offsets, values = _offsets(array), array.flatten()
    fields = {field.name: values.field(field.name) for field in values.type}
    texts = {name: part for name, part in fields.items() if pa.types.is_string(part.type)}
    return Structs(
        offsets=offsets,
        rows=np.repeat(np.arange(len(array)), np.diff(offsets)),
        numbers={
            name: part.to_numpy(zero_copy_only=False)
            for name, part in fields.items()
            if name not in texts
        },
        texts=texts,
    )
