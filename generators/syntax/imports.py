"""Imports: what a file says about other files, read from its syntax trees.

    from ..x import y      (python)      Reference(kind="module", target="x", name="y", level=2)
    import("./x")          (javascript)  Reference(kind="path", target="./x")
    use crate::a::{b, c};  (rust)        Reference(kind="module", target="crate::a::b"), ...::c

A reference is what the text says, not what it means: which file answers is for
`generators/syntax/resolving`. Only literals count; a name put together while a program runs is
nobody's. The cost is that of parsing, 0.2 to 0.3 CPU seconds per MB; what the page of
`generators/syntax/parsing.py` says of cuts and of errors holds here.

Which statements bring in other files is taken from the languages' own references.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from generators.syntax.languages import Language, grammar
from generators.syntax.parsing import trees

if TYPE_CHECKING:
    from tree_sitter import Node, Query

Kind = Literal["module", "package", "path", "system", "child", "name", "own"]
Captures = dict[str, list["Node"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One thing that a file says about another, or with `own` about itself."""

    kind: Kind
    """`module`: a dotted name (Python, Java) or a path of names (Rust). `package`: all of a package
    (`import a.b.*`, Go's import paths). `path`: a file, by a path that begins where this file is.
    `system`: a header in angle brackets. `child`: Rust's `mod x;`. `name`: a type that Java's
    packages share without saying. `own`: the package that this file belongs to."""
    target: str
    name: str = ""
    """Python's `from target import name`: a module of its own or something inside `target`."""
    level: int = 0
    """Python's leading dots."""


class _Family(NamedTuple):
    """How references are found in a language: a query, and the reading of what it captures."""

    query: str
    read: Callable[[bytes, Captures], Iterator[Reference]]


def references(text: str, language: Language) -> tuple[Reference, ...]:
    """Return what a file says about others, each thing once, in the order in which it is found.

    Nothing in the text is an error: what does not parse says nothing. Raises RecipeError when the
    language's parser is not installed.
    """
    from tree_sitter import QueryCursor

    found: dict[Reference, None] = {}
    for piece, tree in trees(text.encode("utf-8", "replace"), language):
        captured = QueryCursor(_query(language)).captures(tree.root_node)
        # The library promises no order among the nodes of one name.
        captures = {name: sorted(nodes, key=_place) for name, nodes in captured.items()}
        found.update(dict.fromkeys(_FAMILIES[language].read(piece, captures)))
    return tuple(found)


@cache
def _query(language: Language) -> "Query":
    from tree_sitter import Query

    return Query(grammar(language), _FAMILIES[language].query)


def _place(node: "Node") -> tuple[int, int]:
    return node.start_byte, node.end_byte


