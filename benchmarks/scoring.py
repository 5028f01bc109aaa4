"""What the cheap scores cost: CPU seconds a GB, and peak memory for one document of 64 MB.

    python -m benchmarks.scoring --books DIR --conversations FILE --work DIR

Books are a folder of .txt files, conversations a .jsonl file with one conversation a line, and code
is that of the installed packages. Each figure is that of a process of its own: CPU seconds of
scoring alone (the smallest of three runs, since a busy machine adds and never takes away), and the
peak memory beyond that of a process that only holds the document.
"""

import argparse
import json
import sys
import sysconfig
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from benchmarks.corpus import book_texts, gather
from benchmarks.measure import cost_of, row, table
from generators import scoring
from schemas.document import Kind
from schemas.selection import Subject

SCORES = ("compression", "repetition", "lines", "recurrence", "language")
LONG_BYTES = 64_000_000
CODE_BYTES = 40_000_000
RUNS = 3


def subject(text: str, kind: Kind) -> Subject:
    """Return a text as a score sees it, without tokens: these scores look at none."""
    return Subject(text=text, kind=kind, data=text.encode(), ids=np.empty(0, np.int32))


def code_texts(work: Path, code: Path) -> list[str]:
    """Return documents of the installed packages."""
    folder = gather(work / "no-books", code, work, num_bytes=CODE_BYTES)
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]


def conversations(path: Path) -> list[str]:
    """Return each conversation of a .jsonl file as one text, its turns one a paragraph."""
    texts = []
    for line in path.read_text(encoding="utf-8").splitlines():
        turns = json.loads(line)["turns"]
        texts.append("".join(f"{turn['role']}: {turn['content']}\n\n" for turn in turns))
    return texts


def seconds(name: str, subjects: Sequence[Subject]) -> float:
    """Return CPU seconds a GB of one score: the smallest of a few runs."""
    module = scoring.load(name)
    options = module.Options()
    module.score(subjects[0], options)  # what is loaded once
    num_bytes = sum(len(one.data) for one in subjects)
    costs = []
    for _ in range(RUNS):
        start = time.process_time()
        for one in subjects:
            module.score(one, options)
        costs.append(time.process_time() - start)
    return min(costs) / num_bytes * 1e9


def peak(name: str, long: Path) -> float:
    """Return the peak memory, 10**6 bytes, of a process that scores the one long document."""
    command = [sys.executable, "-m", "benchmarks.scoring", "--once", name, str(long)]
    return cost_of(command, long.parent / "scoring.log").peak_mb


def once(name: str, long: Path) -> None:
    """Score one document; `nothing` only reads it."""
    data = long.read_bytes()
    document = Subject(text=data.decode("ascii"), kind="book", data=data, ids=np.empty(0, np.int32))
    if name != "nothing":
        module = scoring.load(name)
        module.score(document, module.Options())


def long_document(books: Path, work: Path) -> Path:
    """Write 64 MB of ASCII, the books over and over, and return where."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / "long.txt"
    left = LONG_BYTES
    with path.open("wb") as file:
        for text in cycle(book_texts(books)):
            left -= file.write(text.encode("ascii", "replace")[:left])
            if not left:
                break
    return path


def main() -> None:
    """Print a row for each score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, help="folder of .txt files")
    parser.add_argument("--conversations", type=Path, help=".jsonl file")
    parser.add_argument("--work", type=Path, help="folder for texts")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--once", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        once(given.once[0], Path(given.once[1]))
        return
    if not (given.books and given.work):
        parser.error("--books and --work are needed")
    # Before any text is held here: a child's peak is never below what its parent has.
    long = long_document(given.books, given.work)
    peaks = {name: peak(name, long) for name in ("nothing", *SCORES)}
    texts = {
        "books": [subject(text, "book") for text in book_texts(given.books)],
        "code": [subject(text, "repo") for text in code_texts(given.work, given.code)],
    }
    if given.conversations:
        spoken = conversations(given.conversations)
        texts["conversations"] = [subject(text, "conversation") for text in spoken]
    kinds = [f"{kind}, CPU s/GB" for kind in texts]
    print(table("score", *kinds, "peak beyond a 64 MB document, 10^6 bytes"))
    sums = np.zeros(len(texts))
    for name in SCORES:
        costs = [seconds(name, subjects) for subjects in texts.values()]
        sums += costs
        extra = peaks[name] - peaks["nothing"]
        print(row(name, *(f"{cost:.1f}" for cost in costs), f"{extra:.0f}"), flush=True)
    print(row("all", *(f"{cost:.1f}" for cost in sums), ""))


if __name__ == "__main__":
    main()
