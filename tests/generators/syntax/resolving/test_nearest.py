"""Nearest: who shares most folders with the asker, against a search of all."""

from hypothesis import given
from hypothesis import strategies as st

from generators.syntax.resolving.nearest import folders_above, index, nearest

PATHS = st.lists(st.sampled_from(["a", "b", "a-b"]), min_size=1, max_size=4).map("/".join)


def test_the_nearest_answers() -> None:
    paths = ["a/core/list.h", "b/core/list.h", "b/old/list.h"]
    assert nearest(paths, "b/app/main.c") == "b/core/list.h"
    assert nearest(paths, "b/old/x/main.c") == "b/old/list.h"
    assert nearest(paths, "c/x.c") == "a/core/list.h"
    assert nearest([], "c/x.c") is None


def test_names_that_begin_alike_are_not_the_same_folder() -> None:
    assert nearest(["a-b/x", "a/x"], "a/y") == "a/x"


@given(st.lists(PATHS, min_size=1), PATHS)
def test_it_is_the_first_of_those_that_share_most_folders(paths: list[str], asker: str) -> None:
    def shared(path: str) -> int:
        folders = [f"{folder}/" for folder in folders_above(asker) if folder]
        return max([len(folder) for folder in folders if path.startswith(folder)], default=0)

    assert nearest(sorted(paths), asker) == min(paths, key=lambda path: (-shared(path), path))


def test_folders_above_are_told_nearest_first() -> None:
    assert folders_above("a/b/c.py") == ["a/b", "a", ""]
    assert folders_above("c.py") == [""]
    assert folders_above("") == []


def test_the_paths_of_a_key_are_sorted() -> None:
    assert index([("x", "b"), ("y", "c"), ("x", "a")]) == {"x": ["a", "b"], "y": ["c"]}
