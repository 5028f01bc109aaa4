"""Reorder: in which order things stand, where that can be proved from the text itself.

`quotes` leaves the text as it is, takes one short run of words from each of `units` equal stretches
of it and lists the runs in another order: each stands in the text exactly once. `pieces` cuts the
text itself into `units` pieces, shuffles them under labels, and lets every piece but the first open
with the last words of the one before it. Asked is the whole order, or which label comes directly
before or after another.

    B: the ferry was late again       the text has D, then B, then C     order          D, B, C
    C: nobody had thought of salt                                        after B        C
    D: snow lay on both banks                                            before B       D

No quote has a number or a chapter's heading in it, and shuffled pieces lose such headings: they
would tell the order. A text with too few runs of words that stand in it once is refused. Cost: the
words of the text once, and a search through it for each unit.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from generators.entities.runs import Span, first_words, headings, outside, runs_of
from schemas.errors import UnfitError
from schemas.recipe import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Form = Literal["quotes", "pieces"]
Ask = Literal["order", "next", "previous"]
FEWEST, MOST, TOKENS_A_UNIT = 8, 64, 1024
LETTERS = "BCDEFGHJKLMNPQRSTUVWXYZ"
"""Labels of few units; A, I and O are words of the text too."""
SIDES = {"order": "", "next": "after", "previous": "before"}
RULES = {
    "quotes": "Each of them stands in the text once, if line breaks count as spaces.",
    "pieces": 'A line such as "{line}" stands over each and gives its label. Every one but the '
    "first repeats, to begin with, the last {words} words of the one that it continues.",
    "order": "Write all labels, the earliest first, with commas between.",
    "next": "Write one label.",
    "previous": "Write one label.",
}


class ReorderSpec(Strict):
    """How hard one sample is."""

    units: int | None = Field(default=None, ge=3, le=MOST)
    """Quotes or pieces; null takes one for each 1,024 tokens, at least 8 and at most 64."""
    form: Form | Literal["mixed"] = "mixed"
    """Quotes of a text that stays whole, or the text itself in pieces; `mixed` draws one."""
    ask: Ask | Literal["mixed"] = "mixed"
    """The whole order, or one label's neighbour; `mixed` draws the order for half the samples."""
    words: int = Field(default=10, ge=6, le=32)
    """Words of a quote, or that a piece repeats of the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """A body, and where each unit leads to the next and begins, in the order of the text."""

    body: tuple[Passage, ...]
    ends: list[Span]
    opens: list[Span]


def plan(
    rng: np.random.Generator,
    spec: ReorderSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: its body, the labels as they are shown, and what is asked of their order.

    Raises UnfitError where a stretch of the text has no run of words that stands once in the whole
    text, and ValueError when it is given depths.
    """
    if depths:
        raise ValueError(f"{len(depths)} depths for evidence that is spread")
    form, ask = _settled(rng, spec)
    units = spec.units or min(max(haystack.room // TOKENS_A_UNIT, FEWEST), MOST)
    slots = rng.permutation(units).tolist()  # where each unit is shown
    letters = units <= len(LETTERS) and bool(rng.integers(2))
    names = [LETTERS[slot] if letters else str(slot + 1) for slot in slots]
    shown = np.argsort(slots).tolist()
    shown = [(names[unit], unit) for unit in np.argsort(slots).tolist()]
    quoted = form == "quotes"
    if quoted:
        laid = _quoted(rng, haystack, units=units, words=spec.words)
    else:
        laid = _cut(rng, haystack, shown, line=template.statement, words=spec.words)
    at = int(rng.integers(units - 1))
    wording = dict(zip(("pieces", "order", "step"), template.more, strict=True))
    intro, rule = (template.question if quoted else wording["pieces"]), RULES[form]
    asked = wording["order" if ask == "order" else "step"]
    listed = [(name, haystack.text[slice(*laid.ends[unit])].split()) for name, unit in shown]
    lines = [
        f"{intro.format(count=units)} "
        f"{rule.format(line=f'{template.statement} {shown[0][0]}', words=spec.words)}",
        *(f"{name}: {' '.join(quote)}" for name, quote in listed if quoted),
        f"{asked.format(side=SIDES[ask], label=names[at + (ask == 'previous')])} {RULES[ask]}",
    ]
    settled = {"units": units, "form": form, "ask": ask, "line": template.statement}
    answer = {"order": names, "next": names[at + 1 : at + 2], "previous": names[at : at + 1]}[ask]
    return Plan(
        body=laid.body,
        marks=_marks(laid, None if ask == "order" else at, quoted=quoted),
        question="\n".join(lines) if quoted else " ".join(lines),
        lead=template.lead,
        parts=tuple(answer),
        template=template.name,
        params={**spec.model_dump(), **settled},
    )


def _settled(rng: np.random.Generator, spec: ReorderSpec) -> tuple[Form, Ask]:
    forms: tuple[Form, ...] = ("quotes", "pieces")
    asks: tuple[Ask, ...] = ("order", "order", "next", "previous")
    form, ask = forms[int(rng.integers(2))], asks[int(rng.integers(4))]
    return form if spec.form == "mixed" else spec.form, ask if spec.ask == "mixed" else spec.ask


def _bounds(offer: Offer, units: int) -> list[int]:
    """Return the characters that part the offered text into stretches of equally many tokens."""
    stop = len(offer.text.rstrip())
    ends = offer.token_ends[np.linspace(0, len(offer.token_ends) - 1, units + 1).astype(np.int64)]
    return [0, *np.minimum(ends[1:-1], stop).tolist(), stop]


def _quoted(rng: np.random.Generator, offer: Offer, *, units: int, words: int) -> _Laid:
    """Leave the text whole; quote a run of words from each stretch of it."""
    runs, bounds = runs_of(offer.text, words=words), _bounds(offer, units)
    found = [runs.find(rng, part, starts="sentence") for part in itertools.pairwise(bounds)]
    return _Laid(body=(Passage(start=0, stop=bounds[-1]),), ends=found, opens=found)


def _cut(
    rng: np.random.Generator, offer: Offer, shown: list[tuple[str, int]], *, line: str, words: int
) -> _Laid:
    """Cut the text after a run of words in each stretch but the last, and show it as told."""
    text, bounds = offer.text, _bounds(offer, len(shown))
    if re.search(rf"^{line} \w+$", text, re.MULTILINE):
        raise UnfitError(f"a line of the text is {line!r} and a word, as a label's line is")
    runs = runs_of(text, words=words)
    seams = [runs.find(rng, part, starts="word") for part in itertools.pairwise(bounds[:-1])]
    ends = [*(stop for _, stop in seams), bounds[-1]]
    left_out = headings(text)
    kept = [outside(span, left_out) for span in itertools.pairwise([0, *ends])]
    opens = [first_words(text, parts[0], most=words) for parts in kept]
    told = [" ".join(text[start:stop].split()) for start, stop in seams]
    first, last = (" ".join(text[a:b] for a, b in kept[at]).split() for at in (0, -1))
    if " ".join(first[:words]) in [*told, " ".join(last[-words:])]:
        raise UnfitError("the text begins with words that a piece ends with")
    body: list[Passage] = []
    for name, unit in shown:
        gap, seam = "\n\n" if body else "", f"{told[unit - 1]} " if unit else ""
        body.append(Passage(text=f"{gap}{line} {name}\n{seam}"))
        begin = opens[unit][0]  # white space at a cut is the task's own
        body += [Passage(start=max(a, begin), stop=b) for a, b in kept[unit] if b > begin]
    return _Laid(body=tuple(body), ends=[*seams, opens[-1]], opens=opens)


def _marks(laid: _Laid, at: int | None, *, quoted: bool) -> tuple[Mark, ...]:
    """Return the evidence: of each label's place, or of the step from unit `at` to the next."""
    if at is None:
        return tuple(Mark(start=a, stop=b, part=part) for part, (a, b) in enumerate(laid.ends))
    # Only the other quotes tell that none of them stands between the two.
    spans = laid.ends if quoted else [laid.ends[at], laid.opens[at + 1]]
    return tuple(Mark(start=a, stop=b, part=0) for a, b in spans)


WORDINGS = """\
Sheet | Sheets: | Somebody copied {count} scraps out of this text and dropped them on the floor.
  The pages of this text came back from the binder as {count} loose sheets, badly mixed.
  Put the labels into the order that the text has.
  Going by the text, whose label comes directly {side} "{label}"?
Reel | In sequence: | An actor knows {count} lines of this text by heart, but not when each is due.
  A projectionist holds {count} reels of this text and has threaded them anyhow.
  In which sequence do the labels run as the text was written?
  Which label has its turn directly {side} "{label}" in what was written?
Folder | The clerk notes: | An index clerk was handed {count} extracts of the text.
  The clerk received this text split over {count} folders, which fell off the trolley.
  Restore the extracts' or folders' labels to their proper succession.
  In the proper succession, which label is directly {side} "{label}"?
Strip | Woven: | For a collage {count} phrases were snipped from a duplicate of this text.
  A text was slit into {count} strips and then glued down in a different arrangement.
  Which arrangement of the labels follows the original from start to finish?
  Following the original, which label would lie directly {side} "{label}"?
Crate | Unpacked: | The mover's list has {count} wordings found in the text and nothing on where.
  This text travelled in {count} crates and nobody watched how they were unloaded.
  Name the labels as the text, read from its start, reaches them.
  Reading from the start, which label is reached directly {side} "{label}"?
Slide | Run them as: | A lecturer wants to show {count} citations of the text as they occur.
  The lecture of this text lies in {count} slides, tipped out of the tray and put back blindly.
  Sort all labels so that the lecture can be given again.
  In a lecture well sorted, what label goes directly {side} "{label}"?
Leaf | Leaves: | Pressed between covers are {count} sayings that a reader took from the text.
  Wind took the {count} leaves of this text and a boy brought them back as he found them.
  Lay the labels out again from the opening to the close.
  Laid out again, which label falls directly {side} "{label}"?
Track | Playlist: | Out of a reading of the text {count} samples were recorded for a trailer.
  The reading of this text fills {count} tracks, played here on shuffle.
  What playlist of labels would play them straight through?
  On a straight playlist, which label plays directly {side} "{label}"?
Bundle | Tied again: | Counsel quotes {count} phrases from this text to a court.
  The papers of the case were served as {count} bundles without any regard to their run.
  State the run of the labels for the court.
  Counsel asks for the label directly {side} "{label}" in the true run.
Plank | Nailed down: | Burnt into a fence are {count} pieces of wording, all from one text.
  To print the text on a fence took {count} planks, and they were put up by a joker.
  How should the labels succeed one another?
  How it should be: which label sits directly {side} "{label}"?
Frame | Storyboard: | The storyboard wants a picture for each of {count} moments in the text.
  A storyboard of {count} frames holds this text, and the pins came out overnight.
  Pin the labels up again as the story is told.
  As it is told, which label must hang directly {side} "{label}"?
Packet | Reassembled: | A filter logged {count} fragments of this text and lost their offsets.
  The transfer delivered this text in {count} packets that overtook one another.
  Sort the labels by offset in the transmitted text.
  By offset, which label is found directly {side} "{label}"?
Tile | Mosaic: | On the studio wall are {count} inscriptions, each borrowed from the text.
  The mosaic of this text was lifted in {count} tiles and relaid by apprentices.
  From first to last, how ought the labels be relaid?
  Properly relaid, which label touches directly {side} "{label}"?
Wagon | Coupled: | Chalked on a shed wall are {count} remarks that one meets along this text.
  This text rolled in as a train of {count} wagons that the yard had coupled at random.
  Couple the labels as they left the author's yard.
  As they left it, which label was coupled directly {side} "{label}"?
Card | Card by card: | A student has {count} flash cards, one passage of the text on every one.
  The text was dealt as {count} cards after a thorough shuffling.
  Undo the shuffling and tell the labels one by one.
  With the shuffling undone, which label is dealt directly {side} "{label}"?
Scroll | On the shelf: | The librarian jotted down {count} phrases, to test who reads closely.
  On the shelf are {count} scrolls of a single text, replaced by a careless visitor.
  For the librarian, name the labels as a close reader meets them.
  To a close reader, which label shows up directly {side} "{label}"?
Chunk | sorted: | # input: {count} substrings of the text, unsorted
  # input: one text in {count} chunks, unsorted
  # output: the labels, sorted by where they begin in the original text
  # output: of the sorted labels, the one directly {side} "{label}"
Notepaper | I arranged: | My aunt underlined {count} places in this text and sent me the words.
  My aunt wrote this text on {count} sheets of letter paper, and I opened the envelope too fast.
  Tell her the labels as her pen came by them.
  As her pen went, which label was it directly {side} "{label}"?
Coil | Unrolled: | The telegraph office kept {count} snatches of what came over the wire.
  What came over the wire was stored on {count} coils of tape, then hung on the nearest hook.
  How do the labels follow each other on the wire?
  On the wire, which label went out directly {side} "{label}"?
Slab | The mason's list: | Tourists dispute which of {count} bits of this text is the earlier one.
  A mason numbered or lettered {count} slabs of the text only once they had been jumbled.
  Settle it: list every label by its place.
  Settle this: in the text's course, which label is directly {side} "{label}"?
Basket | Harvest: | Gathered from the text by a gleaner: {count} short ears of it.
  The text was carried home in {count} baskets, and they stand where there was space.
  In what order did the labels grow in the field?
  In the field, what label grew directly {side} "{label}"?
Roll | Spliced: | The editor's desk has {count} captions, all spoken in this text.
  On the editor's desk are {count} rolls that together give this text, in no order at all.
  Splice the labels for the final version.
  In the final version, which label is spliced directly {side} "{label}"?
Stall | Along the street: | A walker through this text picked up {count} remarks.
  Along the street are {count} stalls, each selling one portion of a text out of turn.
  Walk through the text once and call the labels as you pass them.
  On that walk, which label is passed directly {side} "{label}"?
Plate | For the press: | Proof copies exist of {count} phrases in the text, without page numbers.
  The printer cast this text in {count} plates, then inked them as they came to hand.
  Give the press the labels as readers will see them.
  As readers will see it, which label is printed directly {side} "{label}"?
"""
"""Our own: a piece's noun and the lead, quotes, pieces, the whole order, one step of it."""


def _read(wordings: str) -> Iterator[Template]:
    lines = [line.strip() for line in wordings.splitlines()]
    for first, *more in zip(*(lines[part::4] for part in range(4)), strict=True):
        noun, lead, quotes = first.split(" | ")
        yield Template(statement=noun, lead=lead, question=quotes, more=tuple(more))


TEMPLATES = tuple(_read(WORDINGS))

TASK = Task(
    name="reorder",
    version=1,
    spec=ReorderSpec,
    templates=TEMPLATES,
    num_evidence=lambda _: 0,
    plan=plan,
    depth_kind="spread",
    unique="solution",
    composes=True,
)
