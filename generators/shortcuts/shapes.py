"""What an answer looks like, as a pattern that finds everything of the same look.

    KX4-90Q7        two capitals, a digit, a hyphen, two digits, a capital, a digit
    Velmar Tosqui   two words that each begin with a capital
    14 March 6184   one or two digits, a word with a capital, four digits
    7557155         seven digits

Plain lower-case words look like any other word of a text, and a passage looks like nothing else, so
neither has a shape.
"""

import re
from dataclasses import dataclass

MOST_LETTERS = 80
MOST_WORDS = 8
"""Beyond either an answer is a passage."""
_DAY = 2  # digits of a day, which has one or two
_HIGH, _LOW = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_PIECES = re.compile(
    rf"(?P<humps>[{_LOW}]+(?:[{_HIGH}][{_LOW}]+)+)|(?P<title>[{_HIGH}][{_LOW}]+)"
    rf"|(?P<high>[{_HIGH}]+)|(?P<digits>[0-9]+)|(?P<low>[{_LOW}]+)|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The look of an answer. Both patterns match at every place, also inside another match."""

    same: re.Pattern[str]
    """Group 1 is a text of this look, digits and capitals in the same number."""
    alike: re.Pattern[str]
    """The same, with half to twice as many digits and capitals in a row."""


def shape_of(answer: str) -> Shape | None:
    """Return the look of an answer; None for a passage, plain words, or what has no letters."""
    words = answer.split()
    if not words or len(answer) > MOST_LETTERS or len(words) > MOST_WORDS or "\n" in answer:
        return None
    pieces = [(str(m.lastgroup), m.group()) for m in _PIECES.finditer(answer)]
    tells = {"humps", "title", "high", "digits"}
    if not tells & {kind for kind, _ in pieces} and not re.search(r"\w_\w", answer):
        return None
    short = {word for word in words if len(words) > 1 and len(word) <= _DAY}
    same, alike = (
        "".join(_pattern(kind, piece, loose=loose, day=piece in short) for kind, piece in pieces)
        for loose in (False, True)
    )
    return Shape(same=_compiled(same), alike=_compiled(alike))


def _pattern(kind: str, piece: str, *, loose: bool, day: bool) -> str:
    """Return the pattern of one piece; `day` for a word of one or two digits beside others."""
    size = len(piece)
    times = f"{{{-(-size // 2)},{2 * size}}}" if loose else f"{{{size}}}"
    humps = sum(letter.isupper() for letter in piece)
    return {
        "humps": f"[{_LOW}]+(?:[{_HIGH}][{_LOW}]+){{{humps}}}",
        "title": f"[{_HIGH}][{_LOW}]+",
        "high": f"[{_HIGH}]{times}",
        "digits": "[0-9]{1,2}" if day else f"[0-9]{times}",
        "low": f"[{_LOW}]+",
        "other": re.escape(piece),
    }[kind]


def _compiled(body: str) -> re.Pattern[str]:
    """Bound by what is no part of a word, where the look begins and ends with a part of one."""
    left = r"(?<!\w)" if body[0] == "[" else ""
    right = r"(?!\w)" if body[-1] in "]}+" else ""
    return re.compile(f"{left}(?=({body}){right})")
