r"""Re-solve a code sample by reading: the one definition of a name, by Python's own parser.

The question has the name in backquotes, and a parameter, and the path and the line of a use. Files
begin with a line `===== path =====`. Every line that defines the name counts: `def NAME`,
`class NAME`, `NAME = ` or `NAME: type = `; from there lines are read until they are a statement.

    ===== tools/press.py =====
    def cut_sheet(sheet, times, margin=34): ...      margin of cut_sheet  ->  34

Two definitions are two answers, alike or not, so the sample is not fair. There is no answer when
the definition cannot be read, the use is not where the question says, stands in the file of the
definition itself or tells the answer, or the question is not the one that `params` tell of.
Cost: a few searches in the text.
"""

import ast
import itertools
import re
import warnings
from collections.abc import Iterator
from typing import Any

from generators.solvers._reading import split
from schemas.task import Problem, Solution

_HEADER = re.compile(r"^===== (\S.*) =====$", re.MULTILINE)
_ASKS = {
    "signature": r"\bthe parameters of the function `",
    "default": r"\bthe default value of the parameter `",
    "constant": r"\bthe value of the constant `",
    "base": r"\bwhat the class `.*` is derived from",
    "file": r"\bthe file that defines the method `",
}
_LONGEST_HEAD = 200
"""Lines of a statement; a head that is longer was cut, or is none."""


def solve(problem: Problem) -> Solution:
    """Return the answer of each definition of the name; one when the sample is fair."""
    params = problem.params
    question, context = split(problem)
    asks = [ask for ask, wording in _ASKS.items() if re.search(wording, question)]
    quoted = re.findall(r"`([^`\n]+)`", question)
    named = [params["name"], *([params["parameter"]] if params["ask"] == "default" else [])]
    if asks != [params["ask"]] or not set(named) <= set(quoted):
        return Solution(answers=())
    places = _places(context, params["name"])
    answers = tuple(_answer(context, place, params) for place in places)
    used = [piece for piece in quoted if piece not in named]
    asked_of_use = params["cross_file"] or used
    fair = all(answers) and (not asked_of_use or _is_used(context, used, places, params))
    return Solution(answers=answers if fair else ())


def _places(context: str, name: str) -> list[int]:
    """Return where the lines begin that define a name."""
    word = re.escape(name)
    places = {context.rfind("\n", 0, found.start()) + 1 for found in re.finditer(word, context)}
    line = re.compile(
        rf"[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{word}\b|[ \t]*{word}[ \t]*(?::[^=\n]*)?=(?!=)"
    )
    return [place for place in sorted(places) if line.match(context, place)]


def _is_used(context: str, used: list[str], places: list[int], params: dict[str, Any]) -> bool:
    """Say whether the quoted line stands in the quoted file, and the definition in another."""
    headers = [(found[1], found.end()) for found in _HEADER.finditer(context)]
    paths = [piece for piece in used if any(path == piece for path, _ in headers)]
    lines = [piece for piece in used if piece not in paths]
    if len(paths) != 1 or len(lines) != 1 or not re.search(rf"\b{params['name']}\b", lines[0]):
        return False
    (start,) = [end for path, end in headers if path == paths[0]][:1]
    stop = min((end for _, end in headers if end > start), default=len(context))
    stands = any(line.strip() == lines[0] for line in context[start:stop].split("\n"))
    told = any(_answer(context, place, params) in lines[0] for place in places)
    return stands and not told and not any(start <= place < stop for place in places)


def _answer(context: str, place: int, params: dict[str, Any]) -> str:
    """Return what the definition that begins here tells; empty when it tells nothing such."""
    ask = params["ask"]
    statement, source = _statement(context, place)
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() if ask == "file":
            paths = [found[1] for found in _HEADER.finditer(context, 0, place)]
            return paths[-1] if paths else ""
        case ast.FunctionDef() | ast.AsyncFunctionDef() if ask == "signature":
            return _signature(statement.args)
        case ast.FunctionDef() | ast.AsyncFunctionDef() if ask == "default":
            return _default(statement.args, params["parameter"], source)
        case ast.ClassDef() if ask == "base" and not statement.keywords:
            return ", ".join(ast.get_source_segment(source, base) or "" for base in statement.bases)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return (ast.get_source_segment(source, value) or "") if ask == "constant" else ""
    return ""


def _signature(given: ast.arguments) -> str:
    names = [one.arg for one in [*given.posonlyargs, *given.args]]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    names += [f"*{given.vararg.arg}"] if given.vararg else []
    names += [one.arg for one in given.kwonlyargs]
    names += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return ", ".join(names)


def _default(given: ast.arguments, parameter: str, source: str) -> str:
    placed = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(placed) - len(given.defaults)) + given.defaults
    pairs = [*zip(placed, defaults, strict=True)]
    pairs += [*zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    values = [value for one, value in pairs if one.arg == parameter and value is not None]
    return (ast.get_source_segment(source, values[0]) or "") if values else ""


def _statement(context: str, place: int) -> tuple[ast.stmt | None, str]:
    """Return the statement that begins on a line, without its body, and its text."""
    lines = itertools.islice(_lines(context, place), _LONGEST_HEAD)
    source = ""
    for line in lines:
        source += line if source else line.lstrip()
        for ending in ("", "\n pass"):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    return ast.parse(source + ending).body[0], source
            except (SyntaxError, ValueError, RecursionError):
                continue
    return None, ""


def _lines(context: str, place: int) -> Iterator[str]:
    """Yield the lines from a place on, each with its break."""
    while place < len(context):
        stop = context.find("\n", place) + 1 or len(context)
        yield context[place:stop]
        place = stop
