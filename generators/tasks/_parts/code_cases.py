"""Cases for `code`: definitions that may be asked about, and uses of them in other files.

A definition is fair where

- its name is bound once in the whole text, and is no name that every library has;
- its answer cannot be guessed: no common value, and no word of it in the name;
- parameters as a list, and values, stand as they are written there and nowhere else in the sample;
- one of the class's bases is no other class's, and the file's path shares no word with the method;
- no other mention of the name has the answer near it.

Files are looked into one after the other until a case is good enough, and what was found out about
a name is kept, so that another draw over the same text costs next to nothing.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from generators.syntax.definitions import Definition, definitions
from generators.syntax.mentions import File, Repository, binds, mentions, repository
from generators.tasks._parts.code_guess import (
    COMMON,
    EVERYWHERE,
    LONGEST_ANSWER,
    is_guess,
    unquoted,
    words_of,
)
from generators.tasks._parts.code_rivals import MOST_MENTIONS, heirs, rivals
from generators.tasks._parts.code_uses import Ask, Use, uses

Span = tuple[int, int]

_SCAN = {
    "function": re.compile(r"^[ \t]*((?:async[ \t]+)?def[ \t]+(\w{4,}))[ \t]*\((.*)", re.MULTILINE),
    "class": re.compile(r"^[ \t]*(class[ \t]+(\w{4,}))[ \t]*\((.*)", re.MULTILINE),
    "constant": re.compile(r"^((_?[A-Z][A-Z0-9_]{3,}))[ \t]*(?::[^=\n]+)?=(?!=)(.*)", re.MULTILINE),
}
_KIND = {"default": "function", "signature": "function", "file": "function", "base": "class"}
_OWN_NAME = re.compile(r"(?=\w{6})\w*?(?:[a-z0-9]_[a-z]|[a-z][A-Z])")
"""Of a function that a call is looked for of: one word may be a method of anything."""
_GIVEN = re.compile(r"=[ \t]*(\([^()]*\)|[^,)=]+)")
_CALL = re.compile(r"[\w.]+\(")
_METHOD = re.compile(r"\s*(?:self|cls)\b|\s*$")
_TRIES = 200
"""Names that are looked at, for each question."""
_LONGEST_LINE = 1000
"""Nobody reads a longer line, so names on it are left alone."""
_KEPT_TEXTS = 4
"""Texts of which it is kept what was found out: a sample is drawn with two or three lengths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the recipe asks of a case, and the number that decides which comes first."""

    cross_file: bool
    parameters: int
    salt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One definition that may be asked about, and its answer."""

    name: str
    answer: str
    spans: tuple[Span, ...]
    """Its evidence, in characters of the text and in order; the definition itself is the last."""
    secrets: tuple[str, ...]
    """Words that together would tell the answer."""
    once: str = ""
    """What may stand nowhere else in the sample."""
    parameter: str = ""
    rivals: frozenset[int] = frozenset()
    """Where files start that must be left out, for they tell the answer."""
    uses: tuple[Use, ...] = ()
    """Empty where a use is not asked for."""


@lru_cache(maxsize=_KEPT_TEXTS)
def reader(text: str) -> "Reader":
    """Return this process's reader of a text; it finds the same whoever asked it before."""
    return Reader(repository(text))


