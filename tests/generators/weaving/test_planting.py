"""The layout of a sample: every plant on its own line, the haystack's words untouched."""

from typing import Any

import numpy as np
import pytest

from generators.tokens.tokenizer import Tokenizer
from generators.weaving import Redraw
from generators.weaving.draft import Draft
from generators.weaving.planting import plant
from schemas.errors import RecipeError, UnfitError
from schemas.sample import Haystack, Order, Run
from schemas.task import Plan, Plant
from tests.generators.weaving.conftest import TEXTS

PLAN = Plan(
    plants=(
        Plant(text="Beside B stands 2222222.", depth=0.32),
        Plant(text="Beside A stands 1111111.", depth=0.3, part=0),
        Plant(text="Beside C stands 3333333.", depth=0.99),
        Plant(text="Beside D stands 4444444.", depth=0.0),
    ),
    question='What stands beside "A"?',
    lead="Beside:",
    parts=("1111111",),
    template="",
)


def offer(text: str, tokenizer: Tokenizer, **more: Any) -> Haystack:
    ids = tokenizer.encode(text)
    run = Run(**{"at": 0, "size": len(text), "doc_id": "d", "start": 0, **more})
    return Haystack(text=text, token_ends=tokenizer.byte_ends(ids, text), runs=(run,))


def make(text: str, tokenizer: Tokenizer, *, start: int = 0, **order: Any) -> Draft:
    wanted = Order(**{"sample_id": "s", "length": 400, **order})
    return plant(PLAN, offer(text, tokenizer, start=start), order=wanted, tokenizer=tokenizer)


def test_between_paragraphs_a_plant_is_a_paragraph(trained: Tokenizer) -> None:
    text = (
        "The river rose that night.\n\nNobody slept until the\nmorning. We left.\n\nIt was over.\n"
    )
    assert make(text, trained).text == (
        "Beside D stands 4444444.\n\n"
        "The river rose that night.\n\n"
        "Beside A stands 1111111.\n\n"
        "Beside B stands 2222222.\n\n"
        "Nobody slept until the\nmorning. We left.\n\n"
        "It was over.\n\n"
        "Beside C stands 3333333.\n\n"
        'What stands beside "A"?\nBeside: 1111111'
    )


def test_between_lines_and_inside_a_line_a_plant_is_a_line(trained: Tokenizer) -> None:
    lines = "x = f(a)[0]\ny = g(b)[1]\nz = h(c)[2]\n" * 6
    assert make(lines, trained).text == (
        "Beside D stands 4444444.\n"
        + lines[: 12 * 6]
        + "Beside A stands 1111111.\nBeside B stands 2222222.\n"
        + lines[12 * 6 :]
        + 'Beside C stands 3333333.\n\nWhat stands beside "A"?\nBeside: 1111111'
    )
    words = " ".join(["river"] * 200)
    body = make(words, trained).text.split("\n")
    assert [line for line in body if line.startswith("Beside")][:2] == [
        "Beside D stands 4444444.",
        "Beside A stands 1111111.",
    ]
    assert "".join(line for line in body[:-3] if not line.startswith("Beside")) == words


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("question", ["first", "last", "both"])
def test_the_haystacks_own_text_is_whole_and_in_order(
    tokenizer: Tokenizer, kind: str, question: str
) -> None:
    text = tokenizer.normalise(TEXTS[kind][1000:9000])
    made = make(text, tokenizer, start=1000, question=question, length=600)
    context = "".join(made.pieces[index].text for index in made.find("context"))
    assert context == text[slice(*made.used[0])]
    assert made.text == "".join(piece.text for piece in made.pieces)
    assert len(made.ids) <= 600


@pytest.mark.parametrize("kind", TEXTS)
def test_a_span_is_every_token_that_touches_its_bytes(tokenizer: Tokenizer, kind: str) -> None:
    text = tokenizer.normalise(TEXTS[kind][1000:3000])
    made = make(text, tokenizer, bos=tokenizer.bos_id is not None)
    ids = made.ids[int(tokenizer.bos_id is not None) : -1]
    sizes = [len(tokenizer.decode_bytes(np.array([one]))) for one in ids.tolist()]
    stops = np.cumsum(sizes)
    offset = int(tokenizer.bos_id is not None)
    for index, piece in enumerate(made.pieces):
        start = len("".join(p.text for p in made.pieces[:index]).encode())
        stop = start + len(piece.text.encode())
        touching = [
            at + offset
            for at, (end, size) in enumerate(zip(stops.tolist(), sizes, strict=True))
            if end > start and end - size < stop
        ]
        if piece.text:
            assert list(range(*made.span_of(index))) == touching


def test_a_piece_from_the_middle_begins_and_ends_with_whole_sentences(trained: Tokenizer) -> None:
    text = TEXTS["prose"][1007:9000]
    made = make(text, trained, start=1007)
    used = text[slice(*made.used[0])]
    assert text[: made.used[0][0]].endswith(("\n", ". "))
    assert used.endswith(".")
    assert make(text, trained, start=0).used[0][0] == 0


