"""Counts: how often words of a long text stand in it, or in a part of it between two lines.

Nothing is planted but the two lines that bound a part. The words are the text's own, and it is
asked how often one stands there (`count`), which of several stands there most often (`most`), or
for all of them from the most frequent to the least (`ranking`).

    scope part, ask count      The tide was out.
                               The clerk Velmar starts here.
                               A Ship, two ships, and one ship more.
                               The clerk Velmar stops here.
                               No ship came.                            "ship"  ->  2

Only words that every way of reading counts alike are asked about: four to twelve plain letters,
nowhere in the text beside an apostrophe, a hyphen, an underscore, a digit or an accented letter,
so `ship` is left alone where `ship's` or `ship-yard` occurs. Words that every English text has at a
known rate are left out too. What a guess could lean on is drawn evenly and first: the count, among
those from `low` to `high` that words of this text have, and the place of the winner among the words
asked about where a lazy reader would count: in the whole text instead of a part of it, and in the
first third of a whole text. A word asked about stands outside its part as well. Cost: one pass of
numpy over the characters.
"""

import re
from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
from pydantic import Field, model_validator

from generators.lexicon import fresh
from generators.tasks._parts.rivals import FEWEST_COUNTS, rivals
from generators.tasks._parts.wordings import fields_of
from generators.tasks._parts.words import COMMON, Bools, Ints, Words, read_words, spell
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Ask = Literal["count", "most", "ranking"]
Scope = Literal["whole", "part"]

_ASKED = {
    "count": "How many times does the word {words} stand {scope}? Give a number in digits.",
    "most": "Which of the words {words} stands most often {scope}? Give that word alone.",
    "ranking": "Put the words {words} in order by how often each stands {scope}, the most frequent "
    "first, with commas between them.",
}
_RULE = (
    "Capital and small letters count alike. Only whole words count: a longer word that holds one "
    "is another word. This question is no part of the text."
)
_SCOPES = {
    "whole": "in the whole text",
    "part": 'between the line "{begin}" and the line "{end}"',
}
_FOLDED = re.compile("[\u017f\u212a]")
"""Two odd characters that some take for s and k, and some do not."""
_PARTS = (0.25, 0.6)
"""Share of the text that a part has."""
_NEAR = 0.05
"""Share of the text within which a line must begin where a part is wished to begin or end."""
_MOST_MARKS = 480


class CountsSpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws it for each sample."""
    scope: Scope | Literal["mixed"] = "mixed"
    """The whole text, or a part between two lines that are put into it; `mixed` draws one."""
    low: int = Field(default=2, ge=1, le=100)
    """The fewest times that a word asked about stands in the scope."""
    high: int = Field(default=24, ge=3, le=240)
    """The most times; short texts reach less, whatever is allowed: about 12 in 4,096 tokens."""
    words: int = Field(default=4, ge=2, le=8)
    """Words that `most` and `ranking` name."""
    margin: int = Field(default=2, ge=1, le=20)
    """Occurrences by which the winner leads, and in a ranking each word the next one."""

    @model_validator(mode="after")
    def _fits(self) -> "CountsSpec":
        needed = self.low + self.margin * (self.words - 1)
        if self.ask != "count" and self.high < needed:
            raise ValueError(
                f"high is {self.high}, and {self.words} words that are {self.margin} apart need "
                f"counts from {self.low} to {needed}; raise high, or lower words or margin"
            )
        if self.high < self.low + FEWEST_COUNTS - 1:
            raise ValueError(
                f"low is {self.low} and high is {self.high}; "
                f"a count is drawn from {FEWEST_COUNTS} or more, so raise high"
            )
        if self.words * self.high > _MOST_MARKS and self.ask != "count":
            raise ValueError(
                f"{self.words} words of up to {self.high} occurrences are more than "
                f"{_MOST_MARKS} pieces of evidence; lower words or high"
            )
        return self


def plan(
    rng: np.random.Generator,
    spec: CountsSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the scope, the words asked about, and what counting them gives.

    Uses all of the offered text and no depths. Raises UnfitError where no line begins near a bound
    of the part, and where the words of the text give too few different counts.
    """
    if depths:
        raise ValueError(f"{len(depths)} depths for a task whose evidence is where it is")
    ask, scope = _settled(rng, spec.ask, get_args(Ask)), _settled(rng, spec.scope, get_args(Scope))
    text = haystack.text
    if _FOLDED.search(text):
        raise UnfitError("the text has letters that some read as s or k and some do not")
    bounds = _part(rng, text) if scope == "part" else (0, len(text))
    key = fresh(rng, "name", taken=[], haystack=text)
    begin, end = (line.format(key=key) for line in (template.statement, *template.more))
    found = read_words(text)
    here, there = _counts(found, bounds, whole=scope == "whole")
    fit = found.clear & (here >= spec.low) & (here <= spec.high) & ~_banned(found, template)
    if scope == "part":
        fit &= there > here
    able = np.flatnonzero(fit)
    drawn = rivals(
        rng,
        here[able],
        elsewhere=there[able],
        size=1 if ask == "count" else spec.words,
        margin=spec.margin,
        ranked=ask == "ranking",
    )
    chosen = able[drawn].tolist()
    spelled = [spell(int(found.spelled[word])) for word in chosen]
    named = [f'"{word}"' for word in rng.permutation(spelled).tolist()]
    asked = _ASKED[ask].format(
        words=" and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named),
        scope=_SCOPES[scope].format(begin=begin, end=end),
    )
    parts = {"count": [str(here[chosen[0]])], "most": spelled[:1]}.get(ask, spelled)
    return Plan(
        body=tuple(_body(text, bounds, (begin, end) if scope == "part" else ())),
        marks=tuple(_marks(found, chosen, bounds=bounds, several=ask == "ranking")),
        question=f"{template.question} {asked} {_RULE}",
        lead=template.lead,
        parts=tuple(parts),
        template=template.name,
        params={**spec.model_dump(), "ask": ask, "scope": scope},
    )


