"""ASK: passages of the kept documents, each with a prompt for a model that is the user's own.

    longmix ask recipe.yaml --out requests.jsonl --count 1000

Documents are read, cleaned, decontaminated and judged as for a build, so nothing is asked about
text that the mix would not have. The kept text is cut into as many equal stretches as there are to
be requests, and each gives the passage nearest to a place drawn in it: documents give in proportion
to their tokens, and from their beginning to their end. The same recipe and count give the same
file. Nothing is sent anywhere.
"""

import json
import posixpath
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.seeds import rng_for
from generators.tasks.written import WrittenSpec
from generators.written.passages import LEAST_TOKENS, choose
from pipelines.build.job import Job, Options, open_job, prepare_corpus
from pipelines.files import open_folder
from pipelines.plan.documents import Documents
from pipelines.plan.recipe import task_uses
from pipelines.progress import Progress
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.written import Request, Rules, request_id

Int64 = npt.NDArray[np.int64]

PROMPT = """\
Below is a piece of a longer work. Later it will be hidden among hundreds of pages of other \
writing, and somebody who has all those pages will be asked one question that only this piece can \
settle. Write that question.

- It is a single sentence, ends with a question mark, has at most {question_words} words, and can \
be understood by a person who does not know which piece it came from: mention the people, things \
or places concerned by name, in words that the piece uses. Never refer to a passage, text, excerpt \
or author.
- Its answer is a name, a number, a date or a short expression of at most {answer_words} words, \
copied from the piece without any change. It is not yes or no, is not hinted at in the question, \
and cannot be guessed by someone who merely knows the work.
- Add as evidence the stretch of the piece, at most {evidence_words} words in a row and copied \
without any change, that contains the answer and shows that it is right. Choose one that occurs \
there just once.

Reply with one JSON object on one line and nothing else:
{{"id": "{id}", "question": "...", "answer": "...", "evidence": "..."}}

The piece:

{passage}
"""
"""Our own words. What it asks for is what generators/written/judge.py checks."""


def ask_to_file(
    recipe: Recipe, options: Options, progress: Progress, *, count: int
) -> dict[str, int]:
    """Choose passages, write their requests to `options.out`, and return the counts of both.

    Raises RecipeError when `count` is no number of requests, or no document has a passage.
    """
    if count < 1:
        raise RecipeError(f"--count {count}: ask for one question at least")
    with ExitStack() as stack:
        scratch = stack.enter_context(TemporaryDirectory())
        inner = replace(options, out=f"{scratch}/{recipe.name}", dry=True)
        # Passages do not depend on tasks, and one of them may wait for the very file we write.
        job = open_job(recipe.model_copy(update={"tasks": {}}), inner, progress, stack)
        documents, quarantined = prepare_corpus(job)
        requests = tuple(requests_of(job, documents, count=count, rules=rules_of(recipe)))
    if not requests:
        raise RecipeError(
            f"no passage in {len(documents.kept)} kept documents: a passage is whole paragraphs of "
            f"{LEAST_TOKENS} tokens or more, parted by empty lines; the cleaner `unwrap`, or other "
            "sources, may help"
        )
    _write(options.out, requests)
    return {
        "requests": len(requests),
        "wanted": count,
        "documents": len(documents.kept),
        "documents_asked_about": len({request.doc_id for request in requests}),
        "quarantined": len(quarantined),
    }


def ask_text(facts: dict[str, int], out: str) -> str:
    """Return what the command prints of what `ask_to_file` returned."""
    few = "" if facts["requests"] == facts["wanted"] else f" of {facts['wanted']:,} wanted"
    return (
        f"{out}: {facts['requests']:,} requests{few}, about {facts['documents_asked_about']:,} of "
        f"{facts['documents']:,} documents. Have a model answer each `prompt`, one JSON object a "
        "line"
    )


def rules_of(recipe: Recipe) -> Rules:
    """Return the rules by which the recipe's first use of `written` will judge."""
    specs = [use.fields for use in task_uses(recipe) if isinstance(use.fields, WrittenSpec)]
    return specs[0].rules if specs else Rules()


def requests_of(job: Job, documents: Documents, *, count: int, rules: Rules) -> Iterator[Request]:
    """Yield the requests in the order of the documents; none about the same words twice."""
    met: set[str] = set()
    for index, wanted in places(job.recipe.seed, documents.corpus.num_tokens, count):
        line = documents.table.slice(int(documents.kept[index]), 1).to_pylist()[0]
        text, ends = _read(job, documents.places[line["unit"]], line)
        for start, end in choose(text, ends, wanted):
            passage = text[start:end]
            if passage in met:
                continue
            met.add(passage)
            yield request(line, (start, end), passage, rules)


def places(seed: int, num_tokens: Int64, count: int) -> Iterator[tuple[int, Int64]]:
    """Yield (document, int64[K] tokens of it near which passages should begin), all rising.

    `num_tokens` is int64[D]. One place is drawn in each of `count` equal stretches of all tokens;
    documents too short for a passage count for nothing.
    """
    sizes = np.where(num_tokens >= LEAST_TOKENS, num_tokens, 0)
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    if not total:
        return
    drawn = np.arange(count) + rng_for(seed, "written", "passages").random(count)
    at = np.minimum((drawn * (total / count)).astype(np.int64), total - 1)
    owner = np.searchsorted(ends, at, side="right")
    for index in np.unique(owner).tolist():
        yield index, at[owner == index] - (ends[index] - sizes[index])


def request(line: dict[str, Any], span: tuple[int, int], passage: str, rules: Rules) -> Request:
    """Return the request about a passage of a document; `line` is the document's in the table."""
    name = request_id(line["doc_id"], *span, passage)
    prompt = PROMPT.format(
        id=name,
        passage=passage,
        question_words=rules.max_question_words,
        answer_words=rules.max_answer_words,
        evidence_words=rules.max_evidence_words,
    )
    return Request(
        id=name,
        doc_id=line["doc_id"],
        start=span[0],
        end=span[1],
        license=line["license"],
        passage=passage,
        prompt=prompt,
    )


def _read(job: Job, place: str, line: dict[str, Any]) -> tuple[str, Int64]:
    """Return a document's cleaned text and, int64[T], the character at which each token ends."""
    first = line["text_start"]
    data = job.store.slice(place, "text.bin", (first, first + line["num_bytes"]))
    ids = job.store.ids(place, line["ids_start"], line["ids_start"] + line["num_tokens"])
    text = data.decode("utf-8")
    ends = job.tokenizer.byte_ends(ids, text)
    if len(text) < len(data):
        begins = (np.frombuffer(data, np.uint8) >> 6) != 0b10  # noqa: PLR2004 - UTF-8's own form
        ends = np.concatenate([[0], np.cumsum(begins)])[ends]
    return text, ends


def _write(out: str, requests: tuple[Request, ...]) -> None:
    path, mark, options = out.partition("?")
    folder, name = posixpath.split(path)
    place = open_folder(f"{folder or '.'}{mark}{options}")
    lines = (json.dumps(line.model_dump(), ensure_ascii=False) + "\n" for line in requests)
    place = replace(place, scratch=place.root)  # nothing stays beside the file
    place.write(name, "".join(lines).encode("utf-8"), moment="ask.requests")
