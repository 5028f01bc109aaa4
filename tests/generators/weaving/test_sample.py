"""A woven sample is what its plan says, in tokens, or it is not made."""

import contextlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generators.depths import stratified
from generators.solvers.needle import solve
from generators.tasks.needle import TASK, NeedleSpec, num_evidence, plan
from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.sample import weave
from schemas.sample import Haystack, HaystackSpan, Order, Run, Woven
from schemas.task import Plan, Plant, Problem, Task, Template
from tests.generators.weaving.conftest import TEXTS

TEXT = "The river rose that night.\n\nNobody slept until the\nmorning. We left.\n\nIt was over.\n"
NOTE = Template(statement="{key} {value}", question="{keys}", lead="Beside:")
TOY: Task[Any] = Task(
    name="toy",
    version=3,
    spec=object,
    templates=(NOTE,),
    num_evidence=lambda spec: 2,
    plan=lambda rng: None,  # type: ignore[arg-type, return-value]
)
PLAN = Plan(
    plants=(
        Plant(text="Beside A stands 4021.", depth=0.0, part=0, hidden=("4021",)),
        Plant(text="Beside B stands 5555.", depth=0.35, hidden=("5555",)),
        Plant(text="Beside A stands Velmar.", depth=0.7, part=1),
    ),
    question='What stands beside "A"?',
    lead="Beside:",
    parts=("4021", "Velmar"),
    template=NOTE.name,
    params={"keys": 1},
)


def offer(text: str, tokenizer: Tokenizer, start: int = 0) -> Haystack:
    ends = tokenizer.byte_ends(tokenizer.encode(text), text)
    run = Run(at=0, size=len(text), doc_id="books:a.txt", start=start, epoch=1, license="CC0")
    return Haystack(text=text, token_ends=ends, runs=(run,))


def make(
    tokenizer: Tokenizer,
    *,
    made: Plan = PLAN,
    text: str = TEXT,
    task: Task[Any] = TOY,
    **order: Any,
) -> Woven:
    wanted = Order(**{"sample_id": "toy-0", "length": 400, **order})
    return weave(made, offer(text, tokenizer), order=wanted, task=task, tokenizer=tokenizer)


def test_a_sample_can_be_read_by_eye(trained: Tokenizer) -> None:
    woven = make(trained)
    read = [trained.decode(woven.ids[slice(*span)]) for span in
            (n.evidence for n in woven.needles)]  # fmt: skip
    assert trained.decode(woven.ids) == (
        "Beside A stands 4021.\n\n"
        "The river rose that night.\n\n"
        "Beside B stands 5555.\n\n"
        "Nobody slept until the\nmorning. We left.\n\n"
        "Beside A stands Velmar.\n\n"
        "It was over.\n\n"
        'What stands beside "A"?\nBeside: 4021, Velmar<|endoftext|>'
    )
    # This tokenizer takes a full stop and the line breaks after it for one token.
    assert read == ["Beside A stands 4021.\n\n", "Beside A stands Velmar.\n\n"]
    first, second = woven.needles
    assert (first.text, first.role, first.extractive) == ("4021", "planted", True)
    assert trained.decode(woven.ids[slice(*first.question)]) == 'What stands beside "A"?'
    assert [trained.decode(woven.ids[slice(*n.answer)]).strip() for n in woven.needles] == [
        "4021",
        "Velmar",
    ]
    assert trained.decode(woven.ids[slice(*woven.answer)]).strip() == woven.gold == "4021, Velmar"
    assert second.depth == second.evidence[0] / second.question[0]
    assert second.distance == second.answer[0] - second.evidence[1]
    assert (first.target_depth, second.target_depth) == (0.0, 0.7)


def test_the_sample_says_where_it_comes_from(trained: Tokenizer) -> None:
    haystack = offer(TEXT, trained, start=100)
    order = Order(sample_id="toy-7", length=400, question="both")
    woven = weave(PLAN, haystack, order=order, task=TOY, tokenizer=trained)
    end = 100 + len(TEXT.rstrip())
    assert woven.haystack == (HaystackSpan(doc_id="books:a.txt", start=100, end=end, epoch=1),)
    assert (woven.sample_id, woven.task, woven.task_version) == ("toy-7", "toy", 3)
    assert (woven.template, woven.split) == (NOTE.name, NOTE.split)
    assert (woven.licenses, woven.sentinels) == (("CC0",), ())
    assert (woven.loss, woven.question, woven.unique) == ("answer", "both", "value")
    assert woven.params == {"keys": 1, "question": "both"}


FIRST, LAST = 'What stands beside "A"?\n\n', '\n\nWhat stands beside "A"?\nBeside: 4021, Velmar'