def _settled(rng: np.random.Generator, wanted: str, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))] if wanted == "mixed" else wanted


def _banned(found: Words, template: Template) -> Bools:
    """Return which words are common, or stand in the task's own sentences."""
    own = [template.statement, *template.more, template.question, template.lead, _RULE]
    own += [*_ASKED.values(), *_SCOPES.values(), COMMON]
    return np.isin(found.spelled, read_words("\n".join(own)).spelled)


def _part(rng: np.random.Generator, text: str) -> tuple[int, int]:
    """Draw a part of the text that begins and ends where lines do, in characters."""
    size = rng.uniform(*_PARTS)
    begin = rng.uniform(0, 1 - size)
    bounds = _line(text, begin), _line(text, begin + size)
    if bounds[1] - bounds[0] < _PARTS[0] / 2 * len(text):
        raise UnfitError("no lines begin where a part could begin and end")
    return bounds


def _line(text: str, depth: float) -> int:
    """Return where a paragraph, or else a line, begins near this share of the text."""
    wished, reach = int(depth * len(text)), int(_NEAR * len(text))
    for gap in ("\n\n", "\n"):
        before = text.rfind(gap, max(wished - reach, 0), wished)
        after = text.find(gap, wished, wished + reach)
        places = [place + len(gap) for place in (before, after) if place >= 0]
        if places:
            return min(places, key=lambda place: abs(place - wished))
    raise UnfitError("no line begins near where a part should begin or end")


def _counts(found: Words, bounds: tuple[int, int], *, whole: bool) -> tuple[Ints, Ints]:
    """Return how often each word stands in the scope, and where a lazy reader would count."""
    size = len(found.spelled)
    inside = (found.starts >= bounds[0]) & (found.starts < bounds[1])
    lazily = found.starts < bounds[1] / 3 if whole else inside | True
    counts = [np.bincount(found.ids[where], minlength=size) for where in (inside, lazily)]
    return counts[0], counts[1]


def _marks(
    found: Words, chosen: list[int], *, bounds: tuple[int, int], several: bool
) -> Iterator[Mark]:
    """Yield each occurrence in the scope of each word asked about."""
    for index, word in enumerate(chosen):
        size = len(spell(int(found.spelled[word])))
        places = found.starts[found.ids == word]
        for start in places[(places >= bounds[0]) & (places < bounds[1])].tolist():
            yield Mark(start=start, stop=start + size, part=index if several else 0)


