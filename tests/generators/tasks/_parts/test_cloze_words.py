"""The wordings of cloze: key and value close together, and the words around them cut cleanly."""

import re

from generators.tasks._parts.cloze_words import REQUESTS, TEMPLATES
from schemas.task import Template


def link(template: Template) -> str:
    """Return what stands between key and value."""
    return template.statement.partition("{key}")[2].partition("{value}")[0]


def test_there_are_enough_wordings_and_a_quarter_is_held_out() -> None:
    splits = [template.split for template in TEMPLATES]
    assert len(splits) >= 32
    assert splits.count("held-out") >= 8
    for part in ("statement", "question", "lead"):
        assert len({getattr(template, part) for template in TEMPLATES}) == len(TEMPLATES)


def test_a_statement_has_one_key_and_then_one_value_with_text_before_them() -> None:
    for template in TEMPLATES:
        assert re.fullmatch(r"[^{}\n]+\{key\}[^{}\n]+\{value\}[^{}\n]+", template.statement)
        assert re.fullmatch(r"[^{}\n\"]*\{keys\}[^{}\n\"]*\?", template.question)
        assert template.statement.startswith(f"{template.lead} {{value}}")


def test_two_short_words_or_signs_at_most_stand_between_key_and_value() -> None:
    """`; mark ` is a sign and a word, ` -> ` one sign."""
    for template in TEMPLATES:
        found = re.findall(r"\w+|[^\w\s]+", link(template))
        assert 1 <= len(found) <= 2, template
        assert all(len(word) <= 8 for word in found), template


def test_key_and_value_follow_a_space_and_the_value_ends_its_word() -> None:
    """Then their tokens are the same in the text and in the answer."""
    for template in TEMPLATES:
        before, after = re.split(r"\{key\}.*\{value\}", template.statement)
        assert before[-1] == link(template)[-1] == " ", template
        assert not after[0].isalnum(), template
        assert after == after.rstrip(), template


def test_every_request_has_words_for_one_key_and_for_several() -> None:
    assert len(REQUESTS) >= 4
    for one, several in REQUESTS:
        assert one.endswith("."), one
        assert several.endswith("."), several
        assert not set('"{}\n') & set(one + several)