class Reader:
    """A repository's text, and what was found out about its names so far."""

    def __init__(self, text: Repository) -> None:
        self.text = text
        self._named: dict[str, list[int] | None] = {}
        self._fair: dict[tuple[Ask, int], tuple[Case, ...]] = {}
        self._known: dict[int, Definition | None] = {}
        self._scanned: dict[tuple[str, int], list[tuple[int, str, str]]] = {}
        self._times = Counter(file.path for file in text.files)

    def cases(self, ask: Ask, limits: Limits) -> Iterator[Case]:
        """Yield what can be asked fairly, in an order that paths, names and the salt decide.

        Raises RecipeError where the parser is not installed.
        """
        tries = 0
        for place, name, rest in self._places(ask, limits):
            if limits.cross_file and _KIND.get(ask) == "function" and not _OWN_NAME.match(name):
                continue
            named = self._mentions(name)
            if named is None or (limits.cross_file and not self._is_abroad(place, named)):
                continue
            tries += 1
            if tries > _TRIES:
                return
            fair = self._cases(ask, place, name, rest)
            for case in sorted(fair, key=lambda one: _salted(limits, one.parameter)):
                if ask != "signature" or len(case.secrets) >= limits.parameters:
                    yield from self._with_uses(case, ask) if limits.cross_file else (case,)

    def _places(self, ask: Ask, limits: Limits) -> Iterator[tuple[int, str, str]]:
        """Yield where definitions of the asked kind begin, their names, and the rest of the line.

        One file is as likely to come first as another, whatever it defines. A file whose path is
        not known may be Python too, and long; it does where no path is asked for or told.
        """
        # A slash stands for no path.
        endings = (".py",) if limits.cross_file or ask == "file" else (".py", "/")
        files = [file for file in self.text.files if (file.path or "/").endswith(endings)]
        for file in sorted(files, key=lambda one: (_salted(limits, one.path), one.start)):
            found = self._scan(_KIND.get(ask, ask), file)
            yield from sorted(found, key=lambda one: (_salted(limits, one[1]), one[0]))

    def _scan(self, kind: str, file: File) -> list[tuple[int, str, str]]:
        """Return where a file may have definitions, their names, and the rest of those lines."""
        if (kind, file.start) not in self._scanned:
            matches = _SCAN[kind].finditer(self.text.text, file.body, file.stop)
            self._scanned[kind, file.start] = [
                (match.start(1), match[2], match[3])
                for match in matches
                if not match[2].startswith("__") and match[2] not in EVERYWHERE
            ]
        return self._scanned[kind, file.start]

    def _mentions(self, name: str) -> list[int] | None:
        if name not in self._named:
            self._named[name] = mentions(self.text.text, name, most=MOST_MENTIONS)
        return self._named[name]

    def _is_abroad(self, place: int, named: list[int]) -> bool:
        """Say whether another file names it."""
        own = self.text.file_at(place)
        return not (own.start <= named[0] and named[-1] < own.stop)

    def _cases(self, ask: Ask, place: int, name: str, rest: str) -> tuple[Case, ...]:
        """Return what can be asked fairly of one definition; uses are looked for later."""
        if (ask, place) not in self._fair:
            named = self._mentions(name) or []
            # What costs least comes first.
            likely = _MAY_BE[ask](name, rest) and _is_bound_once(self.text, named, name, at=place)
            definition = self._definition(place) if likely else None
            self._fair[ask, place] = (
                tuple(self._without_rivals(ask, definition, place, named)) if definition else ()
            )
        return self._fair[ask, place]

    def _definition(self, place: int) -> Definition | None:
        """Return the definition that begins at a character, from the syntax tree around it."""
        if place not in self._known:
            file = self.text.file_at(place)
            found = definitions(self.text.text[file.body : file.stop], near=[place - file.body])
            self._known |= {file.body + one.start: one for one in found}
            self._known.setdefault(place, None)
        return self._known[place]

    def _without_rivals(
        self, ask: Ask, definition: Definition, place: int, named: list[int]
    ) -> Iterator[Case]:
        span = (place, place + definition.stop - definition.start)
        file = self.text.file_at(place)
        for case in _READ[ask](definition, span, file):
            if ask == "file" and self._times[file.path] > 1:
                return
            found = rivals(self.text, span, named=named, secrets=case.secrets, once=case.once)
            others = heirs(self.text, span, case.secrets[0]) if ask == "base" else frozenset()
            if found is not None and others is not None:
                yield replace(case, rivals=found | others)

    def _with_uses(self, case: Case, ask: Ask) -> Iterator[Case]:
        """Yield the case with its uses in other files, if it has any."""
        own = self.text.file_at(case.spans[-1][0]).start
        found = uses(
            self.text,
            self._mentions(case.name) or (),
            case.name,
            ask=ask,
            secrets=case.secrets,
            answer=case.answer,
            without={own, *case.rivals},
        )
        alone = tuple(use for use in found if self._times[use.path] == 1)
        if alone:
            yield replace(case, uses=alone)


