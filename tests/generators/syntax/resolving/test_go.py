"""Go: which folder an import means, and which files stand in it."""

import pytest

from generators.syntax.imports import references
from generators.syntax.resolving.go import resolve

TEXTS = {
    "go.mod": "// the shop\nmodule x.org/shop\n\ngo 1.22\n",
    "main.go": "package main",
    "stock/a.go": "package stock",
    "stock/a_test.go": "package stock",
    "tools/go.mod": 'module "x.org/shop/tools" // quoted\n',
    "tools/gen/gen.go": "package gen",
    "json/json.go": "package json",
    "none/go.mod": "",
}


def resolved(texts: dict[str, str]) -> list[tuple[str, str]]:
    said = {path: references(text, "go") for path, text in texts.items() if path.endswith(".go")}
    return list(resolve(said, texts))


@pytest.mark.parametrize(
    ("package", "group", "members"),
    [
        ("x.org/shop/stock", "stock/", ["stock/a.go"]),
        ("x.org/shop/tools/gen", "tools/gen/", ["tools/gen/gen.go"]),
        ("x.org/shop", "/", ["main.go"]),
    ],
)
def test_an_import_means_a_folder(package: str, group: str, members: list[str]) -> None:
    texts = {**TEXTS, "new/new.go": f'package new\nimport "{package}"'}
    assert resolved(texts) == [("new/new.go", group), *((group, path) for path in members)]


@pytest.mark.parametrize(
    "package", ["encoding/json", "x.org/shop/no", "x.org/shopping/stock", "y.org/stock", ""]
)
def test_other_imports_mean_nothing_here(package: str) -> None:
    assert resolved({**TEXTS, "new/new.go": f'package new\nimport "{package}"'}) == []


def test_without_go_mod_nothing_is_guessed() -> None:
    texts = {"a.go": 'package a\nimport "x.org/shop/b"', "b/b.go": "package b"}
    assert resolved(texts) == []
