"""Parquet files: one row is one document. Only the named columns are read, in small batches.

Text is read as bytes and decoded here, so that one bad row is one rejected document. A file without
footer, with a corrupt page or without the columns is broken. Rows are numbered from 0.
Cost: the columns once, and one pass over the whole file for its hash.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from generators.files import Place
from generators.sources._documents import Row, TableOptions, documents
from generators.sources._listing import check_identity, list_files
from schemas.document import Document
from schemas.errors import BrokenFile
from schemas.recipe import SourceSpec
from schemas.unit import Item

BATCH_BYTES = 1 << 22
"""Decoded bytes that one batch should hold; a single larger row is a batch by itself."""

PAGE_BUFFER_BYTES = 1 << 20
"""Read buffer of a column: without one, Arrow loads the column of a whole row group."""


ONE_DOCUMENT = False
DRAWS = False
Options = TableOptions


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per file, sorted by path."""
    return list_files(name, spec, inputs, suffixes=(".parquet",))


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the document of each row. `seed` is not used: nothing is drawn."""
    options = Options(**spec.fields)
    labelled = options.id_field is not None
    yield from documents(_rows(item, options, inputs), item, spec, labelled=labelled)
    check_identity(item, inputs.sha256(inputs.relative(item.uri)))


def _rows(item: Item, options: Options, inputs: Place) -> Iterator[Row]:
    """Yield the rows; what Arrow cannot read is broken, once it is known to be the listed file."""
    path = inputs.relative(item.uri)
    try:
        with inputs.open(path) as file, pq.ParquetFile(file, buffer_size=PAGE_BUFFER_BYTES) as data:
            yield from _table_rows(data, item, options)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        check_identity(item, inputs.sha256(path))
        raise BrokenFile(item.uri, f"no readable Parquet file: {error}") from error


def _table_rows(data: pq.ParquetFile, item: Item, options: Options) -> Iterator[Row]:
    fields = options.columns
    columns = sorted({field for field in fields if field is not None})
    _check_columns(data.schema_arrow, columns, item=item, text_field=options.text_field)
    number = 0
    for group in range(data.num_row_groups):
        about = data.metadata.row_group(group)
        size = max(1, BATCH_BYTES * about.num_rows // max(1, about.total_byte_size))
        for batch in data.iter_batches(
            size, row_groups=[group], columns=columns, use_threads=False
        ):
            values = {name: _values(batch.column(name)) for name in columns}
            for k in range(batch.num_rows):
                text, label, licence = (values[f][k] if f else None for f in fields)
                yield Row(number=number, text=text, label=label, licence=licence)
                number += 1


def _check_columns(schema: pa.Schema, columns: list[str], *, item: Item, text_field: str) -> None:
    """Raise BrokenFile when a column is missing, twice there, or the text is no text."""
    for name in columns:
        if len(schema.get_all_field_indices(name)) != 1:
            raise BrokenFile(
                item.uri, f"it has no column '{name}'; its columns: {', '.join(schema.names)}"
            )
    kind = schema.field(text_field).type
    kind = kind.value_type if pat.is_dictionary(kind) else kind
    if not (_is_text(kind) or pat.is_null(kind)):
        raise BrokenFile(item.uri, f"its column '{text_field}' holds {kind}, not text")


def _is_text(kind: pa.DataType) -> bool:
    checks = (pat.is_string, pat.is_large_string, pat.is_string_view)
    bytes_checks = (pat.is_binary, pat.is_large_binary, pat.is_binary_view)
    return any(check(kind) for check in checks + bytes_checks)


def _values(column: pa.Array) -> list[object]:
    """Return a column as Python values; text as bytes, which no bad byte can upset."""
    if pat.is_dictionary(column.type):
        column = column.dictionary_decode()
    if _is_text(column.type):
        column = column.cast(pa.large_binary())
    return list(column.to_pylist())
