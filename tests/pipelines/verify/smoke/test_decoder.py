from dataclasses import replace

import numpy as np
import pytest
import torch

from generators.rope import Rope, load
from pipelines.verify.smoke.decoder import Decoder, Rotary, shift, turned
from pipelines.verify.smoke.settings import Shape
from tests.pipelines.verify.smoke.tiny import SHAPE, batch, decoder, segments, tokens


def test_the_shift_by_eye() -> None:
    """The example of `shift`: a = 1, b = 10, c = 100, d = 1000."""
    x = torch.tensor([[1.0], [10.0], [100.0], [1000.0]])
    taps = torch.tensor([[1.0], [0.5]])
    assert shift(x, taps, segments(2, 2).ages()).flatten().tolist() == [1, 10.5, 100, 1050]
    assert shift(x, taps, segments(4).ages()).flatten().tolist() == [1, 10.5, 105, 1050]


def test_the_shift_equals_a_convolution_of_each_segment() -> None:
    lengths = (1, 2, 9, 3)
    x, taps = torch.randn(15, 4), torch.randn(4, 4)
    parts = []
    for part in x.split(lengths):
        padded = torch.nn.functional.pad(part.T[None], (3, 0))
        kernel = taps.flip(0).T[:, None]
        parts.append(torch.nn.functional.conv1d(padded, kernel, groups=4)[0].T)
    torch.testing.assert_close(shift(x, taps, segments(*lengths).ages()), torch.cat(parts))


def test_nothing_is_shifted_over_a_boundary() -> None:
    x, taps, ages = torch.randn(6, 4), torch.randn(4, 4), segments(3, 3).ages()
    other = x.clone()
    other[:3] += 1
    assert torch.equal(shift(x, taps, ages)[3:], shift(other, taps, ages)[3:])


def test_turns_by_eye() -> None:
    """Half a turn of the first pair and none of the second: dimensions 0 and 2 are a pair."""
    x = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]])
    turn = torch.tensor([[-1.0, 1.0]]), torch.tensor([[0.0, 0.0]])
    assert turned(x, turn).flatten().tolist() == [-1, 2, -3, 4]


def test_turns_are_those_of_transformers() -> None:
    llama = pytest.importorskip("transformers.models.llama.modeling_llama")
    x, positions = torch.randn(2, 7, 16), torch.tensor([0, 1, 2, 3, 50, 1000, 4000])
    cos, sin = Rotary(SHAPE)(positions)
    both = [torch.cat((part, part), -1)[None] for part in (cos, sin)]
    theirs, _ = llama.apply_rotary_pos_emb(x[None], x[None], *both)
    torch.testing.assert_close(turned(x, (cos, sin)), theirs[0])


def test_frequencies_are_powers_of_the_base() -> None:
    """Head dimension 16, base 10,000: pair i turns by 10000^(-i / 8) a token."""
    rotary = Rotary(SHAPE)
    assert rotary.inv_freq.tolist() == pytest.approx([10_000 ** (-i / 8) for i in range(8)])
    cos, sin = rotary(torch.tensor([3]))
    assert cos[0, 0].item() == pytest.approx(np.cos(3), abs=1e-6)
    assert sin[0, 4].item() == pytest.approx(np.sin(3 * 10_000**-0.5), abs=1e-6)


