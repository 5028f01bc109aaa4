"""Where the documents of a store may be cut, read when a document has to be."""

import functools

import numpy as np
import numpy.typing as npt

from pipelines.plan.documents import Documents
from pipelines.store import Store

OPEN_FILES = 64


class StoredBreaks:
    """The breaks of documents that PREPARE found; a bounded number of files stays open."""

    def __init__(self, store: Store, documents: Documents) -> None:
        """Read nothing yet."""
        columns = ("unit", "breaks_start", "num_breaks")
        kept = documents.table.select(columns).take(documents.kept)
        self._unit, self._start, self._count = (kept[name].to_numpy() for name in columns)
        self._places = documents.places
        self._open = functools.lru_cache(OPEN_FILES)(store.folder.open)

    def read(self, doc: int) -> npt.NDArray[np.int64]:
        """Return int64[K] of a document, by corpus index: token * 4 + level, rising."""
        name = f"{self._places[self._unit[doc]]}/breaks.bin"
        size, start = 8 * int(self._count[doc]), 8 * int(self._start[doc])
        data = self._open(name).read_at(size, start)
        if len(data) != size:
            raise EOFError(f"{name} ends before byte {start + size}")
        return np.frombuffer(data, "<i8")
