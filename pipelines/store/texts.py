"""Find a document's cleaned text in a store by its sha256, whatever units it was read in."""

import pyarrow.parquet as pq

from pipelines.files import Folder


class StoredTexts:
    """An index of the texts of all finished PREPARE units of a store."""

    def __init__(self, folder: Folder) -> None:
        """Read the documents tables; texts are read when asked for."""
        self._folder = folder
        self._at: dict[str, tuple[str, int, int]] = {}
        for marker in folder.names("prepare"):
            if not marker.endswith("/done.json"):
                continue
            place = marker.removesuffix("/done.json")
            with folder.open(f"{place}/documents.parquet") as source:
                table = pq.read_table(source, columns=["sha256", "text_start", "num_bytes"])
            for sha256, start, size in zip(*(c.to_pylist() for c in table.columns), strict=True):
                if sha256 is not None:
                    self._at[sha256] = (place, start, size)

    def read(self, sha256: str) -> bytes | None:
        """Return the UTF-8 text, None when the store does not have it."""
        if sha256 not in self._at:
            return None
        place, start, size = self._at[sha256]
        with self._folder.open(f"{place}/text.bin") as source:
            return bytes(source.read_at(size, start))
