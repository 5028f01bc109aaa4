"""The wordings of reorder: many, none of a benchmark, and readable by the solver."""

from collections import Counter

from generators.decontam.firewall import overlaps
from generators.tasks._parts.reorder_words import RULES, TEMPLATES


def test_templates_are_many_and_share_no_wording() -> None:
    splits = Counter(template.split for template in TEMPLATES)
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 24
    assert len({template.statement for template in TEMPLATES}) == len(TEMPLATES)
    assert splits["train"] >= 15
    assert splits["held-out"] >= 2
    grams: Counter[tuple[str, ...]] = Counter()
    for template in TEMPLATES:
        texts = (template.question, template.lead, *template.more)
        assert [text for text in texts if overlaps(text)] == []
        mine = {
            tuple(words[at : at + 8])
            for text in texts
            for words in [text.split()]
            for at in range(len(words) - 7)
        }
        grams.update(mine)
    assert max(grams.values()) == 1
    assert [rule for rule in RULES.values() if overlaps(rule)] == []


def test_templates_can_be_read() -> None:
    for template in TEMPLATES:
        pieces, order, step = template.more
        assert (template.question.count("{count}"), pieces.count("{count}")) == (1, 1)
        assert step.count('directly {side} "{label}"') == 1
        assert "{" not in order
        assert " " not in template.statement
