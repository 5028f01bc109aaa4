"""How well the dependency score tells long documents from short ones that were put together.

    python -m benchmarks.dependency --books DIR --manuals DIR --code PACKAGES --out docs

Works (a book, a manual, a package) are dealt to two halves by the hash of their names. Settings are
compared on the first half; every other table is of the second. No document meets a foil of its own
work, and no piece of a composed document comes from a work that is its foil. Tables are printed,
pictures go to `--out`.
"""

import argparse
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.dependency_documents import (
    KIB,
    PIECES,
    Document,
    Works,
    code_works,
    composed,
    corpora,
    half,
    natural,
    repeated,
    text_works,
)
from benchmarks.dependency_pictures import Group, draw_classes, draw_lengths
from benchmarks.measure import row, table
from generators.scoring import dependency as score
from generators.seeds import rng_for

PROCESSES = 2
VALUES = {"plain": "plain gain", "near": "dependency", "far": "dependency_64k"}
NATURAL = ("book", "manual", "repository")
Floats = npt.NDArray[np.float64]
SETTINGS: dict[str, dict[str, int]] = {
    "default": {},
    "near 4 KiB": {"near": 4 * KIB},
    "near 64 KiB": {"near": 64 * KIB},
    "reach 128 KiB": {"reach": 128 * KIB},
    "reach 200 KiB": {"reach": 200 * KIB},
    "block 8 KiB": {"block": 8 * KIB},
    "block 32 KiB": {"block": 32 * KIB},
    "4 blocks": {"blocks": 4},
    "16 blocks": {"blocks": 16},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the score says of one document."""

    label: str
    work: str
    plain: float
    near: float
    far: float
    copies: float
    cpu: float


def measure(document: Document, options: score.Options) -> Measured:
    """Return the values of one document, and the CPU seconds that they took."""
    start = time.process_time()
    costs = score.block_costs(document.data, document.foils, options)
    cpu = time.process_time() - start
    assert costs is not None
    near, own, _ = costs[:, 0].T
    return Measured(
        label=document.label,
        work=document.work,
        plain=float((near - own).sum() / near.sum()),
        near=score.contrast(costs[:, 0]) or 0.0,
        far=score.contrast(costs[:, 1]) or 0.0,
        copies=float(np.mean(near - own > score.COPY * near)),
        cpu=cpu,
    )


_JOB: tuple[list[Document], score.Options] = ([], score.Options())


def _measure_one(number: int) -> Measured:
    documents, options = _JOB
    return measure(documents[number], options)


def measure_all(documents: Iterable[Document], **options: int) -> list[Measured]:
    """Return the values of all documents; forked workers share their bytes."""
    global _JOB
    _JOB = (list(documents), score.Options(**options))
    with get_context("fork").Pool(PROCESSES) as pool:
        return pool.map(_measure_one, range(len(_JOB[0])), chunksize=1)


def auc(positive: Floats, negative: Floats) -> float:
    """Return how often a positive is above a negative; equal ones count half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / 2 / len(negative))


