"""The wordings of needle: many, apart from each other, and fit for any key and value."""

from generators.tasks._parts.needle_words import TEMPLATES


def test_templates_take_a_key_and_a_value_once_and_quote_nothing_else_in_the_question() -> None:
    for template in TEMPLATES:
        filled = template.statement.format(key="KEY", value="VALUE")
        assert (filled.count("KEY"), filled.count("VALUE")) == (1, 1), template
        assert template.question.count("{keys}") == 1, template
        assert '"' not in template.question, template
        assert "\n" not in template.statement + template.question + template.lead, template
