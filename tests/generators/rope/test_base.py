"""Another base: one of one's own, or the nearest published."""

import pytest
from pydantic import ValidationError

from generators.rope import measured
from generators.rope.base import PUBLISHED, Options, nearest
from schemas.errors import RecipeError
from tests.generators.rope.oracle import Rope, assert_same, scaled

LLAMA2 = Rope(dim=128, base=1e4, trained=4096)
LLAMA3 = Rope(dim=128, base=5e5, trained=8192)
QWEN = Rope(dim=128, base=1e6, trained=32768)


def test_a_base_of_ones_own_with_the_two_bounds():
    made = scaled("base", LLAMA3, 131072, base=8e6)
    assert made.config == {"rope_type": "default", "rope_theta": 8e6}
    [note] = made.notes
    assert "ntk for this target is 8.36e+06" in note
    assert "critical base is 7.976e+07" in note
    assert_same(made, head=128)


@pytest.mark.parametrize(
    ("rope", "target", "name", "base"),
    [
        (LLAMA2, 16384, "Code Llama", 1e6),
        (LLAMA2, 32768, "Llama 2 Long", 5e5),
        (LLAMA3, 65536, "ProLong 64K", 8e6),
        (LLAMA3, 131072, "Gradient 262K", 207.1e6),  # 64K is as near, and the longer one is taken
        (LLAMA3, 524288, "ProLong 512K", 1.28e8),
        (LLAMA3, 1048576, "Gradient 1048K", 2.8e9),
        (QWEN, 131072, "Qwen2.5-1M", 1e7),  # the nearer trained length
    ],
)
def test_auto_takes_the_nearest_published_and_says_whose(rope, target, name, base):
    made = scaled("base", rope, target)
    assert nearest(rope, target).name == name
    assert made.config["rope_theta"] == base
    assert name in made.notes[0]
    assert f"nearest to {target} tokens" in made.notes[0]


def test_a_published_base_below_the_models_own_is_passed_over():
    assert nearest(Rope(dim=128, base=9e6, trained=8192), 65536).name == "Gradient 65K"
    with pytest.raises(RecipeError, match="give one as `base`"):
        scaled("base", Rope(dim=128, base=5e9, trained=8192), 65536)


def test_a_smaller_base_is_refused():
    with pytest.raises(RecipeError, match="10000 is below the model's own 500000"):
        scaled("base", LLAMA3, 65536, base=1e4)


def test_options():
    assert Options().base == "auto"
    assert Options(base="8e6").base == 8e6
    for wrong in ("best", float("inf"), 0):
        with pytest.raises(ValidationError):
            Options(base=wrong)


def test_every_published_base_says_where_it_stands():
    assert all(known.source and known.trained < known.target for known in PUBLISHED)
    assert len({known.name for known in PUBLISHED}) == len(PUBLISHED)


@pytest.mark.parametrize(("base", "unseen", "worst"), [(8e6, 13, 1.756), (15.3e6, 4, 1.232)])
def test_published_bases_for_64k_leave_angles_unseen(base, unseen, worst):
    """And both models read 64K after training: the geometry is no verdict."""
    figures = measured(LLAMA3, scaled("base", LLAMA3, 65536, base=base).inv_freq, 65536)
    assert (figures.unseen, round(figures.worst, 3)) == (unseen, worst)
