"""The wordings of updates: each states four things, asks for three, and says no more."""

import re

from generators.tasks._parts.updates_words import TEMPLATES
from generators.tasks.updates import ATTRIBUTES, WORDS


def test_templates_can_be_read_and_state_nothing_of_their_own() -> None:
    labels = [label for kind in ATTRIBUTES.values() for label in kind]
    assert not any(a in b for a in labels for b in labels if a != b)
    for template in TEMPLATES:
        slots = {"key": "KEY", "value": "VALUE", "attribute": "LABEL", "time": "TIME"}
        filled = template.statement.format(**slots)
        assert [filled.count(slot) for slot in slots.values()] == [1, 1, 1, 1], template
        for slot in ("{keys}", "{attribute}", "{moment}"):
            assert template.question.count(slot) == 1, template
        assert '"' not in template.question, template
        words = " ".join([template.statement, template.question, template.lead, *template.more])
        assert not re.search(r"\d", words), template
        assert not any(label in words for label in labels), template
        # Two capitalised words read as a name, and a number's word as an answer.
        assert not re.search(r"[A-Z][a-z]+ ([A-Z][a-z]+|\{value\})", template.statement), template
        assert not re.search(r"\{value\} [A-Z]", template.statement), template
        assert not any(word in template.statement for word in WORDS), template
