"""The wordings of tally: a record with each name once, and a scope that can be left out."""

import re

import pytest

from generators.decontam.firewall import overlaps
from generators.tasks._parts.tally_words import TEMPLATES
from schemas.task import Template


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_a_record_holds_each_name_once_and_the_scope_can_be_left_out(template: Template) -> None:
    assert sorted(re.findall(r"\{(\w+)\}", template.statement)) == [
        *("amount", "goods", "person", "place"),
    ]
    assert re.fullmatch(r"[^\[\]{}]+\[[^\[\]{}]+\{names\}[^\[\]{}]*\][^\[\]{}]*", template.question)
    assert len(template.more) == 1
    assert overlaps(" ".join([template.statement, template.question, template.lead])) == ()
