"""C and C++: which file an include means."""

import pytest

from generators.syntax.imports import references
from generators.syntax.resolving.c import resolve


def resolved(texts: dict[str, str], path: str) -> list[str]:
    said = {path: references(text, "c") for path, text in texts.items()}
    return [target for source, target in resolve(said, texts) if source == path]


TEXTS = {
    "a/list.h": "",
    "b/list.h": "",
    "b/lib/deep/list.h": "",
    "include/api.h": "",
    "root.h": "",
    "other/string.h": "",
}


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ('"list.h"', ["b/list.h"]),
        ('"../a/list.h"', ["a/list.h"]),
        ('"./list.h"', ["b/list.h"]),
        ('"deep/list.h"', ["b/lib/deep/list.h"]),
        ("<deep/list.h>", ["b/lib/deep/list.h"]),
        ("<api.h>", ["include/api.h"]),
        ("<root.h>", ["root.h"]),
        ("<string.h>", []),
        ('"string.h"', ["other/string.h"]),
        ('"eep/list.h"', []),
        ('"no.h"', []),
    ],
)
def test_an_include_means_a_file(include: str, expected: list[str]) -> None:
    assert resolved({**TEXTS, "b/new.c": f"#include {include}\n"}, "b/new.c") == expected


def test_of_several_the_nearest_answers() -> None:
    texts = {"x/one/list.h": "", "y/one/list.h": "", "y/z/new.c": '#include "one/list.h"\n'}
    assert resolved(texts, "y/z/new.c") == ["y/one/list.h"]


def test_a_deep_path_is_found_by_its_last_parts() -> None:
    deep = "/".join("d" * 40) + "/x.h"
    assert resolved({deep: "", "a.c": '#include "d/d/x.h"\n'}, "a.c") == [deep]
