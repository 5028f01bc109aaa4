"""The wordings of tracking: two holders, one number, and nothing that looks like either."""

import re

import pytest

from generators.tasks._parts.tracking_words import TEMPLATES
from schemas.task import Template


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.statement)
def test_a_wording_names_each_thing_once_and_has_nothing_that_looks_like_one(
    template: Template,
) -> None:
    (copying,) = template.more
    plain = re.sub("<.*>", "", copying)
    assert (template.statement.count("{key}"), template.statement.count("{value}")) == (1, 1)
    assert (plain.count("{key}"), plain.count("{other}"), plain.count("{amount}")) == (1, 1, 0)
    assert copying.count("{amount}") == 1
    assert template.question.count("{keys}") == 1
    assert '"' not in template.question
    words = " ".join([template.statement, copying, template.question, template.lead])
    assert not re.search(r"\d", words)
    assert not re.search(r"\b[A-Z][a-z]+ (?:[A-Z][a-z]|\{(?:key|other)\})", words)
