"""Rows of a mix by number, for torch's DataLoader or a loop of your own. numpy, no torch.

    rows = MixDataset("mix", stage="long")       2 shards of 4 rows and 3 rows
    len(rows)                                    7
    rows[5]                                      row 1 of the second shard
    rows[-1]["input_ids"]                        int32[32768]
    DataLoader(rows, batch_size=1, collate_fn=collate_for_transformers)

No file stays open between two reads, so a copy in another process, forked or spawned, shares
nothing with this one; an object store's client does not outlive a fork, so spawn there.

Cost: a row decodes the row group that it stands in, about 0.5 M tokens, and the last few are kept:
in order each is decoded once, in random order once a row (docs/feeding.md has figures).
"""

import operator
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.shards.mix import Mix, open_mix
from schemas.errors import RecipeError, VerificationError
from schemas.row import ROWS

COLUMNS = tuple(name for name in ROWS.names if name not in {"spans", "needles"})
"""Columns of a row unless others are asked for; lists of dicts are slow to make and to copy."""
GROUPS_KEPT = 4
"""Decoded row groups kept: 2 MB of ids each, 5 MB with masks and positions."""
FOOTERS_KEPT = 16
"""Footers kept: 36 KB a row group once parsed, so 7 MB for a shard of 100 M tokens (measured)."""


