"""The wordings of chapters: many, their own, and each with what makes the answer unique."""

import re
from collections import Counter

from generators.decontam.firewall import overlaps
from generators.tasks._parts.chapters_words import TEMPLATES


def test_templates_are_many_and_in_both_splits() -> None:
    splits = Counter(template.split for template in TEMPLATES)
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 24
    assert len({template.statement for template in TEMPLATES}) == len(TEMPLATES)
    assert splits["train"] >= 15
    assert splits["held-out"] >= 2


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


def test_templates_share_no_wording() -> None:
    grams: Counter[str] = Counter()
    for template in TEMPLATES:
        texts = (template.question, template.lead, *template.more)
        assert [text for text in texts if overlaps(text)] == []
        split = [text.split() for text in texts]
        grams.update(
            {" ".join(words[at : at + 8]) for words in split for at in range(len(words) - 7)}
        )
    assert max(grams.values()) == 1
