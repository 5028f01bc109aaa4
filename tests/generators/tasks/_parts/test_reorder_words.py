"""The wordings of reorder: many, none of a benchmark, and readable by the solver."""

from generators.tasks._parts.reorder_words import TEMPLATES


def test_templates_can_be_read() -> None:
    for template in TEMPLATES:
        pieces, order, step = template.more
        assert (template.question.count("{count}"), pieces.count("{count}")) == (1, 1)
        assert step.count('directly {side} "{label}"') == 1
        assert "{" not in order
        assert " " not in template.statement
