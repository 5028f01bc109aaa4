"""Python: which file an import means."""

import pytest

from generators.syntax.imports import references
from generators.syntax.resolving.python import resolve


def resolved(texts: dict[str, str], path: str) -> list[str]:
    said = {path: references(text, "python") for path, text in texts.items()}
    return [target for source, target in resolve(said, texts) if source == path]


PACKAGE = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "",
    "src/shop/logging.py": "",
    "src/shop/deep/__init__.py": "",
    "src/shop/deep/item.py": "",
}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("tests/test.py", "import shop.cart", ["src/shop/cart.py"]),
        ("tests/test.py", "from shop import cart", ["src/shop/cart.py"]),
        ("tests/test.py", "from shop import Cart", ["src/shop/__init__.py"]),
        ("tests/test.py", "from shop.deep import *", ["src/shop/deep/__init__.py"]),
        ("tests/test.py", "import shop.no", []),
        ("tests/test.py", "from no import cart", []),
        ("src/shop/deep/new.py", "from . import item", ["src/shop/deep/item.py"]),
        ("src/shop/deep/new.py", "from .item import X", ["src/shop/deep/item.py"]),
        ("src/shop/deep/new.py", "from .. import cart", ["src/shop/cart.py"]),
        ("src/shop/deep/new.py", "from ..cart import X", ["src/shop/cart.py"]),
        ("src/shop/deep/new.py", "from .....cart import X", []),
        ("src/shop/deep/new.py", "from .no import X", []),
        # The standard library's, not the package's own: a package's inside is no root.
        ("src/shop/new.py", "import logging", []),
        ("top.py", "from . import other", []),
    ],
)
def test_an_import_means_a_file(path: str, text: str, expected: list[str]) -> None:
    assert resolved({**PACKAGE, path: text}, path) == expected


def test_scripts_import_what_stands_beside_or_above_them() -> None:
    texts = {"tools/run.py": "import helper, top, far", "tools/helper.py": "", "top.py": ""}
    texts["other/far.py"] = ""
    assert resolved(texts, "tools/run.py") == ["tools/helper.py", "top.py"]


def test_the_nearest_package_of_a_name_answers() -> None:
    texts = {
        "one/core/__init__.py": "",
        "two/pkg/core/__init__.py": "",
        "two/app/main.py": "import core",
    }
    assert resolved(texts, "two/app/main.py") == ["two/pkg/core/__init__.py"]
    texts["two/lib/core/__init__.py"] = ""
    assert resolved(texts, "two/app/main.py") == ["two/lib/core/__init__.py"]


def test_a_package_without_init_is_found_from_its_root() -> None:
    texts = {"python/ns/part/x.py": "", "app.py": "import ns.part.x"}
    assert resolved(texts, "app.py") == ["python/ns/part/x.py"]


def test_a_package_goes_before_a_module_and_source_before_stubs() -> None:
    texts = {"a.py": "import b, c", "b.py": "", "b/__init__.py": "", "c.pyi": "", "c.py": ""}
    assert resolved(texts, "a.py") == ["b/__init__.py", "c.py"]
