"""Order: every path once, each file after what it depends on, the same on every machine."""

import graphlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.syntax.order import components, dependency_order

GRAPHS = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n).map(
        lambda rows: {f"m{k}": sorted(f"m{t}" for t in row) for k, row in enumerate(rows)}
    )
)


def test_a_file_stands_after_what_it_depends_on_and_docs_stand_first() -> None:
    files = {"app.py": "import store", "store.py": "import log", "log.py": "", "README.md": "# App"}
    assert dependency_order(files) == ["README.md", "log.py", "store.py", "app.py"]


def test_files_without_references_stand_by_path() -> None:
    assert dependency_order({"c.py": "", "a.go": "", "b.rs": "", "z.md": ""}) == [
        "z.md",
        "a.go",
        "b.rs",
        "c.py",
    ]


def test_of_those_that_may_come_next_the_first_by_path_comes() -> None:
    assert dependency_order({"a.py": "import z", "b.py": "", "z.py": ""}) == [
        "b.py",
        "z.py",
        "a.py",
    ]


def test_no_files_have_an_empty_order() -> None:
    assert dependency_order({}) == []


def test_a_circle_stands_together() -> None:
    files = {"a.py": "import z", "b.py": "", "z.py": "import a", "m.py": "import a"}
    assert dependency_order(files) == ["a.py", "z.py", "b.py", "m.py"]


REPOSITORIES: dict[str, tuple[dict[str, str], list[str]]] = {
    "python": (
        {
            "shop/__init__.py": "from .cart import Cart",
            "shop/cart.py": "from . import prices\nfrom .stock import left",
            "shop/prices.py": "",
            "shop/stock.py": "from shop.cart import Cart",
            "tests/test_cart.py": "from shop import Cart",
        },
        [
            "shop/prices.py",
            "shop/cart.py",
            "shop/stock.py",
            "shop/__init__.py",
            "tests/test_cart.py",
        ],
    ),
    "typescript": (
        {
            "src/app.tsx": "import { cart } from './cart';\nimport * as ui from './ui';",
            "src/cart.ts": "export * from './stock.js';",
            "src/stock.ts": "const cart = require('./cart');",
            "src/ui/index.ts": "",
        },
        ["src/cart.ts", "src/stock.ts", "src/ui/index.ts", "src/app.tsx"],
    ),
    "c": (
        {
            "app/main.c": '#include <shop/cart.h>\n#include "util.h"',
            "app/util.h": "",
            "include/shop/cart.h": '#include "stock.h"',
            "include/shop/stock.h": '#include "cart.h"',
            "lib/cart.c": '#include "shop/cart.h"',
        },
        [
            "app/util.h",
            "include/shop/cart.h",
            "include/shop/stock.h",
            "app/main.c",
            "lib/cart.c",
        ],
    ),
    "java": (
        {
            "src/shop/App.java": "package shop;\nimport shop.model.*;\nclass App { Cart c; }",
            "src/shop/model/Cart.java": "package shop.model;\nclass Cart { Stock s; Price p; }",
            "src/shop/model/Price.java": "package shop.model;\nclass Price {}",
            "src/shop/model/Stock.java": "package shop.model;\nclass Stock { Cart c; }",
        },
        [
            "src/shop/model/Price.java",
            "src/shop/model/Cart.java",
            "src/shop/model/Stock.java",
            "src/shop/App.java",
        ],
    ),
    "go": (
        {
            "cart/cart.go": 'package cart\nimport "x.org/shop/stock"',
            "cart/cart_test.go": 'package cart_test\nimport "x.org/shop/cart"',
            "go.mod": "module x.org/shop\n",
            "main.go": 'package main\nimport ("fmt"; "x.org/shop/cart")',
            "stock/a.go": "package stock",
            "stock/b.go": 'package stock\nimport "x.org/shop/cart"',
        },
        [
            "go.mod",
            "stock/a.go",
            "stock/b.go",
            "cart/cart.go",
            "cart/cart_test.go",
            "main.go",
        ],
    ),
    "rust": (
        {
            "Cargo.toml": '[package]\nname = "my-shop"\n',
            "src/cart.rs": "use crate::stock::Stock;\nuse super::price::Price;",
            "src/lib.rs": "mod cart;\nmod price;\nmod stock;",
            "src/price/mod.rs": "",
            "src/stock.rs": "use crate::cart::Cart;",
            "tests/shop.rs": "use my_shop::cart::Cart;",
        },
        [
            "Cargo.toml",
            "src/price/mod.rs",
            "src/cart.rs",
            "src/stock.rs",
            "src/lib.rs",
            "tests/shop.rs",
        ],
    ),
}


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_small_shop_with_a_circle(name: str) -> None:
    """In each language: cart and stock know each other, prices know nobody, the app comes last."""
    files, expected = REPOSITORIES[name]
    assert dependency_order(files) == expected
    assert dependency_order(dict(reversed(files.items()))) == expected


def as_files(graph: dict[str, list[str]]) -> dict[str, str]:
    return {
        f"{node}.py": "".join(f"import {target}\n" for target in targets)
        for node, targets in graph.items()
    }


@given(GRAPHS)
def test_only_references_within_circles_point_ahead(graph: dict[str, list[str]]) -> None:
    order = dependency_order(as_files(graph))
    assert sorted(order) == sorted(f"{node}.py" for node in graph)
    place = {path.removesuffix(".py"): k for k, path in enumerate(order)}
    circle = {node: k for k, members in enumerate(components(graph)) for node in members}
    for node, targets in graph.items():
        for target in targets:
            assert place[target] <= place[node] or circle[target] == circle[node]
    for members in components(graph):
        places = sorted(place[node] for node in members)
        assert places == list(range(places[0], places[0] + len(members)))


def reachable(graph: dict[str, list[str]], start: str) -> set[str]:
    met, left = {start}, [start]
    while left:
        for target in graph[left.pop()]:
            if target not in met:
                met.add(target)
                left.append(target)
    return met


@given(GRAPHS)
def test_a_component_is_who_reach_each_other(graph: dict[str, list[str]]) -> None:
    reach = {node: reachable(graph, node) for node in graph}
    expected = {
        node: sorted(other for other in reach[node] if node in reach[other]) for node in graph
    }
    found = list(components(graph))
    assert {node: members for members in found for node in members} == expected
    assert sum(map(len, found)) == len(graph)


@given(GRAPHS)
def test_components_come_targets_first(graph: dict[str, list[str]]) -> None:
    number = {node: k for k, members in enumerate(components(graph)) for node in members}
    assert all(number[t] <= number[node] for node, targets in graph.items() for t in targets)


def test_without_circles_the_standard_library_agrees() -> None:
    graph = {"d": ["b", "c"], "b": ["a"], "c": ["a"], "a": []}
    by_library = list(graphlib.TopologicalSorter(graph).static_order())
    assert list(components(graph)) == [["a"], ["b"], ["c"], ["d"]]
    assert dependency_order(as_files(graph)) == [f"{node}.py" for node in by_library]


def test_a_long_chain_needs_no_recursion() -> None:
    graph = {f"{k:05d}": [f"{k + 1:05d}"] if k < 20_000 else [] for k in range(20_001)}
    assert [members[0] for members in components(graph)] == sorted(graph, reverse=True)
