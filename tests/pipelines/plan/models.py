"""The models that plans are tried on: config.json files made from published hyper-parameters.

The factors of phi-3-mini-128k.json are of the published shape, one a pair and rising, but not the
published numbers.
"""

import json
from pathlib import Path
from typing import Any

from pipelines.plan.model_config import ModelConfig, load_config, read_model

CONFIGS = Path(__file__).parent / "configs"

TARGETS: dict[str, dict[str, Any]] = {
    "llama-2-7b": {"target": 32768},
    "llama-3-8b": {"target": 131072},
    "llama-3.1-8b": {"target": 524288, "from_scaled": True},
    "qwen2.5-7b": {"target": 131072},
    "phi-3-mini-4k": {"target": 131072},
    "phi-3-mini-128k": {"target": 262144, "from_scaled": True},
    "gemma-3-1b": {"target": 131072},
    "gemma-3-4b": {"target": 262144, "from_scaled": True, "trained": 32768},
    "olmo-2-7b": {"target": 65536},
}
"""What each is asked for; those that are scaled say so, and one how long it was trained."""


def values(name: str) -> dict[str, Any]:
    """Return a config.json of the folder, to change it."""
    return load_config(CONFIGS / f"{name}.json")


def model(name: str, **asked: Any) -> ModelConfig:
    return read_model(values(name), **asked)


def narrow(config: dict[str, Any]) -> dict[str, Any]:
    """Return a model with few, narrow layers and the same rotary embedding."""
    gemma = config["model_type"].startswith("gemma")
    head = 256 if gemma else config["hidden_size"] // config["num_attention_heads"]
    sizes = {"num_attention_heads": 2, "num_key_value_heads": 1, "hidden_size": 2 * head}
    sizes |= {"intermediate_size": 8, "vocab_size": 16, "num_hidden_layers": 6 if gemma else 1}
    ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    return {**config, **sizes, **ids, **({"head_dim": head} if gemma else {})}


def write(folder: Path, config: dict[str, Any]) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path
