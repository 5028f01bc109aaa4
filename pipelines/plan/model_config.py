"""Reads a model's config.json: what its positions, its heads, its layers and its windows are.

    {"hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8,
     "max_position_embeddings": 8192, "rope_theta": 500000.0, "rope_scaling": null, ...}
        -> heads 32 of 128, 8 of them for keys; rotary size 128, base 500000, trained 8192

A language model inside a larger one (`text_config`) is read where it stands. What cannot be
extended by scaling frequencies is refused by name: positions that are learned, ALiBi, no positions.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.plan.model_rope import PARTS, ModelRope, read_rope
from pipelines.plan.model_values import check_values
from schemas.errors import RecipeError

FULL = "full_attention"
LENGTHS = ("max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len")
NAMES = {
    "hidden_size": ("hidden_size", "n_embd", "d_model"),
    "num_layers": ("num_hidden_layers", "n_layer", "n_layers"),
    "heads": ("num_attention_heads", "n_head", "n_heads"),
}
MOST_OF = {"hidden_size": 10**6, "num_layers": 10**4, "heads": 10**5}
LATENT = ("qk_rope_head_dim", "v_head_dim")
"""Keys without which latent attention (`kv_lora_rank`) has no sizes."""
LEARNED = frozenset(
    ("bart", "bert", "biogpt", "ctrl", "gpt2", "gpt_bigcode", "gpt_neo", "opt", "roberta", "xglm")
)
ALIBI = frozenset(("bloom", "mpt"))
UNPLACED = frozenset(("mamba", "mamba2", "rwkv", "t5", "mt5"))

PUBLISHED: dict[str, dict[str, Any]] = {
    "gemma3_text": {
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "max_position_embeddings": 131_072,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "sliding_window": 4096,
        "sliding_window_pattern": 6,
        "vocab_size": 262_208,
        "tie_word_embeddings": True,
    },
    "gemma": {"tie_word_embeddings": True},
    "gemma2": {"sliding_window_pattern": 2, "tie_word_embeddings": True},
    "gpt_neox": {"partial_rotary_factor": 0.25},
    "stablelm": {"partial_rotary_factor": 0.25},
    "phi": {"partial_rotary_factor": 0.5},
    "persimmon": {"partial_rotary_factor": 0.5},
    "glm": {"partial_rotary_factor": 0.5},
    "glm4": {"partial_rotary_factor": 0.5},
    "nemotron": {"partial_rotary_factor": 0.5},
}
"""Keys that a family's published files leave to the defaults of transformers (5.23)."""
UNREAD_BASE = frozenset(("gptj", "codegen"))
"""Families whose code in transformers has base 10000 written in and reads no key about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """A decoder, as far as positions and costs go."""

    family: str
    """`model_type`; `unknown` where the file has none."""
    inside: str | None
    """The key that holds the language model inside a larger one, None for a plain one."""
    num_layers: int
    hidden_size: int
    heads: int
    kv_heads: int
    head_dim: int
    rope: ModelRope
    windows: tuple[int | None, ...]
    """Tokens that each layer looks back at most, itself included; None for all."""
    vocab_size: int | None
    tied: bool
    """Whether the embedding of tokens is also the output layer."""
    values: Mapping[str, Any]
    """The whole file of the language model, defaults of its family included."""


def load_config(path: str | Path) -> dict[str, Any]:
    """Return a JSON object from a file. Raises RecipeError with the file and the reason."""
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"{path}: cannot be read as a model's config.json ({error})") from None
    if not isinstance(values, dict):
        raise RecipeError(f"{path}: a model's config.json is one JSON object")
    return values


def read_model(
    values: Mapping[str, Any], *, trained: int | None = None, from_scaled: bool = False
) -> ModelConfig:
    """Return what a config.json says about positions and sizes.

    `trained` is the length in tokens that the model was trained for before any scaling, where the
    file cannot tell or is wrong about it; `from_scaled` allows a model whose frequencies are scaled
    already. Raises RecipeError for a model whose positions are not rotary, for an odd rotary size,
    for keys that contradict each other and for sizes that are missing.
    """
    inside = "text_config" if isinstance(values.get("text_config"), dict) else None
    own = dict(values[inside] if inside else values)
    check_values(own, f"{inside}." if inside else "")
    family = own.get("model_type") or "unknown"
    own = {**_published(family, own), **own}
    _refuse_other_positions(family, own)
    hidden, layers, heads = (_size(own, key) for key in NAMES)
    head_dim = int(own.get("head_dim") or hidden // heads)
    lacking = [name for name in LATENT if own.get("kv_lora_rank") and not own.get(name)]
    if lacking:
        raise RecipeError(f"has kv_lora_rank and no {' nor '.join(lacking)}; give all of them")
    if own.get("qk_rope_head_dim"):  # latent attention turns a part of its own
        head_dim = int(own.get("qk_nope_head_dim") or 0) + int(own["qk_rope_head_dim"])
    rope = read_rope(
        {**own, "head_dim": int(own.get("qk_rope_head_dim") or head_dim)},
        limit=_limit(own),
        trained=trained,
        from_scaled=from_scaled,
    )
    return ModelConfig(
        family=family,
        inside=inside,
        num_layers=layers,
        hidden_size=hidden,
        heads=heads,
        kv_heads=_kv_heads(own, heads),
        head_dim=head_dim,
        rope=rope,
        windows=_windows(own, layers),
        vocab_size=own.get("vocab_size"),
        tied=bool(own.get("tie_word_embeddings", False)),
        values=own,
    )


def _published(family: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a family's defaults, but for a share that the file states under another name."""
    stated = any(values.get(name) is not None for name in PARTS)
    new = values.get("rope_parameters")
    stated = stated or (isinstance(new, dict) and "partial_rotary_factor" in new)
    defaults = PUBLISHED.get(family, {})
    return {k: v for k, v in defaults.items() if not (stated and k == "partial_rotary_factor")}


