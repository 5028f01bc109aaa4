r"""Judge: whether a written question and its answer can be trusted, and if not, why not.

    passage   "The ferry left at noon.\n\nOld Brack, who had the wheel, was deaf in one ear."
    response  Who steered the ferry? / Old Brack / "Old Brack, who had the wheel"
    pair      with the cloze "____, who had the wheel, was", which fits the passage once

Nothing is believed: the quote must stand in the passage, once, and hold the answer word for word;
the question must name what it is about without pointing at the passage or telling the answer. The
cloze is what lets a solver find the answer again without the question being understood. White
space counts for nothing between the words of a quote, nor do curly and straight quotation marks
differ, since models change both; what is kept is always the passage's own spelling.

Cost: a few regular expressions over a passage.
"""

import re
from typing import Any, NamedTuple

from generators.text import fault
from generators.written.words import anchors, says_nothing, words_of
from schemas.written import BLANK, Pair, Request, Rules

KEYS = ("id", "question", "answer", "evidence")
CONTEXT_WORDS = 4
"""Words that a cloze has on either side of the answer; more behind it where it opens a passage."""
FEWEST_WORDS = 5
"""Words of a cloze; with fewer it would fit anywhere."""
FEWEST_BESIDE = 3
"""Words of a quote besides the answer; with fewer it proves nothing."""
FEWEST_ANCHORS = 2

_FOLD = str.maketrans("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00a0", "''''\"\"\" ")
"""One character for one, so that places stay; "It\u2019s" is "It's"."""
_OUTSIDE = " \t\n\"'.,;:!?()[]"
"""What a model may leave around an answer."""
_WORD = re.compile(r"\w+")


class Refused(Exception):  # noqa: N818 - what it is, not what went wrong
    """A response that makes no pair; the message is the reason."""


class _Quote(NamedTuple):
    """Characters of the passage: the evidence, and each place of the answer in it."""

    start: int
    stop: int
    answers: list[tuple[int, int]]


def fields_of(response: Any) -> dict[str, str]:
    """Return the four texts of a response. Raises Refused for what has another form."""
    if not isinstance(response, dict):
        raise Refused("no_object")
    for key in KEYS:
        if key not in response:
            raise Refused(f"no_{key}")
        if not isinstance(response[key], str):
            raise Refused(f"{key}_no_text")
        if fault(response[key]) or "\0" in response[key]:
            raise Refused(f"{key}_empty_or_broken")
    return {key: response[key].strip() for key in KEYS}


def judge(request: Request, given: dict[str, str], rules: Rules) -> Pair:
    """Return the pair that a response makes with its request.

    `given` is what `fields_of` returned. Raises Refused with the first reason that is met; the
    reasons are listed in docs/written.md.
    """
    question, passage = given["question"], request.passage
    _check_question(question, rules)
    quote = _find(passage, given["evidence"], given["answer"], rules)
    start, stop = quote.answers[0]
    answer = passage[start:stop]
    if says_nothing(answer):
        raise Refused("answer_says_nothing")
    if _places(answer.lower(), question.translate(_FOLD).lower()):
        raise Refused("answer_in_question")
    named = anchors(question, passage, answer)
    if len(named) < FEWEST_ANCHORS:
        raise Refused("question_names_nothing")
    return Pair(
        **request.model_dump(exclude={"prompt"}),
        question=question,
        answer=answer,
        cloze=_cloze(passage, quote),
        anchors=named,
    )


def fits(cloze: str, text: str) -> list[str]:
    """Return what stands for the blank at each place of a text that a cloze fits."""
    head, *rest = (re.escape(piece) for piece in cloze.split(BLANK))
    first = head or r"^"
    last = "" if rest[-1] else r"$"
    pattern = first + r"(\S(?:[^\n]*?\S)??)" + r"\1".join(rest) + last
    return re.findall(pattern, text, re.MULTILINE)


def _check_question(question: str, rules: Rules) -> None:
    if "\n" in question or "\r" in question:
        raise Refused("question_of_several_lines")
    if not question.endswith("?"):
        raise Refused("question_without_mark")
    if len(words_of(question)) > rules.max_question_words:
        raise Refused("question_long")
    plain = " ".join(words_of(question))
    for phrase in rules.pointing:
        if _places(" ".join(words_of(phrase)), plain):
            raise Refused(f"question_points: {phrase}")


def _find(passage: str, evidence: str, answer: str, rules: Rules) -> _Quote:
    """Return where the evidence stands in the passage, and the answer in the evidence."""
    if len(words_of(evidence)) > rules.max_evidence_words:
        raise Refused("evidence_long")
    if len(words_of(answer)) > rules.max_answer_words:
        raise Refused("answer_long")
    folded = passage.translate(_FOLD)
    spans = _places(evidence.translate(_FOLD), folded)
    if len(spans) != 1:
        raise Refused("evidence_twice" if spans else "evidence_not_in_passage")
    start, stop = spans[0]
    if len(words_of(evidence)) < len(words_of(answer)) + FEWEST_BESIDE:
        raise Refused("evidence_short")
    bare = answer.translate(_FOLD).strip(_OUTSIDE)
    if not re.fullmatch(r"\w(?:[^\n]*\w)?", bare):
        raise Refused("answer_no_words")
    inside = [(start + a, start + b) for a, b in _places(bare, folded[start:stop])]
    if not inside:
        raise Refused("answer_not_in_evidence")
    if any("\n" in passage[a:b] for a, b in inside):
        raise Refused("answer_over_lines")
    return _Quote(start, stop, inside)


def _places(words: str, text: str) -> list[tuple[int, int]]:
    """Return where words stand as whole words, whatever white space is between them."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    left = r"(?<!\w)" if re.match(r"\w", words) else ""
    right = r"(?!\w)" if re.search(r"\w\Z", words) else ""
    return [found.span() for found in re.finditer(left + pattern + right, text)]


def _cloze(passage: str, quote: _Quote) -> str:
    """Return the evidence, wider where the answer stands at its edge, with blanks for the answer.

    Every place of the answer is blank. Raises Refused when it does not fit exactly one place.
    """
    words = [found.span() for found in _WORD.finditer(passage)]
    (first, _), (_, last) = quote.answers[0], quote.answers[-1]
    before = [start for start, stop in words if stop <= first][-CONTEXT_WORDS:]
    after = [stop for start, stop in words if start >= last][: 2 * CONTEXT_WORDS - len(before)]
    start = _line_edge(passage, min([quote.start, first, *before]), -1)
    stop = _line_edge(passage, max([quote.stop, last, *after]), 1)
    bare = passage[quote.answers[0][0] : quote.answers[0][1]]
    spans = [(start + a, start + b) for a, b in _places(bare, passage[start:stop])]
    pieces, at = [], start
    for a, b in spans:
        pieces.append(passage[at:a])
        at = b
    cloze = BLANK.join([*pieces, passage[at:stop]])
    if len(words_of(cloze)) < FEWEST_WORDS:
        raise Refused("evidence_short")
    if BLANK in passage or fits(cloze, passage) != [bare]:
        raise Refused("cloze_not_unique")
    return cloze


def _line_edge(passage: str, place: int, step: int) -> int:
    """Return a place moved over what is no word at the edge of its line: `"Ahab` begins at `"`."""
    while True:
        beside = passage[place - 1 : place] if step < 0 else passage[place : place + 1]
        if not beside or beside.isspace() or beside.isalnum() or beside == "_":
            return place
        place += step
