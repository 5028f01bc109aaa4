"""Several questions of one sample: each part keeps its evidence, each question its own words."""

from generators.weaving.questions import asked_together
from schemas.task import Plan, Plant


def plan(key: str, *values: str) -> Plan:
    stated = [Plant(text=f"{key} is {v}.", depth=0.5, part=i) for i, v in enumerate(values)]
    return Plan(
        plants=(*stated, Plant(text="Z is 0.", depth=0.1)),
        question=f"What is {key}?",
        lead=f"{key}:",
        parts=values,
        joiner=" and ",
        template=f"t{key}",
        params={"keys": 1},
    )


def test_one_question_stays_as_it_is() -> None:
    one = plan("A", "1")
    assert asked_together([one]) is one


def test_two_questions_can_be_read_by_eye() -> None:
    made = asked_together([plan("A", "1", "2"), plan("B", "3")])
    assert made.question == (
        "(1) What is A? (2) What is B? Answer all 2 in turn, with semicolons between the answers."
    )
    assert (made.lead, made.gold) == ("Answers:", "1 and 2; 3")
    assert [(one.text, one.part) for one in made.plants] == [
        ("A is 1.", 0),
        ("A is 2.", 1),
        ("Z is 0.", None),
        ("B is 3.", 2),
        ("Z is 0.", None),
    ]
    assert made.params == {
        "questions": [
            {"question": "What is A?", "lead": "A:", "template": "tA", "params": {"keys": 1}},
            {"question": "What is B?", "lead": "B:", "template": "tB", "params": {"keys": 1}},
        ]
    }
