"""Recall: words of the text itself, found by the words beside them and repeated one for one.

The haystack stays as it is. The question quotes a cue, a run of words that occurs once, and asks
for the words right `after` it, right `before` it, or `between` it and a second cue. No half of the
answer occurs a second time, so nothing but its own place tells it; the `shared` words of the cue
that touch the answer do occur again, so a search for those alone ends in wrong places too.

    ... pushed the oars away and told the boy to keep the lantern under his coat, for the tide ...

    7 words after "pushed the oars away and told the boy"   ->  to keep the lantern under his coat,
    7 words before "under his coat, for the tide"           ->  told the boy to keep the lantern

A word is what white space parts. Cue and answer may run over line breaks, though no empty line: a
cue is quoted with single spaces, an answer is the text's own, line breaks and all, as is always
said. All that occurs once does so with case and line breaks left aside. The run is the nearest
fitting one to the wished depth. Cost: one pass that folds the text, and a few searches in it for
each run that is tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import Literal, get_args

import numpy as np
from pydantic import Field, model_validator

from generators.tasks._parts.wordings import fields_of
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Ask = Literal["after", "before", "between"]
WHERE: dict[Ask, str] = {
    "after": 'right after "{0}"',
    "before": 'right before "{0}"',
    "between": 'between "{0}" and "{1}"',
}
REACHES = (2_000, 40_000)
"""Characters on each side of the wished depth in which runs are looked for, first and last."""
RULE = (
    " White space parts words; what is quoted here has single spaces between them, the answer has "
    "the white space of the text."
)
"""Behind every question."""
MOST_TRIES = 400
"""Runs of each reach whose words are searched for before the haystack is given up."""
_SHORTEST_HALF = 3
"""Words: two of them may well occur again in any text."""
_PARTED = re.compile(r"\n\s*\n|={5}")
"""An empty line, or the line over a file of a repository: no run goes over it."""


class RecallSpec(Strict):
    """How hard one sample is; nothing here depends on its length."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked for; `mixed` draws after, before or between."""
    words: int = Field(default=8, ge=3, le=64)
    """Words of the answer."""
    cue: int = Field(default=8, ge=2, le=32)
    """Words of each cue."""
    shared: int = Field(default=2, ge=0, le=8)
    """Words of the (first) cue, those that touch the answer, that occur elsewhere too."""

    @model_validator(mode="after")
    def _fits(self) -> "RecallSpec":
        if self.shared >= self.cue:
            raise ValueError(
                f"shared is {self.shared} and cue is {self.cue}; a cue that occurs once cannot "
                "occur elsewhere as a whole, so shared is less than cue"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Consecutive words of the text: an answer and its cue or cues."""

    start: int
    stop: int
    """Characters of the offered text."""
    answer: str
    cues: tuple[str, ...]
    touching: str
    """The shared words; empty when there are none."""


def num_evidence(_: RecallSpec) -> int:
    """Return 1: cue and answer are one run, whose depth is wished for."""
    return 1


def plan(
    rng: np.random.Generator,
    spec: RecallSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the text whole, a cue, and the words beside it.

    Raises UnfitError where no run of words near the wished depth is fair, and ValueError when there
    is not one depth.
    """
    (depth,) = depths
    asks = get_args(Ask)
    ask: Ask = asks[int(rng.integers(len(asks)))] if spec.ask == "mixed" else spec.ask
    text, ends = haystack.text, haystack.token_ends
    opening = haystack.count(template.question + RULE) + spec.cue if haystack.opens else 0
    wished = int(depth * (opening + len(ends))) - opening
    at = int(ends[wished - 1]) if wished > 0 else 0
    folded = _folded(text)
    runs = [islice(_runs(text, at, reach, spec=spec, ask=ask), MOST_TRIES) for reach in REACHES]
    for run in chain.from_iterable(runs):
        question = template.question.format(count=spec.words, where=WHERE[ask].format(*run.cues))
        question += RULE
        if run.answer not in question and _fair(run, folded):
            return Plan(
                body=(Passage(start=0, stop=len(text)),),
                marks=(Mark(start=run.start, stop=run.stop, part=0),),
                question=question,
                lead=template.lead,
                parts=(run.answer,),
                template=template.name,
                params={**spec.model_dump(), "ask": ask},
            )
    raise UnfitError(f"no run near depth {depth:.2f} holds {spec.words} words that occur once")


def _runs(text: str, at: int, reach: int, *, spec: RecallSpec, ask: Ask) -> Iterator[_Run]:
    """Yield the runs of the right shape, the nearest to character `at` first."""
    low = max(at - reach, 0)
    found = [word.span() for word in re.finditer(r"\S+", text[low : at + reach])][1:-1]
    sizes = {
        "after": (spec.cue, spec.words),
        "before": (spec.words, spec.cue),
        "between": (spec.cue, spec.words, spec.cue),
    }[ask]
    edges = [0, *np.cumsum(sizes).tolist()]
    begins = low + np.array([start for start, _ in found[: len(found) - edges[-1] + 1]], np.int64)
    for first in np.argsort(np.abs(begins - at), kind="stable").tolist():
        spans = [(found[first + a][0], found[first + b - 1][1]) for a, b in pairwise(edges)]
        runs = [text[low + start : low + stop] for start, stop in spans]
        answer = runs.pop(0 if ask == "before" else 1)
        if any('"' in cue for cue in runs) or _PARTED.search("\t".join([answer, *runs])):
            continue
        words = runs[0].split()
        near_words = words[: spec.shared] if ask == "before" else words[spec.cue - spec.shared :]
        yield _Run(
            start=low + spans[0][0],
            stop=low + spans[-1][1],
            answer=answer,
            cues=tuple(" ".join(cue.split()) for cue in runs),
            touching=" ".join(near_words),
        )


def _fair(run: _Run, folded: str) -> bool:
    """Say whether cues and answer occur once, and the answer is no ornament."""
    words = run.answer.split()
    spelled = sum(bool(re.search(r"[^\W\d_]{2}", word)) for word in words)
    if 2 * spelled < len(words) or 2 * len(set(words)) <= len(words):
        return False
    if run.touching and folded.count(f" {_folded(run.touching).strip()} ") < 2:  # noqa: PLR2004
        return False
    half = len(words) // 2
    halves = (" ".join(words[:half]), " ".join(words[half:]))
    once = (*run.cues, *(halves if half >= _SHORTEST_HALF else (run.answer,)))
    return all(folded.count(_folded(phrase).strip()) == 1 for phrase in once)


def _folded(text: str) -> str:
    """Return the text in lower case, each run of white space one space, and one at either end."""
    return f" {' '.join(text.lower().split())} "


WORDINGS = """\
Copy the {count} words that stand {where}. A word is whatever white space sets apart; keep \
capitals and punctuation.
  The copy:
A typesetter lost his place. Give him the {count} words found {where}, each letter and mark as it \
was, counting by the spaces.
  Set this:
Which {count} words does the text have {where}? Answer with them alone, unchanged, commas and all; \
spaces decide what a word is.
  The text has:
Recite, without any change, the {count} space-separated words {where} in the material given here.
  Recited:
Somebody tore a strip from a photocopy. It held the {count} words {where}. Restore it verbatim; \
punctuation belongs to the word it touches.
  On the strip:
Quotation wanted: the {count} words {where}. Spelling, case and signs are to be the source's own, \
and words are split at blanks only.
  Quotation:
What are the {count} words {where}? Be literal: split at blanks or line ends, and alter no \
character.
  Literally:
An actor dries up on stage. Prompt him with the {count} words {where}, precisely as the script has \
them (a word ends where a blank begins).
  Prompt:
Find the one spot that fits and write down {count} words: those {where}. Nothing is to be \
corrected, not even an odd mark.
  Written down:
Extract {count} whitespace-delimited tokens {where} in the document; preserve every character.
  Extracted:
A court needs the wording and no paraphrase: {count} words, {where}. Read them into the record \
with their punctuation.
  For the record:
My neighbour reads aloud and I missed {count} words, the ones {where}. What were they, to the \
letter?
  I missed:
The index card should bear the {count} words {where}, a faithful transcript in which hyphens join \
and blanks divide.
  Index card:
Look up where this stands and continue exactly: the {count} words {where}, no more and no fewer, \
typed as printed.
  Typed:
Fill a gap in my notes, please. I need the {count} words {where}; take them over with all their \
commas, quotes and capitals.
  For the notes:
Verbatim check. State the {count} words {where}; a word here is any stretch free of blanks, signs \
included.
  Checked:
The blind man's companion is asked for the {count} words {where} and repeats them like an echo, \
adding nothing.
  Echo:
Give the slice of {count} consecutive words {where}. Splitting is by white space and the slice is \
returned raw.
  Slice:
To settle a bet, tell us the {count} words {where} in what was read above or below, true to the \
last comma.
  It reads:
A parchment has faded in one place: the {count} words {where}. Ink them again just as they were; \
what has no blank inside is one word.
  Inked again:
The engraver wants the {count} words {where} for his plate and will cut each sign he is given, so \
be exact.
  For the plate:
From the passage supplied, dictate the {count} words {where}. The clerk takes signs that touch a \
word as part of it.
  Dictation:
Someone searched for a phrase and wants its neighbours: the {count} words {where}, shown in their \
original form.
  Neighbours:
Answer by heart, as a chorister would: which {count} words come {where}? Blanks separate them and \
signs stay on.
  By heart:
The telegraph office charges per word and sends {count} of them, namely those {where}, with no \
letter amended.
  Sent:
Retype the {count} words {where} from the source. Do not tidy: case, stops and brackets are kept \
where they are.
  Retyped:
Our lexicographer collects usage. Supply the {count} words {where}, cited as they stand, with a \
break at each blank.
  Citation:
diff reports {count} missing words {where}. Put them back unmodified, counting a word from blank \
to blank.
  Put back:
"""
"""Our own: a question with its count and its place, and the lead of the answer."""

TEMPLATES = tuple(
    Template(statement="", question=question, lead=lead)
    for question, lead in fields_of(WORDINGS, lines=2)
)

TASK = Task(
    name="recall",
    version=1,
    spec=RecallSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    depth_kind="natural",
    composes=True,
)
