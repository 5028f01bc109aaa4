"""Weave a plan into a haystack: the sample's ids, its targets, and where every needle came to lie.

The draft is measured in its tokens and held against docs/format.md, "needles". A sample that is not
as its plan says is never kept: `Redraw` names what is wrong, and the caller draws again. Nothing is
random here; the same plan and haystack give the same sample. Cost: about that of encoding the text.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.composing import compose
from generators.weaving.draft import Draft, slack, surplus, tolerance
from generators.weaving.planting import plant
from schemas.sample import Haystack, Needle, Order, Woven
from schemas.task import Offer, Plan, Task


def weave(
    make: Callable[[Offer], Plan] | Plan,
    haystack: Haystack,
    *,
    order: Order,
    task: Task[Any],
    tokenizer: Tokenizer,
) -> Woven:
    """Return the sample: at most `order.length` tokens and a multiple of `order.multiple`.

    Each planted depth is within tolerance.

    A task that composes is asked for its plan, once or more; another brings it. `haystack.text` is
    in the tokenizer's normal form. Raises Redraw when the sample would break a rule of
    docs/format.md, and RecipeError when it needs a start or end id that does not exist.
    """
    if isinstance(make, Plan):
        plan, made = make, plant(make, haystack, order=order, tokenizer=tokenizer)
    else:
        offered = task.offered
        plan, made = compose(make, haystack, order=order, offered=offered, tokenizer=tokenizer)
    most = slack(order.length, composed=task.composes, multiple=order.multiple)
    _check_length(made, order, most)
    needles = tuple(_needles(made, plan, order, planted=task.depth_kind == "planted"))
    _check_spelling(made, plan, tokenizer)
    _check_order(needles, order)
    if task.unique == "value" and plan.answerable:
        _check_unique(made, plan)
    spans = tuple(span for piece in made.used for span in haystack.spans(*piece))
    used = {span.doc_id for span in spans}
    licenses = {run.license for run in haystack.runs if run.doc_id in used and run.license}
    return Woven(
        sample_id=order.sample_id,
        task=task.name,
        task_version=task.version,
        template=plan.template,
        split=next(t.split for t in task.templates if t.name == plan.template),
        loss=order.loss,
        question=order.question,
        unique=task.unique,
        depth_kind=task.depth_kind,
        answerable=plan.answerable,
        gold=plan.gold,
        answer=_answer(made),
        needles=needles,
        haystack=spans,
        licenses=tuple(sorted({*licenses, *plan.licenses})),
        sentinels=(),
        params={**plan.params, **_spread(task, needles), "question": order.question},
        ids=made.ids,
        target_mask=_targets(made, order),
    )


def _answer(made: Draft) -> tuple[int, int]:
    parts = made.find("part")
    return made.span(int(made.starts[parts[0]]), int(made.stops[parts[-1]]))


def _needles(made: Draft, plan: Plan, order: Order, *, planted: bool) -> Iterator[Needle]:
    """Yield a needle for each piece of evidence, in the order of the text."""
    question = made.span_of(made.find("question")[-1])
    parts = [made.span_of(index) for index in made.find("part")]
    for index in made.evidence():
        piece = made.pieces[index]
        part = piece.part or 0
        evidence, text = made.span_of(index), plan.parts[part]
        context_end = parts[part][0] if order.question == "first" else question[0]
        natural = piece.kind == "evidence" and piece.depth is None
        needle = Needle(
            evidence=evidence,
            question=question,
            answer=parts[part],
            text=text,
            role="natural" if natural else "planted",
            extractive=next(_occurrences(piece.text, text), None) is not None,
            target_depth=piece.depth if planted else None,
            depth=evidence[0] / context_end,
            distance=parts[part][0] - evidence[1],
        )
        if needle.target_depth is not None:
            _check_depth(needle, needle.target_depth, context_end)
        yield needle


def _check_depth(needle: Needle, target: float, context_end: int) -> None:
    miss = abs(needle.depth - target) * context_end
    if miss > tolerance(context_end):
        raise Redraw(
            f"depth {needle.depth:.4f} instead of {target:.4f}, {miss:.0f} tokens off in a context "
            f"of {context_end}"
        )


def _check_length(made: Draft, order: Order, most: float) -> None:
    num_tokens = len(made.ids)
    if surplus(made, order):
        raise Redraw(f"{num_tokens} tokens, no multiple of {order.multiple}")
    if num_tokens < order.min_length:
        raise Redraw(f"{num_tokens} tokens, fewer than the least length {order.min_length}")
    if made.trimmed and order.length - num_tokens > most:
        raise Redraw(f"{num_tokens} tokens of {order.length}, with text to spare")


def _check_spelling(made: Draft, plan: Plan, tokenizer: Tokenizer) -> None:
    """Evidence, parts and the whole answer decode to what the plan says."""

    def read(span: tuple[int, int]) -> str:
        return tokenizer.decode(made.ids[slice(*span)])

    for index in made.find("part", "plant", "evidence", "question"):
        piece, text = made.pieces[index], read(made.span_of(index))
        if text.strip() != piece.text if piece.kind == "part" else piece.text not in text:
            raise Redraw(f"the tokens of {piece.kind} {piece.text!r} decode to {text!r}")
    if read(_answer(made)).strip() != plan.gold:
        raise Redraw(f"the answer decodes to {read(_answer(made))!r} instead of {plan.gold!r}")


def _check_order(needles: tuple[Needle, ...], order: Order) -> None:
    """Evidence comes before its answer and a last question; no two pieces share a token."""
    reached = 0
    for needle in needles:
        end = needle.answer[0] if order.question == "first" else needle.question[0]
        if not reached <= needle.evidence[0] < needle.evidence[1] <= end:
            raise Redraw(f"evidence {needle.evidence} meets other evidence or its question")
        reached = needle.evidence[1]


def _check_unique(made: Draft, plan: Plan) -> None:
    """No part of the answer stands before the answer, but in the evidence."""
    allowed, start = [], 0
    for piece in made.pieces:
        if piece.kind in ("plant", "evidence") and piece.part is not None:
            allowed.append(range(start, start + len(piece.text)))
        start += len(piece.text)
    before = made.text[: len(made.text) - len(plan.gold)]
    for part in plan.parts:
        for place in _occurrences(before, part):
            if not any(place in evidence for evidence in allowed):
                line = before[before.rfind("\n", 0, place) + 1 :].partition("\n")[0]
                raise Redraw(f"the answer {part!r} also stands in {line[:200]!r}")


def _occurrences(text: str, value: str) -> Iterator[int]:
    """Yield where a value begins as a word of its own: `12` is in `12.`, and not in `123`."""
    place = text.find(value)
    while place >= 0:
        around = text[max(place - 1, 0) : place], text[place + len(value) : place + len(value) + 1]
        if not any(side.isalnum() or side == "_" for side in around):
            yield place
        place = text.find(value, place + 1)


def _targets(made: Draft, order: Order) -> npt.NDArray[np.bool_]:
    """Return bool[T]: the answer and the end id, and what else the loss policy names.

    Context means tokens that lie wholly in the haystack's own text. A value that cannot be guessed
    is no target where it is first stated.
    """
    mask = np.full(len(made.ids), order.loss == "all")
    if order.loss == "answer+context":
        for index in made.find("context", "evidence"):
            first = np.searchsorted(made.token_starts, made.starts[index], side="left")
            mask[first : np.searchsorted(made.token_stops, made.stops[index], side="right")] = True
    for index in made.find("plant"):
        piece = made.pieces[index]
        for value in piece.hidden:
            start = int(made.starts[index]) + len(piece.text[: piece.text.index(value)].encode())
            mask[slice(*made.span(start, start + len(value.encode())))] = False
    mask[slice(*_answer(made))] = True
    mask[len(mask) - int(order.eos) :] = True
    mask[0] = False
    return mask


def _spread(task: Task[Any], needles: tuple[Needle, ...]) -> dict[str, float]:
    """Return the depths of evidence that lies over the whole text (docs/format.md, "needles")."""
    if task.depth_kind != "spread":
        return {}
    depths = [needle.depth for needle in needles]
    return {
        "depth_min": min(depths),
        "depth_mean": sum(depths) / len(depths),
        "depth_max": max(depths),
    }
