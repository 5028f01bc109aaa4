"""Words that come back far away, in texts laid out by hand."""

import numpy as np
import pytest

from generators.scoring import recurrence
from schemas.selection import Subject

Scores = dict[str, float | str | bytes | None]
FILLER = "and the sea was wide "  # 21 bytes; its words are used too often to be rare
DISTANCE = 1000


def scores(text: str, *, distance: int = DISTANCE) -> Scores:
    subject = Subject(text=text, kind="book", data=text.encode(), ids=np.zeros(0, np.int32))
    return recurrence.score(subject, recurrence.Options(distance=distance))


def text_with(names: list[str], *places: int, length: int = 10_000) -> str:
    """A text with every name, one behind the other, at each of the places."""
    told = "the " + " ".join(names) + " "
    parts, at = [], 0
    for place in places:
        parts.append((FILLER * (length // len(FILLER) + 1))[: place - at] + " x, " + told)
        at = place + len(told)
    parts.append((FILLER * (length // len(FILLER) + 1))[: max(0, length - at)])
    return "".join(parts)


def named(count: int, form: str) -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [form.format(letters[n % 26] + letters[n // 26] + "mo") for n in range(count)]


def test_rare_words_near_and_far() -> None:
    near, far = named(20, "{}ra"), named(20, "{}lu")
    text = text_with(near, 2000, 2500) + text_with(far, 1000, 8000)
    assert scores(text)["recurrence_far"] == pytest.approx(0.5, abs=0.05)
    assert scores(text, distance=5000)["recurrence_far"] == pytest.approx(0.5, abs=0.05)
    assert scores(text, distance=400)["recurrence_far"] == 1


def test_a_word_used_more_than_ten_times_is_not_rare() -> None:
    words = named(20, "{}ra")
    assert scores(text_with(words, *range(500, 9500, 900)))["recurrence_far"] == 1
    assert scores(text_with(words, *range(300, 9700, 800)))["recurrence_far"] is None


@pytest.mark.parametrize("form", ["{}_index", "get{}", "{}Index"])
def test_identifiers_are_entities(form: str) -> None:
    names = [
        name if "I" in name or "_" in name else "get" + name[3:].title() for name in named(20, form)
    ]
    assert scores(text_with(names, 1000, 1500, 8000))["entities_far"] == 1
    assert scores(text_with(names, 1000, 1300, 1600))["entities_far"] == 0
    assert scores(text_with(names, 1000, 8000))["entities_far"] is None  # twice is not enough


@pytest.mark.parametrize("form", ["M{}", "É{}", "Ж{}", "Δ{}"])
def test_capitals_in_mid_sentence_are_entities(form: str) -> None:
    names = named(20, form)
    told = [name if n == 0 else "the " + name for n, name in enumerate(names)]
    assert scores(text_with(told, 1000, 1500, 8000))["entities_far"] == 1


def test_capitals_that_open_a_sentence_are_not_entities() -> None:
    names = [f"wide. {name}" for name in named(21, "M{}")]
    assert scores(text_with(names, 1000, 1500, 8000))["entities_far"] is None


def test_reach_is_the_median_gap() -> None:
    text = text_with(named(30, "{}ra"), 1000, 3000, 6000)
    # Gaps of 2,000 and 3,000, thirty of each: the median lies between.
    assert scores(text)["recurrence_reach"] == pytest.approx(2500 / len(text), abs=0.01)


def test_distance_counts_characters_not_bytes() -> None:
    """950 letters of two bytes each between first and last use are no 1,500 characters."""
    filler, names = "и море было широко " * 300, named(20, "{}ra")
    told = " " + " ".join(names) + " "
    text = filler[:3800] + told + filler[:950] + told + filler[:3800]
    assert scores(text, distance=1500)["recurrence_far"] == 0
    assert scores(text, distance=1000)["recurrence_far"] == 1


def test_a_long_text_is_sampled_and_says_the_same() -> None:
    rng = np.random.default_rng(0)
    words = [f"k{n}z" for n in range(4000)]
    filler = FILLER * 7000
    near = [rng.permutation(words[:2000]).tolist() for _ in range(2)]
    far = [rng.permutation(words[2000:]).tolist() for _ in range(2)]
    text = " ".join([*far[0], filler, *near[0], *near[1], filler * 15, *far[1]])
    assert len(text) > 4 << recurrence.SAMPLE_LOG
    assert scores(text, distance=32_768)["recurrence_far"] == pytest.approx(0.5, abs=0.08)


def test_a_text_of_few_distances_says_nothing() -> None:
    text = text_with(named(20, "{}ra"), 300, 6300)
    assert scores(text, distance=len(text) // 4)["recurrence_far"] == 1
    assert scores(text, distance=len(text) // 4 + 1) == dict.fromkeys(recurrence.COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "_" * 9000,
        " _ a" * 900,
        "a" * 900_000,
        "\n" * 9000,
        "漢" * 300_000,
        "😀" * 9000,
        FILLER * 500,
        "Ab\n" * 9000,
    ],
)
def test_texts_without_rare_words_say_nothing(text: str) -> None:
    assert scores(text) == dict.fromkeys(recurrence.COLUMNS)