def _kv_heads(values: Mapping[str, Any], heads: int) -> int:
    """Return the heads of keys; Falcon's first form has one of them, and states all."""
    if values.get("multi_query") and not values.get("new_decoder_architecture"):
        return 1
    return int(values.get("num_key_value_heads") or values.get("num_kv_heads") or heads)


def _refuse_other_positions(family: str, values: Mapping[str, Any]) -> None:
    attention = values.get("attn_config")
    alibi = values.get("alibi", attention.get("alibi") if isinstance(attention, dict) else None)
    if alibi or (alibi is None and family in ALIBI):
        raise RecipeError(
            f"model_type {family} places tokens by ALiBi, a bias on distance; it has "
            "no rotary frequencies to scale"
        )
    if family in LEARNED or values.get("position_embedding_type") == "absolute":
        raise RecipeError(
            f"model_type {family} learns one vector for each position; it has no "
            "rotary frequencies to scale, and positions past its table have no vector"
        )
    if family in UNPLACED:
        raise RecipeError(f"model_type {family} has no rotary positions; there is nothing to scale")


def _size(values: Mapping[str, Any], key: str) -> int:
    for name in NAMES[key]:
        if 0 < (values.get(name) or 0) <= MOST_OF[key]:
            return int(values[name])
    names, most = " or ".join(NAMES[key]), MOST_OF[key]
    raise RecipeError(f"has no {names} from 1 to {most:,}")


def _limit(values: Mapping[str, Any]) -> int | None:
    for name in LENGTHS:
        if values.get(name):
            return int(values[name])
    return None


def _windows(values: Mapping[str, Any], layers: int) -> tuple[int | None, ...]:
    """Return each layer's window. Published files say it in four ways."""
    window = values.get("sliding_window")
    unused = str(values.get("model_type")).startswith("qwen")  # where the file does not say
    if not window or not values.get("use_sliding_window", not unused):
        return (None,) * layers
    kinds = values.get("layer_types")
    if isinstance(kinds, list):
        if len(kinds) != layers:
            raise RecipeError(f"layer_types names {len(kinds)} layers of {layers}; name each once")
        return tuple(None if kind == FULL else int(window) for kind in kinds)
    every = values.get("sliding_window_pattern")
    if every:
        return tuple(int(window) if (i + 1) % int(every) else None for i in range(layers))
    # Qwen2: the first max_window_layers look at everything.
    full = int(values.get("max_window_layers") or 0) if values.get("use_sliding_window") else 0
    return tuple(None if i < full else int(window) for i in range(layers))
