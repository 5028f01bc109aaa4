"""Whether the values of a config.json are what they should be, before anything is computed.

{"hidden_size": "4096"} -> RecipeError: hidden_size must be a whole number ...
"""

import math
from collections.abc import Mapping
from typing import Any

from schemas.errors import RecipeError

WHOLE = {
    *("first_k_dense_replace", "head_dim", "hidden_size", "intermediate_size", "kv_lora_rank"),
    *("d_model", "max_position_embeddings", "max_seq_len", "max_sequence_length"),
    *("max_window_layers", "moe_intermediate_size", "n_embd", "n_head", "n_heads", "n_layer"),
    *("n_layers", "n_positions", "n_routed_experts", "n_shared_experts", "num_attention_heads"),
    *("num_experts", "num_experts_per_tok", "num_hidden_layers", "num_key_value_heads"),
    *("num_kv_heads", "num_local_experts", "original_max_position_embeddings", "q_lora_rank"),
    *("qk_nope_head_dim", "qk_rope_head_dim", "rotary_dim", "shared_expert_intermediate_size"),
    *("sliding_window", "sliding_window_pattern", "v_head_dim", "vocab_size"),
}
REAL = {
    *("attention_factor", "beta_fast", "beta_slow", "factor", "high_freq_factor"),
    *("low_freq_factor", "mscale", "mscale_all_dim", "partial_rotary_factor"),
    *("rope_local_base_freq", "rope_pct", "rope_theta", "rotary_emb_base", "rotary_pct"),
}
WORDS = {"model_type", "rope_type", "type"}
BLOCKS = ("rope_scaling", "rope_parameters", "full_attention", "sliding_attention")
SPANS = {"head_dim", "qk_nope_head_dim", "qk_rope_head_dim", "rotary_dim"}
WIDEST = 10**5
MOST = 10**12
"""No size of a model comes near it."""


def check_values(values: Mapping[str, Any], place: str = "") -> None:
    """Raise RecipeError for a value that is of another kind than its key, or beyond all sizes.

    Keys that no plan reads are let through, and null everywhere.
    """
    for key, value in values.items():
        named = f"{place}{key}"
        if value is None:
            continue
        if key in WHOLE and not (_is_number(value) and value == int(value)):
            raise RecipeError(f"{named} must be a whole number from 0 to {MOST:,}, not {value!r}")
        if key in SPANS and value > WIDEST:
            raise RecipeError(f"{named} is {value:,}; no head has more than {WIDEST:,} dimensions")
        if key in REAL and not _is_number(value):
            raise RecipeError(f"{named} must be a number from 0 to {MOST:,}, not {value!r}")
        if key in WORDS and not isinstance(value, str):
            raise RecipeError(f"{named} must be a word, not {value!r}")
        if key in BLOCKS and isinstance(value, dict):
            check_values(value, f"{place}{key}.")


def _is_number(value: Any) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and math.isfinite(value) and 0 <= value <= MOST
