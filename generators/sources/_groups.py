"""Rows of several files that belong together by a key, such as the files of a repository.

    1.parquet: a b a      2.parquet: b c      3.parquet: c b
        item 1: groups a and b, rest (2, 3)
        item 2: group c, rest (3), foreign {b}
        item 3: no group, foreign {b, c}

A group belongs to the file in which its key comes first, files sorted by path. Reading an item
streams its file and then its rest, and yields a group when its last row has come; once the file
itself is done and no group is open, the rest is not read further. A group's rows keep the order of
files and rows.

Cost: listing reads the keys of all files (Parquet: that column alone; JSON lines: all of it);
reading an item reads the keys of its file and its rest once more, to know where groups end, and
then the rows. Memory is that of the groups that are open at one time: one or two where the table is
sorted or clustered by key, all of the item's groups where keys are scattered.

A file that is broken belongs to no other under `broken_file: quarantine`: groups are made of what
the sound files have. Under `prefix` its good prefix counts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generators.files import Place
from generators.sources._listing import check_identity, list_files
from generators.sources._objects import Line
from generators.sources._records import SUFFIXES, Columns, check_columns, records
from generators.text import decode_utf8, fault
from schemas.document import Document
from schemas.errors import BrokenFile, RecipeError
from schemas.recipe import SourceSpec
from schemas.unit import Item

MAX_FOREIGN = 10_000
"""Keys of earlier files in one file, at most: they travel with the item. Our choice: about a
quarter of a megabyte of names; a sorted table has one."""

MAX_PASSES = 16
"""How often all bytes may be read, on average, because groups go on in later files. Our choice: a
sorted table needs less than 2; one that is scattered over N files needs (N + 1) / 2."""

Key = tuple[str | None, str | None]
"""A key and None, or None and the reason why a row has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How the rows of a source find their groups."""

    option: str
    """The recipe's words for the key, for messages: `group_field: repo`."""
    key_of: Callable[[dict[str, Any]], Key]
    """From a row with at least the `key_columns` to its key."""
    key_columns: Columns
    columns: Columns
    """What the groups' rows are to hold, the key's columns among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row, and the file that it stands in."""

    uri: str
    line: Line
    reason: str | None = None
    """Why the row belongs to no group; None when it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All rows of one key, in the order of files and rows."""

    key: str
    entries: list[Entry]

    def drained(self) -> Iterator[Entry]:
        """Yield the rows in order and let go of each, so that none is held twice."""
        self.entries.reverse()
        while self.entries:
            yield self.entries.pop()


def text_key(value: object, *, what: str = "key") -> Key:
    """Return the key that a value is: text that says something, or a whole number.

    Reasons, of a key: missing_key, key_not_text, key_empty, key_white_space, key_lone_surrogate,
    `key_bad_utf8 at byte N`.
    """
    if value is None:
        return None, f"missing_{what}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value), None
    if isinstance(value, bytes):
        text, _, reason = decode_utf8(value, "reject")
        if text is None:
            return None, f"{what}_{reason}"
        value = text
    if not isinstance(value, str):
        return None, f"{what}_not_text"
    reason = fault(value)
    return (None, f"{what}_{reason}") if reason else (value, None)


def rejected(entry: Entry, reason: str, item: Item, spec: SourceSpec) -> Document:
    """Return the document that accounts for a row that is in none: `<source>:<uri>#row 12`."""
    return Document(
        doc_id=f"{item.source}:{entry.uri}#row {entry.line.number}",
        uri=entry.uri,
        text="",
        reason=reason,
        license=spec.license,
    )


def list_groups(name: str, spec: SourceSpec, inputs: Place, grouping: Grouping) -> list[Item]:
    """Return one item per file, sorted by path, with its `rest` and its `foreign` keys.

    RecipeError when the first file lacks a column, when no row has a key, or when keys are so
    scattered that reading would go over everything again and again.
    """
    items = list_files(name, spec, inputs, suffixes=SUFFIXES)
    check_columns(name, items[0], inputs, named=grouping.columns.required)
    begun_in: dict[str, int] = {}
    rest: list[set[int]] = [set() for _ in items]
    foreign: list[tuple[str, ...]] = []
    num_rows = 0
    for at, item in enumerate(items):
        keys, found = _keys(item, spec, inputs, grouping)
        num_rows += found
        for key in keys:
            first = begun_in.setdefault(key, at)
            if first != at:
                rest[first].add(at)
        foreign.append(tuple(sorted(key for key in keys if begun_in[key] != at)))
    _check_keys(name, grouping, num_rows=num_rows, num_keys=len(begun_in))
    _check_scatter(name, grouping, items, rest=rest, foreign=foreign)
    return [
        Item(
            source=item.source,
            uri=item.uri,
            num_bytes=item.num_bytes,
            sha256=item.sha256,
            rest=tuple((items[k].uri, items[k].sha256) for k in sorted(later)),
            foreign=keys_before,
        )
        for item, later, keys_before in zip(items, rest, foreign, strict=True)
    ]


