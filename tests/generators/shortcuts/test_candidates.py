"""What could be the answer by its look alone."""

import pytest

from generators.shortcuts.candidates import Choice, find_choice
from generators.shortcuts.shapes import shape_of

TEXT = """Mister Micawber came in with Betsey Trotwood.
the guardian of Port Velmar is Ryno Galt
She said that David Copperfield had left.
the guardian of Mount Trosk is Dulo Varn
the guardian of Mount Trosk is Ryno Galt
"""


def choice(gold: str, *, text: str = TEXT, question: str = "", within: str = "") -> Choice | None:
    shape = shape_of(gold)
    assert shape is not None
    start = text.index(within or gold)
    where = (start, start + len(within or gold))
    return find_choice(text, shape.same, gold=gold, evidence=where, question=question)


def test_candidates_stand_at_the_same_place_of_lines_built_alike() -> None:
    found = choice("Dulo Varn")
    assert found is not None
    assert [c.value for c in found.candidates] == ["Ryno Galt", "Dulo Varn"]
    assert found.gold == 1
    first = found.candidates[0]
    assert [TEXT[place : place + 9] for place in first.places] == ["Ryno Galt"] * 2
    assert TEXT[slice(*first.line)] == "the guardian of Port Velmar is Ryno Galt"


def test_alone_in_its_lines_an_answer_is_held_against_the_whole_text() -> None:
    text = TEXT.replace("the guardian of Port Velmar is Ryno Galt", "Port Velmar slept.")
    text = text.replace("Mount Trosk is Ryno Galt", "it is nobody").replace("Mount Trosk", "it")
    found = choice("Dulo Varn", text=text)
    assert found is not None
    assert [c.value for c in found.candidates] == [
        "Mister Micawber",
        "Betsey Trotwood",
        "Port Velmar",
        "David Copperfield",
        "Dulo Varn",
    ]


def test_what_the_question_names_is_no_candidate() -> None:
    found = choice("Dulo Varn", question='Who is it, if not "Ryno Galt"?')
    assert found is not None
    assert "Ryno Galt" not in [c.value for c in found.candidates]


def test_evidence_that_does_not_spell_the_answer_offers_no_choice() -> None:
    assert choice("Dulo Varn", within="She said that") is None


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_last_line_needs_no_end(end: str) -> None:
    found = choice("7", text=f"box 5\nbox 7{end}", within="box 7")
    assert found is not None
    assert [c.value for c in found.candidates] == ["5", "7"]