@pytest.mark.parametrize(
    ("question", "edges"),
    [
        ("first", (FIRST, "\n\nBeside: 4021, Velmar")),
        ("last", ("Beside A stands 4021.", LAST)),
        ("both", (FIRST, LAST)),
    ],
)
def test_the_question_stands_where_it_is_asked_to(
    tokenizer: Tokenizer, question: str, edges: tuple[str, str]
) -> None:
    woven = make(tokenizer, question=question, eos=False)
    text = tokenizer.decode(woven.ids)
    assert text.startswith(edges[0])
    assert text.endswith(edges[1])
    for needle in woven.needles:
        asked = tokenizer.decode(woven.ids[slice(*needle.question)]).strip()
        context_end = needle.answer[0] if question == "first" else needle.question[0]
        assert asked == 'What stands beside "A"?'
        assert (needle.question[0] == 0) == (question == "first")
        assert needle.depth == needle.evidence[0] / context_end


def runs(woven: Woven, tokenizer: Tokenizer) -> list[str]:
    """The targets as text, a string for each run of them."""
    edges = np.flatnonzero(np.diff([0, *woven.target_mask.astype(int).tolist(), 0]))
    return [tokenizer.decode(woven.ids[a:b]) for a, b in edges.reshape(-1, 2).tolist()]


def test_loss_on_the_answer_alone(tokenizer: Tokenizer) -> None:
    end = tokenizer.decode(np.array([tokenizer.eos_id]))
    assert [run.strip() for run in runs(make(tokenizer), tokenizer)] == [f"4021, Velmar{end}"]
    assert [run.strip() for run in runs(make(tokenizer, eos=False), tokenizer)] == ["4021, Velmar"]


def test_loss_on_answer_and_context_leaves_out_plants_and_question(gpt2_like: Tokenizer) -> None:
    assert runs(make(gpt2_like, loss="answer+context"), gpt2_like) == [
        "The river rose that night.\n\n",
        "Nobody slept until the\nmorning. We left.\n\n",
        "It was over.",
        " 4021, Velmar</s>",
    ]


def test_loss_on_all_leaves_out_hidden_values_and_the_first_token(gpt2_like: Tokenizer) -> None:
    woven = make(gpt2_like, loss="all", bos=True)
    assert not woven.target_mask[0]
    assert runs(woven, gpt2_like) == [
        "Beside A stands",
        ".\n\nThe river rose that night.\n\nBeside B stands",
        ".\n\nNobody slept until the\nmorning. We left.\n\nBeside A stands Velmar.\n\nIt was over."
        '\n\nWhat stands beside "A"?\nBeside: 4021, Velmar</s>',
    ]
    bare = make(gpt2_like, loss="all")
    assert bare.target_mask.tolist() == [False, *woven.target_mask[2:].tolist()]


def redrawn(spec: NeedleSpec, haystack: Haystack, *, seed: int, depths: Any, **more: Any) -> Woven:
    """Draw as a build does: the depths stay, everything else is drawn again when it must be."""
    for attempt in range(8):
        rng = np.random.default_rng([seed, attempt])
        template = TASK.templates[int(rng.integers(len(TASK.templates)))]
        made = plan(rng, spec, haystack=haystack.text, depths=depths, template=template)
        with contextlib.suppress(Redraw):
            return weave(made, haystack, task=TASK, **more)
    raise AssertionError(f"eight plans for depths {depths} and none could be woven")


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("question", ["first", "last", "both"])
def test_every_depth_is_met_and_the_solver_agrees(
    tokenizer: Tokenizer, kind: str, question: Any
) -> None:
    haystack = offer(tokenizer.normalise(TEXTS[kind][501:]), tokenizer, start=501)
    # A question that stands first takes up the first 5 to 10 % of so short a sample.
    least = 0.0 if question == "last" else 0.06
    for seed in range(12):
        rng = np.random.default_rng([seed, len(kind), len(question)])
        spec = NeedleSpec(keys=1 + seed % 3, values=1 + seed % 2, near=1)
        depths = tuple((least + (1 - least) * stratified(rng, num_evidence(spec))).tolist())
        length = int(rng.integers(900, 3000))
        order = Order(sample_id="s", length=length, question=question)
        woven = redrawn(spec, haystack, seed=seed, depths=depths, order=order, tokenizer=tokenizer)
        assert length - max(0.02 * length, 100) <= len(woven.ids) <= length
        targets = [needle.target_depth or 0.0 for needle in woven.needles]
        assert targets == sorted(depths)
        for needle, target in zip(woven.needles, targets, strict=True):
            context = woven.answer[0] if question == "first" else needle.question[0]
            assert abs(needle.evidence[0] - target * context) <= max(0.01 * context, 64)
        read = tokenizer.decode(woven.ids[: woven.answer[0]])
        assert solve(Problem(text=read, params=woven.params)).answers == (woven.gold,)


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("multiple", [2, 8, 16, 32])
def test_a_sample_of_any_multiple_keeps_its_depths_and_its_text(
    tokenizer: Tokenizer, kind: str, multiple: int
) -> None:
    text = tokenizer.normalise(TEXTS[kind][501:])
    haystack = offer(text, tokenizer, start=501)
    for seed in range(4):
        rng = np.random.default_rng([seed, len(kind), multiple])
        spec = NeedleSpec(keys=1 + seed % 3, values=1 + seed % 2, near=1)
        depths = tuple(stratified(rng, num_evidence(spec)).tolist())
        length = int(rng.integers(900, 3000))
        order = Order(sample_id="s", length=length, multiple=multiple)
        woven = redrawn(spec, haystack, seed=seed, depths=depths, order=order, tokenizer=tokenizer)
        assert len(woven.ids) % multiple == 0
        assert length - max(0.02 * length, 100) - 4 * multiple <= len(woven.ids) <= length
        assert (
            tokenizer.encode(tokenizer.decode(woven.ids[:-1])).tolist() == woven.ids[:-1].tolist()
        )
        for needle, target in zip(woven.needles, sorted(depths), strict=True):
            context = needle.question[0]
            assert abs(needle.evidence[0] - target * context) <= max(0.01 * context, 64)
        (span,) = woven.haystack
        last = text[span.start - 501 : span.end - 501].rpartition("\n")[2]
        assert last[-12:] in tokenizer.decode(woven.ids)
        read = tokenizer.decode(woven.ids[: woven.answer[0]])
        assert solve(Problem(text=read, params=woven.params)).answers == (woven.gold,)


