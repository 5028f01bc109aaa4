"""Places become placeholders, a reason or a number."""

import pytest

from generators.cleaning._policy import Place, Policy, apply
from schemas.selection import Cleaned

TEXT = "a KEY b KEY"
PLACES = [Place(8, 11, "key"), Place(2, 5, "key"), Place(3, 5, "other")]


@pytest.mark.parametrize(
    ("policy", "cleaned"),
    [
        ("redact", Cleaned(text="a <redacted:key> b <redacted:key>", count=2)),
        ("drop", Cleaned(text=TEXT, count=2, reason="why")),
        ("count", Cleaned(text=TEXT, count=2)),
    ],
)
def test_a_policy_by_eye(policy: Policy, cleaned: Cleaned) -> None:
    assert apply(TEXT, PLACES, policy=policy, reason="why") == cleaned


@pytest.mark.parametrize("policy", ["redact", "drop", "count"])
def test_where_nothing_is_found_nothing_happens(policy: Policy) -> None:
    cleaned = apply(TEXT, [], policy=policy, reason="why")
    assert cleaned.text is TEXT
    assert (cleaned.count, cleaned.reason) == (0, None)


def test_of_places_that_begin_together_the_longest_counts() -> None:
    places = [Place(2, 3, "short"), Place(2, 5, "long")]
    assert apply(TEXT, places, policy="redact", reason="why").text == "a <redacted:long> b KEY"


def test_what_touches_a_placeholder_stays() -> None:
    """In "a@b.org212-..." the number was part of a word; its placeholder must not set it free."""
    text = "<redacted:email>KEY, KEY<redacted:email>, <b>KEY</b>"
    places = [Place(16, 19, "key"), Place(21, 24, "key"), Place(45, 48, "key")]
    cleaned = apply(text, places, policy="redact", reason="why")
    assert cleaned.text == text.replace("<b>KEY", "<b><redacted:key>")
