"""Marks of pictures go whole, whatever brackets they hold; other brackets stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.cleaning.illustrations import LONGEST, Options, clean
from schemas.selection import Cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("He rose.\n\n[Illustration: A whale [see\np. 3]]\n\nShe fell.", "He rose.\n\nShe fell."),
        ("[Illustration]\n\nText", "Text"),
        ("[ILLUSTRATION]\n\n[Illustration: b]\n\nText", "Text"),
        ("Text\n\n[Illustration]\n", "Text\n"),
        ("a [Illustration] b", "a b"),
        ("a[Illustration]b", "ab"),
        ("a\n  [Illustration]  \nb", "a\nb"),
        ("caf\u00e9 [_Illustration: \u00e9_] b", "caf\u00e9 b"),
        ("] a] [b [Illustration: c [d] ] e", "] a] [b e"),
        ("[Illustration: [Illustration: twice]] x", "x"),
    ],
)
def test_by_eye(text: str, cleaned: str) -> None:
    assert clean(text, Options()).text == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "[Illustration: open",
        "[Illustrative]",
        "illustration [a]",
        "a[1]",
        "[Illustration" + "x" * 9,
    ],
)
def test_what_is_no_mark_stays(text: str) -> None:
    assert clean(text, Options()).text is text


def test_a_mark_that_is_closed_too_late_stays() -> None:
    inside = "x" * (LONGEST - len("[Illustration: ]"))
    assert clean(f"[Illustration: {inside}]", Options()).count == 1
    assert clean(f"[Illustration: {inside}x]", Options()).count == 0


def test_captions_can_stay() -> None:
    text = "a\n\n[Illustration: The whale [p. 3]]\n\nb [Illustration] c"
    kept = clean(text, Options(captions="keep"))
    assert kept == Cleaned(text="a\n\nThe whale [p. 3]\n\nb c", count=2)


def test_notes_go_when_told() -> None:
    text = "a\n\n[Transcriber\u2019s Note: kept\nas printed]\n\nb [TN: so] c [Illustration]\n"
    assert clean(text, Options()).text == text.removesuffix(" [Illustration]\n") + " \n"
    assert clean(text, Options(notes="drop")) == Cleaned(text="a\n\nb c \n", count=3)


@given(st.text(st.sampled_from("[]a\n ")), st.integers(0, 30))
def test_only_the_mark_goes_from_any_text(text: str, place: int) -> None:
    """Words and brackets around a mark are those that were there."""
    before, after = text[:place], text[place:]
    cleaned = clean(f"{before}[Illustration: x]{after}", Options())
    assert cleaned.count == 1
    assert "".join(cleaned.text.split()) == "".join(text.split())
