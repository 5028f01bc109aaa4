r"""The rows of a table, Parquet or JSON lines, as mappings of the columns that a reader needs.

    {"repo": "a/b", "path": "x.py", "stars": 3}\n   columns repo, path
        ->  row 0: {"repo": "a/b", "path": "x.py"}

`.parquet` files are Parquet, all others JSON lines, perhaps compressed. Parquet text arrives as
bytes, also within lists and structs, so that one bad byte costs one row and not a batch; times
arrive as datetimes of whole microseconds. Rows are numbered from 0.
Cost: the named columns (Parquet) or all lines (JSON) once, and one pass for the file's hash. Memory
is one batch of rows, or the longest line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from generators.files import Place
from generators.sources._listing import check_identity
from generators.sources._objects import SUFFIXES as JSON_SUFFIXES
from generators.sources._objects import Line, objects
from generators.text import BadUtf8
from schemas.errors import BrokenFile, RecipeError
from schemas.unit import Item

PARQUET = ".parquet"
SUFFIXES = (*JSON_SUFFIXES, PARQUET)
"""What a pattern without an ending means."""

BATCH_BYTES = 1 << 22
"""Decoded bytes that one batch should hold; a single larger row is a batch by itself."""

BATCH_ROWS = 1 << 14
"""Rows of one batch at most: a footer's sizes say little of text that repeats itself."""

NUM_PROBED = 1000
"""Lines in which a key that the recipe names must stand once; our choice, read in no time."""

PAGE_BUFFER_BYTES = 1 << 20
"""Read buffer of a column: without one, Arrow loads the column of a whole row group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns, or keys, that a reader looks at."""

    required: tuple[str, ...] = ()
    """A Parquet file without one of them is broken; a JSON object may lack any."""
    optional: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    """Read from a Parquet file that has none of the others."""
    present: tuple[str, ...] = ()
    """A Parquet file without one of them is broken too; they are not read."""

    @property
    def all(self) -> tuple[str, ...]:
        """All that may be read, each name once."""
        return tuple(dict.fromkeys((*self.required, *self.optional, *self.otherwise)))


def records(item: Item, inputs: Place, columns: Columns, *, bad_utf8: BadUtf8) -> Iterator[Line]:
    """Yield the rows with what they have of the columns; a row that cannot be read has its reason.

    BrokenFile where the file is cut or corrupt or lacks a required column; IdentityError when it is
    not the file that was listed, at the latest after its last row.
    """
    if item.uri.lower().endswith(PARQUET):
        yield from _parquet_rows(item, inputs, columns)
        return
    names = columns.all
    for line in objects(item, inputs, bad_utf8=bad_utf8):
        found = line.value
        if found is None:
            yield line
            continue
        value = {name: found[name] for name in names if name in found}
        yield Line(number=line.number, value=value, num_replaced=line.num_replaced)


def check_columns(name: str, item: Item, inputs: Place, *, named: tuple[str, ...]) -> list[str]:
    """Return the columns or keys of a source's first file, empty when it cannot be read so far.

    RecipeError when `named`, which the recipe names, are not among them: of a Parquet file its
    columns, of lines the keys of the first NUM_PROBED.
    """
    try:
        known = _known(item, inputs)
    except BrokenFile:
        return []  # reading it says so, and the other files go on
    missing = ", ".join(f"'{column}'" for column in named if column not in known)
    if known and missing:
        raise RecipeError(
            f"sources.{name}: {item.uri} does not have {missing}; it has {', '.join(known)}. Name "
            "the keys as the file does."
        )
    return known


def _known(item: Item, inputs: Place) -> list[str]:
    if not item.uri.lower().endswith(PARQUET):
        found: set[str] = set()
        for line in islice(objects(item, inputs, bad_utf8="replace"), NUM_PROBED):
            found |= (line.value or {}).keys()
        return sorted(found)
    try:
        with inputs.open(inputs.relative(item.uri)) as file, pq.ParquetFile(file) as data:
            return list(data.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise BrokenFile(item.uri, f"no readable Parquet file: {error}") from error


def _parquet_rows(item: Item, inputs: Place, columns: Columns) -> Iterator[Line]:
    """Yield the rows; what Arrow cannot read is broken, once it is known to be the listed file."""
    path = inputs.relative(item.uri)
    try:
        with inputs.open(path) as file, pq.ParquetFile(file, buffer_size=PAGE_BUFFER_BYTES) as data:
            yield from _table_rows(data, item, columns)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        check_identity(item, inputs.sha256(path))
        raise BrokenFile(item.uri, f"no readable Parquet file: {error}") from error
    check_identity(item, inputs.sha256(path))


def _table_rows(data: pq.ParquetFile, item: Item, columns: Columns) -> Iterator[Line]:
    names = _present(data.schema_arrow, item, columns)
    number = 0
    for group in range(data.num_row_groups):
        size = _batch_rows(data.metadata.row_group(group), names)
        for batch in data.iter_batches(size, row_groups=[group], columns=names, use_threads=False):
            values = [plain(batch.column(name)).to_pylist() for name in names]
            for row in zip(*values, strict=True) if names else [()] * batch.num_rows:
                yield Line(number=number, value=dict(zip(names, row, strict=True)))
                number += 1


def _present(schema: pa.Schema, item: Item, columns: Columns) -> list[str]:
    """Return the columns that are there; BrokenFile when one is missing or there twice."""
    known = ", ".join(schema.names)
    needed = (*columns.required, *columns.present)
    for name in dict.fromkeys((*needed, *columns.all)):
        count = len(schema.get_all_field_indices(name))
        if count > 1 or (count == 0 and name in needed):
            fault = f"has no column '{name}'" if count == 0 else f"has {count} columns '{name}'"
            raise BrokenFile(item.uri, f"it {fault}; its columns: {known}")
    first = dict.fromkeys((*columns.required, *columns.optional))
    return [name for name in first if name in schema.names] or [
        name for name in columns.otherwise if name in schema.names
    ]


def _batch_rows(about: Any, names: list[str]) -> int:
    """Return the rows of a batch of about BATCH_BYTES, from the sizes of a row group's columns."""
    chunks = (about.column(k) for k in range(about.num_columns))
    size = sum(
        int(chunk.total_uncompressed_size)
        for chunk in chunks
        if chunk.path_in_schema.split(".")[0] in names or chunk.path_in_schema in names
    )
    num_rows = BATCH_BYTES * int(about.num_rows) // max(1, size)
    return min(BATCH_ROWS, max(1, num_rows))


def plain(column: pa.Array) -> pa.Array:
    """Return a column whose text is bytes and whose times are microseconds, at any depth."""
    wanted = _plain_type(column.type)
    return column if wanted == column.type else column.cast(wanted, safe=False)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pat.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pat.is_struct(kind):
        return pa.struct([pa.field(one.name, _plain_type(one.type)) for one in kind.fields])
    if pat.is_large_list(kind):
        return pa.large_list(_plain_type(kind.value_type))
    if pat.is_list(kind) or pat.is_fixed_size_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    if pat.is_timestamp(kind):
        # Python has no nanoseconds, and all zones are one line of time.
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    text = (pat.is_string, pat.is_large_string, pat.is_string_view)
    data = (pat.is_binary, pat.is_binary_view)
    return pa.large_binary() if any(check(kind) for check in text + data) else kind