def _text(piece: bytes, node: "Node | None") -> str:
    return "" if node is None else piece[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _unspaced(piece: bytes, node: "Node | None") -> str:
    """Return a name that may be written with white space between its parts."""
    return "".join(_text(piece, node).split())


def _python(piece: bytes, captures: Captures) -> Iterator[Reference]:
    for node in captures.get("module", []):
        yield Reference(kind="module", target=_unspaced(piece, node))
    for node in captures.get("from", []):
        module = _unspaced(piece, node.child_by_field_name("module_name"))
        target = module.lstrip(".")
        level = len(module) - len(target)
        names = [
            _text(piece, name.child_by_field_name("name") or name)  # an alias holds the name
            for name in node.children_by_field_name("name")
        ]
        for name in names or [""]:  # from x import *
            yield Reference(kind="module", target=target, name=name, level=level)


def _javascript(piece: bytes, captures: Captures) -> Iterator[Reference]:
    for node in captures.get("path", []):
        yield Reference(kind="path", target=_text(piece, node)[1:-1])
    for node in captures.get("call", []):
        function = _text(piece, node.child_by_field_name("function"))
        arguments = node.child_by_field_name("arguments")
        given = [] if arguments is None else arguments.named_children
        if function in ("require", "import") and given and given[0].type == "string":
            yield Reference(kind="path", target=_text(piece, given[0])[1:-1])


def _c(piece: bytes, captures: Captures) -> Iterator[Reference]:
    for node in captures.get("path", []):
        yield Reference(kind="path", target=_text(piece, node)[1:-1])
    for node in captures.get("system", []):
        yield Reference(kind="system", target=_text(piece, node)[1:-1])


def _java(piece: bytes, captures: Captures) -> Iterator[Reference]:
    for node in captures.get("own", []):
        yield Reference(kind="own", target=_unspaced(piece, node))
    for node in captures.get("import", []):
        children = {child.type: child for child in node.children}
        target = _unspaced(piece, children.get("scoped_identifier") or children.get("identifier"))
        whole = "asterisk" in children and "static" not in children
        yield Reference(kind="package" if whole else "module", target=target)
    for name in sorted({_text(piece, node) for node in captures.get("name", [])}):
        yield Reference(kind="name", target=name)


def _go(piece: bytes, captures: Captures) -> Iterator[Reference]:
    for node in captures.get("path", []):
        yield Reference(kind="package", target=_text(piece, node)[1:-1])


def _rust(piece: bytes, captures: Captures) -> Iterator[Reference]:
    inline = []
    for node in captures.get("mod", []):
        body = node.child_by_field_name("body")
        if body is not None:
            inline.append((body.start_byte, body.end_byte))
        else:
            yield Reference(kind="child", target=_text(piece, node.child_by_field_name("name")))
    uses = captures.get("use", [])
    said = [(use, path) for use in uses for path in _use_paths(piece, use)]
    used = {use.start_byte for use in uses}
    outermost = _longest(uses + captures.get("inline", []))
    said += [(node, _unspaced(piece, node)) for node in outermost if node.start_byte not in used]
    for node, path in said:
        depth = sum(start <= node.start_byte < end for start, end in inline)
        target = _outside(path, depth)
        if target:
            yield Reference(kind="module", target=target)


def _longest(nodes: list["Node"]) -> list["Node"]:
    """Return the nodes that no other one holds: a::b::c, not a::b within it."""
    kept: list[Node] = []
    end = -1
    for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
        if node.end_byte > end:
            kept.append(node)
            end = node.end_byte
    return kept


def _outside(path: str, depth: int) -> str:
    """Return a path as the file itself would say it, from inside `depth` inline modules of it.

    "super::super::x" at depth 1 is the file's "super::x"; at depth 2 it is "self::x". What stays
    within the inline modules is "".
    """
    parts = path.split("::")
    if depth == 0 or parts[0] not in ("self", "super"):
        return path
    num_up = next((k for k, part in enumerate(parts) if part != "super"), len(parts))
    if num_up < depth:
        return ""
    return "::".join((["self"] if num_up == depth else []) + parts[depth:])


def _use_paths(piece: bytes, argument: "Node") -> list[str]:
    """Return the paths of a `use`: a::{b, c::{self, d}, e as f} -> a::b, a::c, a::c::d, a::e."""
    paths = []
    stack = [("", argument)]
    while stack:
        prefix, node = stack.pop()
        if node.type == "use_as_clause":
            stack += [(prefix, child) for child in node.children_by_field_name("path")]
        elif node.type == "scoped_use_list":
            head = prefix + _unspaced(piece, node.child_by_field_name("path")) + "::"
            stack += [(head, child) for child in node.children_by_field_name("list")]
        elif node.type == "use_list":
            stack += [(prefix, child) for child in reversed(node.named_children)]
        elif "comment" not in node.type:
            parts = (prefix + _unspaced(piece, node).removesuffix("*")).split("::")
            while len(parts) > 1 and parts[-1] in ("", "self"):
                parts.pop()
            paths.append("::".join(parts).removeprefix("::"))
    return [path for path in paths if path]


_JAVASCRIPT = """
(import_statement source: (string) @path)
(export_statement source: (string) @path)
(call_expression function: [(identifier) (import)]) @call
"""
_TYPESCRIPT = _Family(_JAVASCRIPT + "(import_require_clause source: (string) @path)", _javascript)
_INCLUDE = """
(preproc_include path: (string_literal) @path)
(preproc_include path: (system_lib_string) @system)
"""
_FAMILIES: dict[Language, _Family] = {
    "python": _Family(
        "(import_statement name: [(dotted_name) @module (aliased_import name: (_) @module)])"
        " (import_from_statement) @from",
        _python,
    ),
    "javascript": _Family(_JAVASCRIPT, _javascript),
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "c": _Family(_INCLUDE, _c),
    "cpp": _Family(_INCLUDE, _c),
    "java": _Family(
        "(package_declaration [(scoped_identifier) (identifier)] @own)"
        " (import_declaration) @import (type_identifier) @name"
        " (method_invocation object: (identifier) @name) (field_access object: (identifier) @name)",
        _java,
    ),
    "go": _Family("(import_spec path: (_) @path)", _go),
    "rust": _Family(
        "(mod_item) @mod (use_declaration argument: (_) @use)"
        " (scoped_identifier) @inline (scoped_type_identifier) @inline",
        _rust,
    ),
}
