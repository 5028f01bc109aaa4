"""A config.json is read in every form, and refused where its positions are not rotary."""

import pytest

from pipelines.plan.model_config import load_config, read_model
from schemas.errors import RecipeError
from tests.pipelines.plan.models import model, values, write


@pytest.mark.parametrize(
    ("name", "asked", "heads", "rotary", "trained"),
    [
        ("llama-2-7b", {}, (32, 32, 128), (128, 1e4), 4096),
        ("llama-3-8b", {}, (32, 8, 128), (128, 5e5), 8192),
        ("llama-3.1-8b", {"from_scaled": True}, (32, 8, 128), (128, 5e5), 8192),
        ("qwen2.5-7b", {}, (28, 4, 128), (128, 1e6), 32768),
        ("phi-3-mini-4k", {}, (32, 32, 96), (96, 1e4), 4096),
        ("phi-3-mini-128k", {"from_scaled": True}, (32, 32, 96), (96, 1e4), 4096),
        ("gemma-3-1b", {}, (4, 1, 256), (256, 1e6), 32768),
        ("olmo-2-7b", {}, (32, 32, 128), (128, 5e5), 4096),
        ("deepseek-v3", {"from_scaled": True}, (128, 128, 192), (64, 1e4), 4096),
    ],
)
def test_published_models(name, asked, *, heads, rotary, trained) -> None:
    found = model(name, **asked)
    assert (found.heads, found.kv_heads, found.head_dim) == heads
    assert (found.rope.dim, found.rope.base, found.rope.trained) == (*rotary, trained)


def test_a_language_model_inside_a_larger_one_and_the_defaults_of_its_family() -> None:
    gemma = model("gemma-3-4b", from_scaled=True, trained=32768)
    assert (gemma.inside, gemma.heads, gemma.kv_heads, gemma.head_dim) == ("text_config", 8, 4, 256)
    assert gemma.windows[:7] == (1024,) * 5 + (None, 1024)
    assert sum(window is None for window in gemma.windows) == 5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bloom-7b", "ALiBi"),
        ("mpt-7b", "ALiBi"),
        ("gpt2", "learns one vector for each position"),
        ("odd-rotary", "the rotary size is 33 .* must be even"),
        ("conflicting", "differ in factor"),
        ("llama-3.1-8b", "scaled already .*factor 8.* --from-scaled .* 8,192 tokens"),
        ("gemma-3-4b", "nothing says how long it was trained"),
    ],
)
def test_what_cannot_be_extended_is_refused_by_name(name: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        model(name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model_type": "falcon", "alibi": True}, "ALiBi"),
        ({"model_type": "mamba"}, "no rotary positions"),
        ({"position_embedding_type": "absolute"}, "learns one vector"),
        ({"num_attention_heads": None}, "has no num_attention_heads or n_head"),
        ({"sliding_window": 64, "layer_types": ["full_attention"]}, "names 1 layers of 32"),
        ({"max_position_embeddings": None}, "--trained"),
        ({"model_type": "new", "rope_theta": None}, "shows no rotary positions"),
        ({"rope_scaling": 4}, "rope_scaling must be an object"),
    ],
)
def test_files_that_say_too_little_or_too_much(change, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        read_model({**values("llama-3-8b"), **change})


@pytest.mark.parametrize(
    ("change", "windows"),
    [
        ({}, (None, None, None, None)),
        ({"sliding_window": 8}, (8, 8, 8, 8)),
        ({"sliding_window": 8, "use_sliding_window": False}, (None,) * 4),
        ({"sliding_window": 8, "sliding_window_pattern": 2}, (8, None, 8, None)),
        (
            {"sliding_window": 8, "use_sliding_window": True, "max_window_layers": 3},
            (None, None, None, 8),
        ),
        (
            {
                "sliding_window": 8,
                "layer_types": ["full_attention", "sliding_attention"] * 2,
            },
            (None, 8, None, 8),
        ),
        ({"sliding_window": 8, "model_type": "qwen2"}, (None,) * 4),
    ],
)
def test_windows_are_said_in_several_ways(change, windows) -> None:
    config = {**values("llama-3-8b"), "num_hidden_layers": 4, **change}
    assert read_model(config).windows == windows


def test_a_file_that_is_no_config(tmp_path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load_config(tmp_path / "none.json")
    path = write(tmp_path, {})
    path.write_text("[1]")
    with pytest.raises(RecipeError, match="one JSON object"):
        load_config(path)


LLAMA = {
    "hidden_size": 256,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "max_position_embeddings": 2048,
    "rope_theta": 10000.0,
}


def test_what_published_files_leave_out_is_the_default_of_their_family() -> None:
    assert read_model({**LLAMA, "model_type": "gpt_neox"}).rope.dim == 16
    assert read_model({**LLAMA, "model_type": "gpt_neox", "rotary_pct": 0.5}).rope.dim == 32
    assert read_model({**LLAMA, "model_type": "phi"}).rope.dim == 32
    gemma = read_model({**LLAMA, "model_type": "gemma2", "sliding_window": 512})
    assert gemma.windows == (512, None, 512, None)
    assert gemma.tied
    falcon = {**LLAMA, "model_type": "falcon", "multi_query": True, "num_kv_heads": 4}
    assert read_model(falcon).kv_heads == 1
    assert read_model({**falcon, "new_decoder_architecture": True}).kv_heads == 4


def test_latent_attention_without_its_sizes_is_refused() -> None:
    with pytest.raises(RecipeError, match="has kv_lora_rank and no v_head_dim"):
        read_model({**LLAMA, "kv_lora_rank": 64, "qk_rope_head_dim": 32})
