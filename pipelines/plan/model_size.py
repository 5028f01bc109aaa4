"""What a decoder weighs and costs: parameters, bytes of its KV cache, FLOPs of training.

    Llama-3-8B: 32 layers, 32 heads of 128, 8 of them for keys and values
    KV cache of 131,072 tokens at 2 bytes: 2 * 32 * 8 * 128 * 131072 * 2 = 16 GiB
    training, a token of a document of 8,192: 6 * 7.505e9 + 12 * 32 * 4096 * 8192 / 2 = 5.147e10

A layer with a window keeps and sees no more tokens than its window has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.plan.model_config import ModelConfig

GATED = {
    *("deepseek_v2", "deepseek_v3", "gemma", "gemma2", "gemma3_text", "llama", "mistral"),
    *("mixtral", "olmo", "olmo2", "phi3", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe"),
}
"""Families with three matrices in a feed-forward block, whose parameters are counted here."""
EXPERTS = ("num_local_experts", "num_experts", "n_routed_experts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Parameters of a decoder, by what they do. None of them: norms and biases, below 0.1 %."""

    used: int
    """Those that multiply a token: the matrices of its layers and experts, and the output layer."""
    held: int
    """All matrices, every expert and the table of embeddings included; a tied table once."""


def model_size(model: ModelConfig) -> Size | None:
    """Return the parameters of a decoder; None for a family whose layers are not known here.

    The output layer multiplies every token, tied or not; the table of embeddings is only looked up.
    """
    if model.family not in GATED or model.vocab_size is None:
        return None
    values, width = model.values, model.hidden_size
    dense_layers, one, used, held = _feed_forward(model)
    if one is None:
        return None
    sparse_layers = model.num_layers - dense_layers
    attention = model.num_layers * _attention(model)
    table = model.vocab_size * width
    dense = dense_layers * 3 * width * int(values["intermediate_size"])
    return Size(
        used=attention + dense + sparse_layers * used + table,
        held=attention + dense + sparse_layers * held + table * (1 if model.tied else 2),
    )


def _feed_forward(model: ModelConfig) -> tuple[int, int | None, int, int]:
    """Return how many layers have no experts, and sizes: an expert, a layer's used, a layer's held.

    The second is None where the file has no sizes.
    """
    values, width = model.values, model.hidden_size
    if not isinstance(values.get("intermediate_size"), int):
        return 0, None, 0, 0
    experts = next((int(values[name]) for name in EXPERTS if values.get(name)), 0)
    if not experts:
        return model.num_layers, 0, 0, 0
    one = 3 * width * int(values.get("moe_intermediate_size") or values["intermediate_size"])
    shared = 3 * width * int(values.get("shared_expert_intermediate_size") or 0)
    shared += one * int(values.get("n_shared_experts") or 0)
    router = width * experts + (width if values.get("shared_expert_intermediate_size") else 0)
    chosen = int(values.get("num_experts_per_tok") or 1)
    dense = int(values.get("first_k_dense_replace") or 0)
    return dense, one, router + shared + chosen * one, router + shared + experts * one


def _attention(model: ModelConfig) -> int:
    """Return the parameters of one layer's projections."""
    values, width, heads = model.values, model.hidden_size, model.heads
    if not is_latent(model):
        return width * model.head_dim * 2 * (heads + model.kv_heads)
    query, latent = values.get("q_lora_rank"), int(values["kv_lora_rank"])
    value, turned = int(values["v_head_dim"]), int(values["qk_rope_head_dim"])
    asks = heads * model.head_dim
    ask = width * query + query * asks if query else width * asks
    tell = width * (latent + turned) + latent * heads * (model.head_dim - turned + value)
    return int(ask + tell + heads * value * width)


def is_latent(model: ModelConfig) -> bool:
    """Say whether keys and values are kept as one short vector for all heads (DeepSeek's MLA)."""
    return bool(model.values.get("kv_lora_rank"))


def kv_bytes(model: ModelConfig, tokens: int, *, bytes_each: int = 2) -> int:
    """Return the bytes that one sequence keeps while text is generated; training keeps none."""
    if is_latent(model):
        each = int(model.values["kv_lora_rank"]) + int(model.values["qk_rope_head_dim"])
    else:
        each = 2 * model.kv_heads * model.head_dim
    kept = sum(tokens if window is None else min(tokens, window) for window in model.windows)
    return each * kept * bytes_each


def attention_width(model: ModelConfig) -> float:
    """Return heads times their size: the mean of queries' and values', where they differ."""
    return (
        model.heads * (model.head_dim + int(model.values.get("v_head_dim") or model.head_dim)) / 2
    )


def flops_per_token(model: ModelConfig, size: Size, tokens: int) -> float:
    """Return the FLOPs of training on a token of a document of `tokens` tokens.

    6 N + 12 H Q p / tokens for each layer (Chowdhery et al., "PaLM", 2022, appendix B), where p is
    the number of pairs of tokens that see each other, half of tokens^2: a kernel that skips what is
    masked. With a window W it is W tokens - W^2 / 2. Work done again to save memory is left out.
    """
    pairs = 0.0
    for window in model.windows:
        seen = tokens if window is None else min(tokens, window)
        pairs += seen * tokens - seen**2 / 2
    return 6 * size.used + 12 * attention_width(model) * pairs / tokens


def stage_flops(model: ModelConfig, size: Size, stage: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a stage of a mix takes: its `tokens` and squares, as its manifest has them.

    Sums of len^2 cannot tell how much a window cuts off, so layers with windows count whole: with
    windows the number is the most that it may be, and `is_bound` says so.
    """
    from generators.costs import Model, train_flops

    tokens, squares = int(stage["tokens"]), int(stage["attention"]["squares"])
    decoder = Model(
        num_params=size.used, num_layers=model.num_layers, width=round(attention_width(model))
    )
    total = train_flops(decoder, tokens=tokens, squares=squares)
    return {
        "stage": stage["stage"],
        "seq_len": stage["seq_len"],
        "tokens": tokens,
        "squares": squares,
        "flops": total,
        "flops_per_token": total / max(tokens, 1),
        "attention_share": decoder.per_square * squares / total if total else 0.0,
        "is_bound": any(w is not None and w < stage["seq_len"] for w in model.windows),
    }
