"""Plants keep their order and their depth, and stand where a reader would put a break."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.weaving import Redraw
from generators.weaving.places import best_place, places, ruler, trim_end, wanted_tokens, word_ends

PROSE = (
    "The river rose. Nobody\nslept that night, and the\nbells rang. By dawn the\nbridge was gone.\n"
    "We left.\n\nIt was over"
)
CODE = "x = f(a)[0]\ny = g(b)[1]  # Read it. Then\nz = h(c)[2]\n"


def after(text: str, end: str) -> int:
    return text.index(end) + len(end)


def test_the_best_kind_of_boundary_wins_and_then_the_nearest() -> None:
    want = PROSE.index("bells")
    assert best_place(PROSE, want, window=(0, len(PROSE))) == after(PROSE, "left.\n\n")
    assert best_place(PROSE, want, window=(0, after(PROSE, "left."))) == after(PROSE, "gone.\n")
    assert best_place(PROSE, want, window=(0, after(PROSE, "was"))) == after(PROSE, "rang. ")
    assert best_place(PROSE, want, window=(20, after(PROSE, "bells"))) == after(PROSE, "the\n")
    assert best_place("one two three", 7, window=(2, 9)) == 8
    assert best_place("onetwothree", 6, window=(2, 9)) == 6


def test_in_code_a_line_end_is_better_than_a_sentence_end() -> None:
    assert best_place(CODE, CODE.index("it."), window=(1, len(CODE) - 1)) == after(CODE, "Then\n")


@pytest.mark.parametrize(
    "text", ["He met Mr. Brown there", "Then J. Smith came", "see No. 7 there"]
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert best_place(text, 3, window=(1, len(text) - 1)) == text.index(" ") + 1


def test_the_ends_of_the_text_are_as_good_as_a_paragraph_end() -> None:
    assert best_place("Yes. No. Yes.", 4, window=(0, 9), ends=(0, 13)) == 0
    assert best_place("Yes. No. Yes.", 4, window=(1, 9), ends=(0, 13)) == 5


def test_what_belongs_to_one_character_is_not_parted() -> None:
    assert best_place("xe\u0301\u0302y", 2, window=(1, 5)) == 4
    astronaut = "a👩🏽‍🚀b"
    assert best_place(astronaut, 2, window=(1, len(astronaut))) == astronaut.index("b")


def test_a_ruler_counts_characters_and_tokens_both_ways() -> None:
    # 'é.' is 3 bytes; the first token ends inside the é, the last after the point.
    measure = ruler("é.", np.array([1, 2, 3]))
    assert measure.chars(np.array([0, 1, 2, 3])).tolist() == [0, 1, 1, 2]
    assert [measure.tokens(char) for char in (0, 1, 2)] == [0, 2, 3]
    ascii_text = ruler("ab.", np.array([2, 3]))
    assert ascii_text.chars(np.array([0, 1, 2])).tolist() == [0, 2, 3]
    assert [ascii_text.tokens(char) for char in (0, 1, 2, 3)] == [0, 0, 1, 2]


@given(st.text(min_size=1, max_size=30))
def test_with_a_token_a_character_the_ruler_is_the_identity(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    ends = np.cumsum([len(character.encode()) for character in text], dtype=np.int64)
    counts = np.arange(len(text) + 1)
    if len(text):
        measure = ruler(text, ends)
        assert measure.chars(counts).tolist() == counts.tolist()
        assert [measure.tokens(char) for char in counts.tolist()] == counts.tolist()


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [([True, True, True], [8, 8, 30]), ([False, True, True], [7, 7, 30])],
)
def test_where_plants_crowd_those_that_are_not_fixed_make_way(
    fixed: list[bool], expected: list[int]
) -> None:
    wanted = wanted_tokens(
        np.array([10.0, 12.0, 40.0]), np.array([5, 5, 5]), fixed=np.array(fixed), room=90
    )
    assert wanted.tolist() == expected


@given(
    st.lists(st.tuples(st.floats(-20, 200), st.integers(1, 30), st.booleans()), max_size=12),
    st.integers(0, 150),
)
def test_wanted_places_never_fall_and_stay_inside(
    plants: list[tuple[float, int, bool]], room: int
) -> None:
    plants.sort()
    starts, sizes, fixed = (np.array([p[i] for p in plants]) for i in range(3))
    wanted = wanted_tokens(
        starts.astype(float), sizes.astype(np.int64), fixed=fixed.astype(bool), room=room
    )
    assert (np.diff([0, *wanted.tolist(), room]) >= 0).all()
    before = np.clip(np.rint(starts - np.cumsum(sizes) + sizes), 0, room)
    if (np.diff(before) >= 0).all():
        assert wanted.tolist() == before.tolist()


def test_places_keep_the_order_of_plants() -> None:
    text = "One. Two. Three. Four. Five."
    measure = ruler(text, np.arange(1, len(text) + 1))
    found = places(measure, np.array([6, 6, 12, 27]), inside=(0, len(text)), reach=np.full(4, 3))
    assert found == (5, 5, 10, 28)


def test_where_a_text_may_end() -> None:
    text = "One. Two\n\nThree, four's f(x) é"
    found = [(text[:end].split()[-1], rank) for end, rank in word_ends(text, 0, len(text))]
    assert found == [
        *(("f(x)", 2), ("f(x", 3), ("f", 3), ("four's", 2), ("Three,", 2), ("Three", 3)),
        *(("Two", 0), ("One.", 1), ("One", 3)),
    ]
    assert word_ends(text, 4, 15) == [(8, 0)]


def test_a_text_of_one_word_may_end_behind_any_whole_character() -> None:
    assert word_ends("abe\u0301cd", 0, 6) == [(5, 4), (4, 4), (2, 4), (1, 4)]


@pytest.mark.parametrize(
    ("room", "left"), [(99, "One two. Three"), (13, "One two."), (6, "One"), (2, "On")]
)
def test_a_text_is_cut_to_its_room_where_a_word_ends(room: int, left: str) -> None:
    text = "x One two. Three"
    measure = ruler(text, np.arange(1, len(text) + 1))
    begin, end = trim_end(measure, (2, len(text)), room)
    assert text[begin:end] == left


def test_a_text_may_be_cut_inside_a_word_too() -> None:
    assert word_ends("One two", 0, 6, words=False) == [(5, 4), (4, 4), (3, 4), (2, 4), (1, 4)]
    measure = ruler("One two", np.arange(1, 8))
    assert trim_end(measure, (0, 7), 6, words=False) == (0, 6)
    assert trim_end(measure, (0, 7), 6) == (0, 3)


def test_nothing_left_is_drawn_again() -> None:
    with pytest.raises(Redraw, match="white space alone"):
        trim_end(ruler("a  b", np.arange(1, 5)), (1, 4), 2)
