"""Data sets of the Hugging Face hub, and folders that the `datasets` library can load.

`files` is a name, `owner/name`, with a configuration and a revision where wanted:
`owner/name:configuration@revision`; or a folder below `inputs`, as `save_to_disk` writes it or with
data files in it. One row is one document; rows are numbered from 0, and arrive as a stream.

Identity: of a hub data set, the commit that its revision stands for, so a later commit is another
input; of a folder, the content of its files. The library is imported here and nowhere else.
"""

import importlib
import os
import re
from collections.abc import Iterator
from typing import Any, ClassVar

from generators.files import Place
from generators.sources._documents import Row, TableOptions, documents
from generators.sources._listing import check_identity
from schemas.canonical import digest, digest_lines
from schemas.document import Document
from schemas.errors import BrokenFile, LongmixError, RecipeError, RemoteError
from schemas.recipe import SourceSpec
from schemas.unit import Item

_NAME = re.compile(r"(?P<path>[\w.-]+(/[\w.-]+)?)(:(?P<name>[\w.-]+))?(@(?P<revision>[\w./-]+))?")


ONE_DOCUMENT = False
DRAWS = False


class Options(TableOptions):
    """Own keys of this reader."""

    needs: ClassVar[dict[str, str]] = {"datasets": "hub"}
    split: str = "train"
    """The split to read."""


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return the one item of a data set; its `uri` is `files` as the recipe says it."""
    sha256, num_bytes, _ = _identity(spec.files, inputs)
    return [Item(source=name, uri=spec.files, num_bytes=num_bytes, sha256=sha256)]


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the document of each row. `seed` is not used: nothing is drawn.

    RecipeError when the package, the data set or the split is missing; RemoteError when the hub
    does not answer; BrokenFile when the rows of a folder cannot be read.
    """
    sha256, _, commit = _identity(item.uri, inputs)
    check_identity(item, sha256)
    options = Options(**spec.fields)
    labelled = options.id_field is not None
    rows = _rows(item, options, inputs, commit=commit)
    yield from documents(rows, item, spec, labelled=labelled)


def _identity(uri: str, inputs: Place) -> tuple[str, int, str | None]:
    """Return (sha256, bytes, commit) of a data set; the commit of a folder is None."""
    if inputs.is_folder(uri):
        files = inputs.below(uri, links=True)
        lines = [f"{inputs.sha256(f'{uri}/{path}')}  {path}" for path in files]
        return digest_lines(lines), sum(files.values()), None
    wanted = _wanted(uri, inputs)
    hub = _import("huggingface_hub")
    try:
        info = hub.HfApi().dataset_info(
            wanted["path"], revision=wanted["revision"], files_metadata=True
        )
    except (hub.errors.RepositoryNotFoundError, hub.errors.RevisionNotFoundError) as error:
        raise RecipeError(
            f"files: '{uri}' is no folder below {inputs.address} and no data set of the hub that "
            "you may read. Check the name and the revision, or log in with `hf auth login`."
        ) from error
    except Exception as error:  # errors of httpx, of the system and the library's own
        raise RemoteError(f"the hub did not describe '{uri}': {error}. Try again.") from error
    num_bytes = sum(file.size or 0 for file in info.siblings or ())
    identity = {"path": wanted["path"], "name": wanted["name"], "commit": info.sha}
    return digest(identity), num_bytes, info.sha


def _wanted(uri: str, inputs: Place) -> dict[str, str | None]:
    """Take `owner/name:configuration@revision` apart."""
    match = _NAME.fullmatch(uri)
    if match is None:
        raise RecipeError(
            f"files: '{uri}' is no folder below {inputs.address}, nor the name of a data set. "
            "Give `owner/name`, with `:configuration` and `@revision` where wanted."
        )
    return match.groupdict()


def _import(package: str) -> Any:
    """Return a package that only this reader needs."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise RecipeError(
            f"`reader: hub` needs the package '{package}'. Type: pip install longmix[hub]"
        ) from error


def _rows(item: Item, options: Options, inputs: Place, *, commit: str | None) -> Iterator[Row]:
    fields = options.columns
    columns = [field for field in fields if field is not None]
    try:
        data = _load(item, options.split, inputs, commit=commit)
        missing = [name for name in columns if name not in (data.column_names or columns)]
        if missing:
            known = ", ".join(data.column_names)
            raise BrokenFile(item.uri, f"it has no column '{missing[0]}'; its columns: {known}")
        for number, row in enumerate(data.select_columns(sorted(set(columns)))):
            text, label, licence = (row[field] if field else None for field in fields)
            yield Row(number=number, text=text, label=label, licence=licence)
    except LongmixError:
        raise
    except Exception as error:  # errors of pyarrow, json, httpx, fsspec and the library's own
        if commit is None:
            raise BrokenFile(item.uri, f"`datasets` cannot read it: {error}") from error
        raise RemoteError(f"reading '{item.uri}' from the hub failed: {error}") from error


def _load(item: Item, split: str, inputs: Place, *, commit: str | None) -> Any:
    """Return the split as an iterable data set."""
    datasets = _import("datasets")
    if commit is not None:
        wanted = _wanted(item.uri, inputs)
        try:
            return datasets.load_dataset(
                wanted["path"], wanted["name"], revision=commit, split=split, streaming=True
            )
        except ValueError as error:  # an unknown split, a configuration missing or unknown
            raise RecipeError(f"files: '{item.uri}', split '{split}': {error}") from error
    if not inputs.is_local:
        raise RecipeError(
            f"files: '{item.uri}' is a folder of {inputs.address}; `reader: hub` reads local "
            "folders. Use `reader: parquet` or `reader: jsonl` there."
        )
    folder = inputs.path(item.uri)
    saved = any(
        os.path.exists(os.path.join(folder, name)) for name in ("dataset_dict.json", "state.json")
    )
    splits = (
        datasets.load_from_disk(folder) if saved else datasets.load_dataset(folder, streaming=True)
    )
    if isinstance(splits, datasets.Dataset):
        splits = {str(splits.split or split): splits}
    if split not in splits:
        raise RecipeError(
            f"split: '{item.uri}' has no split '{split}'; it has {', '.join(splits)}."
        )
    return splits[split]
