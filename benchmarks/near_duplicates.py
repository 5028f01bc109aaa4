"""Near duplicates among 100,000 documents: cost, recall and precision; and signatures of books.

    python -m benchmarks.near_duplicates --books DIR --work DIR [--documents N] [--datasketch]

The documents are slices of 900 characters of books and of installed code. Every tenth is a copy of
another with up to a twelfth of its words replaced, so that the true Jaccard similarity of a pair
lies anywhere from 0.4 to 1; it is computed from sets of shingles in plain Python. Each part
runs in a process of its own, and the kernel says what it took; with --datasketch that library's
MinHash and LSH (which must be installed) do the same work beside ours.
"""

import argparse
import re
import sys
import sysconfig
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.corpus import gather
from benchmarks.measure import cost_of, row, table
from generators.filters.near_duplicates import near_duplicates
from generators.scoring.minhash import SEED, Options, score, shingle_hashes
from schemas.selection import Subject

SIZE = 900
"""Characters of a document: 100,000 of them are 90 MB."""
MOST_REPLACED = 1 / 12
THRESHOLD = 0.8
DATASKETCH_LONG = 10
OPTIONS = Options()
BINS = (0.0, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0)
NO_IDS = np.zeros(0, dtype=np.int32)


def make(work: Path, num: int) -> None:
    """Write the documents: originals, then copies with words replaced, and who was copied."""
    rng = np.random.default_rng(0)
    text = "".join(path.read_text("utf-8") for path in _long(work))
    originals = [text[at * SIZE : (at + 1) * SIZE] for at in range(num - num // 10)]
    copied = rng.choice(len(originals), num // 10, replace=False)
    copies = []
    for original in copied:
        words = originals[original].split(" ")
        share = rng.random() * MOST_REPLACED
        for at in np.flatnonzero(rng.random(len(words)) < share):
            words[at] = f"word{rng.integers(10**9)}"
        copies.append(" ".join(words))
    pq.write_table(pa.table({"text": originals + copies}), work / "texts.parquet")
    np.save(work / "copied.npy", copied)


def sign(work: Path, _: int) -> None:
    """Write the signatures of the documents."""
    texts = pq.read_table(work / "texts.parquet")["text"].to_pylist()
    found = pa.array([signature(text) for text in texts], pa.binary())
    pq.write_table(pa.table({"minhash": found}), work / "signatures.parquet")


def start(work: Path, _: int) -> None:
    """Start Python and load what all parts load."""
    signature("one two three four five")


def sign_long(work: Path, _: int) -> None:
    """Sign whole books and packages, of up to 3 MB each."""
    for path in _long(work):
        signature(path.read_text("utf-8"))


def sign_long_by_datasketch(work: Path, _: int) -> None:
    """Sign the ten first of these by datasketch, from the hashes that ours takes."""
    from datasketch import MinHash

    for path in _long(work)[:DATASKETCH_LONG]:
        sketch = MinHash(OPTIONS.permutations, SEED, hashfunc=int, scheme="affine64")
        for hashes in shingle_hashes(path.read_text("utf-8"), OPTIONS.shingle):
            for start in range(0, hashes.size, 10_000):
                sketch.update_batch(hashes[start : start + 10_000])


def load(work: Path, _: int) -> None:
    """Read the signatures: what the parts that join pay before they begin."""
    _signatures(work)


def join(work: Path, num: int) -> None:
    """Find the near duplicates of the documents."""
    found = near_duplicates(_signatures(work), num_tokens=_equal(num), threshold=THRESHOLD)
    np.save(work / "found.npy", found)


def join_copies(work: Path, num: int) -> None:
    """Find the near duplicates when all documents are the same."""
    one = _signatures(work).drop_null()[0].as_py()
    near_duplicates([one] * num, num_tokens=_equal(num), threshold=THRESHOLD)


def join_crowd(work: Path, num: int) -> None:
    """Find nothing where all documents share 25 of 32 bands and agree in 78 %: the worst case."""
    rng = np.random.default_rng(0)
    slots = rng.integers(0, 2**32, (num, OPTIONS.permutations + 1), dtype=np.uint32)
    slots[:, :201] = slots[0, :201]
    data = pa.array([one.tobytes() for one in slots], pa.binary())
    near_duplicates(data, num_tokens=_equal(num), threshold=THRESHOLD)


def join_by_datasketch(work: Path, _: int) -> None:
    """Find the near duplicates by the LSH of datasketch, each against what was kept before it."""
    from datasketch import LeanMinHash, MinHashLSH

    kept: dict[int, npt.NDArray[np.uint32]] = {}
    lsh = MinHashLSH(params=(32, 8), num_perm=OPTIONS.permutations)
    for number, data in enumerate(_signatures(work)):
        if not data.is_valid:
            continue
        slots = np.frombuffer(data.as_py(), dtype="<u4")[1:]
        sketch = LeanMinHash(seed=SEED, hashvalues=slots, scheme="affine32")
        if not any(np.mean(kept[at] == slots) >= THRESHOLD for at in lsh.query(sketch)):
            kept[number] = slots
            lsh.insert(number, sketch, check_duplication=False)


def judge(work: Path, num: int) -> None:
    """Print recall by true Jaccard similarity of the planted pairs, and precision of what we say.

    A pair is found when both documents lie in one cluster. Every document that is said to be a
    duplicate, planted or not, is compared with the one that stays and with its whole cluster: a
    chain of near pairs may end far from where it began.
    """
    texts = pq.read_table(work / "texts.parquet")["text"].to_pylist()
    found = np.load(work / "found.npy")
    cluster = np.where(found < 0, np.arange(num), found)
    copied = np.load(work / "copied.npy")
    copies = np.arange(num - copied.size, num)
    pairs = zip(copied, copies, strict=True)
    true = np.array([jaccard(texts[one], texts[two]) for one, two in pairs])
    joined = cluster[copied] == cluster[copies]
    print(table("true Jaccard", "planted pairs", "found"))
    for low, high in pairwise(BINS):
        inside = (true >= low) & ((true < high) | (high == 1))
        share = f"{100 * joined[inside].mean():.2f} %" if inside.any() else ""
        print(row(f"{low} to {high}", np.count_nonzero(inside), share))
    dropped = np.flatnonzero(found >= 0)
    stays = np.array([jaccard(texts[one], texts[found[one]]) for one in dropped])
    near = np.array([_nearest(texts, cluster, one) for one in dropped])
    print(f"\n{dropped.size:,} of {num:,} documents are near duplicates\n")
    print(table("true Jaccard, of what is dropped, with", "0.8 or more", "0.75 or more"))
    for name, said in (("the nearest of its cluster", near), ("the one that stays", stays)):
        print(row(name, *(f"{100 * np.mean(said >= least):.2f} %" for least in (0.8, 0.75))))


def _nearest(texts: list[str], cluster: npt.NDArray[np.int64], one: int) -> float:
    """Return the similarity to the nearest of a document's cluster, of a hundred at most."""
    members = np.flatnonzero(cluster == cluster[one])[:100]
    return max(jaccard(texts[one], texts[other]) for other in members if other != one)


def jaccard(one: str, two: str) -> float:
    """Return the true similarity of two texts: sets of shingles, none of our code."""
    first, second = _shingles(one), _shingles(two)
    return len(first & second) / max(1, len(first | second))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.lower())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def signature(text: str) -> bytes | None:
    """Return the signature of a text."""
    return score(Subject(text=text, kind="page", data=b"", ids=NO_IDS), OPTIONS)["minhash"]


def _long(work: Path) -> list[Path]:
    """Return the long documents that were gathered; those of this run alone lie in `work`."""
    return sorted(work.glob("documents-*/*.txt"))


def _signatures(work: Path) -> pa.Array:
    return pq.read_table(work / "signatures.parquet")["minhash"].combine_chunks()


def _equal(num: int) -> npt.NDArray[np.int64]:
    return np.full(num, SIZE // 4, dtype=np.int64)


PARTS: dict[str, Callable[[Path, int], None]] = {
    part.__name__: part
    for part in (start, make, sign, sign_long, load, join, join_copies, join_crowd, judge)
}
BY_DATASKETCH: dict[str, Callable[[Path, int], None]] = {
    part.__name__: part for part in (sign_long_by_datasketch, join_by_datasketch)
}


def main() -> None:
    """Run each part in a process of its own; print what it cost, and how good the result is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--work", type=Path, required=True, help="folder for texts and signatures")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--datasketch", action="store_true", help="run datasketch too; minutes")
    parser.add_argument("--part", choices=[*PARTS, *BY_DATASKETCH], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        {**PARTS, **BY_DATASKETCH}[given.part](given.work, given.documents)
        return
    gather(given.books, given.code, given.work, num_bytes=given.documents * SIZE)
    sizes = [path.stat().st_size for path in _long(given.work)]
    mb = {"sign_long": sum(sizes), "sign_long_by_datasketch": sum(sizes[:DATASKETCH_LONG])}
    print(table("part", "CPU s", "peak, 10^6 bytes", "MB of text"))
    for part in [*PARTS, *(BY_DATASKETCH if given.datasketch else {})]:
        command = [sys.executable, "-m", "benchmarks.near_duplicates", "--part", part]
        command += ["--books", str(given.books), "--work", str(given.work.resolve())]
        command += ["--documents", str(given.documents)]
        cost = cost_of(command, given.work / f"{part}.log")
        mb_signed = f"{mb[part] / 1e6:.0f}" if part in mb else ""
        print(row(part, f"{cost.cpu:.2f}", f"{cost.peak_mb:.0f}", mb_signed), flush=True)
    print("\n" + (given.work / "judge.log").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
