"""A draft knows the tokens of each of its pieces."""

from dataclasses import replace

import numpy as np
import pytest

from generators.tokens.tokenizer import Tokenizer
from generators.weaving.draft import Piece, encode, lay_out, slack, surplus, tolerance
from schemas.sample import Order
from schemas.task import Plan

PLAN = Plan(question="Who came?", lead="Came:", parts=("Ann", "Bo"), joiner=" and ", template="")
BODY = [
    Piece(kind="context", text="It rained. "),
    Piece(kind="evidence", text="Ann came.", part=0),
    Piece(kind="plant", text="\nBo did.", part=1),
]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("last", "It rained. Ann came.\nBo did.\n\nWho came?\nCame: Ann and Bo"),
        ("first", "Who came?\n\nIt rained. Ann came.\nBo did.\n\nCame: Ann and Bo"),
        ("both", "Who came?\n\nIt rained. Ann came.\nBo did.\n\nWho came?\nCame: Ann and Bo"),
    ],
)
def test_the_three_orders(question: str, text: str) -> None:
    order = Order(sample_id="s", length=99, question=question)  # type: ignore[arg-type]
    assert "".join(piece.text for piece in lay_out(PLAN, BODY, order)) == text


def test_every_piece_has_the_tokens_that_touch_it(tokenizer: Tokenizer) -> None:
    order = Order(sample_id="s", length=99)
    made = encode(
        lay_out(PLAN, BODY, order), ((0, 20),), trimmed=False, order=order, tokenizer=tokenizer
    )
    assert [made.pieces[index].text for index in made.evidence()] == ["Ann came.", "\nBo did."]
    for index in made.find("context", "evidence", "plant", "question", "part"):
        assert made.pieces[index].text in tokenizer.decode(made.ids[slice(*made.span_of(index))])
    assert (np.diff(made.token_stops) >= 0).all()


def test_how_far_off_is_near_enough() -> None:
    assert (tolerance(1000), tolerance(100_000)) == (64, 1000)
    assert (slack(1000), slack(100_000)) == (100, 2000)
    assert (slack(1000, composed=True), slack(100_000, composed=True)) == (256, 5000)
    assert slack(1000, multiple=16) == 100 + 4 * 16


@pytest.mark.parametrize(("length", "multiple", "over"), [
    (99, 1, 0),    # any number will do
    (99, 16, 9),   # 25 tokens, and 16 would be right
    (20, 16, 9),
    (25, 5, 0),
    (24, 5, 5),    # 25 are a multiple, though too many
])  # fmt: skip
def test_a_surplus_is_what_is_above_a_multiple_that_fits(
    trained: Tokenizer, length: int, *, multiple: int, over: int
) -> None:
    order = Order(sample_id="s", length=length, multiple=multiple, eos=False)
    pieces = [Piece(kind="context", text="One.")]
    made = encode(pieces, (), trimmed=False, order=order, tokenizer=trained)
    assert surplus(replace(made, ids=np.zeros(25, np.int32)), order) == over
