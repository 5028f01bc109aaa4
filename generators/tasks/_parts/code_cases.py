"""Cases for `code`: definitions that may be asked about, and uses of them in other files.

A definition is fair where

- its name is bound once in the whole text, and is no name that every library has;
- its answer cannot be guessed: no common value, and no word of it in the name;
- parameters as a list, and values, stand as they are written there and nowhere else;
- one of the class's bases is no other class's, and the file's path shares no word with the method;
- no other mention of the name has the answer near it.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from generators.syntax.definitions import Definition, definitions
from generators.syntax.mentions import File, Repository, binds, mentions
from generators.tasks._parts.code_guess import COMMON, EVERYWHERE, is_guess, unquoted, words_of

Ask = Literal["signature", "default", "constant", "base", "file"]
Span = tuple[int, int]

_SCAN = {
    "function": re.compile(r"^[ \t]*((?:async[ \t]+)?def[ \t]+(\w{6,}))[ \t]*\(", re.MULTILINE),
    "class": re.compile(r"^[ \t]*(class[ \t]+(\w{4,}))[ \t]*\(", re.MULTILINE),
    "constant": re.compile(r"^((_?[A-Z][A-Z0-9_]{3,}))[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE),
}
_BASES = re.compile(r"^[ \t]*class[ \t]+\w+[ \t]*\(([^()]*)", re.MULTILINE)
_KIND = {"default": "function", "signature": "function", "file": "function", "base": "class"}
_COMPOUND = re.compile(r"[a-z0-9]_[a-z]|[a-z][A-Z]")
_TRIES = 200
"""Names that are looked at, for each question."""
_MOST_MENTIONS = 400
"""A name or value that stands more often is left alone."""
_LONGEST_LINE = 1000
"""Nobody reads a longer line, so names on it are left alone."""
_QUOTED = range(12, 121)
"""Characters that a quoted line may have."""
_MOST_USES = 8
_WINDOW = 240
"""Characters before and behind a mention of the name in which the answer must not stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the recipe asks of a case, and the number that decides which comes first."""

    cross_file: bool
    parameters: int
    salt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A line that uses a name, in a file that has a path."""

    file: File
    line: str
    stop: int
    """Where the line ends, in characters of the text."""

    @property
    def path(self) -> str:
        """The path of its file."""
        return self.file.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One definition that may be asked about, and its answer."""

    name: str
    answer: str
    spans: tuple[Span, ...]
    """Its evidence, in characters of the text and in order; the definition itself is the last."""
    secrets: tuple[str, ...]
    """Words that together would tell the answer."""
    parameter: str = ""
    uses: tuple[Use, ...] = ()
    """Empty where a use is not asked for."""


class Reader:
    """A repository's text, and the definitions of the files that were looked into so far."""

    def __init__(self, text: Repository, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self._known: dict[int, dict[int, Definition]] = {}
        self._bases: Counter[str] = Counter()

    def cases(self, ask: Ask) -> Iterator[Case]:
        """Yield what can be asked fairly, in an order that paths, names and the salt decide.

        Raises RecipeError where the parser is not installed.
        """
        for place, name in _places(self.text, ask, self.limits.salt):
            named = mentions(self.text.text, name, most=_MOST_MENTIONS)
            if named is None or not self._may_be_used(place, named):
                continue
            if not _is_bound_once(self.text, named, name, at=place):
                continue
            definition = self._definition(place)
            if definition is None:
                continue
            span = (place, place + definition.stop - definition.start)
            of_one = list(_READ[ask](self.text, definition, span))
            for case in sorted(of_one, key=self._order):
                if self._is_wanted(case, ask):
                    yield from self._with_uses(case, named, ask)

    def _may_be_used(self, place: int, named: list[int]) -> bool:
        """Say whether another file names it; a look that costs nothing, before any parsing."""
        own = self.text.file_at(place)
        others = any(not own.start <= other < own.stop for other in named)
        return others or not self.limits.cross_file

    def _definition(self, place: int) -> Definition | None:
        """Return the definition that begins at a character, from its file's syntax tree."""
        file = self.text.file_at(place)
        if file.start not in self._known:
            found = definitions(self.text.text[file.body : file.stop])
            self._known[file.start] = {file.body + one.start: one for one in found}
        return self._known[file.start].get(place)

    def _order(self, case: Case) -> int:
        """Put one parameter first as likely as another."""
        return zlib.crc32(f"{self.limits.salt} {case.parameter}".encode())

    def _is_wanted(self, case: Case, ask: Ask) -> bool:
        """Say whether a signature has enough parameters, and a base no other class."""
        if ask == "signature":
            return len(case.secrets) >= self.limits.parameters
        if ask == "base" and not self._bases:
            for bases in _BASES.findall(self.text.text):
                self._bases.update(set(re.findall(r"\w+", bases)))
        return ask != "base" or self._bases[case.secrets[0]] == 1

    def _with_uses(self, case: Case, named: list[int], ask: Ask) -> Iterator[Case]:
        if _is_told(self.text, case, named):
            return
        uses = tuple(_uses(self.text, case, named, ask)) if self.limits.cross_file else ()
        if uses or not self.limits.cross_file:
            yield replace(case, uses=uses)


def _places(text: Repository, ask: Ask, salt: int) -> list[tuple[int, str]]:
    """Return where definitions of the asked kind begin in files with a path, and their names.

    One file is as likely to come first as another, whatever it defines.
    """
    kind = _KIND.get(ask, ask)
    found = [(match.start(1), match[2]) for match in _SCAN[kind].finditer(text.text)]
    times = Counter(name for _, name in found)
    kept: list[tuple[int, int, int, str]] = []
    for place, name in found:
        path = text.file_at(place).path
        common = kind == "function" and (name in EVERYWHERE or not _COMPOUND.search(name))
        if times[name] == 1 and path.endswith(".py") and not (name.startswith("__") or common):
            first, then = (zlib.crc32(f"{salt} {word}".encode()) for word in (path, name))
            kept.append((first, then, place, name))
    return [(place, name) for _, _, place, name in sorted(kept)[:_TRIES]]


def _is_bound_once(text: Repository, named: list[int], name: str, *, at: int) -> bool:
    """Say whether no line but that of the definition binds the name."""
    own = text.line_at(at)
    lines = {text.line_at(place) for place in named} - {own}
    return not any(
        stop - start > _LONGEST_LINE or binds(text.text[start:stop], name) for start, stop in lines
    )


def _is_told(text: Repository, case: Case, named: list[int]) -> bool:
    """Say whether the answer stands near a mention of the name elsewhere, a call perhaps."""
    start, stop = case.spans[-1]
    around = (
        text.text[max(place - _WINDOW, 0) : place + _WINDOW]
        for place in named
        if not start - _WINDOW < place < stop + _WINDOW
    )
    return any(all(_has(words, secret) for secret in case.secrets) for words in around)


def _has(words: str, secret: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", words) is not None


def _uses(text: Repository, case: Case, named: list[int], ask: Ask) -> Iterator[Use]:
    """Yield uses in other files that tell nothing of the answer."""
    own = text.file_at(case.spans[-1][0])
    words = {word for secret in case.secrets for word in [secret, *re.findall(r"\w+", secret)]}
    given = 0
    for place in named:
        file, (start, stop) = text.file_at(place), text.line_at(place)
        line = text.text[start:stop].strip()
        if file is own or not file.path.endswith(".py") or len(line) not in _QUOTED:
            continue
        called = ask == "constant" or text.text[place + len(case.name) :][:1] == "("
        plain = not re.search(r"^(?:from|import|class|def|#)\b|`|^\W*\w+\W*$", line)
        silent = not any(_has(line, word) for word in words if word != case.name)
        if called and plain and silent and line.isprintable() and _is_alone(text, file):
            yield Use(file=file, line=line, stop=stop)
            given += 1
        if given == _MOST_USES:
            return


def _is_alone(text: Repository, file: File) -> bool:
    """Say whether no other file has the path."""
    return sum(one.path == file.path for one in text.files) == 1


def _signatures(text: Repository, definition: Definition, span: Span) -> Iterator[Case]:
    own = [one.name for one in definition.parameters]
    own = own[1:] if own[:1] in (["self"], ["cls"]) else own
    answer = ", ".join(own)
    if own and "*" not in answer and answer.isprintable():
        case = Case(name=definition.name, answer=answer, spans=(span,), secrets=tuple(own))
        yield from _stated_once(text, case, answer)


def _defaults(text: Repository, definition: Definition, span: Span) -> Iterator[Case]:
    for one in definition.parameters:
        if not is_guess(one.default, definition.name, one.name):
            inner = unquoted(one.default)
            case = Case(
                name=definition.name,
                answer=one.default,
                spans=(span,),
                secrets=(inner,),
                parameter=one.name,
            )
            yield from _stated_once(text, case, inner)


def _constants(text: Repository, definition: Definition, span: Span) -> Iterator[Case]:
    value = definition.value
    if not is_guess(value, definition.name):
        inner = unquoted(value)
        case = Case(name=definition.name, answer=value, spans=(span,), secrets=(inner,))
        yield from _stated_once(text, case, inner)


def _bases(text: Repository, definition: Definition, span: Span) -> Iterator[Case]:
    """Yield a class for each base that no word of its name tells."""
    for base in definition.bases:
        last = base.rpartition(".")[2]
        alike = words_of(last) & words_of(definition.name)
        if not alike and not {last.lower(), base.lower()} & COMMON:
            answer = ", ".join(definition.bases)
            yield Case(name=definition.name, answer=answer, spans=(span,), secrets=(last,))


def _paths(text: Repository, definition: Definition, span: Span) -> Iterator[Case]:
    """Yield a method, whose file no import tells."""
    file = text.file_at(span[0])
    stem = file.path.rpartition("/")[2].removesuffix(".py")
    is_method = definition.parameters and definition.parameters[0].name in ("self", "cls")
    if is_method and _is_alone(text, file) and not words_of(file.path) & words_of(definition.name):
        header = (file.start, file.start + len(f"===== {file.path} ====="))
        spans = (header, span)
        yield Case(name=definition.name, answer=file.path, spans=spans, secrets=(stem,))


_READ: dict[Ask, Callable[[Repository, Definition, Span], Iterator[Case]]] = {
    "signature": _signatures,
    "default": _defaults,
    "constant": _constants,
    "base": _bases,
    "file": _paths,
}


def _stated_once(text: Repository, case: Case, words: str) -> Iterator[Case]:
    """Yield the case if these words stand in its definition, if anywhere."""
    start, stop = case.spans[-1]
    stated = mentions(text.text, words, most=_MOST_MENTIONS)
    if stated is not None and all(start <= place < stop for place in stated):
        yield case