def test_a_piece_that_fits_is_used_to_its_last_word(trained: Tokenizer) -> None:
    made = make("The river rose.\nWe left.\n\n", trained, start=50)
    assert made.used == ((0, len("The river rose.\nWe left.")),)
    assert not made.trimmed


def test_start_and_end_ids_stand_outside_the_text(gpt2_like: Tokenizer) -> None:
    plain, framed = (make(TEXTS["prose"][:900], gpt2_like, bos=on, eos=on) for on in (False, True))
    ids = framed.ids.tolist()
    assert (ids[0], ids[-1]) == (gpt2_like.bos_id, gpt2_like.eos_id)
    assert gpt2_like.encode(framed.text).tolist() == ids[1:-1]
    assert gpt2_like.encode(plain.text).tolist() == plain.ids.tolist()


def test_an_id_that_the_tokenizer_lacks_is_named(trained: Tokenizer) -> None:
    with pytest.raises(RecipeError, match="name it as `bos_id`, or turn `bos` off"):
        make(TEXTS["prose"], trained, bos=True)


@pytest.mark.parametrize(
    ("text", "length", "reason"),
    [
        (TEXTS["prose"], 60, "leaves no room for a haystack"),
        (" \n\n \n", 400, "white space alone"),
        ("", 400, "no whole token"),
    ],
)
def test_no_haystack_no_sample(trained: Tokenizer, text: str, *, length: int, reason: str) -> None:
    with pytest.raises(Redraw, match=reason):
        make(text, trained, length=length)


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("depth", [0.1, 0.5, 0.97])
def test_lines_of_a_plant_may_be_the_evidence_and_lie_at_the_depth(
    tokenizer: Tokenizer, kind: str, depth: float
) -> None:
    lines = [
        f"- {name} = {number};"
        for name, number in zip("ABCDEF", range(2222222, 2222228), strict=True)
    ]
    text = "\n".join(["List, 6 lines", *lines])
    hidden = tuple(str(number) for number in range(2222222, 2222228))
    list_ = Plant(text=text, depth=depth, part=0, hidden=hidden, evidence="\n".join(lines[2:4]))
    other = Plant(text="Beside Z stands 9999999.", depth=max(depth - 0.01, 0))
    plan = Plan(plants=(other, list_), question="C?", lead="It:", parts=("2222224",), template="")
    haystack = offer(tokenizer.normalise(TEXTS[kind][1000:9000]), tokenizer)
    made = plant(plan, haystack, order=Order(sample_id="s", length=1200), tokenizer=tokenizer)
    assert text in made.text
    before, evidence, after = (made.pieces[made.evidence()[0] + step] for step in (-1, 0, 1))
    assert before.text == "\n".join(["List, 6 lines", *lines[:2], ""])
    assert evidence.text == "\n".join(lines[2:4])
    assert after.text == "\n".join(["", *lines[4:]])
    assert [piece.hidden for piece in (before, evidence, after)] == [
        hidden[:2],
        hidden[2:4],
        hidden[4:],
    ]
    assert [piece.part for piece in (before, evidence, after)] == [None, 0, None]
    context = made.span_of(made.find("question")[-1])[0]
    assert abs(made.span_of(made.evidence()[0])[0] - depth * context) <= 64


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("question", ["first", "last", "both"])
@pytest.mark.parametrize("multiple", [2, 16, 100])
def test_the_length_is_a_multiple_and_no_word_is_lost_but_at_the_end(
    tokenizer: Tokenizer, kind: str, *, question: str, multiple: int
) -> None:
    text = tokenizer.normalise(TEXTS[kind][1000:9000])
    order = {"question": question, "length": 1111, "multiple": multiple}
    made = make(text, tokenizer, start=1000, **order)
    assert len(made.ids) % multiple == 0
    assert len(made.ids) <= 1111
    assert tokenizer.encode(made.text).tolist() == made.ids[:-1].tolist()
    context = "".join(made.pieces[index].text for index in made.find("context"))
    assert context == text[slice(*made.used[0])]
    # The place of a start id counts too.
    if tokenizer.bos_id is not None:
        assert len(make(text, tokenizer, bos=True, **order).ids) % multiple == 0


def test_a_document_that_would_fit_loses_its_last_words(trained: Tokenizer) -> None:
    text = "The river rose that night. Nobody slept until the morning. We left, and it was over."
    whole = len(make(text, trained).ids)
    used = [make(text, trained, multiple=multiple).used[0] for multiple in (whole, whole - 1)]
    assert used[0] == (0, len(text))
    assert text[: used[1][1]] == text.removesuffix(" over.")


def test_a_multiple_that_cannot_be_met_is_told(trained: Tokenizer) -> None:
    with pytest.raises(UnfitError, match=r"no end of the haystack .* a multiple of 300"):
        make("The river rose.\nWe left.\n", trained, multiple=300)
