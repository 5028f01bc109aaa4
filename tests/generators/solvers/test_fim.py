"""The fim solver judges: the passage that is missing passes, and no other one does."""

from hashlib import sha256
from typing import Any

import pytest

from generators.solvers import load
from generators.solvers.fim import solve
from schemas.task import Problem

BEFORE = """In spring the ferry was sold to Bertram, who painted frame_size on it in green.
It rained on Monday, and nobody went out but the keeper, who looked for his other boot.
"""
AFTER = """
It rained on Tuesday too, and in 1851 the boot was found. Nobody said where, and so on for a day."""
CLAIM = "The keeper asked Bertram\n  for help, and got a boot."
ASKED = {
    "psm": 'Give the 10 words at "[GAP]".',
    "spm": 'Give the 10 words between the end of "Earlier:" and the start of "Later:".',
}


def sealed(before: str, claim: str, after: str) -> str:
    left, right = "".join(before.split())[-80:], "".join(after.split())[:80]
    return sha256(f"{left}\n{claim}\n{right}".encode()).hexdigest()


def lay_out(before: str, after: str, order: str = "psm") -> str:
    if order == "psm":
        return f"{before}[GAP]{after}"
    return f"Later:\n{after}\n\nEarlier:\n{before}"


def read(claim: str = CLAIM, text: str = "", *, order: str = "psm", **params: Any) -> bool:
    known = {
        "order": order,
        "entities": 1,
        "rare": 2,
        "far_characters": 120,
        "seal": sealed(BEFORE, CLAIM, AFTER),
        "question": "last",
        **params,
    }
    asked, body = params.pop("asked", ASKED[order]), text or lay_out(BEFORE, AFTER, order)
    whole = {
        "first": f"{asked}\n\n{body}\n\nGone: ",
        "last": f"{body}\n\n{asked}\nGone: ",
        "both": f"{asked}\n\n{body}\n\n{asked}\nGone: ",
    }[known["question"]]
    answers = solve(Problem(text=whole, params=known, claim=claim)).answers
    assert answers in {(), (claim.strip(),)}
    return bool(answers)


@pytest.mark.parametrize("order", ["psm", "spm"])
@pytest.mark.parametrize("question", ["first", "last", "both"])
def test_the_missing_passage_passes(order: str, question: str) -> None:
    assert read(order=order, question=question)
    assert read(f" {CLAIM}\n", order=order, question=question)


@pytest.mark.parametrize("order", ["psm", "spm"])
@pytest.mark.parametrize(
    "claim",
    [
        CLAIM.replace("Bertram", "Bernard"),
        CLAIM.replace("keeper asked", "asked keeper"),
        CLAIM.replace("\n  ", " "),
        CLAIM.replace("boot.", "boot"),
        CLAIM.replace("and got a", "and a"),
        "It rained on Monday, and nobody went out but the",
        "The keeper asked Bertram for a drink and was refused.",
        "",
    ],
)
def test_another_passage_does_not(order: str, claim: str) -> None:
    assert not read(claim, order=order)


def test_a_passage_of_the_text_itself_does_not_even_with_its_seal() -> None:
    claim = "who looked for his other boot.\nIt rained on Tuesday too,"
    for said in (claim, BEFORE[-40:].strip()):
        seal = sealed(BEFORE, said, AFTER)
        asked = f'Give the {len(said.split())} words at "[GAP]".'
        assert not read(said, seal=seal, asked=asked)


FAULTS = [
    ("a seam was changed", lay_out(BEFORE.replace("other", "left"), AFTER), {}),
    ("the other seam was changed", lay_out(BEFORE, AFTER.replace("too", "again")), {}),
    ("the gap is elsewhere", lay_out(f"{BEFORE}\nIt", AFTER.replace("\nIt", "", 1)), {}),
    ("two gaps", lay_out(BEFORE, f"{AFTER} [GAP]"), {}),
    ("no gap", BEFORE + AFTER, {}),
    ("the passage stands elsewhere too", lay_out(f"{CLAIM} {BEFORE}", AFTER), {}),
    ("the far place is gone", lay_out(BEFORE.replace("Bertram", "someone"), AFTER), {}),
    ("it is a part of a word", lay_out(BEFORE.replace("Bertram", "Bertrams"), AFTER), {}),
    ("a place near by", lay_out(BEFORE, f"{AFTER} Then Bertram left."), {}),
    ("too many places", lay_out(f"Bertram, Bertram. {BEFORE}", AFTER), {}),
    ("not far enough", "", {"far_characters": 140}),
    ("one is not enough", "", {"entities": 2}),
    ("the seal of another", "", {"seal": sealed(BEFORE, "The keeper.", AFTER)}),
    ("the number is another", "", {"asked": ASKED["psm"].replace("10", "11")}),
    ("there is no number", "", {"asked": ASKED["psm"].replace("10", "ten")}),
    ("there is no marker", "", {"asked": ASKED["psm"].replace('"', "")}),
    ("another order is told of", "", {"order": "spm", "asked": ASKED["psm"]}),
    ("the parts are swapped", lay_out(AFTER, BEFORE, "spm"), {"order": "spm"}),
    ("words ahead of the parts", f"So. {lay_out(BEFORE, AFTER, 'spm')}", {"order": "spm"}),
    ("a heading twice", lay_out(BEFORE, f"{AFTER} Later:", "spm"), {"order": "spm"}),
    ("a heading is missing", lay_out(BEFORE, AFTER, "spm").replace("Earlier:", ""),
     {"order": "spm"}),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "text", "params"), FAULTS)
def test_a_fault_does_not_pass(fault: str, text: str, params: dict[str, Any]) -> None:
    assert not read(text=text, **params), fault


def test_two_questions_that_differ_have_no_answer() -> None:
    text = f"{ASKED['spm']}\n\n{lay_out(BEFORE, AFTER)}\n\n{ASKED['psm']}\nGone: "
    assert read(question="both")
    known = {"order": "psm", "question": "both"}
    assert solve(Problem(text=text, params=known, claim=CLAIM)).answers == ()


@pytest.mark.parametrize(
    ("word", "leant"),
    [
        *((word, True) for word in ("Tosqui", "block_size", "_block_size", "1862", "readLine")),
        *((word, True) for word in ("utf8", "HttpServer", "\u00c5ngstr\u00f6m")),
        *((word, False) for word in ("ferrymen", "62", "Bob", "__help__", "x1")),
    ],
)
def test_what_looks_like_a_name_an_identifier_or_a_number_is_leant_on(
    word: str, leant: bool
) -> None:
    claim, before = CLAIM.replace("Bertram", word), BEFORE.replace("Bertram", word)
    seal = sealed(before, claim, AFTER)
    assert read(claim, lay_out(before, AFTER), seal=seal) == leant


def test_the_solver_is_found_by_its_file() -> None:
    assert load("fim") is solve
