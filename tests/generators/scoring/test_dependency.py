from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from generators.scoring import dependency
from generators.scoring.dependency import (
    COLUMNS,
    Options,
    _mixture,
    _parameters,
    _size,
    _starts,
    block_costs,
    contrast,
    score,
)
from generators.seeds import rng_for
from schemas.selection import Subject

KIB = 1024
OPTIONS = Options()


def subject(data: bytes, *foils: bytes) -> Subject:
    text = data.decode("ascii")
    return Subject(text=text, kind="book", data=data, ids=np.zeros(1, np.int32), foils=foils)


def prose(author: int, size: int) -> bytes:
    """Every third word is one of 3,000 of this author's own, the others are everybody's."""
    rng = rng_for(1, author, size)
    count = size // 8 + 1
    chosen = WORDS[rng.integers(4000, size=count)]
    own = words(rng_for(0, author), 3000)
    chosen[::3] = own[rng.integers(3000, size=len(chosen[::3]))]
    return chosen.tobytes()[:size]


def words(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint8]:
    """uint8[count, 8]: seven letters and a blank."""
    letters = rng.integers(ord("a"), ord("z") + 1, (count, 8), dtype=np.uint8)
    letters[:, 7] = ord(" ")
    return letters


WORDS = words(rng_for(0, "everybody"), 4000)
BOOK = prose(0, 400 * KIB)
OTHERS = tuple(prose(author, 200 * KIB) for author in (1, 2, 3))