def _salted(limits: Limits, word: str) -> int:
    return zlib.crc32(f"{limits.salt} {word}".encode())


def _is_bound_once(text: Repository, named: list[int], name: str, *, at: int) -> bool:
    """Say whether no line but that of the definition binds the name."""
    own = text.line_at(at)
    lines = {text.line_at(place) for place in named} - {own}
    return not any(
        stop - start > _LONGEST_LINE or binds(text.text[start:stop], name) for start, stop in lines
    )


def _signatures(definition: Definition, span: Span, file: File) -> Iterator[Case]:
    own = [one.name for one in definition.parameters]
    own = own[1:] if own[:1] in (["self"], ["cls"]) else own
    answer = ", ".join(own)
    # A signature of one parameter is no list, and stands wherever that word stands.
    if len(own) > 1 and "*" not in answer and answer.isprintable():
        yield Case(
            name=definition.name, answer=answer, spans=(span,), secrets=tuple(own), once=answer
        )


def _defaults(definition: Definition, span: Span, file: File) -> Iterator[Case]:
    for one in definition.parameters:
        if not is_guess(one.default, definition.name, one.name):
            inner = unquoted(one.default)
            yield Case(
                name=definition.name,
                answer=one.default,
                spans=(span,),
                secrets=(inner,),
                once=inner,
                parameter=one.name,
            )


def _constants(definition: Definition, span: Span, file: File) -> Iterator[Case]:
    value = definition.value
    if not is_guess(value, definition.name):
        inner = unquoted(value)
        yield Case(name=definition.name, answer=value, spans=(span,), secrets=(inner,), once=inner)


def _bases(definition: Definition, span: Span, file: File) -> Iterator[Case]:
    """Yield a class for each base that no word of its name tells."""
    for base in definition.bases:
        last = base.rpartition(".")[2]
        alike = words_of(last) & words_of(definition.name)
        if not alike and not {last.lower(), base.lower()} & COMMON:
            answer = ", ".join(definition.bases)
            yield Case(name=definition.name, answer=answer, spans=(span,), secrets=(last,))


def _paths(definition: Definition, span: Span, file: File) -> Iterator[Case]:
    """Yield a method, whose file no import tells."""
    stem = file.path.rpartition("/")[2].removesuffix(".py")
    is_method = definition.parameters and definition.parameters[0].name in ("self", "cls")
    if is_method and not words_of(file.path) & words_of(definition.name):
        header = (file.start, file.start + len(f"===== {file.path} ====="))
        spans = (header, span)
        yield Case(name=definition.name, answer=file.path, spans=spans, secrets=(stem,))


_READ: dict[Ask, Callable[[Definition, Span, File], Iterator[Case]]] = {
    "signature": _signatures,
    "default": _defaults,
    "constant": _constants,
    "base": _bases,
    "file": _paths,
}


def _may_be_default(name: str, rest: str) -> bool:
    return ")" not in rest or any(
        not is_guess(value.strip(), name) for value in _GIVEN.findall(rest)
    )


def _may_be_constant(name: str, rest: str) -> bool:
    value = rest.strip()
    return not (value[:1] == "{" or _CALL.match(value) or is_guess(value[:LONGEST_ANSWER], name))


_MAY_BE: dict[Ask, Callable[[str, str], bool]] = {
    # A head may go on over several lines: then its first tells little.
    "signature": lambda name, rest: ")" not in rest or "," in rest,
    "default": _may_be_default,
    "constant": _may_be_constant,
    "base": lambda name, rest: True,
    "file": lambda name, rest: _METHOD.match(rest) is not None,
}
"""Whether it is worth while to parse: of a name, and what follows the bracket or the sign."""
