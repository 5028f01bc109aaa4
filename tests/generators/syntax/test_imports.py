"""What each language says about other files, by eye; Python also against its own `ast`."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.syntax.imports import Reference, references
from generators.syntax.languages import ENDINGS, Language


def said(text: str, language: Language) -> list[tuple[str, str]]:
    return [(reference.kind, reference.target) for reference in references(text, language)]


def test_python() -> None:
    text = """
import a.b, c as d
from ..x import (y, z as w)
from . import q
from a import *
def f():
    import lazy
'import no'  # import no
"""
    assert references(text, "python") == tuple(
        sorted(
            [
                Reference(kind="module", target="a.b"),
                Reference(kind="module", target="c"),
                Reference(kind="module", target="x", name="y", level=2),
                Reference(kind="module", target="x", name="z", level=2),
                Reference(kind="module", target="", name="q", level=1),
                Reference(kind="module", target="a"),
                Reference(kind="module", target="lazy"),
            ],
            # Plain imports are listed before the others of their piece.
            key=lambda reference: (
                ["a.b", "c", "lazy", "x", "", "a"].index(reference.target),
                reference.name,
            ),
        )
    )


NAMES = st.sampled_from(["a", "bc", "d_1"])
DOTTED = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
ALIASED = st.tuples(NAMES, st.sampled_from(["", " as z"])).map("".join)
IMPORT = st.lists(st.tuples(DOTTED, st.sampled_from(["", " as z"])).map("".join), min_size=1).map(
    lambda names: "import " + ", ".join(names)
)
FROM = st.tuples(st.integers(0, 3), DOTTED, st.lists(ALIASED, min_size=1), st.booleans()).map(
    lambda p: (
        f"from {'.' * p[0]}{p[1]} import {'(' if p[3] else ''}{', '.join(p[2])}"
        + (",\n)" if p[3] else "")
    )
)


@given(st.lists(st.one_of(IMPORT, FROM, st.just("x = 'import no'")), max_size=6))
def test_python_says_what_its_own_parser_finds(statements: list[str]) -> None:
    text = "\n".join(statements)
    expected = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            expected |= {(alias.name, "", 0) for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            expected |= {(node.module, alias.name, node.level) for alias in node.names}
    found = references(text, "python")
    assert {(each.target, each.name, each.level) for each in found} == expected
    assert len(found) == len(expected)


def test_javascript() -> None:
    text = """
import a from './a';
import './s.css'
export * from "./b";
export { c } from './c';
const d = require('./d'), no = require(name), none = require(), other = load('./no');
import('./e').then(run);
"""
    targets = ["./a", "./s.css", "./b", "./c", "./d", "./e"]
    assert said(text, "javascript") == [("path", target) for target in targets]


@pytest.mark.parametrize("language", ["typescript", "tsx"])
def test_typescript_has_forms_of_its_own(language: Language) -> None:
    text = """
import type { A } from './a';
export type { B } from './b';
import c = require('./c');
type D = import('./d').D;
"""
    assert sorted(said(text, language))[:3] == [("path", "./a"), ("path", "./b"), ("path", "./c")]


def test_tsx_reads_through_markup() -> None:
    assert said("const A = () => <p>{require('./a')}</p>;\n", "tsx") == [("path", "./a")]


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_c_and_cpp(language: Language) -> None:
    text = """
#include "a/b.h"
#include <stdio.h>
#if X
#include <x/y.h>
#endif
#include MACRO
// #include "no.h"
"""
    assert said(text, language) == [("path", "a/b.h"), ("system", "stdio.h"), ("system", "x/y.h")]


def test_java() -> None:
    text = """
package a.b;
import a.c.D;
import a.d.*;
import static a.e.F.max;
import static a.e.G.*;
class X extends Y { Z z = W.make(q); int i = K.I; }
"""
    assert said(text, "java") == [
        ("own", "a.b"),
        ("module", "a.c.D"),
        ("package", "a.d"),
        ("module", "a.e.F.max"),
        ("module", "a.e.G"),
        *[("name", name) for name in "KWYZ"],
    ]


def test_go() -> None:
    text = 'package a\nimport "fmt"\nimport (\n\tx "m/a"\n\t. `m/b`\n\t_ "m/c"\n)\n'
    assert said(text, "go") == [("package", name) for name in ("fmt", "m/a", "m/b", "m/c")]


def test_rust() -> None:
    text = """
mod a;
use crate::{self, m::{self, n as o, p::*}, q};
use super::*;
fn f() { crate::x::y(); let z: super::T = g::<crate::h::H>(); }
"""
    targets = ["crate", "crate::m", "crate::m::n", "crate::m::p", "crate::q", "super"]
    targets += ["crate::x::y", "super::T", "crate::h::H"]
    assert said(text, "rust") == [("child", "a"), *[("module", target) for target in targets]]


def test_rust_paths_are_told_from_the_file_not_from_its_inline_modules() -> None:
    """`mod tests { use super::*; }` stands in most files and means the file itself."""
    text = """
mod tests {
    use super::a;
    use super::super::b;
    use self::inner;
    use crate::c;
    mod deep { use super::near; use super::super::d; }
}
"""
    targets = ["self::a", "super::b", "crate::c", "self::d"]
    assert said(text, "rust") == [("module", target) for target in targets]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", "def f(:\n  x\nimport a\nclass (\n", ("module", "a")),
        ("javascript", "}}} import a from './a';\nfunction (", ("path", "./a")),
        ("c", '#ifndef X\nint f( {\n#include "a.h"\n', ("path", "a.h")),
        ("go", 'package a\nimport "m/a"\nfunc f( {', ("package", "m/a")),
        ("rust", "use crate::a;\nfn f( {{", ("module", "crate::a")),
        ("java", "import a.B;\nclass X { void f( {", ("module", "a.B")),
    ],
)
def test_a_broken_file_says_what_it_can(
    language: Language, text: str, expected: tuple[str, str]
) -> None:
    assert expected in said(text, language)


@given(st.text(max_size=200), st.sampled_from(sorted(set(ENDINGS.values()))))
def test_no_text_is_an_error(text: str, language: Language) -> None:
    assert references(text, language) == references(text, language)


def test_a_text_that_is_no_unicode_is_no_error() -> None:
    assert said("import a\nx = '\ud800'\n", "python") == [("module", "a")]


def test_imports_are_found_in_all_pieces_of_a_long_file() -> None:
    lines = [f"import m{k}\nx = {k}\n" for k in range(3000)]
    assert said("".join(lines), "python") == [("module", f"m{k}") for k in range(3000)]
