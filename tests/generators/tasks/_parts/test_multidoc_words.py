"""The words of multidoc: many wordings, none of a benchmark, all of them readable by the solver."""

import re

import pytest

from generators.retrieval.quotes import Ask, Quote
from generators.tasks._parts.multidoc_words import RULES, TEMPLATES, question, speaks_of
from schemas.task import Template

PLAIN = Template(
    statement="Passage {label}",
    question="What fills {quote}?",
    lead="It is:",
    more=("passage", "Which {unit} has {what}?"),
)


@pytest.mark.parametrize(
    ("ask", "shown", "begins"),
    [
        ("cloze", '"left at _____,"', 'What fills "left at _____,"? The blank is one word'),
        ("source", '"at noon"', 'Which passage has the words "at noon"? Any white space counts'),
        ("terms", '"a" and "b"', 'Which passage has all the words "a" and "b"? Whole words'),
    ],
)
def test_a_question_can_be_read(ask: Ask, shown: str, begins: str) -> None:
    asked = question(PLAIN, ask, shown)
    assert asked.startswith(begins)
    assert asked.endswith(": not stated.")


def test_own_words_that_answer_are_noticed() -> None:
    def made(answer: str) -> Quote:
        run = (0, 0)
        return Quote(gold=0, run=run, marks=(run,), shown='"x"', words="x", answer=answer)

    told = ["passage", "Blank", "IT", "fills"]
    assert all(speaks_of(PLAIN, "cloze", made(answer)) for answer in told)
    assert not any(speaks_of(PLAIN, "cloze", made(answer)) for answer in ["pass", "Margate", ""])


def wordings(template: Template) -> list[str]:
    return [template.statement, template.question, template.lead, *template.more]


def test_templates_can_be_read_by_the_solver() -> None:
    for template in TEMPLATES:
        unit, find = template.more
        assert template.statement.count("{label}") == 1, template
        assert template.statement.partition("{label}")[0], template
        assert (template.question.count("{quote}"), find.count("{what}")) == (1, 1), template
        assert template.question.count("{unit}") + find.count("{unit}") >= 1, template
        assert unit in template.question.format(unit=unit, quote="") or "{unit}" in find, template
        own = " ".join([*wordings(template), *RULES.values()])
        assert '"' not in own, template
        assert "_" not in own, template
        assert not re.search(r"\d", own), template
