"""Written pairs: a model's responses held against their requests, and given to samples.

Both files are read whole, in the driver; every line of the responses ends as a pair or as a reason,
and every request without one is counted. What decides is in generators/written; this file opens,
counts and deals out.

    r = survivors("requests.jsonl", "responses.jsonl")
    r.pairs       those that passed, in the order of the responses
    r.rejected    {"9f0c...": "answer_in_question", "line 7": "broken_json"}
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import ValidationError

from generators.decontam.firewall import overlaps
from generators.written.judge import Refused, fields_of, judge
from generators.written.words import words_of
from pipelines.files import resolve
from schemas.document import kind_of_reason
from schemas.errors import RecipeError
from schemas.written import Pair, Request, Rules, request_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivors:
    """What came back and passed, and what did not and why."""

    pairs: tuple[Pair, ...]
    """In the order of the responses."""
    rejected: dict[str, str]
    """Reason by id; by `line N` of the responses where the line names no request, or one that an
    earlier line answered."""
    num_requests: int
    requests_sha256: str
    responses_sha256: str
    """Of the files' bytes: they decide the mix."""

    @property
    def unanswered(self) -> int:
        """Requests that no response names."""
        by_id = sum(not key.startswith("line ") for key in self.rejected)
        return self.num_requests - len(self.pairs) - by_id

    def facts(self) -> dict[str, Any]:
        """Return all of it as JSON values; reasons are counted without what follows their colon."""
        counts = Counter(map(kind_of_reason, self.rejected.values()))
        return {
            "requests": self.num_requests,
            "pairs": len(self.pairs),
            "unanswered": self.unanswered,
            "reasons": dict(sorted(counts.items())),
            "rejected": self.rejected,
            "requests_sha256": self.requests_sha256,
            "responses_sha256": self.responses_sha256,
        }


def survivors(
    requests: str,
    responses: str,
    rules: Rules | None = None,
    *,
    meets: Callable[[str], Sequence[str]] = overlaps,
    normalise: Callable[[str], str] = str,
) -> Survivors:
    """Return the pairs of two files that pass every check, and the reasons of the others.

    `meets` names the benchmarks whose wording a question repeats, `normalise` brings a question
    into the tokenizer's normal form. Raises RecipeError for a file that is not there, and for a
    file of requests that is not as `longmix ask` wrote it.
    """
    asked_bytes = read_file(requests, "requests")
    given_bytes = read_file(responses, "responses")
    known = read_requests(asked_bytes, requests)
    pairs: dict[str, Pair] = {}
    rejected: dict[str, str] = {}
    questions: set[str] = set()
    for number, line in enumerate(given_bytes.split(b"\n"), start=1):
        if not line.strip():
            continue
        key = f"line {number}"
        try:
            given = fields_of(_parsed(line))
            name = given["id"]
            if name not in known:
                raise Refused("id_unknown")
            if name in pairs or name in rejected:
                raise Refused("id_answered_before")
            key = name
            given["question"] = normalise(given["question"])
            pair = judge(known[name], given, rules or Rules())
            _check_wording(pair, questions, meets)
            pairs[name] = pair
        except Refused as reason:
            rejected[key] = str(reason)
    return Survivors(
        pairs=tuple(pairs.values()),
        rejected=rejected,
        num_requests=len(known),
        requests_sha256=hashlib.sha256(asked_bytes).hexdigest(),
        responses_sha256=hashlib.sha256(given_bytes).hexdigest(),
    )


def read_requests(data: bytes, path: str) -> dict[str, Request]:
    """Return the requests of a file by id. Raises RecipeError naming the line that is at fault."""
    found: dict[str, Request] = {}
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            request = Request.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"])) or "the line"
            raise RecipeError(f"{where}: {key}: {first['msg']}; `longmix ask` writes it") from None
        mine = request_id(request.doc_id, request.start, request.end, request.passage)
        if request.id != mine:
            raise RecipeError(
                f"{where}: the id {request.id!r} is not that of its passage, {mine!r}; use the "
                "requests as `longmix ask` wrote them"
            )
        if request.id in found:
            raise RecipeError(f"{where}: the id {request.id!r} stands in an earlier line too")
        # The prompt has the passage once more, and nobody asks again.
        found[request.id] = request.model_copy(update={"prompt": ""})
    if not found:
        raise RecipeError(f"{path}: holds no request; `longmix ask RECIPE --out FILE` writes some")
    return found


def sample_fields(
    rng: np.random.Generator,
    pairs: Sequence[Pair],
    doc_ids: Sequence[Sequence[str]],
    *,
    distractors: int,
) -> list[dict[str, Any] | None]:
    """Return the fields of each sample: its `pair`, and `others` to plant beside it.

    `doc_ids` are the documents that each sample's haystack is cut from. Pairs are dealt out in an
    order of chance, none twice, and to a haystack of another document, whose people and places the
    question is not about; None where no such pair is left. A sample is given up to twice the
    distractors that it wants, since some may not do.
    """
    waiting = [pairs[index] for index in rng.permutation(len(pairs)).tolist()]
    fields: list[dict[str, Any] | None] = []
    for mine in doc_ids:
        at = next((i for i, pair in enumerate(waiting) if pair.doc_id not in mine), None)
        if at is None:
            fields.append(None)
            continue
        pair = waiting.pop(at)
        drawn = np.unique(rng.integers(len(pairs), size=2 * distractors)).tolist()
        others = [pairs[index].passage for index in drawn if pairs[index].id != pair.id]
        fields.append({"pair": pair.model_dump(mode="json"), "others": others})
    return fields


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Refused("broken_json") from error


def _check_wording(pair: Pair, questions: set[str], meets: Callable[[str], Sequence[str]]) -> None:
    """Refuse a question that a benchmark or an earlier response asks."""
    benchmarks = meets(pair.question)
    if benchmarks:
        raise Refused(f"question_of_benchmark: {', '.join(benchmarks)}")
    plain = " ".join(words_of(pair.question))
    if plain in questions:
        raise Refused("question_asked_before")
    questions.add(plain)


def read_file(path: str, key: str) -> bytes:
    """Return a file's bytes. Raises RecipeError naming the key where there is none."""
    if not path:
        raise RecipeError(f"{key}: name the file; docs/written.md says how it comes to be")
    filesystem, within = resolve(path)
    try:
        with filesystem.open_input_file(within) as source:
            return bytes(source.read())
    except (OSError, pa.ArrowException) as error:
        raise RecipeError(f"{key}: {path}: cannot be read: {error}") from error
