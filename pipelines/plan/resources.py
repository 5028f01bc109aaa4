"""What a mix takes of cores and disks, from what was measured: docs/benchmarks.md has every table.

    10 GB of text to read, 2.4 B tokens to write   136 s and 120 s of one core, 3.8 GB of shards

Seconds are CPU seconds of one core of the machine that docs/benchmarks.md names. They say how much
work there is, and on other machines differ by a factor of about two.
"""

from collections.abc import Iterable, Mapping

from schemas.draw import SampleDraw
from schemas.recipe import Part, Recipe

GIGABYTE, MEGABYTE = 1e9, 1e6
READ_SECONDS = 13.6
"""A GB of text: hash 1.1, read and clean 1.7, tokenise 8.7, hash texts and write the store 2.1
("Where a build's time goes"; fastokens. The library `tokenizers` takes some 550 more)."""
CLEAN_SECONDS = {
    "gutenberg": 2.0,
    "contents": 1.9,
    "illustrations": 1.6,
    "unwrap": 13.6,
    "secrets": 11.5,
    "personal": 4.7,
}
"""A GB of books ("Cleaning and scoring", second table); secrets and personal take twice and four
times as much on code."""
SCORE_SECONDS = {
    "compression": 7.3,
    "repetition": 9.4,
    "lines": 3.7,
    "recurrence": 9.1,
    "language": 0.5,
    "dependency": 72.0,
    "minhash": 16.5,
}
"""A GB of books ("Cleaning and scoring", first table, the middle of what is given as a range)."""
SAMPLE_SECONDS = 0.0026
"""A sample whatever its length: 488 samples of 33 KB took 1.79 s and 30 of 537 KB 0.57 s, which is
2.6 ms each and 33 MB a second ("Weaving", first table)."""
WEAVE_SPEED = {
    "needle": 25.7,
    "lookup": 20.4,
    "tracking": 26.9,
    "updates": 24.9,
    "tally": 31.6,
    "joins": 19.9,
    "recall": 19.0,
    "counts": 13.9,
    "knots": 11.4,
    "fim": 9.1,
    "chapters": 7.0,
    "preferences": 3.7,
    "multidoc": 3.2,
    "dialogue": 2.7,
    "code": 2.2,
    "reorder": 1.8,
}
"""MB a CPU second at 131,072 tokens a sample ("Weaving", "By task")."""
OTHER_SPEED = 9.1
"""For a task that nobody measured: about the middle of those."""
WRITE_SECONDS = 50e-9
"""A token of the mix: gathering, digests, Parquet, reading back and publishing took 11.6 s for a GB
of 242 M tokens ("Where a build's time goes")."""
PACK_SECONDS = 1.2e-6
"""A document that is drawn and packed ("Packing", rows of 8,192)."""
BYTES_PER_TOKEN = 1.6
"""Disk of a shard: whole rows of novels took 1.57; code takes less ("Size on the disk")."""
STORE_BYTES_PER_TOKEN = 4.0
"""Raw ids of the store; the cleaned text comes on top, at its own size."""
WOVEN_BYTES_PER_TOKEN = 5.0
"""Raw ids and the mask of a sample in the store."""


def read_seconds(recipe: Recipe, text_bytes: Mapping[str, float]) -> float:
    """Return the CPU seconds of PREPARE and SCORE for so many bytes of text by source.

    Cleaners and scores that nobody measured take none.
    """

    def each(parts: Iterable[Part], measured: Mapping[str, float]) -> float:
        return sum(measured.get(part.name, 0.0) for part in parts)

    return sum(
        size
        / GIGABYTE
        * (
            READ_SECONDS
            + each(recipe.sources[name].clean, CLEAN_SECONDS)
            + each(recipe.sources[name].scores, SCORE_SECONDS)
        )
        for name, size in text_bytes.items()
    )


def weave_seconds(
    samples: Iterable[SampleDraw], task_of: Mapping[str, str], bytes_per_token: float
) -> float:
    """Return the CPU seconds of WEAVE; `task_of` has the task behind each key under `tasks`."""
    return sum(
        SAMPLE_SECONDS
        + sample.length
        * bytes_per_token
        / MEGABYTE
        / WEAVE_SPEED.get(task_of.get(sample.use, ""), OTHER_SPEED)
        for sample in samples
    )


def write_seconds(tokens: float, documents: float) -> float:
    """Return the CPU seconds of DRAW, PACK, ASSEMBLE and publishing."""
    return tokens * WRITE_SECONDS + documents * PACK_SECONDS
