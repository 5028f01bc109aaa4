r"""Conversations as text, read back: where each one lies, and who says what in it.

    "user: Hi\n\nassistant: Hello\n\n-----\n\nuser: Bye"
        ->  conversations "user: Hi ... Hello" and "user: Bye"; turns Hi, Hello, Bye

A turn opens at the beginning of a line with a speaker's name in one of the forms of FORMS, the one
in which most documents begin. Speakers are the usual roles (user, assistant, ...); where no
document opens with one, whoever opens two turns of a document or more. Turns of a conversation in
which something else looks like a name are left in peace. Cost: a few searches in the text.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.errors import UnfitError
from schemas.task import Offer

Ints = npt.NDArray[np.int64]

FORMS = (
    ("<|im_start|>", "\n", "<|im_end|>"),
    ("### ", ": ", ""),
    ("### ", ":\n", ""),
    ("**", ":** ", ""),
    ("**", "**: ", ""),
    ("[", "]: ", ""),
    ("<", "> ", ""),
    ("", ": ", ""),
    ("", ":\n", ""),
)
"""What stands before a speaker's name and behind it, and what may close the turn."""
ROLES = re.compile(
    r"(user|assistant|system|human|gpt|bot|chatbot|ai|model|agent|customer|client|caller|operator|"
    r"tool|function|developer|support|speaker|person|participant)( ?[a-z0-9])?",
    re.IGNORECASE,
)
NAME = r"[^\W\d_][\w.'\u2019-]*(?: [\w.'\u2019-]+){0,2}"
_NO_NAMES = re.compile(
    r"notes?|warning|edit|update|examples?|question|answer|summary|step|subject|re|date|from|to|cc|"
    r"ps|tip|hint|todo|results?|output|input|title|https?",
    re.IGNORECASE,
)
_LEAST_SHARE = 16
"""A name opens one in so many turns of a document, or it is a word before a colon."""
_RULE = re.compile(r"\n\s*\n[-=*#_~]{3,}[ \t]*\n\s*\n")
_LAST_RULE = re.compile(r"\n\s*\n[-=*#_~]{3,}\s*\Z")
_LONGEST_RULE = 80
_LONGEST_TITLE = 200
_FEWEST_TURNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The conversations of an offer. Turns are those that can be told beyond doubt."""

    text: str
    form: tuple[str, str, str]
    speakers: tuple[str, ...]
    """Names, the one with most turns first."""
    conversations: list[tuple[int, int]]
    """Characters [start, stop) of each, white space and rules around it left out."""
    starts: Ints
    """int64[T]: where each turn opens, with its speaker's name."""
    said: Ints
    """int64[T]: where that begins which is said."""
    stops: Ints
    """int64[T]: where it ends, white space and closing mark left out."""
    who: list[str]
    """Speaker of each turn."""
    home: Ints
    """int64[T]: the conversation of each turn."""

    def manner(self) -> dict[str, list[str]]:
        """Return what a solver must know to read the turns: their form, and who speaks."""
        return {"form": list(self.form), "speakers": list(self.speakers)}

    def nearest(self, offer: Offer, depth: float) -> list[int]:
        """Return the turns, the one nearest to a share of the offered tokens first."""
        ends = offer.token_ends
        place = int(ends[min(int(depth * len(ends)), len(ends) - 1)])
        nearest: list[int] = np.argsort(np.abs(self.starts - place), kind="stable").tolist()
        return nearest


def read(offer: Offer) -> Talk:
    """Return the conversations of an offer. Raises UnfitError where turns cannot be told."""
    text = offer.text
    form = _form(offer)
    stops = [start - 1 for start in offer.starts[1:]] + [len(text)]
    found = list(_opening(form, NAME).finditer(text))
    names = [one["who"] for one in found]
    at = np.array([one.start() for one in found], np.int64)
    document = np.searchsorted(offer.starts, at, side="right") - 1
    speakers, clear = _speakers(names, document.tolist(), len(stops))
    kept = [index for index, name in enumerate(names) if name in speakers]
    openings = at[kept]
    conversations = [
        piece
        for start, stop in zip(offer.starts, stops, strict=True)
        for piece in _conversations(text, start, stop, openings=openings)
    ]
    turns = [index for index in kept if clear[document[index]]]
    if len(speakers) < 2 or len(turns) < _FEWEST_TURNS:  # noqa: PLR2004 - one is no talk
        raise UnfitError("no conversation in which turns can be told")
    starts = at[turns]
    home = np.searchsorted([start for start, _ in conversations], starts, side="right") - 1
    ends = np.array([stop for _, stop in conversations], np.int64)[home]
    # The next opening of any speaker ends a turn, or else its conversation does.
    behind = np.append(openings, len(text))[np.searchsorted(openings, starts, side="right")]
    said = np.array([found[index].end() for index in turns], np.int64)
    return Talk(
        text=text,
        form=form,
        speakers=speakers,
        conversations=conversations,
        starts=starts,
        said=said,
        stops=_closed(text, said, np.minimum(behind, ends), close=form[2]),
        who=[names[index] for index in turns],
        home=home.astype(np.int64),
    )