class MixDataset:
    """Rows of one stage or of all, in the order of their `row_id`.

    Map-style, as torch's DataLoader takes it: `len`, one row by number, several by numbers. It may
    be pickled, and read by several threads.
    """

    def __init__(
        self, mix: str, *, stage: str | None = None, columns: Sequence[str] | None = None
    ) -> None:
        """Open a mix in a folder or at a URI.

        `columns` are those that rows shall have, COLUMNS by default; `spans` and `needles` are
        there when they are asked for. Cost: the manifest and one listing of the shards. Raises
        IdentityError where there is no mix, RecipeError for an unknown stage or column, and
        VerificationError for a shard that is not there.
        """
        opened = open_mix(mix)
        self._mix = mix
        self._folder = opened.folder
        self._digest: str = opened.manifest["mix_digest"]
        self._columns = _known(columns)
        self._shards = _shards(opened, mix, stage)
        self._starts: list[int] = [0, *accumulate(shard["rows"] for shard in self._shards)]
        self._remember()

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._starts[-1]

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return a row; negative numbers count from the end.

        Columns of numbers by token or segment are arrays of the row's own, int32[...] and
        bool[...]; None where the mix has null; `row_digest` is bytes, `spans` and `needles` are
        lists of dicts. Raises IndexError for a row that is not there, and VerificationError for a
        shard that is missing, cut, damaged, or of another mix.
        """
        at = self._number(index)
        shard = bisect_right(self._starts, at) - 1
        at -= self._starts[shard]
        _, starts = self._footer(shard)
        group = bisect_right(starts, at) - 1
        at -= starts[group]
        table = self._group(shard, group)
        return {name: _value(table[name][at]) for name in self._columns}

    def __getitems__(self, indices: Iterable[int]) -> list[dict[str, Any]]:
        """Return the rows of a batch in the order asked for; each row group is decoded once."""
        numbers = [self._number(index) for index in indices]
        rows = {at: self[numbers[at]] for at in np.argsort(numbers, kind="stable").tolist()}
        return [rows[at] for at in range(len(numbers))]

    def _number(self, index: int) -> int:
        """Return the row's number from 0."""
        at, size = operator.index(index), len(self)
        if not -size <= at < size:
            raise IndexError(
                f"row {at}: {self._mix} has {size} rows here; numbers go from 0 to {size - 1}, "
                f"or from -{size} to -1"
            )
        return at % size

    def _remember(self) -> None:
        """Keep what was read last, safely for threads."""
        self._footer = lru_cache(FOOTERS_KEPT)(self._read_footer)
        self._group = lru_cache(GROUPS_KEPT)(self._read_group)

    def __getstate__(self) -> dict[str, Any]:
        """Return all but what was read."""
        return {key: vars(self)[key] for key in vars(self).keys() - {"_footer", "_group"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin in another process with nothing read."""
        vars(self).update(state)
        self._remember()

    def _read_footer(self, shard: int) -> tuple[pq.FileMetaData, list[int]]:
        """Return a shard's footer, and the first row of each row group with the end of the last."""
        path = self._shards[shard]["path"]
        with self._opened(path) as source:
            metadata = pq.read_metadata(source)
        said = {key: value.decode() for key, value in (metadata.metadata or {}).items()}
        for name, found, wanted in (
            ("mix_digest", said.get(b"longmix.mix_digest"), self._digest),
            ("path", said.get(b"longmix.shard"), path),
            ("rows", metadata.num_rows, self._shards[shard]["rows"]),
        ):
            if found != wanted:
                raise VerificationError(
                    f"{self._folder.path(path)}: its footer has {name} {found}, manifest.json has "
                    f"{wanted}; the file is of another build: copy the whole mix, or build it again"
                )
        sizes = (metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))
        return metadata, [0, *accumulate(sizes)]

    def _read_group(self, shard: int, group: int) -> pa.Table:
        with self._opened(self._shards[shard]["path"]) as source:
            footer, _ = self._footer(shard)
            options = {"metadata": footer, "pre_buffer": not self._folder.is_local}
            file = pq.ParquetFile(source, page_checksum_verification=True, **options)
            # One thread: a DataLoader has a process for each core already.
            return file.read_row_group(group, columns=self._columns, use_threads=False)

    @contextmanager
    def _opened(self, path: str) -> Iterator[pa.NativeFile]:
        """Yield a shard; its faults are told in a sentence."""
        try:
            with self._folder.open(path) as source:
                yield source
        except FileNotFoundError as error:
            raise _missing(self._mix, [path]) from error
        except (OSError, pa.ArrowException) as error:
            raise VerificationError(
                f"{self._folder.path(path)}: cannot be read ({error}); longmix verify says what "
                "else is damaged"
            ) from error


def _known(columns: Sequence[str] | None) -> list[str]:
    """Return the columns to read. Raises RecipeError naming those that there are."""
    unknown = [name for name in columns or () if name not in ROWS.names]
    if unknown:
        raise RecipeError(
            f"columns={unknown}: a row has {', '.join(ROWS.names)}; take some of these"
        )
    return list(COLUMNS if columns is None else columns)


def _shards(mix: Mix, name: str, stage: str | None) -> list[dict[str, Any]]:
    """Return the manifest's lines of the shards to read, in its order."""
    shards: list[dict[str, Any]] = mix.manifest["shards"]
    stages = list(dict.fromkeys(shard["stage"] for shard in shards))
    if stage is not None and stage not in stages:
        raise RecipeError(
            f"stage={stage!r}: {name} has the stages {', '.join(stages) or 'none'}; take one of "
            "these, or None for all"
        )
    wanted = [shard for shard in shards if stage in (None, shard["stage"])]
    there = set(mix.folder.names("data"))
    missing = [shard["path"] for shard in wanted if shard["path"] not in there]
    if missing:  # better now than hours into a training
        raise _missing(name, missing)
    return wanted


def _missing(mix: str, paths: list[str]) -> VerificationError:
    return VerificationError(
        f"{mix}: shards that manifest.json lists are not there ({len(paths)}, the first is "
        f"{paths[0]}); copy the whole mix, or build it again"
    )


def _value(cell: pa.Scalar) -> Any:
    """Return a cell: an array of its own for a list of numbers, else what Python has for it."""
    if not (pa.types.is_list(cell.type) and pa.types.is_primitive(cell.type.value_type)):
        return cell.as_py()
    return np.array(cell.values.to_numpy(zero_copy_only=False)) if cell.is_valid else None
