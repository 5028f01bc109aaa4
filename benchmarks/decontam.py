"""What decontamination costs, and what it finds where nothing is contaminated.

    python -m benchmarks.decontam --books DIR [--code DIR] [--prompts 100000] [--megabytes 64]

Cost: prompts of 80 words, drawn by their frequency in the books, are indexed; books and code are
scanned for them. CPU seconds of this process, the smallest of three.

False hits: the paragraphs of each book serve as prompts, and the other books are scanned. No novel
quotes another at length, so what is found is turns of phrase and quotations.
"""

import argparse
import re
import resource
import sysconfig
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from benchmarks.measure import row, table
from generators.decontam.firewall import firewall
from generators.decontam.index import Index, build, to_bytes
from generators.decontam.overlap import find
from generators.ngrams.words import word_blocks
from generators.seeds import rng_for

REPEATS = 3
WORDS_A_PROMPT = 80

_START = re.compile(r"\*\*\* ?START OF[^\n]*\n")
_END = re.compile(r"\*\*\* ?END OF|End of (?:the )?Project Gutenberg|START: FULL LICENSE")


def body(text: str) -> str:
    """Return a book without the publisher's frame, which all books share."""
    text = _START.split(text, maxsplit=1)[-1]
    return _END.split(text, maxsplit=1)[0]


def read(paths: Iterable[Path], num_bytes: int) -> list[str]:
    """Return texts of about so many bytes, those that are not UTF-8 left out."""
    texts, size = [], 0
    for path in paths:
        if size >= num_bytes:
            break
        try:
            texts.append(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
        size += path.stat().st_size
    return texts


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of a piece of work, the smallest of three."""
    took = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def hashed(text: str) -> int:
    """Hash all words of a text and forget them."""
    return sum(len(units) for units in word_blocks(text))


def costs(groups: dict[str, list[str]], index: Index) -> None:
    """Print what hashing and scanning take."""
    print(table("text", "MB", "words, MB/s", "scan, MB/s", "scan, CPU s per GB", "firewall"))
    for name, texts in groups.items():
        size = sum(len(text.encode()) for text in texts) / 1e6
        words = seconds(lambda texts=texts: [hashed(text) for text in texts])
        scan = seconds(lambda texts=texts: [find(text, index) for text in texts])
        wall = seconds(lambda texts=texts: [find(text, firewall()) for text in texts])
        cells = (f"{size / words:.0f}", f"{size / scan:.0f}", f"{1000 * scan / size:.1f}")
        print(row(name, f"{size:.1f}", *cells, f"{1000 * wall / size:.1f}"), flush=True)


def false_hits(books: list[str]) -> None:
    """Print what the paragraphs of one book find in the others."""
    print(table("n", "paragraphs found again", "of", "spans per 10^6 words", "longest spans"))
    words = sum(hashed(book) for book in books) * (len(books) - 1)
    for n in (8, 10, 13):
        prompts = found_again = 0
        spans: list[str] = []
        for mine, book in enumerate(books):
            paragraphs = [part for part in book.split("\n\n") if len(part.split()) >= n]
            index = build(((str(k), part) for k, part in enumerate(paragraphs)), n=n)
            hits = [(other, find(other, index)) for k, other in enumerate(books) if k != mine]
            prompts += len(paragraphs)
            found_again += len({name for _, hit in hits for name in hit.benchmarks})
            spans += [text[start:end] for text, hit in hits for start, end in hit.spans]
        longest = sorted(set(spans), key=len)[-3:]
        cells = (n, found_again, prompts, f"{1e6 * len(spans) / words:.2f}")
        print(row(*cells, "; ".join(" ".join(span.split())[:60] for span in longest)), flush=True)


def main() -> None:
    """Gather texts and prompts, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--prompts", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=64, help="of each kind of text")
    given = parser.parse_args()
    limit = given.megabytes * 1_000_000
    books = read(sorted(given.books.glob("*.txt")), limit)
    code = read(sorted(given.code.rglob("*.py")), limit)
    known = np.array(" ".join(books).split())
    rng = rng_for(0, "benchmarks", "decontam")
    drawn = [" ".join(rng.choice(known, WORDS_A_PROMPT)) for _ in range(given.prompts)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    index = build(("drawn", prompt) for prompt in drawn)
    took = time.process_time() - start
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / 1e6
    size = sum(map(len, drawn)) / 1e6
    print(
        f"{len(drawn)} prompts, {size:.1f} MB: {len(index.hashes)} grams in {took:.1f} CPU s "
        f"({1000 * took / size:.0f} s per GB), {len(to_bytes(index)) / 1e6:.0f} MB, "
        f"peak {peak:.0f} MB more\n"
    )
    costs({"books": books, "code": code}, index)
    print()
    false_hits([body(book) for book in books])


if __name__ == "__main__":
    main()
