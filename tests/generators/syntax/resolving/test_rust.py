"""Rust: which file a module path means."""

import pytest

from generators.syntax.imports import references
from generators.syntax.resolving.rust import resolve

TEXTS = {
    "core/Cargo.toml": '[package]\nname = "app-core"\n',
    "core/src/lib.rs": "",
    "core/src/main.rs": "",
    "core/src/a.rs": "",
    "core/src/a/b.rs": "",
    "core/src/m/mod.rs": "",
    "core/src/m/n.rs": "",
    "web/src/lib.rs": "",
    "web/src/a.rs": "",
    "broken/Cargo.toml": "[",
    "empty/Cargo.toml": "package = 1",
}


def resolved(texts: dict[str, str], path: str) -> list[str]:
    said = {path: references(text, "rust") for path, text in texts.items() if path.endswith(".rs")}
    return [target for source, target in resolve(said, texts) if source == path]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("core/src/lib.rs", "mod a; mod m; mod no;", ["core/src/a.rs", "core/src/m/mod.rs"]),
        ("core/src/a.rs", "mod b;", ["core/src/a/b.rs"]),
        ("core/src/m/mod.rs", "mod n;", ["core/src/m/n.rs"]),
        ("core/src/m/n.rs", "use crate::a::b::T;", ["core/src/a/b.rs"]),
        ("core/src/m/n.rs", "use crate::Error;", ["core/src/lib.rs"]),
        ("core/src/m/n.rs", "use super::T;", ["core/src/m/mod.rs"]),
        ("core/src/m/n.rs", "use super::super::a::T;", ["core/src/a.rs"]),
        ("core/src/m/n.rs", "use super::super::super::super::super::x;", []),
        ("core/src/a.rs", "use self::b::T;", ["core/src/a/b.rs"]),
        ("core/src/a.rs", "use b::T;", ["core/src/a/b.rs"]),
        ("core/src/a.rs", "fn f() { crate::m::go(); }", ["core/src/m/mod.rs"]),
        ("core/src/a.rs", "use std::fmt; fn f() { Vec::new(); }", []),
        ("core/src/main.rs", "use std::fmt; fn f() { Vec::new(); }", []),
        ("core/src/main.rs", "use app_core::a::T;", ["core/src/a.rs"]),
        ("web/src/a.rs", "use app_core::T;", ["core/src/lib.rs"]),
        ("web/src/a.rs", "use crate::m::T;", ["web/src/lib.rs"]),
        ("loose.rs", "use crate::a::T;", []),
        ("core/src/a.rs", "mod tests { use super::*; }", []),
    ],
)
def test_a_path_means_a_file(path: str, text: str, expected: list[str]) -> None:
    assert resolved({**TEXTS, path: text}, path) == expected
