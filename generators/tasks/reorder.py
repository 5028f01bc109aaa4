"""Reorder: in which order things stand, where that can be proved from the text itself.

`quotes` leaves the text as it is, takes one short run of words from each of `units` equal stretches
of it and lists the runs in another order: each stands in the text exactly once. `pieces` cuts the
text itself into `units` pieces, shuffles them under labels, and lets every piece but the first open
with the last words of the one before it. Asked is the whole order, or which label comes directly
before or after another.

    B: the ferry was late again       the text has D, then B, then C     order          D, B, C
    C: nobody had thought of salt                                        after B        C
    D: snow lay on both banks                                            before B       D

No quote has a number or a chapter's heading in it, and shuffled pieces lose such headings, as well
as the lines over the files of a repository: they would tell the order. A text with too few runs of
words that stand in it once is refused. Cost: the words of the text once, and a search through it
for each unit.
"""

import itertools
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from generators.entities.runs import Runs, Span, first_words, headings, outside, runs_of
from generators.tasks._parts.reorder_words import RULES, TEMPLATES
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Form = Literal["quotes", "pieces"]
Ask = Literal["order", "next", "previous"]
FEWEST, MOST, TOKENS_A_UNIT = 8, 64, 1024
LETTERS = "BCDEFGHJKLMNPQRSTUVWXYZ"
"""Labels of few units; A, I and O are words of the text too."""
_FILE_LINE = re.compile(r"^===== .+ =====$\n?", re.MULTILINE)
"""Over each file of a repository, whose files stand in the order of their names."""
_TRIES = 16
SIDES = {"order": "", "next": "after", "previous": "before"}


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
    files = _file_lines(offer.text)
    found = [
        _run(rng, runs, part, starts="sentence", without=files)
        for part in itertools.pairwise(bounds)
    ]
    return _Laid(body=(Passage(start=0, stop=bounds[-1]),), ends=found, opens=found)


def _cut(
    rng: np.random.Generator, offer: Offer, shown: list[tuple[str, int]], *, line: str, words: int
) -> _Laid:
    """Cut the text after a run of words in each stretch but the last, and show it as told."""
    text, bounds = offer.text, _bounds(offer, len(shown))
    if re.search(rf"^{line} \w+$", text, re.MULTILINE):
        raise UnfitError(f"a line of the text is {line!r} and a word, as a label's line is")
    runs = runs_of(text, words=words)
    files = _file_lines(text)
    seams = [
        _run(rng, runs, part, starts="word", without=files)
        for part in itertools.pairwise(bounds[:-1])
    ]
    ends = [*(stop for _, stop in seams), bounds[-1]]
    left_out = sorted([*headings(text), *files])
    kept = [_kept(text, span, left_out) for span in itertools.pairwise([0, *ends])]
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


def _kept(text: str, span: Span, left_out: list[Span]) -> list[Span]:
    """Return the parts of a piece that are shown; there is one at least."""
    parts = [part for part in outside(span, left_out) if text[slice(*part)].strip()]
    if not parts:
        raise UnfitError("a piece of nothing but headings and white space")
    return parts


def _file_lines(text: str) -> list[Span]:
    return [found.span() for found in _FILE_LINE.finditer(text)]


def _run(
    rng: np.random.Generator,
    runs: Runs,
    part: Span,
    *,
    starts: Literal["sentence", "word"],
    without: list[Span],
) -> Span:
    """Return a run of words of a stretch that goes over none of some lines."""
    inside = [(a, b) for a, b in without if a < part[1] and b > part[0]]
    for _ in range(_TRIES):
        start, stop = runs.find(rng, part, starts=starts)
        if not any(a < stop and b > start for a, b in inside):
            return start, stop
    raise UnfitError("no words in a row of a stretch are of one file alone")


def _marks(laid: _Laid, at: int | None, *, quoted: bool) -> tuple[Mark, ...]:
    """Return the evidence: of each label's place, or of the step from unit `at` to the next."""
    if at is None:
        return tuple(Mark(start=a, stop=b, part=part) for part, (a, b) in enumerate(laid.ends))
    # Only the other quotes tell that none of them stands between the two.
    spans = laid.ends if quoted else [laid.ends[at], laid.opens[at + 1]]
    return tuple(Mark(start=a, stop=b, part=0) for a, b in spans)


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
