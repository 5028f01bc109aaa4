"""Breaks come back for the document that was asked for, whichever unit of the store holds it."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.build.breaks import StoredBreaks
from pipelines.files import open_folder
from pipelines.plan.documents import Documents, judge
from pipelines.store import Store
from tests.pipelines.plan.corpora import recipe_of, sha256_of, unit_of


def line(name: str, *, first: int, count: int, tokens: int = 9) -> dict[str, object]:
    place = {"breaks_start": first, "num_breaks": count}
    return {"doc_id": f"books:{name}", "num_tokens": tokens, "sha256": sha256_of(name), **place}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_folder(str(tmp_path)))


@pytest.fixture
def documents() -> Documents:
    """Two units: breaks 1 2 | 3 | 4 of the first (its middle is too short), 5 6 of the second."""
    first = unit_of(
        "books",
        line("a", first=0, count=2),
        line("short", first=2, count=1, tokens=1),
        line("d", first=3, count=1),
    )
    second = unit_of("books", line("b", first=0, count=2), line("c", first=2, count=0))
    units = [(unit, f"prepare/{n}", table) for n, (unit, _, table) in enumerate((first, second))]
    return judge(recipe_of(sources={"books": {"min_tokens": 5}}), units, [])


def write(store: Store, place: str, *breaks: int) -> None:
    store.folder.write(
        f"{place}/breaks.bin", np.array(breaks, "<i8").tobytes(), moment="prepare.breaks"
    )


def test_each_kept_document_has_its_own(store: Store, documents: Documents) -> None:
    write(store, "prepare/0", 1, 2, 3, 4)
    write(store, "prepare/1", 5, 6)
    breaks = StoredBreaks(store, documents)
    assert [breaks.read(doc).tolist() for doc in range(4)] == [[1, 2], [4], [5, 6], []]


def test_a_file_that_lost_its_end_is_named(store: Store, documents: Documents) -> None:
    write(store, "prepare/0", 1)
    with pytest.raises(EOFError, match=r"^prepare/0/breaks\.bin ends before byte 16$"):
        StoredBreaks(store, documents).read(0)


def test_nothing_is_opened_until_a_document_is_cut(store: Store, documents: Documents) -> None:
    StoredBreaks(store, documents)
    with pytest.raises(FileNotFoundError):
        StoredBreaks(store, documents).read(0)