def read_groups(
    item: Item, spec: SourceSpec, inputs: Place, grouping: Grouping
) -> Iterator[Group | Entry]:
    """Yield the item's groups as they end, and each row of its own file that has no key.

    BrokenFile where its file or one of the rest is broken: under `prefix` at the end, after the
    groups of what could be read. IdentityError when one of them is not the file that was listed.
    """
    faults: list[BrokenFile] = []
    groups = _Open(_counts(item, spec, inputs, grouping))
    for part in _parts(item):
        if part is not item and not groups.open:
            break
        try:
            for line in records(part, inputs, grouping.columns, bad_utf8=spec.bad_utf8):
                entry = Entry(uri=part.uri, line=line)
                key, reason = _key(line, grouping)
                if key is not None and (group := groups.add(key, entry)) is not None:
                    yield group
                    if part is not item and not groups.open:
                        check_identity(part, inputs.sha256(inputs.relative(part.uri)))
                        break
                elif reason is not None and part is item:
                    yield Entry(uri=part.uri, line=line, reason=reason)
        except BrokenFile as error:
            faults.append(_fault(error, part, item))
            if spec.broken_file == "quarantine":
                raise faults[0] from error
    yield from groups.unfinished()
    if faults:
        raise faults[0]


class _Open:
    """The groups whose rows are still to come."""

    def __init__(self, left: Counter[str]) -> None:
        self.open: dict[str, list[Entry]] = {}
        self._left = left

    def add(self, key: str, entry: Entry) -> Group | None:
        """Add a row; return its group when that was the last one, and for foreign keys None."""
        if key not in self._left:
            return None
        entries = self.open.setdefault(key, [])
        entries.append(entry)
        self._left[key] -= 1
        return self._close(key) if self._left[key] == 0 else None

    def unfinished(self) -> Iterator[Group]:
        """Yield the groups that a broken file cut short."""
        for key in list(self.open):
            yield self._close(key)

    def _close(self, key: str) -> Group:
        return Group(key=key, entries=self.open.pop(key))


def _parts(item: Item) -> list[Item]:
    """Return the item and the files of its rest."""
    later = (
        Item(source=item.source, uri=uri, num_bytes=0, sha256=sha256) for uri, sha256 in item.rest
    )
    return [item, *later]


def _counts(item: Item, spec: SourceSpec, inputs: Place, grouping: Grouping) -> Counter[str]:
    """Return how many rows each of the item's own groups has, in its file and its rest."""
    foreign = frozenset(item.foreign)
    counts: Counter[str] = Counter()
    for part in _parts(item):
        try:
            for key in _keys_of_rows(part, spec, inputs, grouping):
                # Past the item's own file, a key that it has not is another file's.
                if key is not None and (key not in foreign if part is item else key in counts):
                    counts[key] += 1
        except BrokenFile as error:
            if spec.broken_file == "quarantine":
                raise _fault(error, part, item) from error
    return counts


def _keys(
    item: Item, spec: SourceSpec, inputs: Place, grouping: Grouping
) -> tuple[dict[str, None], int]:
    """Return the distinct keys of a file, in order, and its number of rows."""
    found: dict[str, None] = {}
    num_rows = 0
    try:
        for key in _keys_of_rows(item, spec, inputs, grouping):
            num_rows += 1
            if key is not None:
                found[key] = None
    except BrokenFile:
        # Reading the item meets the fault again, and says it.
        if spec.broken_file == "quarantine":
            return {}, 0
    return found, num_rows


def _keys_of_rows(
    item: Item, spec: SourceSpec, inputs: Place, grouping: Grouping
) -> Iterator[str | None]:
    for line in records(item, inputs, grouping.key_columns, bad_utf8=spec.bad_utf8):
        yield _key(line, grouping)[0]


def _key(line: Line, grouping: Grouping) -> Key:
    return (None, line.reason) if line.value is None else grouping.key_of(line.value)


def _fault(error: BrokenFile, part: Item, item: Item) -> BrokenFile:
    """Return the error of a part as one of the item, whose groups it cuts short."""
    reason = error.reason if part is item else f"its groups go on in {part.uri}: {error.reason}"
    if item.rest:
        reason += f" (groups that begin here have rows in {len(item.rest)} later files)"
    return BrokenFile(item.uri, reason)


def _check_keys(name: str, grouping: Grouping, *, num_rows: int, num_keys: int) -> None:
    if num_rows and not num_keys:
        raise RecipeError(
            f"sources.{name}: none of {num_rows} rows has a key by `{grouping.option}`. Name the "
            "column or key that says which rows belong together."
        )


def _check_scatter(
    name: str,
    grouping: Grouping,
    items: list[Item],
    *,
    rest: list[set[int]],
    foreign: Iterable[tuple[str, ...]],
) -> None:
    """Refuse a table whose keys are scattered so widely that it could not be read in good time."""
    sizes = [item.num_bytes for item in items]
    num_bytes = sum(sizes) + sum(sizes[k] for later in rest for k in later)
    passes = num_bytes / max(1, sum(sizes))
    most = max(map(len, foreign))
    if passes > MAX_PASSES or most > MAX_FOREIGN:
        raise RecipeError(
            f"sources.{name}: the keys of `{grouping.option}` are scattered over {len(items)} "
            f"files: up to {most} keys of one file go on from earlier ones (allowed: "
            f"{MAX_FOREIGN}), and the files would be read {passes:.1f} times (allowed: "
            f"{MAX_PASSES}). Sort the table by that key first, or put it into fewer files."
        )
