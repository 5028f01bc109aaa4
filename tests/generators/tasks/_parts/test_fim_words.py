"""The wordings of fim: many, none of a benchmark, and markers that cannot be taken for others."""

import re
from collections import Counter

from generators.decontam.firewall import overlaps
from generators.tasks._parts.fim_words import RULE, TEMPLATES
from generators.tasks.fim import WHERE


def test_templates_are_many_and_share_no_eight_words() -> None:
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 24
    assert sum(template.split == "train" for template in TEMPLATES) >= 15
    runs: Counter[tuple[str, ...]] = Counter()
    for template in TEMPLATES:
        words = re.findall(r"\w+", f"{template.question} {template.lead}".lower())
        runs.update({tuple(words[at : at + 8]) for at in range(len(words) - 7)})
        assert template.question.count("{count}") == template.question.count("{where}") == 1
        markers = (template.statement, *template.more)
        assert not re.search(r'["\d\n]', "".join([template.question, *markers]))
        assert not any(a in b for a in markers for b in markers if a is not b)
    assert max(runs.values()) == 1


def test_templates_share_no_wording_with_benchmarks() -> None:
    own = [text for t in TEMPLATES for text in (t.statement, t.question, t.lead, *t.more)]
    own += [t.question.replace("{where}", where) for t in TEMPLATES for where in WHERE.values()]
    assert [text for text in [*own, RULE] if overlaps(text)] == []
