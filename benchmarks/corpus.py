"""The texts that benchmarks run on: the books of a folder, and the code of installed packages.

A document is a book, or files of one package, one after another. No text comes twice, since engines
that remember words would be flattered by that. The same folders give the same documents in the same
order; what was gathered before is used again.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

DOCUMENT_BYTES = 3_000_000
"""A document of code ends with the file that reaches this: as long as the longest novels."""
LEAST_BYTES = 500_000
"""What is shorter than a short novel is no long document."""


def gather(books: Path, code: Path, work: Path, *, num_bytes: int) -> Path:
    """Return a folder of about `num_bytes` bytes of long documents, one UTF-8 file each."""
    folder = work / f"documents-{num_bytes // 1_000_000}mb"
    if (folder / "done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for number, text in enumerate(chain(book_texts(books), _code(code))):
        if written >= num_bytes:
            break
        data = text.encode("utf-8")
        (folder / f"{number:04d}.txt").write_bytes(data)
        written += len(data)
    else:
        raise SystemExit(f"{books} and {code} hold {written:,} bytes, {num_bytes:,} are needed")
    (folder / "done").touch()
    return folder


def as_jsonl(folder: Path, target: Path, *, num_bytes: int) -> int:
    """Write about `num_bytes` bytes of a folder as one JSON line a document; return the bytes.

    Every so-manieth document is taken, so that a slice is the same mixture as the whole.
    """
    paths = sorted(folder.glob("*.txt"))
    step = max(1, text_bytes(folder) // num_bytes)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8") as file:
        for path in paths[::step]:
            line = {"id": path.stem, "text": path.read_text(encoding="utf-8")}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return sum(path.stat().st_size for path in paths[::step])


def text_bytes(folder: Path) -> int:
    """Return the bytes of all documents of a folder."""
    return sum(path.stat().st_size for path in folder.glob("*.txt"))


def book_texts(folder: Path) -> Iterator[str]:
    """Yield the text of each .txt file; what is no UTF-8 is read as Latin-1."""
    for path in sorted(folder.glob("*.txt")):
        data = path.read_bytes()
        try:
            yield data.decode("utf-8")
        except UnicodeDecodeError:
            yield data.decode("latin-1")


def _code(folder: Path) -> Iterator[str]:
    """Yield the Python code of each package below a folder, cut into documents between files."""
    for package in sorted(path for path in folder.iterdir() if path.is_dir()):
        parts: list[str] = []
        size = 0
        for path in sorted(package.rglob("*.py")):
            text = path.read_text(encoding="utf-8", errors="replace").replace("\0", "")
            parts.append(f"# {path.relative_to(folder)}\n{text}\n")
            size += len(parts[-1])
            if size >= DOCUMENT_BYTES:
                yield "".join(parts)
                parts, size = [], 0
        if size >= LEAST_BYTES:
            yield "".join(parts)
