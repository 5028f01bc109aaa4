"""Models that transformers builds from the written keys turn at the frequencies of the plan."""

import json
from typing import Any

import pytest

from generators.rope import Rope, Scaled, load
from pipelines.plan.extension import Request, options_of, plan_extension
from pipelines.plan.extension_config import config_keys, megatron_flags, vllm_flags
from pipelines.plan.model_config import ModelConfig, read_model
from tests.pipelines.plan.models import TARGETS, model, narrow, values, write

FULL = "full_attention"


def scaled(model: ModelConfig, name: str, target: int, **options: Any) -> Scaled:
    method = load(name)
    rope = Rope(dim=model.rope.dim, base=model.rope.base, trained=model.rope.trained)
    return method.scale(rope, target, method.Options(**options))


def rising(model: ModelConfig) -> list[float]:
    """Return a factor for each pair, from 1 to 8."""
    pairs = model.rope.dim // 2
    return [round(1 + 7 * pair / (pairs - 1), 3) for pair in range(pairs)]


def frequencies(config: Any, length: int) -> tuple[list[float], float]:
    """Return what a model of transformers uses for inputs of `length` tokens."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    rotary = transformers.AutoModel.from_config(config).rotary_emb
    place, hidden = torch.tensor([[length - 1]]), torch.zeros(1, 1, 1)
    by_kind = hasattr(rotary, f"{FULL}_inv_freq")
    rotary(hidden, place, *([FULL] if by_kind else []))
    prefix = f"{FULL}_" if by_kind else ""
    found = getattr(rotary, f"{prefix}inv_freq").double().tolist()
    return found, float(getattr(rotary, f"{prefix}attention_scaling"))


# transformers 5 warns where `rope_scaling` is set on a loaded config; `rope_parameters` follows it.
@pytest.mark.filterwarnings("ignore:`rope_scaling` is deprecated:FutureWarning")
@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("way", ["file", "override"])
def test_built_models_turn_as_planned(name: str, way: str, tmp_path) -> None:
    transformers = pytest.importorskip("transformers")
    asked = {**TARGETS[name]}
    target = asked.pop("target")
    found = model(name, **asked)
    words = [f"longrope.long_factor={json.dumps(rising(found))}"]
    request = Request(target=target, options=options_of(words), inference=True)
    whole = values(name)
    small = narrow(whole.get("text_config", whole))
    tried = 0
    for method in plan_extension(found, request)["methods"]:
        keys = method["config"]
        if keys is None:
            continue
        keys = keys.get("text_config", keys)
        first = {**small, **keys} if way == "file" else small
        config = transformers.AutoConfig.from_pretrained(write(tmp_path, first).parent)
        if way == "override":
            config.update(keys)
        inv_freq, factor = frequencies(config, target)
        assert inv_freq == pytest.approx(method["inv_freq"], rel=2e-6), method["name"]
        assert factor == pytest.approx(method["attention_factor"], rel=1e-9), method["name"]
        tried += 1
    assert tried >= (5 if name.startswith("phi") else 9)


def test_the_dual_block_of_llama_3() -> None:
    llama = model("llama-3-8b")
    yarn = {
        "rope_type": "yarn",
        "factor": 16.0,
        "original_max_position_embeddings": 8192,
        "beta_fast": 32,
        "beta_slow": 1,
    }
    assert config_keys(llama, scaled(llama, "yarn", 131072)).keys == {
        "max_position_embeddings": 131072,
        "rope_theta": 500000.0,
        "rope_scaling": yarn,
        "rope_parameters": {**yarn, "rope_theta": 500000.0},
    }


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_written_is_read_back(name: str) -> None:
    """The file after the merge is one that this planner takes, from the same length as before."""
    asked = {**TARGETS[name]}
    target = asked.pop("target")
    found = model(name, **asked)
    factors = {"long_factor": tuple(rising(found))}
    for method, options in (("ntk", {}), ("yarn", {}), ("linear", {}), ("longrope", factors)):
        keys = config_keys(found, scaled(found, method, target, **options)).keys
        if keys is None:
            continue
        whole = values(name)
        merged = {**whole, **keys}
        if found.inside:
            merged = {**whole, found.inside: {**whole[found.inside], **keys[found.inside]}}
        if method == "ntk":
            assert read_model(merged).rope.base > found.rope.base
            continue
        again = read_model(merged, from_scaled=True, trained=found.rope.trained)
        assert again.rope.scaling
        assert again.rope.scaling["rope_type"] == method
        assert again.rope.trained == found.rope.trained


def test_layers_with_windows_keep_their_frequencies() -> None:
    gemma = model("gemma-3-1b")
    written = config_keys(gemma, scaled(gemma, "linear", 131072))
    linear = {"rope_type": "linear", "factor": 4.0}
    assert written.keys == {
        "max_position_embeddings": 131072,
        "rope_theta": 1e6,
        "rope_local_base_freq": 1e4,
        "rope_scaling": linear,
        "rope_parameters": {
            FULL: {**linear, "rope_theta": 1e6},
            "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
        },
    }
    assert "only layers of full_attention are scaled" in written.notes[0]
    rounded = config_keys(gemma, scaled(gemma, "yarn", 131072, truncate=False))
    assert any("ignores truncate" in note for note in rounded.notes)


def test_a_model_inside_a_larger_one_gets_its_keys_there() -> None:
    gemma = model("gemma-3-4b", from_scaled=True, trained=32768)
    written = config_keys(gemma, scaled(gemma, "ntk", 131072))
    assert list(written.keys) == ["text_config"]


def test_phi_3_takes_longrope_in_three_keys_and_nothing_else() -> None:
    phi = model("phi-3-mini-4k")
    refused = config_keys(phi, scaled(phi, "yarn", 131072))
    assert refused.keys is None
    assert "alone for Phi-3, not yarn" in str(refused.reason)
    factors = tuple(rising(phi))
    written = config_keys(phi, scaled(phi, "longrope", 131072, long_factor=factors))
    assert set(written.keys["rope_scaling"]) == {"type", "long_factor", "short_factor"}
    assert written.keys["original_max_position_embeddings"] == 4096
    own = scaled(phi, "longrope", 131072, long_factor=factors, attention_factor=1.5)
    assert "no attention_factor for Phi-3" in str(config_keys(phi, own).reason)


def test_longrope_names_the_trained_length_where_transformers_4_looks() -> None:
    llama = model("llama-3-8b")
    factors = tuple(rising(llama))
    written = config_keys(llama, scaled(llama, "longrope", 131072, long_factor=factors))
    assert written.keys["original_max_position_embeddings"] == 8192
    assert "attention_factor" not in written.keys["rope_parameters"]
    own = scaled(llama, "longrope", 131072, long_factor=factors, factor=8)
    keys = config_keys(llama, own).keys
    assert keys["rope_scaling"]["attention_factor"] == own.attention_factor


def test_families_that_transformers_4_checks_strictly() -> None:
    olmo = model("olmo-2-7b")
    linear = config_keys(olmo, scaled(olmo, "linear", 65536))
    assert linear.keys["rope_scaling"] == {"type": "linear", "factor": 16.0}
    assert linear.notes == ()
    (note,) = config_keys(olmo, scaled(olmo, "yarn", 65536)).notes
    assert "transformers 4 refuses this yarn for olmo2" in note


def test_a_part_of_the_head_is_named_in_both_places() -> None:
    half = read_model({**values("llama-3-8b"), "partial_rotary_factor": 0.5})
    keys = config_keys(half, scaled(half, "linear", 16384)).keys
    assert keys["partial_rotary_factor"] == 0.5
    assert keys["rope_parameters"]["partial_rotary_factor"] == 0.5
    assert "partial_rotary_factor" not in keys["rope_scaling"]


def test_vllm_takes_the_same_keys() -> None:
    llama = model("llama-3-8b")
    keys = config_keys(llama, scaled(llama, "yarn", 131072))
    flags = vllm_flags(keys, 131072).keys
    assert flags[:3] == ["--max-model-len", "131072", "--hf-overrides"]
    assert json.loads(flags[3]) == keys.keys


@pytest.mark.parametrize(
    ("name", "options", "flags"),
    [
        ("ntk", {}, "--rotary-base 8359937 --position-embedding-type rope"),
        (
            "linear",
            {},
            "--rotary-base 500000 --position-embedding-type rope "
            "--rotary-seq-len-interpolation-factor 16",
        ),
        (
            "llama3",
            {"factor": 8},
            "--rotary-base 500000 --position-embedding-type rope --use-rope-scaling "
            "--rope-scaling-factor 8",
        ),
        (
            "yarn",
            {"truncate": False},
            "--rotary-base 500000 --position-embedding-type yarn --rotary-scaling-factor 16 "
            "--yarn-original-max-position-embeddings 8192 --yarn-beta-fast 32 --yarn-beta-slow 1 "
            "--mscale 1 --mscale-all-dim 0 --no-yarn-correction-range-round-to-int",
        ),
    ],
)
def test_megatron_flags(name, options, flags) -> None:
    llama = model("llama-3-8b")
    found = megatron_flags(llama, scaled(llama, name, 131072, **options), 131072).keys
    assert " ".join(found) == f"--seq-length 131072 --max-position-embeddings 131072 {flags}"


@pytest.mark.parametrize(
    ("change", "name", "options", "words"),
    [
        ({}, "linear", {"factor": 1.5}, "whole numbers, not 1.5"),
        ({}, "llama3", {"low_freq_factor": 2}, "is fixed to"),
        ({}, "yarn", {"attention_factor": 1.1}, "no attention factor"),
        ({}, "dynamic", {}, "no dynamic"),
        ({"partial_rotary_factor": 0.5}, "yarn", {}, "ignores --rotary-percent"),
        ({"rope_theta": 10000.5}, "linear", {}, "--rotary-base takes whole numbers"),
        ({"rope_local_base_freq": 1e4}, "ntk", {}, "one rotary base for all layers"),
    ],
)
def test_what_megatron_cannot_say(change, name, *, options, words) -> None:
    found = read_model({**values("llama-3-8b"), **change})
    flags = megatron_flags(found, scaled(found, name, 131072, **options), 131072)
    assert flags.keys is None
    assert words in str(flags.reason)


def test_a_rotary_share_is_a_flag() -> None:
    half = read_model({**values("llama-3-8b"), "partial_rotary_factor": 0.5})
    found = megatron_flags(half, scaled(half, "linear", 16384), 16384).keys
    assert "--rotary-percent 0.5" in " ".join(found)


def test_families_that_read_other_keys_get_theirs_or_a_reason() -> None:
    sizes = {
        "hidden_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "max_position_embeddings": 2048,
        "rope_theta": 10000.0,
    }
    rope = Rope(dim=16, base=10000.0, trained=2048)
    ntk = load("ntk")
    wide = ntk.scale(rope, 8192, ntk.Options())
    neox = read_model({**sizes, "model_type": "gpt_neox", "rotary_emb_base": 10000})
    keys = config_keys(neox, wide).keys
    assert keys["rotary_emb_base"] == keys["rope_theta"] > 10000
    gptj = read_model({**sizes, "model_type": "gptj", "rotary_dim": 16})
    assert config_keys(gptj, wide).reason == "transformers reads no base for gptj"
