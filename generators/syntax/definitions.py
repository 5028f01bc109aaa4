"""Definitions: what a Python file defines, as its syntax tree tells.

    def cut(self, sheet, *, width: float = 2.5) -> None:     function  cut: self, sheet, width=2.5
    class Press(tools.Machine):                              class     Press: tools.Machine
    FEED_RATE = 340                                          constant  FEED_RATE: 340

Functions and classes are found at any depth, constants (any name that is assigned) at the top level
alone. A value is told only where it is written down in full: a number, a string, a dotted name, or
a tuple or list of those. Cost: that of parsing, 0.2 to 0.3 CPU seconds a MB of what is parsed.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from generators.syntax.languages import grammar
from generators.syntax.parsing import PIECE_BYTES, pieces, trees

if TYPE_CHECKING:
    from tree_sitter import Node, Query

Kind = Literal["function", "class", "constant"]

_QUERY = """
(function_definition name: (identifier) parameters: (parameters)) @function
(class_definition name: (identifier)) @class
(module (expression_statement (assignment left: (identifier) right: (_)) @constant))
"""
_SCALARS = frozenset(("integer", "float", "true", "false", "none", "identifier"))
_CONTINUING = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that continue a character; every other byte begins one."""
_SEPARATORS = frozenset(("keyword_separator", "positional_separator", "comment"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a function."""

    name: str
    """With `*` or `**` before it, where it takes the rest."""
    default: str = ""
    """As it is written; empty where there is none or it is no plain value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition, and where its head stands: all but the body."""

    kind: Kind
    name: str
    start: int
    """Characters from the start of the text; half-open. A function's head ends with the bracket
    after its parameters, a class's with the one after its bases."""
    stop: int
    parameters: tuple[Parameter, ...] = ()
    bases: tuple[str, ...] = ()
    """Empty where one of them is no plain name, such as `Generic[T]`, or is given by keyword."""
    value: str = ""
    """Of a constant, as it is written; empty where it is no plain value."""


def definitions(text: str, *, near: Iterable[int] | None = None) -> tuple[Definition, ...]:
    """Return what the text of a Python file defines, in its order.

    With `near`, characters of the text, only the pieces of the file are parsed that hold one of
    them, and what else they define is returned too. Nothing in the text is an error: what does not
    parse defines nothing. Raises RecipeError when the parser is not installed.
    """
    found: list[Definition] = []
    wanted = None if near is None else sorted(near)
    start = 0
    for piece in pieces(text.encode("utf-8", "replace"), longest=PIECE_BYTES["python"]):
        stop = start + _num_chars(piece)
        first = bisect_left(wanted, start) if wanted is not None else 0
        if wanted is None or (first < len(wanted) and wanted[first] < stop):
            # A piece is not cut again; it has one tree, or none.
            for _, tree in trees(piece, "python"):
                found += sorted(_read(piece, tree.root_node, start), key=lambda one: one.start)
        start = stop
    return tuple(found)


@cache
def _query() -> "Query":
    from tree_sitter import Query

    return Query(grammar("python"), _QUERY)


def _read(piece: bytes, root: "Node", offset: int) -> Iterator[Definition]:
    """Yield the definitions of one piece, which begins `offset` characters into the text."""
    from tree_sitter import QueryCursor

    captured = QueryCursor(_query()).captures(root)
    readers = (("function", _function), ("class", _class), ("constant", _constant))
    for kind, read in readers:
        for node in captured.get(kind, []):
            made = read(piece, node)
            if made is not None:
                start, stop = (
                    offset + _num_chars(piece[:place]) for place in (made.start, made.stop)
                )
                yield replace(made, start=start, stop=stop)


def _function(piece: bytes, node: "Node") -> Definition | None:
    """Return a function, its places in bytes; None where its head does not parse."""
    head = node.child_by_field_name("parameters")
    if head is None or head.has_error:
        return None
    named = [child for child in head.named_children if child.type not in _SEPARATORS]
    return Definition(
        kind="function",
        name=_text(piece, node.child_by_field_name("name")),
        start=node.start_byte,
        stop=head.end_byte,
        parameters=tuple(_parameter(piece, child) for child in named),
    )


def _parameter(piece: bytes, node: "Node") -> Parameter:
    if node.type == "typed_parameter":
        node = node.named_children[0]
    name = node.child_by_field_name("name") or node
    return Parameter(
        name=_text(piece, name), default=_plain(piece, node.child_by_field_name("value"))
    )


def _class(piece: bytes, node: "Node") -> Definition | None:
    name, head = (node.child_by_field_name(field) for field in ("name", "superclasses"))
    if name is None or (head is not None and head.has_error):
        return None
    given = [] if head is None else [n for n in head.named_children if n.type != "comment"]
    plain = all(base.type in ("identifier", "attribute") for base in given)
    return Definition(
        kind="class",
        name=_text(piece, name),
        start=node.start_byte,
        stop=(head or name).end_byte,
        bases=tuple(_text(piece, base) for base in given) if plain else (),
    )


def _constant(piece: bytes, node: "Node") -> Definition | None:
    if node.has_error:
        return None
    return Definition(
        kind="constant",
        name=_text(piece, node.child_by_field_name("left")),
        start=node.start_byte,
        stop=node.end_byte,
        value=_plain(piece, node.child_by_field_name("right")),
    )


def _plain(piece: bytes, node: "Node | None") -> str:
    """Return a value as it is written; empty where it is computed, or not all on one line."""
    written = _text(piece, node)
    return written if node is not None and "\n" not in written and _is_plain(node) else ""


def _is_plain(node: "Node") -> bool:
    if node.type == "string":
        return not any(child.type == "interpolation" for child in node.named_children)
    if node.type == "unary_operator":
        argument = node.child_by_field_name("argument")
        return argument is not None and argument.type in ("integer", "float")
    if node.type == "attribute":
        object_ = node.child_by_field_name("object")
        return object_ is not None and object_.type in ("identifier", "attribute")
    if node.type in ("tuple", "list"):
        return all(child.type != node.type and _is_plain(child) for child in node.named_children)
    return node.type in _SCALARS


def _text(piece: bytes, node: "Node | None") -> str:
    return "" if node is None else piece[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _num_chars(data: bytes) -> int:
    """Count characters; one that a cut went through counts where it begins."""
    return len(data.translate(None, _CONTINUING))
