"""The wordings of needle: many, apart from each other, and fit for any key and value."""

from generators.tasks._parts.needle_words import TEMPLATES


def test_templates_are_many_and_in_both_splits() -> None:
    splits = [template.split for template in TEMPLATES]
    assert len({template.name for template in TEMPLATES}) == len(TEMPLATES) >= 24
    assert splits.count("train") >= 18
    assert splits.count("held-out") >= 4


def test_templates_take_a_key_and_a_value_once_and_quote_nothing_else_in_the_question() -> None:
    for template in TEMPLATES:
        filled = template.statement.format(key="KEY", value="VALUE")
        assert (filled.count("KEY"), filled.count("VALUE")) == (1, 1), template
        assert template.question.count("{keys}") == 1, template
        assert '"' not in template.question, template
        assert "\n" not in template.statement + template.question + template.lead, template


def test_templates_share_no_wording_with_well_known_retrieval_prompts() -> None:
    known = ("magic", "needle", "pass key", "passkey", "grass is green", "best thing to do",
             "hidden", "memorize", "special", "do not output")  # fmt: skip
    words = " ".join(f"{t.statement} {t.question} {t.lead}" for t in TEMPLATES).lower()
    assert [phrase for phrase in known if phrase in words] == []
