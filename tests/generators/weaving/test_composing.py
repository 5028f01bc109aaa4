"""Composed bodies: the task's layout word for word, its marks and quotes, a length that fits."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.composing import compose
from generators.weaving.sample import weave
from schemas.errors import UnfitError
from schemas.sample import Haystack, HaystackSpan, Order, Run, Woven
from schemas.task import Mark, Offer, Passage, Plan, Task, Template
from tests.generators.weaving.conftest import TEXTS

ONE, TWO = "The river rose that night.", "Nobody slept until the morning."
TEXT = f"{ONE}\n\n{TWO}"
NOTE = Template(statement="-", question="What rose?", lead="Rose:")
TOY: Task[Any] = Task(
    name="toy",
    version=1,
    spec=dict,
    templates=(NOTE,),
    num_evidence=lambda _: 0,
    plan=lambda: None,
    depth_kind="natural",
    composes=True,
)
LOOSE = replace(TOY, unique="solution")


def haystack(tokenizer: Tokenizer, *texts: str) -> Haystack:
    """Return runs of documents a, b, ... that begin at character 100 of each."""
    text = "\n\n".join(texts)
    runs, at = [], 0
    for name, part in zip("abcdefgh", texts, strict=False):
        runs.append(Run(at=at, size=len(part), doc_id=name, start=100, license=f"L{name}"))
        at += len(part) + 2
    ends = tokenizer.byte_ends(tokenizer.encode(text), text)
    return Haystack(text=text, token_ends=ends, runs=tuple(runs))


def swapped(offer: Offer) -> Plan:
    """Put the second sentence first, under headings of its own."""
    at = offer.text.index("\n\n")
    river = offer.text.index("river")
    return Plan(
        body=(
            Passage(text="Part 17:\n", hidden=("17",)),
            Passage(start=at + 2, stop=len(offer.text)),
            Passage(text="\n\nPart 4:\n"),
            Passage(start=0, stop=at),
        ),
        marks=(Mark(start=river, stop=river + 5, part=0),),
        question="What rose?",
        lead="Rose:",
        parts=("river",),
        template=NOTE.name,
    )


def woven(
    tokenizer: Tokenizer,
    make: Callable[[Offer], Plan],
    *texts: str,
    task: Task[Any] = TOY,
    **order: Any,
) -> Woven:
    wanted = Order(**{"sample_id": "t", "length": 400, **order})
    return weave(make, haystack(tokenizer, *texts), order=wanted, task=task, tokenizer=tokenizer)


def test_the_body_is_the_tasks_own_layout(tokenizer: Tokenizer) -> None:
    made = woven(tokenizer, swapped, TEXT, eos=False)
    assert tokenizer.decode(made.ids) == (
        f"Part 17:\n{TWO}\n\nPart 4:\n{ONE}\n\nWhat rose?\nRose: river"
    )
    (needle,) = made.needles
    assert tokenizer.decode(made.ids[slice(*needle.evidence)]).strip() == "river"
    assert (needle.role, needle.target_depth, needle.extractive) == ("natural", None, True)
    assert needle.depth == needle.evidence[0] / needle.question[0]


def test_a_sample_names_the_characters_of_every_document_that_it_holds(
    trained: Tokenizer,
) -> None:
    made = woven(trained, swapped, ONE, TWO)
    assert made.haystack == (
        HaystackSpan(doc_id="b", start=100, end=100 + len(TWO), epoch=0),
        HaystackSpan(doc_id="a", start=100, end=100 + len(ONE), epoch=0),
    )
    assert made.licenses == ("La", "Lb")


def test_what_the_answer_quotes_is_the_documents_too(trained: Tokenizer) -> None:
    def cut_out(offer: Offer) -> Plan:
        at = offer.text.index(TWO)
        return Plan(
            body=(Passage(start=0, stop=at - 2),),
            marks=(Mark(start=4, stop=9, part=0),),
            quotes=((at, len(offer.text)),),
            question="What comes then?",
            lead="Then:",
            parts=(TWO,),
            template=NOTE.name,
        )

    made = woven(trained, cut_out, TEXT)
    assert made.haystack == (
        HaystackSpan(doc_id="a", start=100, end=100 + len(ONE), epoch=0),
        HaystackSpan(doc_id="a", start=102 + len(ONE), end=100 + len(TEXT), epoch=0),
    )
    assert not made.needles[0].extractive


def test_a_moved_passage_is_planted_and_must_lie_at_its_depth(trained: Tokenizer) -> None:
    planted = replace(TOY, depth_kind="planted")

    def at_depth(depth: float) -> Callable[[Offer], Plan]:
        def make(offer: Offer) -> Plan:
            plan = swapped(offer)
            return replace(plan, marks=(replace(plan.marks[0], depth=depth),))

        return make

    long = " ".join([TWO] * 40)
    (needle,) = woven(trained, at_depth(0.98), ONE, long, task=planted, length=900).needles
    assert (needle.role, needle.target_depth) == ("planted", 0.98)
    with pytest.raises(Redraw, match=r"depth 0\.9\d+ instead of 0\.1000"):
        woven(trained, at_depth(0.1), ONE, long, task=planted, length=900)


def test_the_tasks_own_words_may_be_the_evidence(trained: Tokenizer) -> None:
    def stated(offer: Offer) -> Plan:
        plan = swapped(offer)
        heading = replace(plan.body[0], part=0, depth=0.0)
        return replace(plan, body=(heading, *plan.body[1:]), marks=(), parts=("17",))

    (needle,) = woven(trained, stated, TEXT, task=replace(TOY, depth_kind="planted")).needles
    assert (needle.role, needle.target_depth, needle.depth) == ("planted", 0.0, 0.0)


def test_hidden_words_and_the_tasks_own_are_no_targets_of_the_context(trained: Tokenizer) -> None:
    context = woven(trained, swapped, TEXT, loss="answer+context")
    read = trained.decode(context.ids[context.target_mask])
    assert [word in read for word in ("17", "Part", "slept until", "river")] == [
        False,
        False,
        True,
        True,
    ]
    whole = woven(trained, swapped, TEXT, loss="all")
    assert "17" not in trained.decode(whole.ids[whole.target_mask])


def keep_all(offer: Offer) -> Plan:
    """Leave the text as it is, under as many words of the task's own as it has paragraphs."""
    heads = "Here is one more. " * (offer.text.count("\n\n") + 1)
    at = offer.text.index(" ") + 1
    return Plan(
        body=(Passage(text=heads), Passage(start=0, stop=len(offer.text))),
        marks=(Mark(start=0, stop=at - 1, part=0),),
        question="How does it begin?",
        lead="So:",
        parts=(offer.text[: at - 1],),
        template=NOTE.name,
    )


