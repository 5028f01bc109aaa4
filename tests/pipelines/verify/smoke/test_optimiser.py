import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke.optimiser import Optimiser, rate_at
from pipelines.verify.smoke.settings import Phase
from tests.pipelines.verify.smoke.tiny import decoder

PHASE = Phase(length=8, rows=1, steps=100, rate=1.0, warmup=5, decay=0.5)


@pytest.mark.parametrize(
    ("number", "rate"),
    [(0, 0.2), (4, 1.0), (30, 1.0), (50, 1.0), (75, 0.525), (99, 0.069)],
)
def test_rates_of_the_docstring(number: int, rate: float) -> None:
    assert rate_at(number, PHASE) == pytest.approx(rate)


def test_without_warmup_and_decay_the_rate_stands() -> None:
    flat = Phase(length=8, rows=1, steps=10, rate=0.3, warmup=0, decay=0.0)
    assert {rate_at(number, flat) for number in range(10)} == {0.3}


@given(steps=st.integers(1, 60), warmup=st.integers(0, 20), decay=st.floats(0, 1))
def test_a_rate_rises_then_falls_and_is_never_zero(steps: int, warmup: int, decay: float) -> None:
    phase = Phase(length=8, rows=1, steps=steps, rate=1.0, warmup=warmup, decay=decay)
    rates = [rate_at(number, phase) for number in range(steps)]
    assert all(0 < rate <= 1 for rate in rates)
    late = rates[max(warmup - 1, 0) :]
    assert all(a >= b - 1e-12 for a, b in itertools.pairwise(late))


def test_muon_has_the_matrices_of_the_layers_and_nothing_else() -> None:
    """Two layers of q, k, v, out, up, down; the embedding, taps and scales are AdamW's."""
    model = decoder()
    muon, adam = (
        [p for group in part.param_groups for p in group["params"]]
        for part in Optimiser(model, PHASE).parts
    )
    names = {id(p): name for name, p in model.named_parameters()}
    assert {names[id(p)].split(".", 2)[-1] for p in muon} == {
        f"{layer}.weight" for layer in ("q", "k", "v", "out", "up", "down")
    }
    assert len(muon) == 12
    assert {names[id(p)].split(".")[-1] for p in adam} == {"taps", "logit_scale", "weight"}
    assert sum(p is model.embedding.weight for p in adam) == 1
    assert sorted(map(id, muon + adam)) == sorted(names), "each parameter once"


def test_a_step_takes_its_rate_and_drops_the_gradients() -> None:
    model = decoder()
    optimiser = Optimiser(model, PHASE)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for p in model.parameters():
        p.grad = torch.randn_like(p)
    optimiser.step(75)
    assert all(p.grad is None for p in model.parameters())
    assert all(not torch.equal(p, before[name]) for name, p in model.named_parameters())
    rates = [group["lr"] for part in optimiser.parts for group in part.param_groups]
    assert rates == pytest.approx([0.525, 0.525])


def test_a_first_step_of_muon_is_about_orthogonal() -> None:
    """All singular values of the step near the rate, whatever the gradient is.

    Newton and Schulz's five rounds leave them between 0.7 and 1.2 (Jordan et al. 2024).
    """
    model = decoder()
    optimiser, layer = Optimiser(model, PHASE), model.blocks[0].q
    before = layer.weight.detach().clone()
    for p in model.parameters():
        p.grad = torch.randn_like(p)
    optimiser.step(30)
    values = torch.linalg.svdvals(layer.weight.detach() - before)
    assert values.min().item() > 0.3
    assert values.max().item() < 1.3
