"""Written pairs: a passage, what a language model is asked about it, and what passed the checks.

longmix talks to no model. `longmix ask` writes a file of requests, the user's own model answers it
into a file of responses, one JSON object a line each, and a build reads both (docs/written.md).

    request   {"id": "9f0c...", "passage": "The ferry left at ...", "prompt": "...", ...}
    response  {"id": "9f0c...", "question": "...?", "answer": "...", "evidence": "..."}
"""

from pydantic import Field

from schemas.canonical import digest
from schemas.knobs import Strict

BLANK = "____"
"""What stands for the answer in a cloze."""


class Rules(Strict):
    """What a written question and its answer must be like."""

    max_answer_words: int = Field(default=8, ge=1, le=50)
    """Longer answers are rejected."""
    max_question_words: int = Field(default=50, ge=5, le=200)
    """Longer questions are rejected."""
    max_evidence_words: int = Field(default=80, ge=10, le=400)
    """Longer quotes are rejected."""
    pointing: tuple[str, ...] = (
        *("the passage", "this passage", "excerpt", "snippet", "the paragraph", "this paragraph"),
        *("the text", "this text", "given text", "the context", "this document", "this article"),
        *("according to the document", "according to the article", "according to the author"),
        *("mentioned above", "described above", "given above", "shown above", "quoted above"),
        *("the following", "the above"),
    )
    """Words by which a question points at its passage instead of naming what it is about; case
    does not matter."""


class Request(Strict):
    """One passage of a kept document, about which a model is to write a question."""

    id: str
    doc_id: str
    start: int = Field(ge=0)
    """Characters of the document's cleaned text before the passage."""
    end: int = Field(ge=0)
    license: str | None = None
    passage: str
    prompt: str = ""
    """What to show the model; the passage stands in it."""


class Pair(Strict):
    """A question and its answer that passed every check, with the passage that holds the answer."""

    id: str
    doc_id: str
    start: int
    end: int
    license: str | None = None
    passage: str
    question: str
    answer: str
    """As it stands in the passage, letter for letter."""
    cloze: str
    """The evidence with BLANK for the answer; it fits one place of the passage."""
    anchors: tuple[str, ...]
    """Words, in lower case, by which the question names its passage; the answer has none."""


def request_id(doc_id: str, start: int, end: int, passage: str) -> str:
    """Return the name of a passage: 16 hexadecimal digits of all that it is."""
    return digest([doc_id, start, end, passage])[:16]
