"""A passage's name is made of all that it is, so a response cannot meet another passage."""

import pytest

from schemas.written import Rules, request_id


def test_a_name_depends_on_document_place_and_words() -> None:
    name = request_id("books:a", 3, 9, "a word")
    assert len(name) == 16
    assert int(name, 16) >= 0
    others = [("books:b", 3, 9, "a word"), ("books:a", 4, 9, "a word"), ("books:a", 3, 8, "a word")]
    assert name == request_id("books:a", 3, 9, "a word")
    assert name not in [request_id(*other) for other in [*others, ("books:a", 3, 9, "a worm")]]


@pytest.mark.parametrize("phrase", Rules().pointing)
def test_pointing_phrases_are_plain_lower_case_words(phrase: str) -> None:
    assert phrase == " ".join(phrase.lower().split())
