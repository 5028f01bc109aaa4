"""Lines: a table of many lines of which a unit needs few, by name.

    documents, 1,000,000 lines  --take(["books:7.txt"])-->  {"books:7.txt": {"doc_id": ..., ...}}

Memory: the table in Arrow and about 100 bytes a line for the index, where Python objects for all
lines would be 2 KB each.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

Line = dict[str, Any]


class Lines:
    """The lines of a table by the value of one column; of equal ones, the last."""

    def __init__(self, table: pa.Table, key: str) -> None:
        """Index the table; `key` is a column of strings."""
        self.table = table
        self.key = key
        self._at = {name: index for index, name in enumerate(table[key].to_pylist())}

    def take(self, names: Iterable[str]) -> dict[str, Line]:
        """Return the lines of these names; of a name that no line has, nothing."""
        at = sorted({self._at[name] for name in names if name in self._at})
        return {line[self.key]: line for line in self.table.take(pa.array(at, "i8")).to_pylist()}

    def values(self, column: str, names: Sequence[str]) -> list[Any]:
        """Return one column's value of each name; None for a name that no line has."""
        at = pa.array([self._at.get(name) for name in names], "i8")
        found: list[Any] = self.table[column].take(at).to_pylist()
        return found
