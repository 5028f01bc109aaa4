"""The wordings of lookup: each states and asks all it has to, and is its own."""

import re

import pytest

from generators.decontam.firewall import overlaps
from generators.tasks._parts.lookup_words import TEMPLATES
from schemas.task import Template


def test_templates_are_many_and_in_both_splits() -> None:
    splits = [template.split for template in TEMPLATES]
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 20
    assert splits.count("train") >= 15
    assert splits.count("held-out") >= 4


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_wording_states_and_asks_all_it_has_to(template: Template) -> None:
    heading, by_number, by_value, beside = template.more
    fields = r"\{(\w+)\}"
    assert re.findall(fields, template.statement) == ["key", "value"]
    assert sorted(re.findall(fields, heading)) == ["block", "count"]
    assert re.findall(fields, template.question) == ["key", "block"]
    assert re.findall(fields, by_number) == ["n", "block"]
    assert re.findall(fields, by_value) == ["value", "block"]
    assert sorted(re.findall(fields, beside)) == ["block", "key", "side"]
    assert beside.index("{key}") < beside.index("{block}")
    questions = (template.question, by_number, by_value, beside)
    assert not any(re.search(r'["\n\d]', question) for question in questions)
    assert not re.search(r"\d", template.statement + heading)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_no_wording_is_that_of_a_benchmark(template: Template) -> None:
    words = (template.statement, template.question, template.lead, *template.more)
    assert [overlaps(text) for text in (*words, " ".join(words))] == [()] * 8
