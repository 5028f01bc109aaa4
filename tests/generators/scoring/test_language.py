"""What language a text is in, from slices of it."""

import hashlib
import sys

import numpy as np
import pytest

from generators.scoring import language
from schemas.errors import RecipeError
from schemas.selection import Subject

TEXTS = {
    "en": "It was a bright cold day in spring, and all the clocks of the town were striking one. ",
    "fr": "Nous étions tous à l'étude quand le directeur entra, suivi d'un nouvel élève. ",
    "de": "Als er eines Morgens aus unruhigen Träumen erwachte, fand er sich in seinem Bett. ",
    "ru": "Однажды зимой мальчик пошёл в лес за дровами и увидел там большого волка. ",
    "zh": "从前有一座山。山上有一座庙。庙里有一个老和尚在讲故事。",
    "ja": "むかしむかし、あるところに、おじいさんとおばあさんが住んでいました。",
}


def scores(text: str, **options: int) -> tuple[object, object]:
    subject = Subject(text=text, kind="book", data=text.encode(), ids=np.zeros(0, np.int32))
    found = language.score(subject, language.Options(**options))
    assert set(found) == set(language.COLUMNS)
    return found["language"], found["language_confidence"]


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_of_one_language(code: str) -> None:
    found, confidence = scores(TEXTS[code] * 200)
    assert found == code
    assert 0.5 <= float(str(confidence)) <= 1


def test_the_whole_document_is_asked_not_its_beginning() -> None:
    """An English title page before a French book."""
    assert scores(TEXTS["en"] * 30 + TEXTS["fr"] * 2000)[0] == "fr"


def test_slices_reach_from_the_beginning_to_the_end() -> None:
    text = "".join(chr(ord("a") + n) * 1000 for n in range(9))
    sample = language._sample(text.encode(), language.Options(slices=3, sample=256))
    assert sample.split("\n") == ["a" * 85, "e" * 85, "i" * 85]
    assert language._sample(b"short", language.Options()) == "short"
    cut = language._sample(("a" + "é" * 2000).encode(), language.Options(slices=7))
    assert set(cut) == {"a", "é", "\n"}  # half a character at an edge is left out


@pytest.mark.parametrize(
    "text", ["a", "12345 " * 1000, "\n" * 5000, "one two three", "-" * 5000, "=+*/ 1" * 900]
)
def test_too_little_says_nothing(text: str) -> None:
    assert scores(text) == (None, None)


def test_what_is_no_language_says_nothing() -> None:
    """Checksums are surely no language; a line of code is like none of them enough."""
    digests = [hashlib.sha256(bytes([n])).hexdigest() for n in range(20)]
    assert scores("\n".join(digests)) == (None, None)
    assert scores("def f(x):\n    return x+1\n" * 20) == (None, None)


@pytest.mark.parametrize("text", ["a" * 5_000_000, "😀" * 5000, "\U00020000" * 5000])
def test_strange_texts_do_not_raise(text: str) -> None:
    found, confidence = scores(text)
    assert (found is None) == (confidence is None)


def test_confidence_is_rounded() -> None:
    confidence = float(str(scores(TEXTS["en"] + TEXTS["fr"])[1]))
    assert confidence == round(confidence, 2)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    language._classifier.cache_clear()
    monkeypatch.setitem(sys.modules, "py3langid", None)
    with pytest.raises(RecipeError, match=r"pip install 'longmix\[select\]'"):
        scores(TEXTS["en"] * 9)
