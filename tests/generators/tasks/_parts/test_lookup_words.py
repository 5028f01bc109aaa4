"""The wordings of lookup: each states and asks all it has to, and is its own."""

import re

import pytest

from generators.tasks._parts.lookup_words import TEMPLATES
from schemas.task import Template


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
