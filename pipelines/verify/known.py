"""Known: what every unit compares with, opened once a process from the mix itself.

    Context (a mix, a store, what is drawn)  ->  tokenizer, rules, two tables, texts

A context is small and safe to send; a worker opens the rest where it runs. The driver, which has
opened it already, keeps it for the units that run in its own process.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from generators.seeds import rng_for
from generators.tokens.facts import read_facts
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder
from pipelines.shards.mix import Mix, find_mix
from pipelines.store.texts import StoredTexts
from pipelines.verify import files
from pipelines.verify.documents import Texts
from pipelines.verify.lines import Lines
from pipelines.verify.originals import Reference
from pipelines.verify.rows import Rules
from pipelines.verify.sampling import drawn
from pipelines.verify.tensors.arrays import open_arrays
from pipelines.verify.tensors.contamination import open_indices
from pipelines.verify.tensors.examine import Job
from pipelines.verify.tensors.sketches import rate_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a worker must know beside the unit."""

    mix: str
    """A URI or an absolute path."""
    store: str | None
    """Of the texts; None where there is none."""
    share: float = 1.0
    by: str = "shard"
    device: str = "cpu"
    """As it was resolved in the driver: a worker never looks for itself."""
    threads: int = 1
    """For digests, where this process has the machine to itself."""


@dataclass(slots=True, kw_only=True)
class Known:
    """An open mix."""

    mix: Mix
    context: Context
    tokenizer: Tokenizer
    rules: Rules
    documents: Lines
    samples: Lines
    texts: Texts
    _reference: Reference | None = None
    _examining: Job | None = None
    _solved: frozenset[str] | None = None

    @property
    def reference(self) -> Reference:
        """The reference tokenizer for whole documents."""
        if self._reference is None:
            self._reference = Reference(self.tokenizer)
        return self._reference

    @property
    def examining(self) -> Job:
        """What whole row groups are held against, and on which device."""
        if self._examining is None:
            manifest, context = self.mix.manifest, self.context
            store = open_folder(context.store) if context.store is not None else None
            self._examining = Job(
                rules=self.rules,
                samples=self.samples,
                arrays=open_arrays(context.device),
                rate=rate_for(manifest["totals"]["tokens"]),
                encode=self.tokenizer.encode,
                decode=self.tokenizer.decode,
                indices=open_indices(manifest["recipe"], store, self.tokenizer.sha256),
                threads=context.threads,
            )
        return self._examining

    @property
    def solved(self) -> frozenset[str]:
        """The sample_ids that are solved again, where samples are drawn."""
        if self._solved is None:
            table = self.samples.table.sort_by([("row_id", "ascending"), ("segment", "ascending")])
            at = pa.array(draw(self.mix.manifest, self.context, table.num_rows))
            self._solved = frozenset(table["sample_id"].take(at).to_pylist())
        return self._solved


_known: dict[Context, Known] = {}
"""The mix that this process opened last."""


def known_of(context: Context) -> Known:
    """Return an open mix. Reads its tables and proves the tokenizer: 2 s, once a process."""
    if context not in _known:
        mix = find_mix(context.mix)
        documents, samples = (mix.table(kind) for kind in ("documents", "samples"))
        keep_known(open_known(mix, context, documents=documents, samples=samples))
    return _known[context]


def keep_known(known: Known) -> None:
    """Let the units of this process use what was opened already."""
    _known.clear()
    _known[known.context] = known


def forget() -> None:
    """Let go of what was opened."""
    _known.clear()


def open_known(mix: Mix, context: Context, *, documents: pa.Table, samples: pa.Table) -> Known:
    """Open the tokenizer, the reference library itself whatever engine built the mix, and texts."""
    facts = mix.manifest["tokenizer"]
    tokenizer = load_tokenizer(
        mix.folder.read(files.TOKENIZER),
        eos_id=facts["eos_id"],
        bos_id=facts["bos_id"],
        engine="tokenizers",
    )
    store = StoredTexts(open_folder(context.store)) if context.store is not None else None
    return Known(
        mix=mix,
        context=context,
        tokenizer=tokenizer,
        rules=rules_of(mix.manifest, tokenizer, samples),
        documents=Lines(documents, "doc_id"),
        samples=Lines(samples, "sample_id"),
        texts=Texts(store),
    )


def draw(manifest: dict[str, Any], context: Context, total: int) -> npt.NDArray[np.int64]:
    """Return which of `total` shards, rows or samples are drawn, int64[n], everywhere the same."""
    seed = int(manifest["recipe"].get("seed") or 0)
    rng = rng_for(seed, "verify", context.by, manifest["mix_digest"])
    return drawn(rng, total, context.share)


def rules_of(manifest: dict[str, Any], tokenizer: Tokenizer, samples: pa.Table) -> Rules:
    """Return what a manifest says about all rows; `samples` is its table of them."""
    facts, recipe = manifest["tokenizer"], manifest["recipe"]
    valid, special = (np.zeros(tokenizer.table_size, bool) for _ in range(2))
    valid[list(read_facts(tokenizer.data).ids())] = True
    special[tokenizer.special_ids] = True
    placing = samples.filter(pc.greater(pc.list_value_length(samples["sentinels"]), 0))
    names, sentinels = (placing[name].to_pylist() for name in ("sample_id", "sentinels"))
    return Rules(
        recipe=recipe,
        eos_id=facts["eos_id"],
        bos_id=facts["bos_id"],
        pad_id=facts["pad_id"],
        valid=valid,
        special=special,
        stages={stage["name"]: stage for stage in recipe["stages"]},
        sentinels={name: set(ids) for name, ids in zip(names, sentinels, strict=True)},
    )
