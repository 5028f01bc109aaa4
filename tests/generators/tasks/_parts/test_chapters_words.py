"""The wordings of chapters: many, their own, and each with what makes the answer unique."""

import re

from generators.tasks._parts.chapters_words import TEMPLATES


def test_templates_can_be_read() -> None:
    for template in TEMPLATES:
        once, order = template.more
        assert re.fullmatch("[A-Z][a-z]+", template.statement)
        assert (template.question.count("{count}"), template.question.count("{line}")) == (1, 1)
        assert f"{{count}} {template.statement.lower()}s" in template.question
        assert template.statement.lower() in once
        assert "{name}" in once
        assert once.count("for the {which} time") == 1
        assert order.count("{names}") == 1
        assert '"' not in "".join([template.question, once, order])
