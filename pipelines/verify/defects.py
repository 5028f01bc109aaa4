"""The defects table: every defect that was kept, one line each, for whoever mends the mix.

    row_id,shard,check,where,expected
    7,data/main/main-00000.parquet,row.ids,data/main/main-00000.parquet row 7,ids of the tokenizer

`row_id` and `shard` are null for what is no row: the manifest, a table, a document, a total.
"""

import io
import json
import os
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from pipelines.files import resolve, resource_errors
from schemas.errors import RecipeError

DEFECTS = pa.schema(
    [
        ("row_id", pa.int64()),
        ("shard", pa.string()),
        ("check", pa.string()),
        ("where", pa.string()),
        ("expected", pa.string()),
    ]
)
ENDINGS = (".parquet", ".csv", ".jsonl")


def check_ending(name: str) -> None:
    """Raise RecipeError for a file that would not be written, before anything is checked."""
    if _ending(name) not in ENDINGS:
        raise RecipeError(
            f"--defects {name}: the ending says how it is written; use one of {', '.join(ENDINGS)}"
        )


def write_defects(name: str, found: list[dict[str, Any]]) -> None:
    """Write defects (check, where, expected, shard, row_id) to a file or URI, over what is there.

    Raises LocalResourceError or RemoteError when it cannot be written. Cost: some 10 us a defect.
    """
    table = pa.Table.from_pylist(found, schema=DEFECTS)
    data = _spelt(table, _ending(name))
    filesystem, path = resolve(name)
    with resource_errors(path):
        filesystem.create_dir(os.path.dirname(path), recursive=True)
        with filesystem.open_output_stream(path) as stream:
            stream.write(data)


def _spelt(table: pa.Table, ending: str) -> bytes:
    out = io.BytesIO()
    if ending == ".parquet":
        pq.write_table(table, out, compression="zstd")
    elif ending == ".csv":
        pacsv.write_csv(table, out)
    else:
        lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in table.to_pylist())
        out.writelines(line.encode("utf-8") for line in lines)
    return out.getvalue()


def _ending(name: str) -> str:
    return os.path.splitext(name.partition("?")[0])[1]
