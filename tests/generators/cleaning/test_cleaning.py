"""Cleaners are found by their file, keep what does not concern them, and are idempotent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.cleaning import load, names
from schemas.errors import RecipeError

ALL = ("contents", "gutenberg", "illustrations", "personal", "secrets", "unwrap")
PLAIN = "Call me Ishmael. Some years ago--never mind how long precisely--I went to sea.\n"
PIECES = (
    "*** START OF THE PROJECT GUTENBERG EBOOK X ***\n",
    "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n",
    "Project Gutenberg\n",
    "Produced by A. B.\n",
    "CONTENTS\n",
    "CHAPTER I\n",
    "I. One\nII. Two\nIII. Three\n",
    "[Illustration: a [b] c]\n",
    "[Illustration",
    "]",
    "\n",
    "\n\n",
    " ",
    "It was the best of times, it was the worst of times, it was the age of wisdom,\n" * 3,
    "a knight-\n",
    "4111 1111 1111 1111 ",
    "jo.fox@mail.org",
    "(212) 265-1040 ",
    "https://joe:correct-horse@host.org/ ",
    "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5",
    "é",
    "x",
)


def test_every_cleaner_is_found_by_its_file() -> None:
    assert names() == ALL
    with pytest.raises(RecipeError, match="Did you mean 'unwrap'"):
        load("unwrp")


@pytest.mark.parametrize("name", ALL)
def test_what_does_not_concern_a_cleaner_comes_back_as_the_same_object(name: str) -> None:
    cleaner = load(name)
    for text in (PLAIN, "", "\n", "é" * 9, PLAIN * 50):
        cleaned = cleaner.clean(text, cleaner.Options())
        assert cleaned.text is text
        assert (cleaned.count, cleaned.reason) == (0, None)


@pytest.mark.parametrize("name", ALL)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25))
def test_cleaning_twice_is_cleaning_once(name: str, pieces: list[str]) -> None:
    cleaner = load(name)
    once = cleaner.clean("".join(pieces), cleaner.Options())
    if once.reason is None:
        assert cleaner.clean(once.text, cleaner.Options()).text == once.text