def interval(positive: list[Measured], negative: list[Measured], value: str) -> str:
    """Return the AUC and its 95 % bootstrap interval; works are drawn whole, 500 times."""
    groups: dict[str, list[float]] = {}
    for found in positive:
        groups.setdefault(found.work, []).append(getattr(found, value))
    own = [np.array(group) for group in groups.values()]
    other = np.array([getattr(found, value) for found in negative])
    rng = rng_for(0, "bootstrap")
    drawn = [
        auc(
            np.concatenate([own[i] for i in rng.integers(len(own), size=len(own))]),
            rng.choice(other, len(other)),
        )
        for _ in range(500)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{auc(np.concatenate(own), other):.3f} [{low:.2f}, {high:.2f}]"


def by_label(found: list[Measured]) -> dict[str, list[Measured]]:
    """Return the values by what the documents are, in the order of their first."""
    labels = dict.fromkeys(each.label for each in found)
    return {label: [each for each in found if each.label == label] for label in labels}


def values(found: list[Measured], name: str) -> Floats:
    """Return one value of all documents."""
    return np.array([getattr(each, name) for each in found])


def rank_correlation(first: Floats, second: Floats) -> float:
    """Return Spearman's correlation."""
    ranks = np.stack([np.argsort(np.argsort(each)) for each in (first, second)])
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def one_foil(documents: list[Document], which: slice) -> list[Document]:
    """Return the documents with some of their foils."""
    return [replace(document, foils=document.foils[which]) for document in documents]


def compare_settings(kinds: dict[str, list[Document]]) -> None:
    """Print, of the first half, the AUC against every composed document by setting."""
    print("\n## Settings, first half\n")
    print(table("setting", *(f"{label} against 8, 32 KiB" for label in NATURAL), "CPU s / GB"))
    for name, options in {**SETTINGS, "one foil": {}, "two foils": {}}.items():
        cells: list[str] = []
        cpu = num_bytes = 0.0
        foils = {"one foil": slice(1), "two foils": slice(2)}.get(name, slice(4))
        for documents in kinds.values():
            found = measure_all(one_foil(documents, foils), **options)
            cpu += sum(each.cpu for each in found)
            num_bytes += sum(len(document.data) for document in documents)
            groups = by_label(found)
            for label in groups.keys() & set(NATURAL):
                pairs = [(groups[label], groups[piece]) for piece in ("8 KiB", "32 KiB")]
                aucs = [auc(values(own, "near"), values(other, "near")) for own, other in pairs]
                cells.append(f"{NATURAL.index(label)}" + ", ".join(f"{each:.3f}" for each in aucs))
        print(row(name, *(cell[1:] for cell in sorted(cells)), f"{cpu / num_bytes * 1e9:.0f}"))


def validate(groups: dict[str, list[Measured]]) -> None:
    """Print the AUC of each natural kind against each composed one, with its interval."""
    naturals = [label for label in groups if label in NATURAL]
    for label in naturals:
        for other in (each for each in groups if each not in NATURAL):
            cells = (interval(groups[label], groups[other], value) for value in VALUES)
            counts = f"{len(groups[label])} : {len(groups[other])}"
            print(row(label, other, counts, *cells))


def quantiles(groups: dict[str, list[Measured]]) -> None:
    """Print the spread of the values by what the documents are."""
    for label, found in groups.items():
        cells = []
        for value in VALUES:
            low, middle, high = np.quantile(values(found, value), (0.1, 0.5, 0.9))
            cells.append(f"{low:.3f} · {middle:.3f} · {high:.3f}")
        print(row(label, *cells, f"{values(found, 'copies').mean():.2f}"))


def foil_sensitivity(kinds: dict[str, list[Document]]) -> None:
    """Print the rank correlation of the score with other foils."""
    print("\n## The same documents, other foils: rank correlation\n")
    print(table("kind", "one foil and another", "two foils and two others"))
    for kind, documents in kinds.items():
        cells = []
        for first, second in ((slice(0, 1), slice(1, 2)), (slice(0, 2), slice(2, 4))):
            pair = [measure_all(one_foil(documents, foils)) for foils in (first, second)]
            cells.append(f"{rank_correlation(*(values(found, 'near') for found in pair)):.2f}")
        print(row(kind, *cells))


def by_length(prose: Works, code: Works) -> list[tuple[int, str, str, float]]:
    """Print and return the AUC of natural windows against composed ones of the same length."""
    print("\n## By length of the window\n")
    print(table("KiB", "kind", "against 8 KiB", "against 32 KiB", "CPU s / GB"))
    points = []
    for size in (128, 256, 512, 1024):
        for kind, works in (("prose", prose), ("code", code)):
            own = measure_all(natural(kind, works, works, size=size * KIB))
            cpu = np.mean([each.cpu for each in own]) / (size * KIB) * 1e9
            cells = []
            for piece in (8, 32):
                other = measure_all(composed(works, piece, size=size * KIB))
                cells.append(auc(values(own, "near"), values(other, "near")))
                points.append((size, kind, f"{piece} KiB pieces", cells[-1]))
            print(row(size, kind, *(f"{cell:.3f}" for cell in cells), f"{cpu:.0f}"), flush=True)
    return points


def drawn(kind: str, groups: dict[str, list[Measured]]) -> list[Group]:
    """Return what the picture shows of one kind."""
    return [
        Group(
            name=label if label in NATURAL else f"{kind}, {label}",
            natural=label in NATURAL,
            plain=values(found, "plain"),
            contrast=values(found, "near"),
        )
        for label, found in groups.items()
    ]


def among_books(books: Works) -> list[Document]:
    """Return books of both halves, and what is composed of books: few works, so two foils."""
    pieces = (each for piece in PIECES[1:] for each in composed(books, piece, foils=2))
    return [*natural("book", books, books, foils=2, most=4), *pieces]


def options_of_user() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--manuals", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--code", type=Path, required=True, help="folder of Python packages")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    return parser.parse_args()


def main() -> None:
    """Print the tables and draw the pictures."""
    given = options_of_user()
    given.out.mkdir(parents=True, exist_ok=True)
    books, manuals = text_works(given.books), text_works(given.manuals)
    code = code_works(given.code)
    print(f"{len(books)} books, {len(manuals)} manuals, {len(code)} packages")
    compare_settings(corpora(books, manuals, code, 0))

    second = corpora(books, manuals, code, 1)
    found = {kind: by_label(measure_all(documents)) for kind, documents in second.items()}
    books_alone = by_label(measure_all(among_books(books)))
    prose, own_code = {**half(books, 1), **half(manuals, 1)}, half(code, 1)
    print("\n## Second half: AUC, 95 % interval\n")
    print(table("natural", "composed of", "documents", *VALUES.values()))
    for groups in found.values():
        validate(groups)
    print("\n## All books alone, foils and pieces of books\n")
    print(table("natural", "composed of", "documents", *VALUES.values()))
    validate(books_alone)
    print("\n## Values: 10 % · median · 90 %\n")
    print(table("documents", *VALUES.values(), "copies"))
    for groups in (*found.values(), books_alone):
        quantiles(groups)
    for piece in (32, 128, 300):
        quantiles(by_label(measure_all(repeated(prose, piece))))
    foil_sensitivity(second)
    points = by_length(prose, own_code)
    shown = [each for kind, own in found.items() for each in drawn(kind, own)]
    draw_classes(shown, given.out / "dependency-classes.svg")
    draw_lengths(points, given.out / "dependency-lengths.svg")


if __name__ == "__main__":
    main()
