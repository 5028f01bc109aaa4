import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.decontam.index import Index, build
from generators.decontam.overlap import cut, find
from generators.ngrams import words as words_module
from schemas.errors import RecipeError
from tests.generators.decontam.test_index import Letters

QUIZ = build([("quiz", "one two three four"), ("riddle", "five six")], n=3, shortest=2)


def shared(text: str, index: Index = QUIZ) -> list[str]:
    return [text[start:end] for start, end in find(text, index).spans]


def test_what_is_shared_and_with_whom() -> None:
    text = 'He asked: "One, two -- THREE four?" and left.'
    overlap = find(text, QUIZ)
    assert shared(text) == ["One, two -- THREE four"]
    assert (overlap.hits, overlap.benchmarks, overlap.num_chars) == (2, ("quiz",), 22)


def test_several_places_and_benchmarks() -> None:
    text = "one two three. Five six! two three four"
    assert shared(text) == ["one two three", "Five six", "two three four"]
    assert find(text, QUIZ).benchmarks == ("quiz", "riddle")


@pytest.mark.parametrize("text", ["", "one two", "two one three", "one two and three four", "…"])
def test_nothing_shared(text: str) -> None:
    overlap = find(text, QUIZ)
    assert (overlap.hits, overlap.benchmarks, overlap.spans.shape) == (0, (), (0, 2))


def test_a_short_gram_within_a_long_one_makes_no_new_span() -> None:
    index = build([("p", "a b c d e f"), ("p", "b c"), ("p", "e f")], n=6, shortest=2)
    overlap = find("x a b c d e f x", index)
    assert (overlap.spans.tolist(), overlap.hits) == ([[2, 13]], 3)


def test_short_grams_at_the_edge_of_a_block_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_module, "BLOCK_CHARS", 4)
    index = build([("p", "a b c d e f"), ("p", "b c")], n=6, shortest=2)
    assert find("b c " * 10, index).hits == 10


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=40)


@given(WORDS, st.lists(WORDS, max_size=3), st.integers(1, 4))
def test_spans_are_what_a_search_by_hand_finds(
    text: list[str], prompts: list[list[str]], n: int
) -> None:
    """With blocks of five characters, so that runs lie across their edges."""
    index = build((("p", " ".join(prompt)) for prompt in prompts), n=n, shortest=n)
    wanted = {tuple(p[k : k + n]) for p in prompts for k in range(len(p) - n + 1)}
    places = [k for k in range(len(text) - n + 1) if tuple(text[k : k + n]) in wanted]
    covered = {2 * at + c for k in places for at in range(k, k + n) for c in range(2)}
    covered -= {2 * (k + n) - 1 for k in places if k + 1 not in places and k + n not in places}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_module, "BLOCK_CHARS", 5)
        overlap = find(" ".join(text), index)
    assert overlap.hits == len(places)
    letters = {c for start, end in overlap.spans.tolist() for c in range(start, end)}
    assert {c for c in letters if c % 2 == 0} == {c for c in covered if c % 2 == 0}
    assert all(a < b for a, b in overlap.spans.tolist())
    assert (np.diff(overlap.spans.ravel()) > 0).all()


def test_tokens_are_found_at_characters() -> None:
    index = build([("quiz", "naïve")], n=4, shortest=4, unit="token", tokenizer=Letters())
    overlap = find("so naïvely", index, tokenizer=Letters())
    assert (overlap.spans.tolist(), overlap.hits) == ([[3, 8]], 2)


def test_tokens_of_another_tokenizer_are_refused() -> None:
    class Other(Letters):
        sha256 = "other"

    index = build([("quiz", "naïve")], n=4, shortest=4, unit="token", tokenizer=Letters())
    with pytest.raises(RecipeError, match="made with the tokenizer abc"):
        find("x", index, tokenizer=Other())
    with pytest.raises(RecipeError, match="need a tokenizer"):
        find("x", index)


TEXT = "First.\n\nOne two\nthree four.\n \n  Last,\nof all.\n"


def spans(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(pairs, np.int64).reshape(-1, 2)


def test_the_paragraph_goes_with_the_blank_lines_behind_it() -> None:
    left = cut(TEXT, find(TEXT, QUIZ).spans)
    assert (left.text, left.count, left.reason) == ("First.\n\n  Last,\nof all.\n", 22, None)


def test_only_the_lines_go_where_lines_are_asked_for() -> None:
    text = "a = 1\nb = 'one two three'\nc = 2\n"
    left = cut(text, find(text, QUIZ).spans, block="line")
    assert (left.text, left.count) == ("a = 1\nc = 2\n", 20)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ([(0, 1)], "two\n\nthree"),
        ([(5, 6)], "one\n\nthree"),
        ([(12, 15)], "one\n\ntwo\n\n"),
        ([(0, 6)], "three"),
        ([(0, 1), (2, 3), (11, 12)], "two\n\n"),
        ([(3, 4)], "two\n\nthree"),
        ([], "one\n\ntwo\n\nthree"),
    ],
)
def test_each_paragraph_that_holds_a_span_goes(where: list[tuple[int, int]], expected: str) -> None:
    text = "one\n\ntwo\n\nthree"
    left = cut(text, spans(*where))
    assert (left.text, left.count) == (expected, len(text) - len(expected))


def test_a_text_of_which_nothing_is_left_is_rejected() -> None:
    left = cut("  \n\none two three", spans((4, 17)))
    assert (left.text.strip(), left.reason) == ("", "contaminated")


@given(st.text("ab \n", max_size=30), st.data())
def test_a_cut_text_is_made_of_whole_paragraphs(text: str, data: st.DataObject) -> None:
    place = st.integers(0, max(0, len(text) - 1))
    pairs = sorted({data.draw(place) for _ in range(3)}) if text else []
    left = cut(text, spans(*((at, at + 1) for at in pairs)))
    assert left.count == len(text) - len(left.text)
    paragraphs = {part.strip("\n") for part in left.text.split("\n\n") if part.strip()}
    assert paragraphs <= {part.strip("\n") for part in text.split("\n\n") if part.strip()} or (
        "\n " in text
    )
    if pairs:
        assert left.count > 0
