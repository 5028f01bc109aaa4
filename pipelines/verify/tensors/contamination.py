r"""Contamination: n-grams of benchmarks in the natural text of rows.

    index of 3-grams of tokens 5 6 7 8     row 1 2 5 6 7 9   ->   1 hit in row 0

An index of token n-grams is asked with the runs of the ids themselves. One of words, as the
built-in list is, needs text: each natural span is decoded and searched. A run that a fragment's end
cuts is not seen, so counts are lower bounds of a document's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.decontam.firewall import firewall
from generators.decontam.index import Index, from_bytes, look_up, owners_of
from generators.decontam.overlap import find
from pipelines.files import Folder
from pipelines.verify.tensors.arrays import Arrays, IntArray
from pipelines.verify.tensors.checks import Uploaded
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.hashes import Sums, sums_of

Ids = npt.NDArray[np.int32]
SHOWN = 20
"""Documents that are named; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What one span of a document shares with one index."""

    index: int
    """Which of the indices."""
    row_id: int
    doc_id: str
    epoch: int
    hits: int
    benchmarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contaminated:
    """A document that shares as much with an index as the recipe calls contaminated."""

    doc_id: str
    hits: int
    benchmarks: tuple[str, ...]
    row_ids: tuple[int, ...]


def open_indices(
    recipe: Mapping[str, Any], store: Folder | None, tokenizer: str
) -> tuple[Index, ...]:
    """Return the built-in list, and the recipe's own index where the store has it.

    `recipe` is the manifest's, `tokenizer` the sha256 of the mix's. A store may hold the indices of
    other recipes too; the one of this recipe is taken when no other is made alike.
    """
    spec = recipe.get("decontaminate")
    if not spec or not spec["files"] or store is None:
        return (firewall(),)
    names = [name for name in store.names("decontaminate") if name.endswith(".index")]
    found = [from_bytes(store.read(name), name) for name in sorted(names)]
    own = tokenizer if spec["unit"] == "token" else None
    alike = [
        index
        for index in found
        if (index.unit, index.n, index.tokenizer) == (spec["unit"], spec["ngram"], own)
    ]
    return (firewall(), *(alike if len(alike) == 1 else ()))


def find_hits(
    uploaded: Uploaded, indices: Sequence[Index], decode: Callable[[Ids], str], arrays: Arrays
) -> list[Hits]:
    """Return what natural spans of a group, which are sound, share with each index.

    Cost: for words that of decoding and of `overlap.find`; for tokens some passes over the ids.
    """
    group, spans = uploaded.group, uploaded.group.spans
    natural = np.flatnonzero(~spans.starts_with("source", "task:"))
    begins = group.ids.offsets[spans.rows] + spans["start"]
    ends = begins + spans["length"]
    found = []
    tokens = [index.unit == "token" for index in indices]
    sums = sums_of(uploaded.ids, arrays) if any(tokens) else None
    for number, index in enumerate(indices):
        if sums is not None and index.unit == "token":
            hits = _token_hits(sums, index, begins[natural], ends[natural])
        else:
            texts = map(decode, _slices(group, begins[natural], ends[natural]))
            hits = _word_hits(texts, index)
        found += [_hits(group, int(natural[k]), number, count=n, names=s) for k, n, s in hits]
    return found


def _hits(group: TensorGroup, span: int, index: int, *, count: int, names: tuple[str, ...]) -> Hits:
    return Hits(
        index=index,
        row_id=int(group.scalars["row_id"][group.spans.rows[span]]),
        doc_id=group.spans.text("doc_id", span),
        epoch=int(group.spans["epoch"][span]),
        hits=count,
        benchmarks=names,
    )


def _token_hits(
    sums: Sums, index: Index, begins: IntArray, ends: IntArray
) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    """Return (span, hits, benchmarks) by the runs of the ids."""
    if not len(begins):
        return
    spans, grams = [begins[:0]], [np.zeros(0, np.uint64)]
    for size in index.sizes:
        runs = sums.arrays.get(sums.runs(size)).view(np.uint64)
        at = look_up(index, runs)
        owner = np.searchsorted(begins, at, side="right") - 1
        inside = (owner >= 0) & (at + size <= ends[owner])
        spans.append(owner[inside])
        grams.append(runs[at[inside]])
    owners, hashes = np.concatenate(spans), np.concatenate(grams)
    for span in np.unique(owners).tolist():
        mine = hashes[owners == span]
        yield span, len(mine), owners_of(index, mine)


def _slices(group: TensorGroup, begins: IntArray, ends: IntArray) -> Iterable[Ids]:
    for start, stop in zip(begins.tolist(), ends.tolist(), strict=True):
        yield group.ids.values[start:stop]


def _word_hits(texts: Iterable[str], index: Index) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    """Return (span, hits, benchmarks) by the words of each text."""
    for span, text in enumerate(texts):
        overlap = find(text, index)
        if overlap.hits:
            yield span, overlap.hits, overlap.benchmarks


def judge_hits(hits: Iterable[Hits], *, min_hits: int = 1) -> list[Contaminated]:
    """Return the documents that have `min_hits` n-grams of one index, most hits first.

    `min_hits` is the recipe's. Hits of all fragments of a document are added up, pass by pass.
    """
    counts: Counter[tuple[str, int, int]] = Counter()
    rows: dict[str, set[int]] = {}
    names: dict[str, set[str]] = {}
    for hit in hits:
        counts[hit.doc_id, hit.index, hit.epoch] += hit.hits
        rows.setdefault(hit.doc_id, set()).add(hit.row_id)
        names.setdefault(hit.doc_id, set()).update(hit.benchmarks)
    worst: dict[str, int] = {}
    for (doc_id, *_), count in counts.items():
        if count >= min_hits:
            worst[doc_id] = max(count, worst.get(doc_id, 0))
    return [
        Contaminated(
            doc_id=doc_id,
            hits=count,
            benchmarks=tuple(sorted(names[doc_id])),
            row_ids=tuple(sorted(rows[doc_id])),
        )
        for doc_id, count in sorted(worst.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
