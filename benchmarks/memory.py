"""Peak memory of a build in one process, driver and worker together, by what it reads.

    python -m benchmarks.memory --books DIR --tokenizer FILE --work DIR [--large]

Four corpora: one short document (what loading Python, Arrow and the tokenizer takes), 10 MB and
120 MB of documents of 250 KB, and the 10 MB with one document of 3 MB among them.

With `--large` inputs that few people have instead: one document of 16, 32 and 64 MB (prose, prose
in one line, prose with an emoji, "a b ", lines of one letter, one word) and 50,000 to 200,000 tiny
ones; each as it is, and cleaned, scored and compared with all that there is.
"""

import argparse
import json
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path

from benchmarks.corpus import gather
from benchmarks.measure import build_command, cost_of, row, table

SHORT_BYTES = 250_000
LONG_BYTES = 3_000_000
MB = 1_000_000

ALL = (
    "clean: [gutenberg, contents, illustrations, unwrap, secrets, personal], "
    "scores: [compression, repetition, lines, recurrence, language, dependency, minhash]"
)
SELECTED = ("near_duplicates={book: 0.8}", "decontaminate={}")


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


def prose(documents: Path, num_bytes: int) -> Iterator[str]:
    """Yield `num_bytes` bytes of the documents' ASCII text, a document at a time."""
    for path in sorted(documents.glob("*.txt")):
        text = path.read_text(encoding="utf-8").encode("ascii", "replace").decode("ascii")
        yield text[:num_bytes]
        num_bytes -= len(text)
        if num_bytes <= 0:
            return


def large(documents: Path, work: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield what is in a folder, the folder, and the files of its source: each is made in turn."""
    folder = work / "memory" / "large"

    def written(name: str, parts: Iterable[str]) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # Beside a document that is rejected something must be left to build.
        (folder / "small.txt").write_text("".join(prose(documents, SHORT_BYTES)), encoding="ascii")
        with (folder / name).open("w", encoding="utf-8") as file:
            file.writelines(parts)
        return folder

    for size in (16, 32, 64):
        kinds = {
            "prose": prose(documents, size * MB),
            "prose in one line": (part.replace("\n", " ") for part in prose(documents, size * MB)),
            "prose with an emoji": chain(["\U0001f600"], prose(documents, size * MB)),
            '"a b "': repeat("a b " * (MB // 4), size),
            "lines of one letter": repeat("a\n" * (MB // 2), size),
            "one word": repeat("wordwithoutend" * (MB // 14), size),
        }
        for name, parts in kinds.items():
            yield f"{size} MB, {name}", written("large.txt", parts), "files: '*.txt'"
    for count in (50_000, 100_000, 200_000):
        lines = (json.dumps({"text": f"Note {k}: nothing new."}) + "\n" for k in range(count))
        files = "reader: jsonl, files: '*.jsonl'"
        yield f"{count:,} tiny documents", written("notes.jsonl", lines), files


def measure_large(given: argparse.Namespace, documents: Path) -> None:
    """Build each large input plainly and with all of selection; print peaks and CPU seconds."""
    print(table("input", "peak", "CPU s", "peak, selected", "CPU s, selected"))
    for name, folder, files in large(documents, given.work):
        cells = []
        for more, keys in (
            (f"{files}, filler: true", ()),
            (f"{files}, filler: true, {ALL}", SELECTED),
        ):
            out = given.work / "memory" / "out-large" / "mix"
            shutil.rmtree(out.parent, ignore_errors=True)
            command = build_command(str(given.longmix_python), folder, given.tokenizer, out)
            command += [f"sources={{long: {{kind: book, {more}}}}}", "tasks={}", *keys]
            cost = cost_of([*command, *given.overrides], given.work / "memory" / "large.log")
            cells += [f"{cost.peak_mb:.0f}", f"{cost.cpu:.1f}"]
        print(row(name, *cells), flush=True)


def main() -> None:
    """Build each corpus in a process of its own; print the peaks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="folder for texts and mixes")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--longmix-python", type=Path, default=Path(sys.executable))
    parser.add_argument("--large", action="store_true", help="inputs that few people have")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="keys of the recipe")
    given = parser.parse_args()
    documents = gather(given.books, given.code, given.work, num_bytes=128_000_000)
    if given.large:
        measure_large(given, documents)
        return
    print(table("corpus", "peak, 10^6 bytes", "CPU s"))
    for number, (name, folder) in enumerate(corpora(documents, given.work).items()):
        out = given.work / "memory" / f"out{number}" / "mix"
        command = build_command(str(given.longmix_python), folder, given.tokenizer, out)
        cost = cost_of([*command, *given.overrides], given.work / "memory" / f"{number}.log")
        print(row(name, f"{cost.peak_mb:.0f}", f"{cost.cpu:.2f}"), flush=True)


if __name__ == "__main__":
    main()