@pytest.mark.parametrize("depth", [0.0, 0.02, 0.5, 0.98, 1.0])
def test_the_ends_of_the_text_can_be_reached(tokenizer: Tokenizer, depth: float) -> None:
    plants = (replace(PLAN.plants[0], depth=depth), *PLAN.plants[1:])
    woven = make(tokenizer, made=replace(PLAN, plants=plants), text=TEXTS["prose"], length=5000)
    needle = next(needle for needle in woven.needles if needle.text == "4021")
    assert abs(needle.depth - depth) * needle.question[0] <= 64


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("'4021' also stands in 'It was 4021, or so.'", {"text": TEXT + "It was 4021, or so.\n"}),
        ("'Velmar' also stands in 'What stands beside Velmar", {
            "made": replace(PLAN, question="What stands beside Velmar?")}),
        ("also stands in 'Beside B stands 4021.'", {"made": replace(PLAN, plants=(
            *PLAN.plants, Plant(text="Beside B stands 4021.", depth=0.9)))}),
        ("fewer than the least length 300", {"min_length": 300}),
        ("leaves no room", {"length": 60}),
        ("depth 0.* tokens off in a context of", {
            "question": "first", "text": TEXTS["prose"],
            "made": replace(PLAN, question="What stands beside A? " + "Say it. " * 40)}),
    ],
)  # fmt: skip
def test_a_sample_that_breaks_a_rule_is_drawn_again(
    trained: Tokenizer, reason: str, change: dict[str, Any]
) -> None:
    with pytest.raises(Redraw, match=reason):
        make(trained, **change)


def test_an_answer_inside_a_longer_word_is_no_second_answer(trained: Tokenizer) -> None:
    woven = make(trained, text=TEXT + "The 40213 people of Velmarton, x_4021.\n")
    assert woven.gold == "4021, Velmar"


def test_where_solving_decides_values_may_stand_elsewhere(trained: Tokenizer) -> None:
    text = TEXT + "It was 4021.\n"
    assert make(trained, text=text, task=replace(TOY, unique="solution")).unique == "solution"
    assert not make(trained, text=text, made=replace(PLAN, answerable=False)).answerable


def test_spread_evidence_has_no_targets_but_its_range_is_kept(trained: Tokenizer) -> None:
    woven = make(trained, task=replace(TOY, depth_kind="spread"))
    first, second = (needle.depth for needle in woven.needles)
    assert [needle.target_depth for needle in woven.needles] == [None, None]
    assert woven.params["depth_min"] == min(first, second)
    assert woven.params["depth_mean"] == (first + second) / 2
    assert woven.params["depth_max"] == max(first, second)


def test_an_answer_that_a_tokenizer_cannot_spell_is_drawn_again(trained: Tokenizer) -> None:
    class Deaf:
        """Reads every id as the same word."""

        def __getattr__(self, name: str) -> Any:
            return (lambda ids: "hm") if name == "decode" else getattr(trained, name)

    with pytest.raises(Redraw, match=r"the tokens of plant .*4021.* decode to 'hm'"):
        weave(
            PLAN,
            offer(TEXT, trained),
            order=Order(sample_id="s", length=400),
            task=TOY,
            tokenizer=Deaf(),  # type: ignore[arg-type]
        )


def test_the_same_plan_and_haystack_give_the_same_sample(trained: Tokenizer) -> None:
    first, second = make(trained), make(trained)
    assert first.ids.tolist() == second.ids.tolist()
    assert first.needles == second.needles