def first_words(text: str, start: int, stop: int, most: int) -> str | None:
    """Return the first words of [start, stop), or None where a line ends among them."""
    found = re.compile(rf"\S+(?:[^\S\n]+\S+){{0,{most - 1}}}").match(text, start, stop)
    if found is None or (found.end() < stop and len(found[0].split()) < most):
        return None
    # Words parted by one blank each: two look like one, and who answers would write one.
    return found[0] if found[0] == " ".join(found[0].split()) else None


def alone(text: str, phrase: str) -> bool:
    """Say whether a phrase stands once in a text, by its characters and so by its words."""
    at = text.find(phrase)
    return at >= 0 and text.find(phrase, at + 1) < 0


def _opening(form: tuple[str, str, str], names: str) -> re.Pattern[str]:
    before, after, _ = (re.escape(mark) for mark in form)
    return re.compile(rf"^{before}(?P<who>{names}){after}", re.MULTILINE)


def _form(offer: Offer) -> tuple[str, str, str]:
    """Return the form in which most documents open, in their first line or below a title."""
    scores = []
    for form in FORMS:
        opening = _opening(form, NAME)
        heads = (offer.text[start : start + _LONGEST_TITLE] for start in offer.starts[:64])
        scores.append(sum(opening.search(head) is not None for head in heads))
    if not max(scores):
        raise UnfitError("no document opens with a speaker's name")
    return FORMS[scores.index(max(scores))]


def _speakers(
    names: list[str], document: list[int], num_documents: int
) -> tuple[tuple[str, ...], list[bool]]:
    """Return who speaks, most turns first, and for each document whether that is beyond doubt."""
    counts = Counter(names)
    roles = {name for name in counts if ROLES.fullmatch(name)}
    if sum(counts[name] for name in roles) * 2 > len(names):
        # What stands before other colons is the speakers' own.
        return tuple(sorted(roles, key=lambda name: (-counts[name], name))), [True] * num_documents
    opened = Counter(document)
    both = Counter(zip(document, names, strict=True))
    speakers = {
        name
        for (where, name), count in both.items()
        if count > 1 and count * _LEAST_SHARE >= opened[where] and not _NO_NAMES.fullmatch(name)
    }
    clear = [True] * num_documents
    for where, name in both:
        clear[where] = clear[where] and name in speakers
    return tuple(sorted(speakers, key=lambda name: (-counts[name], name))), clear


def _conversations(text: str, start: int, stop: int, *, openings: Ints) -> list[tuple[int, int]]:
    """Return the conversations of one document: parted by rules behind which somebody speaks."""
    pieces, at = [], start
    for rule in _RULE.finditer(text, start, stop):
        index = int(np.searchsorted(openings, rule.end()))
        opens = int(openings[index]) if index < len(openings) else stop
        title = text[rule.end() : min(opens, rule.end() + _LONGEST_TITLE + 1)]
        if opens < stop and len(title) <= _LONGEST_TITLE and title.count("\n\n") <= 1:
            pieces.append((at, rule.start()))
            at = rule.end()
    last = _LAST_RULE.search(text, max(at, stop - _LONGEST_RULE), stop)
    pieces.append((at, last.start() if last else stop))
    return [_stripped(text, *piece) for piece in pieces if text[slice(*piece)].strip()]


def _stripped(text: str, start: int, stop: int) -> tuple[int, int]:
    piece = text[start:stop]
    return start + len(piece) - len(piece.lstrip()), stop - len(piece) + len(piece.rstrip())


def _closed(text: str, said: Ints, stops: Ints, *, close: str) -> Ints:
    """Return where each turn ends once white space and the mark that closes it are gone."""
    ends = []
    for start, stop in zip(said.tolist(), stops.tolist(), strict=True):
        words = text[start:stop].rstrip()
        ends.append(start + len(words.removesuffix(close).rstrip() if close else words))
    return np.array(ends, np.int64)
