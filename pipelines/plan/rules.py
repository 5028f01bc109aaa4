"""The rules that decide which documents are kept, on whole columns; no text is read.

Each document gets the first reason that applies, in this order:

    what its reader or a cleaner said
    short, long                         fewer tokens than `min_tokens`, more than `max_tokens`
    longer_than_rows                    no row holds what `larger_bucket` would not cut
    low X, high X, other X              column X is outside a rule's min, max, or `among`
    low X in its length, high X ...     outside the percentiles of its kind and power of two
    exact_duplicate                     the text of an earlier document that is kept so far
    near_duplicate                      `near_duplicate_of` says of which

Percentiles are those of the documents without an earlier reason, each text counted once.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from generators.filters.bounds import outside
from generators.filters.buckets import length_bucket
from generators.filters.near_duplicates import near_duplicates
from generators.filters.percentiles import percentile_bounds
from generators.mixing.framing import frame
from pipelines.plan.selection import published_columns
from schemas.recipe import Bounds, Recipe

Flags = npt.NDArray[np.bool_]
Finding = tuple[str, Flags]
"""A reason, and the documents that it applies to."""


def apply_rules(recipe: Recipe, table: pa.Table) -> pa.Table:
    """Return the documents with `reason`, `kept` and `near_duplicate_of` decided.

    `table` has the columns of DOCUMENTS, those of the scores, and `minhash` where near duplicates
    are looked for; `reason` holds what reading said.
    """
    source = pc.index_in(table["source"], value_set=pa.array(list(recipe.sources))).to_numpy()
    for rules in (_lengths, _fixed_bounds, _percentiles, _exact_duplicates):
        sound = pc.is_null(table["reason"]).to_numpy()
        for reason, found in rules(recipe, table, source, sound):
            table = _reject(table, reason, found)
    table = _near_duplicates(recipe, table)
    return _with(table, "kept", pc.is_null(table["reason"]))


def _reject(table: pa.Table, reason: str, found: Flags) -> pa.Table:
    """Give a reason to the found documents that have none yet."""
    if not found.any():
        return table
    fresh = pc.and_(pc.is_null(table["reason"]), pa.array(found))
    return _with(table, "reason", pc.if_else(fresh, reason, table["reason"]))


def _lengths(
    recipe: Recipe, table: pa.Table, source: np.ndarray, sound: Flags
) -> Iterator[Finding]:
    tokens = table["num_tokens"].to_numpy()
    specs = recipe.sources.values()
    least = np.array([spec.min_tokens for spec in specs])
    most = np.array([spec.max_tokens or np.iinfo(np.int64).max for spec in specs])
    yield "short", sound & (tokens < least[source])
    yield "long", sound & (tokens > most[source])
    waits = np.array([spec.long_documents == "larger_bucket" for spec in specs])
    frames = [frame(recipe, stage) for stage in recipe.resolved_stages()]
    room = max(framing.capacity - framing.begin - framing.end for framing in frames)
    yield "longer_than_rows", sound & waits[source] & (tokens > room)


def _rules(recipe: Recipe) -> Iterator[tuple[int, str, Bounds]]:
    """Yield every rule with the number of its source and its column.

    In the order in which the recipe names cleaners and scores: the keys of `keep` have none.
    """
    for index, spec in enumerate(recipe.sources.values()):
        known = [name for name in published_columns(spec) if name in spec.keep]
        for column in known:
            yield index, column, spec.keep[column]


def _fixed_bounds(
    recipe: Recipe, table: pa.Table, source: np.ndarray, sound: Flags
) -> Iterator[Finding]:
    for index, column, bounds in _rules(recipe):
        mine = sound & (source == index)
        if bounds.among is not None:
            allowed = pc.is_in(table[column], value_set=pa.array(bounds.among, pa.string()))
            other = pc.and_(pc.invert(allowed), pc.is_valid(table[column]))
            yield f"other {column}", mine & other.to_numpy()
        elif bounds.min is not None or bounds.max is not None:
            low, high = outside(_numbers(table, column), low=bounds.min, high=bounds.max)
            yield f"low {column}", mine & low
            yield f"high {column}", mine & high


def _percentiles(
    recipe: Recipe, table: pa.Table, source: np.ndarray, sound: Flags
) -> Iterator[Finding]:
    rules = [rule for rule in _rules(recipe) if rule[2].percentiles is not None]
    if not rules:
        return
    kinds = table["kind"].combine_chunks().dictionary_encode().indices.to_numpy()
    groups = kinds.astype(np.int64) << 56 | length_bucket(table["num_tokens"].to_numpy())
    once = sound & ~_repeats(table, sound)
    for index, column, bounds in rules:
        percent = bounds.percentiles or (0.0, 100.0)
        values = _numbers(table, column)
        counted = np.where(once, values, np.nan)
        lows, highs = percentile_bounds(counted, groups, low=percent[0], high=percent[1])
        mine = sound & (source == index)
        yield f"low {column} in its length", mine & (values < lows)
        yield f"high {column} in its length", mine & (values > highs)


def _exact_duplicates(
    recipe: Recipe, table: pa.Table, source: np.ndarray, sound: Flags
) -> Iterator[Finding]:
    yield "exact_duplicate", _repeats(table, sound)


def _repeats(table: pa.Table, sound: Flags) -> Flags:
    """Say which sound documents have the text of an earlier sound one."""
    repeats = np.zeros_like(sound)
    candidates = np.flatnonzero(sound)
    codes = table["sha256"].combine_chunks().dictionary_encode().indices
    codes = codes.take(pa.array(candidates)).to_numpy(zero_copy_only=False)
    _, first = np.unique(codes, return_index=True)
    repeats[candidates] = True
    repeats[candidates[first]] = False
    return repeats


def _near_duplicates(recipe: Recipe, table: pa.Table) -> pa.Table:
    """Reject the near duplicates of each kind that the recipe names."""
    for kind, threshold in sorted(recipe.near_duplicates.items()):
        mine = pc.and_(pc.is_null(table["reason"]), pc.equal(table["kind"], kind)).to_numpy()
        lines = np.flatnonzero(mine)
        twin = near_duplicates(
            table["minhash"].filter(pa.array(mine)),
            num_tokens=table["num_tokens"].to_numpy()[lines],
            threshold=threshold,
        )
        of = np.full(len(table), -1, np.int64)
        of[lines] = np.where(twin >= 0, lines[twin], -1)
        found = of >= 0
        table = _reject(table, "near_duplicate", found)
        names = table["doc_id"].take(pa.array(of, mask=~found))
        named = pc.if_else(pa.array(found), names, table["near_duplicate_of"])
        table = _with(table, "near_duplicate_of", named)
    return table


def _numbers(table: pa.Table, column: str) -> npt.NDArray[np.float64]:
    """float64[N]: a column of numbers, NaN where there is none."""
    return np.asarray(pc.fill_null(table[column], float("nan")).to_numpy())


def _with(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), column)
