"""Peak memory of a build in one process, driver and worker together, by what it reads.

    python -m benchmarks.memory --books DIR --tokenizer FILE --work DIR

Four corpora: one short document (what loading Python, Arrow and the tokenizer takes), 10 MB and
120 MB of documents of 250 KB, and the 10 MB with one document of 3 MB among them.
"""

import argparse
import shutil
import sys
import sysconfig
from pathlib import Path

from benchmarks.corpus import gather
from benchmarks.measure import build_command, cost_of, row, table

SHORT_BYTES = 250_000
LONG_BYTES = 3_000_000


def cut(documents: Path, folder: Path, *, num_bytes: int, size: int, name: str) -> None:
    """Write `num_bytes` bytes of the documents into a folder, in files of `size` bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    left, number, rest = num_bytes, 0, ""
    for path in sorted(documents.glob("*.txt")):
        # One byte a character, so that sizes are exact and no text is cut within a character.
        rest += path.read_text(encoding="utf-8").encode("ascii", "replace").decode("ascii")
        while len(rest) >= size and left > 0:
            (folder / f"{name}{number:05d}.txt").write_text(rest[:size], encoding="ascii")
            rest, number, left = rest[size:], number + 1, left - size
        if left <= 0:
            return


def corpora(documents: Path, work: Path) -> dict[str, Path]:
    """Return the four folders by what is in them."""
    shutil.rmtree(work / "memory", ignore_errors=True)
    sizes = {"one document of 250 KB": SHORT_BYTES, "10 MB": 10_000_000, "120 MB": 120_000_000}
    folders = {}
    for number, (name, num_bytes) in enumerate(sizes.items()):
        folders[name] = work / "memory" / str(number)
        cut(documents, folders[name], num_bytes=num_bytes, size=SHORT_BYTES, name="short")
    both = folders["10 MB and one document of 3 MB"] = work / "memory" / "long"
    shutil.copytree(folders["10 MB"], both)
    cut(documents, both, num_bytes=LONG_BYTES, size=LONG_BYTES, name="a-long")
    return folders


def main() -> None:
    """Build each corpus in a process of its own; print the peaks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="folder for texts and mixes")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--longmix-python", type=Path, default=Path(sys.executable))
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="keys of the recipe")
    given = parser.parse_args()
    documents = gather(given.books, given.code, given.work, num_bytes=128_000_000)
    print(table("corpus", "peak, 10^6 bytes", "CPU s"))
    for number, (name, folder) in enumerate(corpora(documents, given.work).items()):
        out = given.work / "memory" / f"out{number}" / "mix"
        command = build_command(str(given.longmix_python), folder, given.tokenizer, out)
        cost = cost_of([*command, *given.overrides], given.work / "memory" / f"{number}.log")
        print(row(name, f"{cost.peak_mb:.0f}", f"{cost.cpu:.2f}"), flush=True)


if __name__ == "__main__":
    main()
