"""Head, middle, tail, and the law of the middle against numbers that can be looked up."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from generators.positions.cream import Options, end_range, fits, positions, stretch


def runs(drawn: np.ndarray) -> list[tuple[int, int]]:
    """First position and tokens of each run."""
    cuts = [0, *(np.flatnonzero(np.diff(drawn) != 1) + 1).tolist(), len(drawn)]
    return [(int(drawn[a]), b - a) for a, b in itertools.pairwise(cuts)]


@pytest.mark.parametrize(
    ("u", "r"), [(0, 2), (0.05, 4), (0.25, 6), (0.5, 9), (0.75, 11), (0.95, 13), (1 - 1e-16, 16)]
)
def test_the_law_at_eight_times_the_length(u: float, r: int) -> None:
    assert stretch(u, 8, Options()) == r


@pytest.mark.parametrize(
    ("head", "r", "expected"),
    [(1365, 9, (7507, 17066)), (32, 9, (18171, 18399)), (32, 2, (4063, 4063))],
)
def test_the_range_of_the_middles_end(head: int, r: int, expected: tuple[int, int]) -> None:
    assert end_range(4096, head, r) == expected


def normal(x: float) -> float:
    """Of the standard normal law: the chance to be below x."""
    return (1 + math.erf(x / math.sqrt(2))) / 2


def test_chances_of_the_law() -> None:
    """r is 9 where the number is in [9, 10), a third of sigma; at 2 both ends take 37 %."""
    us = (np.arange(100_000) + 0.5) / 100_000
    eight = Counter(stretch(u, 8, Options()) for u in us.tolist())
    assert eight[9] / 1e5 == pytest.approx(normal(1 / 3) - 0.5, abs=1e-4)  # .1306
    two = Counter(stretch(u, 2, Options()) for u in us.tolist())
    assert two[2] / 1e5 == pytest.approx(0.5, abs=1e-4)
    assert two[4] / 1e5 == pytest.approx(0.3694, abs=1e-4)


def test_a_truncated_law_has_nothing_on_its_ends() -> None:
    """Between 2 and 4 around 3: half below 3, and nothing as high as 4."""
    us = (np.arange(10_000) + 0.5) / 10_000
    found = Counter(stretch(u, 2, Options(normal="truncated")) for u in us.tolist())
    assert found == {2: 5000, 3: 5000}


def test_sigma_grows_only_beyond_eight_times_the_length() -> None:
    """At 64: 3 reaches 65 +- 6 or so, 24 the whole range."""
    for factor in (2, 4, 8):
        for u in (0.1, 0.3, 0.7):
            fixed = stretch(u, factor, Options(sigma="fixed"))
            assert stretch(u, factor, Options(sigma="scaled")) == fixed
    spread = [stretch(u, 64, Options(sigma="scaled")) for u in (0.025, 0.975)]
    narrow = [stretch(u, 64, Options(sigma="fixed")) for u in (0.025, 0.975)]
    assert narrow == [59, 70]
    assert spread == [17, 112]


@pytest.mark.parametrize(("heads", "size"), [("thirds", 1365), ("k", 32)])
def test_three_runs_of_which_the_last_ends_the_target(heads: str, size: int) -> None:
    rng, options = np.random.default_rng(0), Options.model_validate({"heads": heads})
    for _ in range(50):
        drawn = positions(rng, 4096, 32768, options)
        middle = drawn[size:-size]
        assert drawn[:size].tolist() == list(range(size))
        assert drawn[-size:].tolist() == list(range(32768 - size, 32768))
        assert middle[-1] - middle[0] == len(middle) - 1


def test_the_coin_is_fair() -> None:
    rng = np.random.default_rng(4)
    tails = Counter(runs(positions(rng, 512, 4096, Options()))[-1][1] for _ in range(2000))
    # A middle may touch the head (r = 2) or the tail, and is then one run with it.
    assert 950 < tails[32] < 1050
    assert tails[512 // 3] > 900


def test_a_length_that_does_not_divide_the_target() -> None:
    """1,000 tokens, F = 4.096: k is 16, the tail still ends the target."""
    drawn = positions(np.random.default_rng(5), 1000, 4096, Options(heads="k"))
    found = runs(drawn)
    assert (found[0], found[-1]) == ((0, 16), (4080, 16))


@pytest.mark.parametrize(
    ("length", "target", "options", "expected"),
    [
        (1024, 131072, Options(), False),  # 8 F is 1,024: nothing is left
        (1025, 131072, Options(), True),
        (1024, 131072, Options(heads="thirds"), True),
        (64, 131072, Options(k=32), False),
        (65, 131072, Options(k=32), True),
        (4096, 4096, Options(), False),
        (2, 100, Options(heads="thirds"), False),
    ],
)
def test_something_must_be_left_for_the_middle(
    length: int, target: int, options: Options, expected: bool
) -> None:
    assert fits(length, target, options) is expected
    if not expected:
        with pytest.raises(ValueError, match="too few for head, middle and tail"):
            positions(np.random.default_rng(0), length, target, options)
