"""From text to packed training data: `longmix build` beside datatrove 0.10.1, CPU seconds of both.

    python -m venv DT && DT/bin/pip install datatrove==0.10.1 tokenizers==0.23.3 orjson
    python -m benchmarks.tokenise_and_pack --books DIR --tokenizer FILE --work DIR \
        --datatrove-python DT/bin/python

Ours ends with a published mix: natural rows, three per cent of planted needles, masks, manifest,
digests, every shard read back. Datatrove's ends with one file of token ids. Both are whole
processes. Each side also runs on a single document, which is its start-up; what it adds with more
text is its rate. Datatrove may run on a slice (some of the documents); its cost for the whole is
then its start-up and its rate.
"""

import argparse
import shutil
import sys
import sysconfig
from pathlib import Path

from benchmarks.corpus import as_jsonl, gather, text_bytes
from benchmarks.measure import Cost, build_command, cost_of, row, table

ENGINES = {"fastokens": "auto", "tokenizers": "tokenizers"}
"""Ours with the default install, and with the library that datatrove uses."""


def longmix(given: argparse.Namespace, engine: str, documents: Path) -> Cost:
    """Build a mix in a fresh folder with a fresh store."""
    out = given.work / f"longmix-{engine}" / "mix"
    shutil.rmtree(out.parent, ignore_errors=True)
    command = build_command(str(given.longmix_python), documents, given.tokenizer, out)
    return cost_of([*command, f"engine={ENGINES[engine]}"], given.work / f"longmix-{engine}.log")


def datatrove(given: argparse.Namespace, documents: Path) -> Cost:
    """Tokenise and merge in a fresh folder."""
    work = given.work / "datatrove"
    shutil.rmtree(work, ignore_errors=True)
    script = str(Path(__file__).with_name("datatrove_side.py"))
    paths = [str(path.resolve()) for path in (documents, given.tokenizer, work)]
    command = [str(given.datatrove_python), script, *paths]
    return cost_of(command, given.work / "datatrove.log", {"HF_HUB_OFFLINE": "1"})


def first_document(documents: Path, work: Path) -> Path:
    """Return a folder with nothing but the shortest document."""
    folder = work / "one-document"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(min(documents.glob("*.txt"), key=lambda path: path.stat().st_size), folder)
    return folder


def show(name: str, start: tuple[float, Cost], whole: tuple[float, Cost], total: float) -> float:
    """Print a row; return the CPU seconds for `total` MB: measured, or start-up and rate."""
    (few, least), (many, cost) = start, whole
    rate = (cost.cpu - least.cpu) / (many - few)
    seconds = cost.cpu + rate * (total - many)
    per_gb = f"{1000 * rate:.1f}"
    memory = f"{cost.peak_mb:.0f}"
    print(row(name, f"{many:.1f}", f"{cost.cpu:.2f}", per_gb, f"{seconds:.2f}", memory), flush=True)
    return seconds


def main() -> None:
    """Gather the documents, run each side, print the table and the ratios."""
    given = _arguments()
    documents = gather(given.books, given.code, given.work, num_bytes=given.megabytes * 1_000_000)
    one = first_document(documents, given.work)
    total, few = text_bytes(documents) / 1e6, text_bytes(one) / 1e6
    print(f"{total:.1f} MB of text in {len(list(documents.glob('*.txt')))} documents\n")
    print(
        table(
            "pipeline",
            "MB",
            "CPU s",
            "s per GB beyond start",
            f"CPU s for {total:.0f} MB",
            "peak MB",
        )
    )
    lines = {"slice": given.work / "slice.jsonl", "one": given.work / "one.jsonl"}
    share = as_jsonl(documents, lines["slice"], num_bytes=given.slice_megabytes * 1_000_000) / 1e6
    as_jsonl(one, lines["one"], num_bytes=1)
    theirs = show(
        "datatrove 0.10.1",
        (few, datatrove(given, lines["one"])),
        (share, datatrove(given, lines["slice"])),
        total,
    )
    ratios = {}
    for engine in ENGINES:
        least, cost = longmix(given, engine, one), longmix(given, engine, documents)
        ratios[engine] = theirs / show(f"longmix, {engine}", (few, least), (total, cost), total)
    print()
    for engine, ratio in ratios.items():
        print(f"with {engine}: {ratio:.1f} times less CPU than datatrove")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a tokenizer.json")
    parser.add_argument("--work", type=Path, required=True, help="folder for texts and outputs")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--megabytes", type=int, default=128, help="text in all")
    parser.add_argument("--slice-megabytes", type=int, default=128, help="text for datatrove")
    parser.add_argument("--datatrove-python", type=Path, required=True)
    parser.add_argument("--longmix-python", type=Path, default=Path(sys.executable))
    return parser.parse_args()


if __name__ == "__main__":
    main()