def shuffled_pieces(size: int) -> bytes:
    """Pieces of 8 KiB, each of another author."""
    return b"".join(prose(author, 8 * KIB) for author in range(10, 10 + size // (8 * KIB)))


def test_a_document_with_phrases_of_its_own_is_above_pieces_of_many() -> None:
    own = score(subject(BOOK, *OTHERS), OPTIONS)
    pieces = score(subject(shuffled_pieces(400 * KIB), *OTHERS), OPTIONS)

    assert own["dependency"] > 0.05
    assert own["dependency_64k"] > 0.05
    assert own["dependency_copies"] == 0
    assert abs(pieces["dependency"]) < 0.01


def test_pieces_gain_from_their_far_context_but_no_more_than_from_the_foils() -> None:
    costs = block_costs(shuffled_pieces(400 * KIB), OTHERS, OPTIONS)

    near, own, foil = costs[:, 0].sum(axis=0)
    assert (near - own) / near > 0.05
    assert (near - foil) / near > 0.05


def test_foils_that_are_the_far_context_itself_leave_nothing() -> None:
    near = prose(4, 16 * KIB)
    block = prose(5, 16 * KIB)
    far = prose(0, 384 * KIB)

    found = score(subject(far + near + block, far), Options(blocks=1))

    assert found["dependency"] == 0


@pytest.mark.parametrize("passage", [8, 40, 120])
def test_a_passage_again_and_again_is_no_dependency(passage: int) -> None:
    data = (BOOK[: passage * KIB] * 60)[: 400 * KIB]

    found = score(subject(data, *OTHERS), OPTIONS)

    assert found["dependency"] == pytest.approx(0, abs=0.01)
    # A passage that fits the near context is saved by that already; no far copy is needed.
    assert found["dependency_copies"] == (0 if passage < 16 else 1)


def test_without_foils_or_far_context_there_is_no_value() -> None:
    nothing = dict.fromkeys(COLUMNS)

    assert score(subject(BOOK), OPTIONS) == nothing
    assert score(subject(BOOK, b"short"), OPTIONS) == nothing
    assert score(subject(BOOK[: 96 * KIB - 1], *OTHERS), OPTIONS) == nothing
    assert score(subject(b"a", *OTHERS), OPTIONS) == nothing


def test_the_shortest_documents_with_a_value_have_room_for_64_kib_before_the_near_context() -> None:
    shortest = score(subject(BOOK[: 96 * KIB], *OTHERS), OPTIONS)
    nearly = score(subject(BOOK[: 144 * KIB - 1], *OTHERS), OPTIONS)
    enough = score(subject(BOOK[: 144 * KIB], *OTHERS), OPTIONS)

    assert shortest["dependency"] is not None
    assert nearly["dependency_64k"] is None
    assert enough["dependency_64k"] is not None


def test_own_and_foil_context_are_always_of_one_length(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def counted(_block: bytes, prefix: bytes, _parameters: object) -> int:
        lengths.append(len(prefix))
        return 1

    monkeypatch.setattr(dependency, "_size", counted)
    block_costs(BOOK, OTHERS, Options(blocks=1))
    # The own context is compressed once for both rows.
    assert lengths == [near * KIB for near in (384, 16, 384, 64, 384)]

    lengths.clear()
    block_costs(BOOK, (OTHERS[0][: 100 * KIB],), Options(blocks=1))
    assert lengths == [near * KIB for near in (116, 16, 116)]


def test_the_farthest_byte_of_the_reach_is_used() -> None:
    block = rng_for(0, "noise").bytes(16 * KIB)
    filler = rng_for(1, "noise").bytes(384 * KIB)
    parameters = _parameters(OPTIONS)

    assert _size(block, filler, parameters) > 16 * KIB
    assert _size(block, block + filler, parameters) < 64


def test_the_same_document_and_foils_give_the_same_value() -> None:
    assert score(subject(BOOK, *OTHERS), OPTIONS) == score(subject(BOOK, *OTHERS), OPTIONS)


def test_the_work_is_bounded_whatever_the_length(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(block: bytes, prefix: bytes, _: object) -> int:
        sizes.append(len(block) + len(prefix))
        return 1

    monkeypatch.setattr(dependency, "_size", counted)
    block_costs(b"a b " * (4 << 20), (b"x" * (8 << 20),), OPTIONS)

    assert len(sizes) == 5 * 8
    assert max(sizes) == (400 + 16) * KIB


def test_one_character_and_noise_depend_on_nothing() -> None:
    same = score(subject(b"x" * (1 << 20), *OTHERS), OPTIONS)
    noise = bytes(rng_for(2, "noise").integers(32, 127, 1 << 18, dtype=np.uint8))

    assert same["dependency"] == 0
    assert abs(score(subject(noise, *OTHERS), OPTIONS)["dependency"]) < 0.001


def test_a_copied_block_adds_nothing_to_the_contrast() -> None:
    costs = np.array([[6600, 5500, 6200], [6600, 200, 6300]])

    assert contrast(costs) == 700 / 13200
    assert contrast(costs[:1]) == 700 / 6600
    assert contrast(costs[:1, [0, 2, 1]]) == -700 / 6600
    assert contrast(np.zeros((2, 3), np.int64)) is None


def test_a_block_that_stands_in_a_foil_is_left_out() -> None:
    costs = np.array([[6600, 5500, 6200], [6600, 5500, 200]])

    assert contrast(costs) == 700 / 6600
    assert contrast(costs[1:]) is None


def test_blocks_stand_from_the_first_with_a_whole_reach_to_the_end() -> None:
    steps = _starts(1024 * KIB, 400 * KIB, OPTIONS)

    assert steps[0] == 400 * KIB
    assert steps[-1] == 1008 * KIB
    assert np.ptp(np.diff(steps)) <= 1
    assert _starts(96 * KIB, 400 * KIB, OPTIONS).tolist() == [80 * KIB]


@given(st.integers(0, 3_000_000), st.integers(2, 40))
def test_blocks_lie_inside_and_never_overlap(length: int, blocks: int) -> None:
    options = Options(blocks=blocks)
    starts = _starts(length, options.reach, options).tolist()

    assert len(starts) <= blocks
    assert all(80 * KIB <= start <= length - 16 * KIB for start in starts)
    assert all(later - earlier >= 16 * KIB for earlier, later in pairwise(starts))
    assert bool(starts) == (length >= 96 * KIB)


def test_a_mixture_takes_equal_parts_as_far_as_they_go() -> None:
    foils = (b"a" * 100, b"b" * 10, b"c" * 100)

    assert _mixture(foils, 90, 0.5) == b"b" * 10 + b"a" * 40 + b"c" * 40
    assert _mixture((b"0123456789",), 4, 0.0) == b"0123"
    assert _mixture((b"0123456789",), 4, 0.999) == b"5678"


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.integers(0, 160))
def test_a_mixture_has_as_many_bytes_as_wanted_or_all(foils: list[bytes], wanted: int) -> None:
    assert len(_mixture(foils, wanted, 0.5)) == min(wanted, sum(map(len, foils)))


def test_a_reach_without_room_for_the_far_context_is_refused() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 131072"):
        Options(reach=64 * KIB)
    with pytest.raises(ValidationError, match="less than or equal to 65536"):
        Options(near=128 * KIB)
