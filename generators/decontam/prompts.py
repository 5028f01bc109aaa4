r"""Prompts: the texts of benchmarks, from files that the user gives.

    quiz.txt    one prompt, the whole file
    quiz.jsonl  {"question": "Who?", "options": ["A man", "A dog"]}  ->  "Who?", "A man", "A dog"

A benchmark is a file, named by its path. Of a JSON object every string counts as a text of its
own, at any depth, or only those of the fields that are named; the same for the columns of a Parquet
file. `.gz` and `.zst` are decompressed.

A benchmark of which half cannot be read would be half protected, in silence: so every fault is an
error with the file and the line. Cost: one pass; memory of the longest line or row group.
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from generators.files import Place
from generators.text import clean, fault
from schemas.errors import RecipeError

CODECS = {".gz": "gzip", ".zst": "zstd"}
"""Endings of compressed files, and Arrow's names for what they hold."""

FORMS = (".txt", ".jsonl", ".parquet")


def read(
    paths: Sequence[str], place: Place, *, fields: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield (benchmark, text) of each file, in the order of `paths`, relative to the place.

    Texts are cleaned as documents are. Raises RecipeError, naming the file, for another ending, a
    fault, a field that a line or table lacks, and a file without any text.
    """
    for path in paths:
        num_texts = 0
        for where, text in _texts(path, place, fields):
            tidy = clean(text)[0]
            reason = fault(tidy)
            if reason == "lone_surrogate":
                raise _error(path, f"{where}: half of a surrogate pair is no character")
            if reason is None:
                num_texts += 1
                yield path, tidy
        if not num_texts:
            raise _error(path, "it holds no text at all")


def _texts(path: str, place: Place, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (place in the file, text)."""
    stem, codec = path, None
    for ending, name in CODECS.items():
        if path.endswith(ending):
            stem, codec = path.removesuffix(ending), name
    form = next((form for form in FORMS if stem.endswith(form)), None)
    if form is None or (form == ".parquet" and codec):
        raise _error(path, "its ending says nothing; .txt, .jsonl (also .gz, .zst) and .parquet do")
    try:
        with place.open(path) as file:
            if form == ".parquet":
                yield from _table(path, file, fields)
                return
            stream = pa.CompressedInputStream(file, codec) if codec else file
            lines = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
            if form == ".txt":
                yield "the file", lines.read()
            else:
                yield from _objects(path, lines, fields)
    except UnicodeDecodeError as error:
        raise _error(path, f"it is not UTF-8 ({error.reason})") from error
    except (pa.ArrowException, OSError) as error:
        raise _error(path, f"it is cut or corrupt ({error})") from error


def _objects(path: str, lines: Iterable[str], fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise _error(path, f"line {number} is no JSON ({error})") from error
        if fields:
            value = [_field(path, value, name, f"line {number}") for name in fields]
        yield from ((f"line {number}", text) for text in _strings(value))


def _field(path: str, value: Any, name: str, where: str) -> Any:
    if not isinstance(value, dict) or name not in value:
        has = ", ".join(value) if isinstance(value, dict) else "none: it is no object"
        raise _error(path, f"{where} has no field '{name}'; its fields: {has}")
    return value[name]


def _strings(value: Any) -> Iterator[str]:
    """Yield the strings in a JSON value, in order, without recursion."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _table(path: str, file: pa.NativeFile, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    with pq.ParquetFile(file) as table:
        names = table.schema_arrow.names
        for name in fields:
            if name not in names:
                raise _error(path, f"it has no column '{name}'; its columns: {', '.join(names)}")
        wanted = list(fields) or names
        for batch in table.iter_batches(columns=wanted, use_threads=False):
            for name in wanted:
                for value in batch.column(name).to_pylist():
                    yield from ((f"column '{name}'", text) for text in _strings(value))


def _error(path: str, what: str) -> RecipeError:
    return RecipeError(f"{path}: {what}. Mend the file or leave it out of `files`.")