@pytest.mark.parametrize("kind", ["prose", "code", "greek"])
@pytest.mark.parametrize("length", [512, 2000])
def test_the_room_is_found_that_fills_the_sample(
    tokenizer: Tokenizer, kind: str, length: int
) -> None:
    made = woven(tokenizer, keep_all, TEXTS[kind], task=LOOSE, length=length)
    assert length - max(256, length // 20) <= len(made.ids) <= length


def test_a_task_may_choose_from_more_than_fits(trained: Tokenizer) -> None:
    seen = []

    def half(offer: Offer) -> Plan:
        seen.append(offer)
        enough = int(np.searchsorted(offer.token_ends, offer.token_ends[offer.room // 2]))
        return replace(
            keep_all(offer), body=(Passage(start=0, stop=int(offer.token_ends[enough])),)
        )

    compose(
        half,
        haystack(trained, TEXTS["prose"]),
        order=Order(sample_id="s", length=1000),
        offered=2.0,
        tokenizer=trained,
    )
    assert 1.8 < len(seen[0].token_ends) / seen[0].room <= 2.0
    assert seen[0].tokens(0, len(seen[0].text)) == len(seen[0].token_ends)
    assert seen[0].count("The river rose") == len(trained.encode("The river rose"))


def test_the_offer_says_where_each_document_begins(trained: Tokenizer) -> None:
    seen = []

    def look(offer: Offer) -> Plan:
        seen.append(offer)
        return swapped(offer)

    woven(trained, look, ONE, TWO, "We left.", question="both")
    assert seen[0].opens
    assert [seen[0].text[start : start + 5] for start in seen[0].starts] == [
        "The r",
        "Nobod",
        "We le",
    ]


@pytest.mark.parametrize("kind", ["prose", "code", "greek"])
@pytest.mark.parametrize("multiple", [2, 16, 100])
def test_the_task_is_asked_until_the_length_is_a_multiple(
    tokenizer: Tokenizer, kind: str, multiple: int
) -> None:
    made = woven(tokenizer, keep_all, TEXTS[kind], task=LOOSE, length=2000, multiple=multiple)
    assert len(made.ids) % multiple == 0
    assert 1600 <= len(made.ids) <= 2000
    (span,) = made.haystack
    shown = TEXTS[kind][span.start - 100 : span.end - 100]
    assert tokenizer.normalise(shown) in tokenizer.decode(made.ids)


def test_a_task_that_chooses_is_given_less_room_and_the_same_text(trained: Tokenizer) -> None:
    seen = []

    def half(offer: Offer) -> Plan:
        seen.append(offer)
        return replace(
            keep_all(offer), body=(Passage(start=0, stop=int(offer.token_ends[offer.room - 1])),)
        )

    _, made = compose(
        half,
        haystack(trained, TEXTS["prose"]),
        order=Order(sample_id="s", length=1000, multiple=64),
        offered=2.0,
        tokenizer=trained,
    )
    assert len(made.ids) % 64 == 0
    assert len({offer.text for offer in seen}) == 1 < len({offer.room for offer in seen})


def refuse(_: Offer) -> Plan:
    raise UnfitError("no names in it")


def test_a_text_that_the_task_refuses_is_passed_over(trained: Tokenizer) -> None:
    answers = itertools.cycle([keep_all, keep_all, refuse])

    def moody(offer: Offer) -> Plan:
        return next(answers)(offer)

    made = woven(trained, moody, TEXTS["prose"], task=LOOSE, length=1000, multiple=64)
    assert len(made.ids) % 64 == 0


def test_a_task_that_comes_to_the_same_with_any_text_is_drawn_again(trained: Tokenizer) -> None:
    with pytest.raises(Redraw, match=r"\d+ tokens, no multiple of 97"):
        woven(trained, swapped, TEXT, multiple=97)


def test_what_a_task_cannot_do_with_a_text_is_told(trained: Tokenizer) -> None:
    with pytest.raises(UnfitError, match="no names in it"):
        woven(trained, refuse, TEXT)


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        (((0, 3), (2, 5)), "marks overlap at character 2"),
        (((len(ONE) - 2, len(ONE) + 4),), "1 marks lie in no one passage"),
    ],
)
def test_marks_that_make_no_sense_are_a_fault_of_the_task(
    trained: Tokenizer, marks: tuple[tuple[int, int], ...], reason: str
) -> None:
    def wrong(offer: Offer) -> Plan:
        return replace(swapped(offer), marks=tuple(Mark(start=a, stop=b, part=0) for a, b in marks))

    with pytest.raises(ValueError, match=reason):
        woven(trained, wrong, TEXT)


def test_a_body_that_never_fits_is_drawn_again(trained: Tokenizer) -> None:
    def endless(offer: Offer) -> Plan:
        return replace(swapped(offer), body=(Passage(text="on and " * 500), *swapped(offer).body))

    with pytest.raises(Redraw, match="nothing that was composed fits into 200 tokens"):
        woven(trained, endless, TEXT, length=200)
