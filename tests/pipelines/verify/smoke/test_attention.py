import shutil
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.verify.smoke.attention import BLOCK, Segments, _flex
from tests.pipelines.verify.smoke.tiny import batch, decoder, segments, tokens


def drawn(total: int, seed: int = 0, heads: int = 2, size: int = 16) -> list[Any]:
    """q, k, v of unit variance."""
    rng = torch.Generator().manual_seed(seed)
    return [torch.randn(heads, total, size, generator=rng) for _ in range(3)]


def dense(q: Any, k: Any, v: Any, lengths: list[int]) -> Any:
    """Torch's own attention with a mask over everything."""
    number = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    at = torch.arange(len(number))
    mask = (number[:, None] == number) & (at[:, None] >= at)
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0)


def test_ages_count_from_each_start() -> None:
    parts = segments(3, 2, 3)
    assert parts.starts.tolist() == [0, 3, 5]
    assert parts.ages().tolist() == [0, 1, 2, 0, 1, 0, 1, 2]


def test_three_tokens_by_eye() -> None:
    """Scores of ln 1 and ln 3: the second query takes 1/4 of the first and 3/4 of its own."""
    q = torch.tensor([[[1.0], [1.0], [1.0]]])
    k = torch.log(torch.tensor([[[1.0], [3.0], [9.0]]]))
    v = torch.tensor([[[4.0], [8.0], [100.0]]])
    two_and_one = segments(2, 1).attention()(q, k, v)
    assert two_and_one.flatten().tolist() == pytest.approx([4.0, 7.0, 100.0])


@pytest.mark.parametrize(
    "lengths",
    [
        [1],
        [BLOCK - 1],
        [BLOCK],
        [BLOCK + 1],
        [2 * BLOCK + 3],
        [1, BLOCK + 1, 1],
        [BLOCK, BLOCK],
        [5, 3, 5, 3, 5],
        [1, 2, 3, BLOCK, 4],
    ],
    ids=str,
)
def test_it_equals_attention_under_a_dense_mask(lengths: list[int]) -> None:
    q, k, v = drawn(sum(lengths))
    found = segments(*lengths).attention()(q, k, v)
    torch.testing.assert_close(found, dense(q, k, v, lengths), rtol=1e-5, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=7), seed=st.integers(0, 99))
def test_any_segments_equal_the_dense_mask(lengths: list[int], seed: int) -> None:
    q, k, v = drawn(sum(lengths), seed)
    found = segments(*lengths).attention()(q, k, v)
    torch.testing.assert_close(found, dense(q, k, v, lengths), rtol=1e-5, atol=1e-5)


def test_gradients_equal_those_under_a_dense_mask() -> None:
    lengths = [4, 2 + BLOCK, 4]
    mine, theirs = ([x.requires_grad_() for x in drawn(sum(lengths))] for _ in range(2))
    torch.autograd.backward(segments(*lengths).attention()(*mine).square().sum())
    torch.autograd.backward(dense(*theirs, lengths).square().sum())
    for a, b in zip(mine, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-4, atol=1e-4)


def logits(ids: Any, *lengths: int) -> Any:
    model, whole = decoder(), batch(ids, *lengths)
    with torch.no_grad():
        return model.logits(model.hidden(whole))


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_no_segment_hears_of_another(changed: int) -> None:
    """Two layers, token shift and all: the logits stay the same bit for bit."""
    lengths = (6, 9, 6)
    ids = tokens(0, sum(lengths))
    number = np.repeat(np.arange(3), lengths)
    other = torch.where(torch.from_numpy(number == changed), (ids + 7) % 64, ids)
    before, after = logits(ids, *lengths), logits(other, *lengths)
    assert torch.equal(before[number != changed], after[number != changed])
    assert not torch.isclose(before[number == changed], after[number == changed]).all(-1).any()


@pytest.mark.parametrize("at", [0, 5, 11])
def test_no_token_hears_of_a_later_one(at: int) -> None:
    ids = tokens(1, 12)
    other = ids.clone()
    other[at] = (other[at] + 7) % 64
    before, after = logits(ids, 12), logits(other, 12)
    assert torch.equal(before[:at], after[:at])
    assert not torch.isclose(before[at:], after[at:]).all(-1).any(), "all later ones do"


def test_segments_of_one_length_are_as_if_alone() -> None:
    ids = tokens(2, 24)
    together = logits(ids, 8, 8, 8)
    alone = torch.cat([logits(ids[at : at + 8], 8) for at in (0, 8, 16)])
    torch.testing.assert_close(together, alone, rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore")  # it says that it is slow, as nothing is compiled
def test_flex_attention_sees_the_same_tokens() -> None:
    """The mask of a GPU's kernel, read block by block."""
    from torch.nn.attention.flex_attention import flex_attention

    lengths = [5, 130, 1]
    q, k, v = drawn(sum(lengths))
    mask = _block_mask(segments(*lengths))
    found = flex_attention(q[None], k[None], v[None], block_mask=mask, scale=1.0)[0]
    torch.testing.assert_close(found, dense(q, k, v, lengths), rtol=1e-5, atol=1e-5)


def _block_mask(parts: Segments) -> Any:
    """The mask that `_flex` closes over."""
    attend = _flex(parts)
    names = attend.__code__.co_freevars
    cells: Any = attend.__closure__
    return cells[names.index("blocks")].cell_contents


@pytest.mark.slow  # half a minute of g++
@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling for a CPU takes g++")
@pytest.mark.filterwarnings("ignore")
def test_the_compiled_kernel_equals_the_dense_mask() -> None:
    lengths = [5, 130, 1]
    q, k, v = drawn(sum(lengths))
    with torch.no_grad():
        found = _flex(segments(*lengths))(q, k, v)
    torch.testing.assert_close(found, dense(q, k, v, lengths), rtol=1e-3, atol=1e-3)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.filterwarnings("ignore")
def test_on_a_gpu_the_kernel_and_its_gradients_equal_the_dense_mask() -> None:
    device, lengths = torch.device("cuda"), [5, 130, 1, 300]
    parts = Segments(lengths=np.array(lengths), device=device)
    mine, theirs = ([x.to(device).requires_grad_() for x in drawn(sum(lengths))] for _ in range(2))
    found, wanted = parts.attention()(*mine), dense(*theirs, lengths)
    torch.testing.assert_close(found, wanted, rtol=2e-2, atol=2e-2)
    torch.autograd.backward(found.square().sum())
    torch.autograd.backward(wanted.square().sum())
    for a, b in zip(mine, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=5e-2, atol=5e-2)
