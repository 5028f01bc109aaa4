"""Uses for `code`: a line of another file that uses a name and tells nothing of the answer.

left = press.cut_sheet(paper, 2)          a use of cut_sheet
from plant import cut_sheet               none: it tells where the name comes from
cut_sheet(paper, margin=34)               none for a question whose answer is 34
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from generators.syntax.mentions import File, Repository

Ask = Literal["signature", "default", "constant", "base", "file"]

_QUOTED = range(12, 121)
"""Characters that a quoted line may have."""
_MOST_USES = 8
_NO_USE = re.compile(r"#|(?:from|import|def|async)\b|.*`|\W*\w+\W*$")
_CLASS = re.compile(r"class\b")
_CALLED: frozenset[Ask] = frozenset(("signature", "default", "file"))
"""Questions on something that is called where it is used."""


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


def uses(
    text: Repository,
    named: Iterable[int],
    name: str,
    *,
    ask: Ask,
    secrets: Iterable[str],
    answer: str,
    without: Collection[int],
) -> Iterator[Use]:
    """Yield uses of a name that tell none of the secrets, a few at most.

    `named` is where the name stands, and `without` where files start that are out of the question.
    """
    words = {word for secret in secrets for word in [secret, *re.findall(r"\w+", secret)]}
    given = 0
    for place in named:
        file = text.file_at(place)
        if file.start in without or not file.path.endswith(".py"):
            continue
        start, stop = text.line_at(place)
        line = text.text[start:stop].strip()
        if len(line) not in _QUOTED or not line.isprintable() or _NO_USE.match(line):
            continue
        called = text.text[place + len(name) : place + len(name) + 1] == "("
        fits = called or ask not in _CALLED
        # A class is used where another is made from it.
        fits = fits and (ask == "base" or not _CLASS.match(line))
        told = answer in line or any(has(line, word) for word in words if word != name)
        if fits and not told:
            yield Use(file=file, line=line, stop=stop)
            given += 1
        if given == _MOST_USES:
            return


def has(words: str, secret: str) -> bool:
    """Say whether a value stands in a text, and not as a part of a longer word."""
    place = words.find(secret)
    while place >= 0:
        around = words[max(place - 1, 0) : place] + words[place + len(secret) :][:1]
        if not re.search(r"\w", around):
            return True
        place = words.find(secret, place + 1)
    return False
