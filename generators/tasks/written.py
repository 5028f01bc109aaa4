r"""Written: a passage moved to a chosen depth, and a question that a language model wrote about it.

The model is the user's own and is never called from here: `longmix ask` writes a file of passages,
the model's answers come back in another, and only pairs that pass every check are used
(docs/written.md). The passage, a few paragraphs of one document, is planted in the text of another;
`distractors` are passages of other pairs, so that what is foreign to the text is not at once what
answers.

    pair        Who had the wheel of the ferry? -> Old Brack
    passage     "The ferry left at noon.\n\nOld Brack, who had the wheel, was deaf in one ear."
    sample      a chapter with that passage at 37 % of it; question and answer at its end

The answer stands in the passage alone, and no other stretch of the text as long as the passage has
all the words by which the question names it; a text that breaks this is unfit for the pair. The
sample keeps the quote with a blank for the answer, from which a solver finds it again. Cost: a
search of the haystack for the answer and for each of those words.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from pydantic import Field

from generators.lexicon import looks_random
from generators.tasks._parts.wordings import fields_of
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Plan, Plant, Task, Template
from schemas.written import Pair, Rules

_HEAVY = 1.3
"""Tokens a character of a passage, against those of the haystack: 0.8 to 1.25 among novels."""
_MOST_SHARE = 0.5
"""Of the text that passages may take; so a sample of 1,024 tokens has room for one of 400."""


class WrittenSpec(Strict):
    """Where the written pairs come from, and what stands beside the passage that is asked about."""

    requests: str = ""
    """File of passages that `longmix ask` wrote: a path or a URI."""
    responses: str = ""
    """File of the model's answers, one JSON object a line: id, question, answer, evidence."""
    rules: Rules = Rules()
    """What a question and its answer must be like."""
    distractors: int = Field(default=3, ge=0, le=32)
    """Passages of other pairs that are planted too, as many as there is room for."""
    pair: Pair | None = None
    """The pair that this sample asks about; filled in by the build, sample by sample."""
    others: tuple[str, ...] = ()
    """Passages to plant beside it; filled in by the build likewise."""


def num_evidence(spec: WrittenSpec) -> int:
    """Return 1: the passage."""
    return 1


