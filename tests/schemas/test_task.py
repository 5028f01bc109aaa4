"""A template is known by its words, so that a held-out wording is held out in every mix."""

from schemas.task import Plan, Template


def template(number: int) -> Template:
    return Template(statement=f"{{key}} is {{value}} {number}.", question="{keys}?", lead="A:")


def test_the_same_words_have_the_same_name() -> None:
    assert template(1).name == template(1).name
    assert template(1).name != template(2).name
    assert len(template(1).name) == 8


def test_one_wording_in_four_is_held_out() -> None:
    held_out = [n for n in range(400) if template(n).split == "held-out"]
    assert 70 < len(held_out) < 130
    assert all(int(template(n).name, 16) % 4 == 0 for n in held_out)


def test_the_gold_answer_joins_its_parts() -> None:
    plan = Plan(plants=(), question="?", lead="A:", parts=("7", "9"), template="x", joiner=" and ")
    assert plan.gold == "7 and 9"