def _body(text: str, bounds: tuple[int, int], lines: tuple[str, ...]) -> Iterator[Passage]:
    """Yield the text, with a line of its own before and after the part if there is one."""
    cursor = 0
    for place, line in zip(bounds, lines, strict=False):
        gap = "\n\n" if text[:place].endswith("\n\n") else "\n"
        if place > cursor:
            yield Passage(start=cursor, stop=place)
        yield Passage(text=line + gap)
        cursor = place
    if cursor < len(text):
        yield Passage(start=cursor, stop=len(text))


WORDINGS = """\
From here the copyist {key} is paid by the word. | Here the copyist {key} lays down the pen.
  The copyist's wages are being settled. | By the copyist's bill:
# begin of the block that {key} audits | # end of the block that {key} audits
  An auditor keeps a tally of vocabulary. | # tally:
[Concordance, compiler {key}: first line] | [Concordance, compiler {key}: last line]
  A concordance is in the making. | The concordance gives:
The reading circle of {key} opens the page. | The reading circle of {key} shuts the page.
  Somebody in the circle ticks words off in pencil. | Pencil ticks:
*** {key}, proofs, run A *** | *** {key}, proofs, run B ***
  The type founder must know how many sorts to cast. | To be cast:
Whistle: the typing race of {key} is on. | Whistle: the typing race of {key} is off.
  Judges of the race compare their sheets. | On the judges' sheets:
<!-- {key}: start highlighting --> | <!-- {key}: stop highlighting -->
  The search box of the editor reports its hits. | Hits:
Here the actor {key} steps forward. | Here the actor {key} steps back.
  Prompters have a bet on what the audience hears. | The bet is won with:
The recording of {key} starts to turn. | The recording of {key} has run out.
  A linguist replays everything twice and makes strokes. | Strokes add up to:
// {key} turns the lexer on | // {key} turns the lexer off
  For the statistics of the lexer. | // result:
Bookmark, green ribbon, {key}. | Bookmark, red ribbon, {key}.
  The pupils were told to read with a sharp eye. | A sharp eye finds:
Lamp on, said {key}. | Lamp off, said {key}.
  All night, or while a lamp burned, a sleepless guest counted. | Counted by lamplight:
The translator {key} takes over. | The translator {key} hands on.
  A glossary is wanted before the translation goes out. | Glossary entry:
@@ {key} opens a review @@ | @@ {key} closes the review @@
  Reviewers dislike worn words and prove it with figures. | Their figure:
Milestone {key}, northern face. | Milestone {key}, southern face.
  A walker learns by heart what is written on the way. | Learned by heart:
Telegraph office {key}, key down. | Telegraph office {key}, key up.
  Each word costs a penny and the sender checks the bill. | On the bill:
Censor {key} uncaps the ink. | Censor {key} caps the ink.
  A censor keeps account of what may be struck out. | Account of the censor:
-----8<----- {key} cuts here -----8<----- | -----8<----- {key} cuts again -----8<-----
  The clipping service charges for mentions. | Mentions:
Verse pinned up by {key}, do not move. | Verse pinned up by {key}, also stays.
  Two poets quarrel over repetition. | Settled, it is:
At this bell {key} begins the dictation. | At this bell {key} ends the dictation.
  The schoolmaster tests whether anybody listened. | Whoever listened writes:
Catalogue mark {key}, recto. | Catalogue mark {key}, verso.
  Librarians describe a volume by its vocabulary. | Described by:
Watch of {key} set. | Watch of {key} relieved.
  A bored lookout kept score of words. | Score:
>>> {key} is listening now | >>> {key} has left the channel
  The bot in the channel answers questions about usage. | Bot:
Margin note by {key}: weigh what follows. | Margin note by {key}: weighed.
  An editor weighs words and trusts no impression. | Weighed:
The barrister {key} reads into the record. | The barrister {key} rests.
  Counsel on the other side wants exact numbers, or exact words. | For the record:
"""
"""Our own: the lines around a part; then a sentence before the question, and the lead."""

TEMPLATES = tuple(
    Template(statement=begin, question=question, lead=lead, more=(end,))
    for begin, end, question, lead in fields_of(WORDINGS, lines=2)
)

TASK = Task(
    name="counts",
    version=1,
    spec=CountsSpec,
    templates=TEMPLATES,
    num_evidence=lambda _: 0,
    plan=plan,
    depth_kind="spread",
    unique="solution",
    composes=True,
    shortest=4096,
)
