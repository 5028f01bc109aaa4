"""Weaving: megabytes of finished samples a CPU second, planned, woven, checked, by sample length.

    python -m benchmarks.weaving --books DIR --tokenizer FILE

Needles (four keys, four distractors) go into pieces of the books in turn, each sample from a fresh
plan. Encoding a haystack's own tokens belongs to PREPARE and is not counted.
"""

import argparse
import time
from pathlib import Path

from benchmarks.corpus import book_texts
from benchmarks.measure import row, table
from generators import tasks
from generators.seeds import rng_for
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.sample import weave
from schemas.sample import Haystack, Order, Run

LENGTHS = (8_192, 32_768, 131_072, 1_048_576)
SAMPLE_MB = 16
"""Megabytes of samples woven at each length."""
BYTES_PER_TOKEN = 5
"""More than any of our texts has, so that a haystack always offers text to spare."""


def haystacks(text: str, tokenizer: Tokenizer, *, length: int, count: int) -> list[Haystack]:
    """Cut pieces for samples of `length` tokens out of one long text, again and again."""
    size = length * BYTES_PER_TOKEN
    starts = [number * size % max(1, len(text) - size) for number in range(count)]
    pieces = [text[start : start + size] for start in starts]
    return [
        Haystack(
            text=piece,
            token_ends=tokenizer.byte_ends(tokenizer.encode(piece)),
            runs=(Run(at=0, size=len(piece), doc_id="book", start=start),),
        )
        for start, piece in zip(starts, pieces, strict=True)
    ]


def weave_all(found: list[Haystack], tokenizer: Tokenizer, *, length: int) -> tuple[int, int]:
    """Weave a sample into each haystack; return the bytes of all, and how often it drew again."""
    task = tasks.load("needle")
    spec = task.spec(keys=4, distractors=4)
    num_bytes = redrawn = 0
    for number, haystack in enumerate(found):
        order = Order(sample_id=f"needle/{number}", length=length, min_length=length // 2)
        depth = ((number + 0.5) / len(found),)
        for attempt in range(32):
            rng = rng_for(0, "benchmark", length, number, attempt)
            template = task.templates[int(rng.integers(len(task.templates)))]
            plan = task.plan(rng, spec, haystack=haystack.text, depths=depth, template=template)
            try:
                made = weave(plan, haystack, order=order, task=task, tokenizer=tokenizer)
            except Redraw:
                redrawn += 1
                continue
            num_bytes += int(tokenizer.byte_ends(made.ids[:-1])[-1])
            break
    return num_bytes, redrawn


def main() -> None:
    """Weave at each length and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a tokenizer.json")
    given = parser.parse_args()
    tokenizer = load_tokenizer(given.tokenizer.read_bytes())
    text = tokenizer.normalise("\n\n".join(book_texts(given.books)))
    weave_all(haystacks(text, tokenizer, length=LENGTHS[0], count=1), tokenizer, length=LENGTHS[0])
    print(table("tokens of a sample", "samples", "MB", "CPU s", "MB a CPU s", "draws again"))
    for length in LENGTHS:
        count = max(2, SAMPLE_MB * 1_000_000 // (length * 4))
        found = haystacks(text, tokenizer, length=length, count=count)
        start = time.process_time()
        num_bytes, redrawn = weave_all(found, tokenizer, length=length)
        seconds = time.process_time() - start
        megabytes = num_bytes / 1e6
        rate = f"{megabytes / seconds:.1f}"
        print(row(f"{length:,}", count, f"{megabytes:.1f}", f"{seconds:.2f}", rate, redrawn))


if __name__ == "__main__":
    main()
