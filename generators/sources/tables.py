r"""Tables of files, Parquet or JSON lines: the rows of one repository are one document.

    repo  path     content            source:1.parquet#a/b
    a/b   x.py     "import y\n"        ===== x.py =====
    c/d   z.md     "# Z"         ->   import y
    a/b   y.py     "Y = 1"            ===== y.py =====
                                      Y = 1

The layout of code corpora such as The Stack, whose columns are `max_stars_repo_name`,
`max_stars_repo_path` and `content`. Rows of a repository may stand anywhere, in any file;
_groups.py says how they find each other and what that costs: sort a large table by repository.

A row without repository or path is rejected by its number, `<source>:<uri>#row 12`: missing_key,
key_not_text, missing_path, path_not_text and the like. All else is as for `reader: repo`, in
_repository.py: which files count, how they look in the text, and why others are left out. Of two
rows with one path the first counts and the second is rejected as `duplicate`, whatever it holds.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from generators.files import Place
from generators.sources._groups import (
    Entry,
    Group,
    Grouping,
    Key,
    list_groups,
    read_groups,
    rejected,
    text_key,
)
from generators.sources._records import Columns
from generators.sources._repository import Member, RepositoryOptions, assemble, drained
from generators.sources._turns import label
from schemas.document import Document
from schemas.recipe import SourceSpec
from schemas.unit import Item

ONE_DOCUMENT = False
DRAWS = True


class Options(RepositoryOptions):
    """Own keys of this reader, beside those of repositories."""

    group_field: str = "repo"
    """The column that names the repository."""
    path_field: str = "path"
    """The column that holds a file's path."""
    text_field: str = "content"
    """The column that holds a file's content: text, or bytes."""
    license_field: str | None = None
    """The column that holds a file's licence, or a list of them."""


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per file, sorted by path, with what it shares with others.

    RecipeError when the first file has not the columns that the recipe names.
    """
    grouping = _grouping(Options(**spec.fields))
    return list_groups(name, spec, inputs, grouping)


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the repositories that begin in an item, each as its last row has come."""
    options = Options(**spec.fields)
    for found in read_groups(item, spec, inputs, _grouping(options)):
        if isinstance(found, Entry):
            yield rejected(found, str(found.reason), item, spec)
        else:
            yield from _repository(found, item, spec, options, seed=seed)


def _repository(
    group: Group, item: Item, spec: SourceSpec, options: Options, *, seed: int
) -> Iterator[Document]:
    """Yield the rows and files that are left out, and then the repository's document."""
    members: list[Member] = []
    num_replaced = 0
    for entry in group.drained():
        path, reason = text_key(_get(entry, options.path_field), what="path")
        if path is None:
            yield rejected(entry, str(reason), item, spec)
            continue
        members.append(_member(path, entry, options))
        num_replaced += entry.line.num_replaced
    doc_id = f"{item.source}:{item.uri}#{group.key}"
    files = drained(members)
    for made in assemble(files, spec, options, doc_id=doc_id, uri=item.uri, seed=seed):
        if made.doc_id == doc_id:
            # What was replaced before a line of JSON was taken apart.
            yield replace(made, num_replaced=made.num_replaced + num_replaced)
        else:
            yield made


def _member(path: str, entry: Entry, options: Options) -> Member:
    """Return the file of one row; what is no text has its reason."""
    licence = label(_get(entry, options.license_field))
    data = _get(entry, options.text_field)
    if isinstance(data, str):
        try:
            data = data.encode("utf-8")
        except UnicodeEncodeError:
            return Member(path=path, licence=licence, reason="lone_surrogate")
    if not isinstance(data, bytes):
        reason = "missing_text" if data is None else "not_text"
        return Member(path=path, licence=licence, reason=reason)
    return Member(path=path, data=data, size=len(data), licence=licence)


def _get(entry: Entry, field: str | None) -> object:
    return (entry.line.value or {}).get(field) if field else None


def _grouping(options: Options) -> Grouping:
    key = options.group_field
    licence = (options.license_field,) if options.license_field else ()
    others = (options.path_field, options.text_field, *licence)
    return Grouping(
        option=f"group_field: {key}",
        key_of=partial(_key, field=key),
        key_columns=Columns(required=(key,), present=others),
        columns=Columns(required=(key, *others)),
    )


def _key(value: dict[str, Any], *, field: str) -> Key:
    return text_key(value.get(field))
