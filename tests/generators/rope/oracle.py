"""What others make of the same embedding: committed vectors, and transformers itself.

Transformers computes in float32. Its own code is also run with float64 in place of float32, where
it has to agree with ours to twelve digits: so what is left between the two is rounding alone.
"""

import json
import math
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np
import torch  # noqa: TID251 - transformers computes with it
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from generators.rope import Rope, Scaled, load

CLOSE = 2e-6
"""Allowed between float64 and float32, relative."""
SAME = 1e-12
"""Allowed between float64 and float64."""

HEADS = [(32, 1.0), (64, 1.0), (96, 1.0), (128, 1.0), (256, 1.0), (128, 0.25), (96, 0.75)]
"""Head size and the part of it that turns."""
BASES = [1e4, 5e5, 1e6, 8e6]
LENGTHS = [2048, 4096, 8192, 16384, 32768, 65536, 131072]
FACTORS = [2, 4, 8, 16, 32, 64]


@cache
def vectors():
    """Return the committed vectors: {configuration: {method: numbers}}."""
    return json.loads((Path(__file__).parent / "oracle.json").read_text(encoding="utf-8"))


def rope_of(name):
    """Return the embedding and the target of a configuration: hd64_b10000_L4096_s4."""
    dim, base, trained, s = (int(part.lstrip("hdbLs")) for part in name.split("_"))
    return Rope(dim=dim, base=base, trained=trained), trained * s


def scaled(method, rope, target, **options) -> Scaled:
    module = load(method)
    return module.scale(rope, target, module.Options(**options))


def in_double():
    """Let transformers compute in float64. LongRoPE's asks for float32 in a way that stays."""
    return mock.patch.multiple(torch, float=torch.float64, float32=torch.float64)


def theirs(
    made: Scaled,
    *,
    head: int,
    part: float = 1.0,
    length: int | None = None,
    double: bool = False,
):
    """Return frequencies and attention factor of transformers for a config that was emitted."""
    parameters = {**made.config, **({} if part == 1 else {"partial_rotary_factor": part})}
    config = LlamaConfig(
        hidden_size=head * 2,
        num_attention_heads=2,
        head_dim=head,
        max_position_embeddings=made.max_positions,
        rope_parameters=parameters,
    )
    kind = made.config["rope_type"]
    with in_double() if double else nullcontext():
        if kind == "default":
            frequencies, factor = LlamaRotaryEmbedding.compute_default_rope_parameters(config)
        else:
            frequencies, factor = ROPE_INIT_FUNCTIONS[kind](config, seq_len=length)
    return frequencies.double().numpy(), factor


def assert_same(made: Scaled, *, close: float = CLOSE, **where):
    """Compare with transformers as it is, and with its code in float64."""
    frequencies, factor = theirs(made, **where)
    np.testing.assert_allclose(made.inv_freq, frequencies, rtol=close)
    assert math.isclose(made.attention_factor, factor, rel_tol=SAME)
    if made.config["rope_type"] != "longrope":
        frequencies, _ = theirs(made, **where, double=True)
        assert frequencies.dtype == np.float64
        np.testing.assert_allclose(made.inv_freq, frequencies, rtol=SAME)


def assert_same_on_the_grid(method, *, head, part, base, with_length=False, close=CLOSE):
    """Compare every length and factor of the grid."""
    for trained in LENGTHS:
        for factor in FACTORS:
            rope, target = Rope(dim=int(head * part), base=base, trained=trained), trained * factor
            made = scaled(method, rope, target)
            assert_same(
                made, head=head, part=part, length=target if with_length else None, close=close
            )
