"""Wordings of `code`: many, in both splits, and none like another."""

import itertools
import re
from collections import Counter

from generators.decontam.firewall import overlaps
from generators.tasks._parts.code_words import TEMPLATES
from generators.tasks.code import FORM, WHAT


def test_templates_are_many_and_in_both_splits() -> None:
    splits = Counter(template.split for template in TEMPLATES)
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 24
    assert splits["train"] >= 15
    assert splits["held-out"] >= 4
    for template in TEMPLATES:
        words = template.statement, template.question, *template.more
        assert [words[0].count(slot) for slot in ("`{path}`", "`{line}`")] == [1, 1], template
        assert words[0].count("`") == 4
        assert [one.count("{what}") for one in words[1:]] == [1, 1]
        assert "`" not in words[1] + words[2] + template.lead


def test_templates_share_no_wording() -> None:
    texts = [f"{t.statement} {t.question} {t.more[0]} {t.lead}" for t in TEMPLATES]
    texts += [*WHAT.values(), *FORM.values()]
    assert [text for text in texts if overlaps(text)] == []
    grams = [
        {tuple(words[at : at + 8]) for at in range(len(words) - 7)}
        for words in (re.findall(r"\w+", text.lower()) for text in texts)
    ]
    assert not any(a & b for a, b in itertools.combinations(grams, 2))