def plan(
    rng: np.random.Generator,
    spec: WrittenSpec,
    *,
    haystack: str,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the passage and its place, the distractors, the written question.

    A passage ends before the text does, so depths reach from 0 to its own length before the end.
    Raises UnfitError when the haystack also holds the answer, or may answer the question, or is
    short; ValueError when there is no pair, or not exactly one depth.
    """
    if len(depths) != 1:
        raise ValueError(f"{len(depths)} depths for 1 piece of evidence")
    if spec.pair is None:
        raise ValueError("no pair: the build fills it in from `requests` and `responses`")
    pair = spec.pair
    if answers(pair, haystack):
        raise UnfitError(f"the haystack may answer the question of pair {pair.id} too")
    chosen = _beside(rng, spec, pair, len(haystack))
    share = _HEAVY * len(pair.passage) / max(len(haystack), 1)
    if share > _MOST_SHARE:
        raise UnfitError(f"passage {pair.id} would take more than half of so short a text")
    # Independent places: among evenly spread ones a middle passage would answer more often.
    at = [depths[0], *rng.random(len(chosen)).tolist()]
    return Plan(
        plants=tuple(
            Plant(
                text=text,
                depth=depth * (1 - share),
                part=None if index else 0,
                hidden=(pair.answer,) if looks_random(pair.answer) and not index else (),
            )
            for index, (text, depth) in enumerate(zip([pair.passage, *chosen], at, strict=True))
        ),
        question=template.question.format(question=pair.question),
        lead=template.lead,
        parts=(pair.answer,),
        template=template.name,
        licenses=(pair.license,) if pair.license else (),
        params={
            "pair": pair.id,
            "passage": pair.model_dump(include={"doc_id", "start", "end", "license"}),
            "passage_chars": len(pair.passage),
            "asked": pair.question,
            "cloze": pair.cloze,
            "distractors": len(chosen),
        },
    )


def answers(pair: Pair, text: str) -> bool:
    """Say whether a text that is not the pair's passage may answer its question.

    It holds the answer as whole words, or has all anchors of the question within the length of the
    passage.
    """
    if next(_whole(pair.answer, text), None) is not None:
        return True
    lowered = text.lower()
    places = []
    for anchor in pair.anchors:
        if anchor not in lowered:
            return False
        places.append(np.fromiter(_whole(anchor, lowered), np.int64))
    return _together(sorted(places, key=len), reach=len(pair.passage))


def _together(places: list[npt.NDArray[np.int64]], *, reach: int) -> bool:
    """Say whether one of the rarest places has one of each other kind within reach."""
    if not places:
        return False
    near = places[0]
    for others in places[1:]:
        first = np.searchsorted(others, near - reach, side="left")
        last = np.searchsorted(others, near + reach, side="right")
        near = near[first < last]
    return len(near) > 0


def _whole(words: str, text: str) -> Iterator[int]:
    """Yield where words begin that no letter, digit or underscore touches."""
    for found in re.finditer(re.escape(words) + r"(?!\w)", text):
        before = text[max(found.start() - 1, 0) : found.start()]
        if not (before.isalnum() or before == "_"):
            yield found.start()


def _beside(rng: np.random.Generator, spec: WrittenSpec, pair: Pair, size: int) -> list[str]:
    """Choose the distractors, in an order of chance: none that answers, none there is no room for.

    `size` is the number of characters of the haystack.
    """
    room = _MOST_SHARE * size - len(pair.passage)
    chosen: list[str] = []
    for index in rng.permutation(len(spec.others)).tolist():
        text = spec.others[index]
        if len(chosen) < spec.distractors and len(text) <= room and not answers(pair, text):
            chosen.append(text)
            room -= len(text)
    return chosen


WORDINGS = """
{question} Copy the few words of the text that say it.
  Copied:
Somewhere in these pages the matter is settled. {question} Keep to the wording found there.
  Settled:
A reader wants to know: {question} Hand over the exact phrase, nothing around it.
  The phrase:
{question} The text says so once, in a passage of its own; repeat what it says.
  It says:
For the index of names and things: {question} Enter it as printed.
  Entry:
Quiz night, last round. {question} The judges accept the printed words alone.
  For the judges:
{question} Be brief, and spell it the way the page does.
  In brief:
You have read everything, so tell me this: {question} Quote, do not explain.
  Quote:
Proofreader's query. {question} Give the reading of the page.
  The page reads:
{question} (Verbatim, please; a word or two will usually do.)
  Verbatim:
Two friends bet over a detail of what stands here. {question} Let the words themselves decide.
  The bet goes to:
Reading diary, prompt of the day: {question} Note the wording and close the book.
  Noted:
From the back row came a hand: {question} The teacher lets only the book's own words count.
  The book:
{question} Look it up rather than guess, then write down what you found as you found it.
  Found:
Cataloguer to assistant: {question} Send the term as it appears, letter by letter.
  Term:
Fact check before printing! {question} Original spelling, no comment.
  Checked:
"{question}" asked the old man, who had lost his glasses. Read him just the words that tell him.
  Read aloud:
Trivia card, side one: {question} Side two carries the text's expression unchanged.
  Side two:
To whoever reads closely: {question} Your reply is lifted from the page, uncut and unadorned.
  Lifted:
{question} One passage knows. Take the reply out of it without altering a letter.
  Taken:
An editor scribbled in the margin: {question} Fill in the author's own term.
  Margin:
Minutes, item four. The chair asks: {question} The secretary cites the source word for word.
  Cited:
{question} If unsure, go back and search; then set down the source's words only.
  Source:
Crossword desk. Clue: {question} The grid takes what was printed, capital letters included.
  Into the grid:
Dear archivist, one small point. {question} Kindly transcribe it from the sheet.
  Transcribed:
{question} Nothing but the decisive words, in their own form.
  Decisive:
Listening test for patient people: {question} Say it as it was said.
  As said:
The translator is stuck and writes: {question} Return the bare expression for her glossary.
  Glossary:
"""
"""Our own: a frame for the written question, and its lead; none says where in the text to look."""

TEMPLATES = tuple(
    Template(statement="{passage}", question=question, lead=lead)
    for question, lead in fields_of(WORDINGS, lines=2)
)

TASK = Task(
    name="written",
    version=1,
    spec=WrittenSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    paired=True,
)
