"""Parameters against models that transformers builds; bytes and FLOPs against known numbers."""

import pytest

from pipelines.plan.model_config import read_model
from pipelines.plan.model_size import (
    flops_per_token,
    kv_bytes,
    model_size,
    stage_flops,
)
from tests.pipelines.plan.models import model, values

GIB = 2**30
SMALL = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "vocab_size": 80,
    "rope_theta": 1e4,
    "pad_token_id": 0,
}
EXPERTS = {"num_experts_per_tok": 2, "moe_intermediate_size": 16}
LATENT = {
    "num_key_value_heads": 4,
    "q_lora_rank": 12,
    "kv_lora_rank": 10,
    "qk_nope_head_dim": 6,
    "qk_rope_head_dim": 4,
    "v_head_dim": 8,
    "n_routed_experts": 4,
    "n_shared_experts": 1,
    "first_k_dense_replace": 1,
    "n_group": 2,
    "topk_group": 1,
}


@pytest.mark.parametrize(
    "family",
    [
        {"model_type": "llama"},
        {"model_type": "llama", "tie_word_embeddings": True, "head_dim": 16},
        {"model_type": "qwen2"},
        {"model_type": "qwen3", "head_dim": 8},
        {"model_type": "mistral"},
        {"model_type": "phi3"},
        {"model_type": "olmo2"},
        {"model_type": "gemma3_text", "head_dim": 8, "tie_word_embeddings": True},
        {"model_type": "mixtral", "num_local_experts": 4, "num_experts_per_tok": 2},
        {"model_type": "qwen3_moe", "num_experts": 4, "head_dim": 8, **EXPERTS},
        {
            "model_type": "qwen2_moe",
            "num_experts": 4,
            "shared_expert_intermediate_size": 24,
            **EXPERTS,
        },
        {"model_type": "deepseek_v3", **LATENT, **EXPERTS},
    ],
    ids=lambda family: family["model_type"],
)
def test_matrices_of_a_family_are_those_that_transformers_builds(family) -> None:
    transformers = pytest.importorskip("transformers")
    config = {**SMALL, **family}
    kind = config.pop("model_type")
    built = transformers.AutoModelForCausalLM.from_config(
        transformers.AutoConfig.for_model(kind, **config)
    )
    named = dict(built.named_parameters())
    matrices = sum(value.numel() for value in named.values() if value.ndim > 1)
    size = model_size(read_model({"model_type": kind, **config}))
    assert size is not None
    assert size.held == matrices


@pytest.mark.parametrize(
    ("name", "used", "held"),
    [
        ("llama-3-8b", 7.505e9, 8.030e9),
        ("llama-2-7b", 6.607e9, 6.738e9),
        ("qwen2.5-7b", 7.070e9, 7.615e9),
    ],
)
def test_parameters_of_published_models(name: str, used: float, held: float) -> None:
    size = model_size(model(name))
    assert size is not None
    assert (size.used, size.held) == (pytest.approx(used, rel=1e-4), pytest.approx(held, rel=1e-4))


def test_experts_that_rest_cost_memory_and_no_flops() -> None:
    size = model_size(model("deepseek-v3", from_scaled=True))
    assert size is not None
    assert size.held == pytest.approx(671e9, rel=1e-3)
    assert size.used == pytest.approx(36.6e9, rel=1e-2)


def test_an_unknown_family_is_not_guessed() -> None:
    assert model_size(read_model({**values("llama-3-8b"), "model_type": "falcon"})) is None
    without = {k: v for k, v in values("llama-3-8b").items() if k != "intermediate_size"}
    assert model_size(read_model(without)) is None


@pytest.mark.parametrize(
    ("name", "tokens", "gib"),
    [
        ("llama-2-7b", 4096, 2),
        ("llama-2-7b", 131072, 64),
        ("llama-3-8b", 131072, 16),
        ("qwen2.5-7b", 131072, 7),
    ],
)
def test_bytes_of_the_cache(name: str, tokens: int, gib: float) -> None:
    assert kv_bytes(model(name), tokens) == gib * GIB


def test_a_layer_with_a_window_keeps_its_window() -> None:
    """Gemma-3-1B: 22 layers of 512 tokens, 4 of all; one key head of 256."""
    each = 2 * 1 * 256 * 2
    assert kv_bytes(model("gemma-3-1b"), 131072) == each * (22 * 512 + 4 * 131072)


def test_latent_attention_keeps_one_short_vector() -> None:
    found = model("deepseek-v3", from_scaled=True)
    assert kv_bytes(found, 1000) == 61 * (512 + 64) * 1000 * 2


@pytest.mark.parametrize(
    ("tokens", "flops"), [(4096, 4.825e10), (8192, 5.147e10), (32768, 7.080e10), (131072, 1.481e11)]
)
def test_flops_a_token_of_llama_3(tokens: int, flops: float) -> None:
    llama = model("llama-3-8b")
    size = model_size(llama)
    assert size is not None
    assert flops_per_token(llama, size, tokens) == pytest.approx(flops, rel=5e-4)


def test_windows_cut_pairs_off() -> None:
    """Four tokens, window 2: each sees itself and one before, 4 * 2 - 2 instead of 8 pairs."""
    full = read_model({**values("llama-3-8b")})
    cut = read_model({**values("llama-3-8b"), "sliding_window": 2})
    size = model_size(full)
    assert size is not None
    pair = 12 * 32 * 4096 / 4
    assert flops_per_token(full, size, 4) - 6 * size.used == pytest.approx(8 * pair)
    assert flops_per_token(cut, size, 4) - 6 * size.used == pytest.approx(6 * pair)


def test_a_stage_of_whole_documents_costs_what_its_length_says() -> None:
    llama = model("llama-3-8b")
    size = model_size(llama)
    assert size is not None
    stage = {
        "stage": "long",
        "seq_len": 131072,
        "tokens": 10 * 131072,
        "attention": {"squares": 10 * 131072**2},
    }
    found = stage_flops(llama, size, stage)
    assert found["flops_per_token"] == pytest.approx(flops_per_token(llama, size, 131072))
    assert found["attention_share"] == pytest.approx(0.696, abs=5e-4)
    assert not found["is_bound"]
    masked = {**stage, "attention": {"squares": 10 * 16 * 8192**2}}
    ratio = stage_flops(llama, size, masked)["flops"] / found["flops"]
    assert ratio == pytest.approx(0.348, abs=5e-4)