def test_scores_depend_on_distances_alone() -> None:
    """The same q and k, anywhere: also far out, where float32 angles would drift."""
    rotary, q, k = Rotary(SHAPE), torch.randn(1, 1, 16), torch.randn(1, 1, 16)
    scores = [
        (turned(q, rotary(torch.tensor([at + 9]))) * turned(k, rotary(torch.tensor([at])))).sum()
        for at in (0, 100, 130_000)
    ]
    torch.testing.assert_close(scores[1], scores[0], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(scores[2], scores[0], rtol=1e-4, atol=1e-4)


def test_yarn_scales_the_frequencies_and_the_size_of_the_turn() -> None:
    """Four times as far: the slowest pair turns a quarter as fast, the fastest as before."""
    yarn = load("yarn")
    scaled = yarn.scale(Rope(dim=16, base=10_000.0, trained=64), 256, yarn.Options())
    rotary = Rotary(SHAPE)
    plain = rotary.inv_freq.clone()
    rotary.scale(scaled.inv_freq, scaled.attention_factor)
    assert (rotary.inv_freq[-1] / plain[-1]).item() == pytest.approx(0.25)
    assert (rotary.inv_freq[0] / plain[0]).item() == pytest.approx(1.0)
    cos, sin = rotary(torch.tensor([5]))
    assert (cos**2 + sin**2).sqrt()[0].tolist() == pytest.approx([0.1 * np.log(4) + 1] * 8)


def test_as_it_begins_a_token_is_its_own_best_guess() -> None:
    """Outputs are zero, so the tied embedding is compared with itself, whatever stands before."""
    model = decoder()
    torch.nn.init.zeros_(model.blocks[0].out.weight)
    fresh = Decoder(SHAPE)
    ids = tokens(0, 20)
    for block in fresh.blocks:
        assert not block.out.weight.any()
        assert not block.down.weight.any()
    found = fresh.logits(fresh.hidden(batch(ids, 20)))
    assert found.shape == (20, 64)
    assert found.argmax(-1).tolist() == ids.tolist()
    assert torch.equal(found, fresh.logits(fresh.hidden(batch(ids, 5, 15))))


def test_logits_are_of_unit_size() -> None:
    """d entries of size 1 each way, over sqrt(d): as softmax likes them."""
    model = Decoder(Shape(vocabulary=2000, width=64, layers=1, heads=2))
    logits = model.logits(torch.nn.functional.rms_norm(torch.randn(50, 64), (64,)))
    assert logits.dtype == torch.float32
    assert logits.std().item() == pytest.approx(1.0, abs=0.1)


def test_positions_that_restart_are_those_that_are_given() -> None:
    model, ids = decoder(), tokens(3, 12)
    whole = batch(ids, 5, 7)
    again = replace(whole, positions=torch.tensor([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6]))
    assert torch.equal(model.hidden(whole), model.hidden(again))


def test_given_positions_count_by_their_distances() -> None:
    """Moved as a whole a segment stays as it is; with a gap in it, it does not."""
    model, ids = decoder(), tokens(4, 8)
    whole = batch(ids, 8)
    plain = model.hidden(whole)
    moved = model.hidden(replace(whole, positions=whole.positions + 1000))
    torch.testing.assert_close(moved, plain, rtol=1e-3, atol=1e-3)
    gap = model.hidden(replace(whole, positions=torch.tensor([0, 1, 2, 3, 90, 91, 92, 93])))
    torch.testing.assert_close(gap[:4], plain[:4])
    assert not torch.allclose(gap[4:], plain[4:], atol=1e-3)


def test_queries_and_keys_are_those_that_attend() -> None:
    """Layer by layer: what they give by hand is what the layer adds."""
    model, whole = decoder(), batch(tokens(5, 10), 10)
    pairs = model.queries_and_keys(whole)
    assert [tuple(x.shape) for pair in pairs for x in pair] == [(2, 10, 16)] * 4
    q, k = pairs[0]
    assert k.norm(dim=-1).flatten().tolist() == pytest.approx([1.0] * 20, abs=1e-5)
    assert q.norm(dim=-1).flatten().tolist() == pytest.approx([10.0] * 20, abs=1e-4)
    block, normed = (
        model.blocks[0],
        torch.nn.functional.rms_norm(
            torch.nn.functional.rms_norm(model.embedding(whole.tokens), (32,)), (32,)
        ),
    )
    shifted = shift(normed, block.taps, whole.segments.ages())
    by_hand = torch.nn.functional.normalize(block.k(shifted).unflatten(-1, (2, 16)), dim=-1)
    turn = model.rotary(whole.positions)
    torch.testing.assert_close(k, turned(by_hand.transpose(0, 1), turn))
