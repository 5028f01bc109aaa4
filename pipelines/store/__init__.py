"""The store: what PREPARE, TRAIN and WEAVE made, kept by the fingerprint of what made it.

    store/prepare/<fingerprint>/{text.bin, ids.bin, documents.parquet, done.json}
    store/weave/<fingerprint>/{ids.bin, mask.bin, samples.parquet, done.json}
    store/tokenizers/<sha256>.json

`done.json` is written last and lists the files with their sizes: a unit is done when its marker is
there and every file has the size that the marker says. That of a WEAVE unit also says the keys of
its samples, by which other mixes find them (`woven.py`). Ids are raw little-endian int32, so any
slice is one read at a known place, on a disk or an object store. A store serves many mixes; nothing
in it is ever changed in place.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import Folder
from schemas.unit import Unit


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of finished units."""

    folder: Folder

    def place(self, unit: Unit) -> str:
        """Return the folder of a unit, relative to the store."""
        return f"{unit.phase}/{unit.fingerprint}"

    def done(self, unit: Unit) -> dict[str, Any] | None:
        """Return what the unit's marker says, None when the unit has to be done (again)."""
        return self.done_at(self.place(unit))

    def done_at(self, place: str) -> dict[str, Any] | None:
        """Return what the marker of a unit's folder says, None when the unit is not done."""
        if not self.folder.exists(f"{place}/done.json"):
            return None
        marker: dict[str, Any] = json.loads(self.folder.read(f"{place}/done.json"))
        sizes = {name: self.folder.size(f"{place}/{name}") for name in marker["files"]}
        return marker["result"] if sizes == marker["files"] else None

    @contextmanager
    def writing(self, unit: Unit, *names: str) -> Iterator[list[pa.NativeFile]]:
        """Yield a stream for each file of the unit; they appear together at the end."""
        with ExitStack() as stack:
            yield [
                stack.enter_context(
                    self.folder.create(
                        f"{self.place(unit)}/{name}", moment=f"{unit.phase}.{name.split('.')[0]}"
                    )
                )
                for name in names
            ]

    def finish(self, unit: Unit, names: tuple[str, ...], result: dict[str, Any]) -> dict[str, Any]:
        """Write the marker, last, and return the result."""
        place = self.place(unit)
        files = {name: self.folder.size(f"{place}/{name}") for name in names}
        marker = json.dumps({"files": files, "result": result}, indent=1, sort_keys=True)
        self.folder.write(f"{place}/done.json", marker.encode(), moment=f"{unit.phase}.marker")
        return result

    def table(self, place: str, name: str) -> pa.Table:
        """Return a Parquet table of a unit.

        It is read one row group at a time: all at once, signatures took three times their size.
        """
        with self.folder.open(f"{place}/{name}") as source, pq.ParquetFile(source) as file:
            groups = [file.read_row_group(index) for index in range(file.num_row_groups)]
            return pa.concat_tables([file.schema_arrow.empty_table(), *groups])

    def slice(self, place: str, name: str, at: tuple[int, int]) -> bytes:
        """Return the bytes [start, stop) of a file of a unit."""
        start, stop = at
        with self.folder.open(f"{place}/{name}") as source:
            data = source.read_at(stop - start, start)
        if len(data) != stop - start:
            raise EOFError(f"{self.folder.path(place)}/{name} ends before byte {stop}")
        return bytes(data)

    def ids(self, place: str, start: int, stop: int) -> npt.NDArray[np.int32]:
        """Return int32[stop - start], the ids [start, stop) of a unit's `ids.bin`."""
        return np.frombuffer(self.slice(place, "ids.bin", (4 * start, 4 * stop)), "<i4")
