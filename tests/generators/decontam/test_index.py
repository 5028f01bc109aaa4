import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.decontam import index as module
from generators.decontam.index import Index, build, from_bytes, look_up, owners_of, to_bytes
from generators.ngrams.units import rolling
from generators.ngrams.words import words
from schemas.errors import RecipeError


class Letters:
    """A tokenizer: every character is a token of its own."""

    sha256 = "abc"

    def encode(self, text: str) -> np.ndarray:
        return np.array([ord(character) for character in text], np.int32)

    def byte_ends(self, ids: np.ndarray) -> np.ndarray:
        return np.cumsum([len(chr(code).encode()) for code in ids.tolist()], dtype=np.int64)


def grams(text: str, n: int) -> np.ndarray:
    return rolling(words(text).hashes, n)


def has(index: Index, text: str) -> bool:
    """Say whether the index has the text as one gram."""
    return len(look_up(index, grams(text, len(words(text))))) == 1


def test_a_text_gives_all_its_ngrams() -> None:
    index = build([("quiz", "One two, three FOUR.")], n=3, shortest=2)
    assert (len(index.hashes), index.sizes, index.num_texts) == (2, (3,), 1)
    assert has(index, "one two three")
    assert has(index, "two three four")
    assert not has(index, "one two four")
    assert not has(index, "two three")


def test_a_shorter_text_is_one_gram_and_a_tiny_one_is_counted() -> None:
    index = build([("quiz", "one two"), ("quiz", "alas"), ("quiz", "")], n=3, shortest=2)
    assert has(index, "one two")
    assert (index.sizes, index.num_texts, index.num_short) == ((2, 3), 1, 2)


def test_a_gram_knows_all_its_benchmarks() -> None:
    index = build([("b", "x y z"), ("a", "x y z w"), ("a", "p q r")], n=3, shortest=3)
    assert index.benchmarks == ("a", "b")
    assert owners_of(index, grams("x y z", 3)) == ("a", "b")
    assert owners_of(index, grams("p q r", 3)) == ("a",)
    assert owners_of(index, grams("p q z", 3)) == ()
    assert owners_of(index, grams("y z w x y z", 3)) == ("a", "b")


def framed(num_with: int, num_without: int) -> list[tuple[str, str]]:
    frame = [("quiz", f"answer the question now about item{k} here") for k in range(num_with)]
    return frame + [("quiz", f"say a{k} b{k} c{k} d{k}") for k in range(num_without)]


@pytest.mark.parametrize(
    ("num_with", "num_without", "is_frame"),
    [(10, 90, True), (9, 1, False), (10, 91, False), (50, 0, True)],
)
def test_what_frames_a_benchmark_is_left_out(
    num_with: int, num_without: int, is_frame: bool
) -> None:
    index = build(framed(num_with, num_without), n=4, shortest=4)
    assert has(index, "answer the question now") is not is_frame
    assert has(index, "about item3 here") is False
    assert has(index, "now about item3 here")
    assert index.num_common == (2 if is_frame else 0)


def test_a_phrase_repeated_in_one_text_is_no_frame() -> None:
    index = build([("quiz", "never say never " * 30), ("quiz", "x y z")], n=3, shortest=3)
    assert has(index, "never say never")


def test_frames_may_be_kept() -> None:
    index = build(framed(20, 0), n=4, shortest=4, common=None)
    assert has(index, "answer the question now")


def test_tokens_come_from_a_tokenizer_that_the_index_remembers() -> None:
    index = build([("quiz", "naïve")], n=4, shortest=4, unit="token", tokenizer=Letters())
    assert (index.unit, index.tokenizer, len(index.hashes)) == ("token", "abc", 2)


def test_tokens_without_a_tokenizer_are_refused() -> None:
    with pytest.raises(RecipeError, match="need a tokenizer"):
        build([("quiz", "x")], unit="token")


@pytest.mark.parametrize(("n", "shortest"), [(3, 4), (3, 0)])
def test_lengths_that_make_no_sense_are_refused(n: int, shortest: int) -> None:
    with pytest.raises(RecipeError, match="the shortest must be"):
        build([], n=n, shortest=shortest)


def test_an_index_of_nothing_has_nothing() -> None:
    index = build([])
    assert len(look_up(index, np.arange(100, dtype=np.uint64))) == 0
    assert from_bytes(to_bytes(index)).benchmarks == ()


@given(st.sets(st.integers(0, 2**64 - 1), max_size=60), st.lists(st.integers(0, 2**64 - 1)))
def test_a_look_up_is_membership(members: set[int], strangers: list[int]) -> None:
    hashes = np.array(sorted(members), np.uint64)
    index = Index(
        unit="word",
        n=1,
        sizes=(1,),
        benchmarks=("a",),
        hashes=hashes,
        owners=np.zeros(len(hashes), np.int32),
        _sieve=module._sieve(hashes),
    )
    queries = [*members, *strangers, 2**64 - 1, 0]
    expected = [k for k, query in enumerate(queries) if query in members]
    assert look_up(index, np.array(queries, np.uint64)).tolist() == expected


def test_bytes_and_back() -> None:
    index = build([("a", "one two three four"), ("b", "five six")], n=3, shortest=2)
    data = to_bytes(index)
    again = from_bytes(data)
    assert to_bytes(again) == data
    assert again.digest == index.digest == hashlib.sha256(data).hexdigest()
    assert (again.sizes, again.benchmarks, again.num_texts) == ((2, 3), ("a", "b"), 2)
    assert has(again, "two three four")


def test_the_order_of_the_texts_does_not_count() -> None:
    texts = [("b", "one two three four"), ("a", "five six seven"), ("b", "one two three five")]
    one, other = build(texts, n=3, shortest=3), build(texts[::-1], n=3, shortest=3)
    assert one.digest == other.digest


WHOLE = to_bytes(build([("a", "one two three")], n=3, shortest=3))


@pytest.mark.parametrize("data", [WHOLE[:-1], WHOLE[:90] + b"~" + WHOLE[91:], b"", b"[]\n"])
def test_damaged_bytes_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(RecipeError, match=r"quiz.grams: this is no whole index"):
        from_bytes(data, "quiz.grams")
