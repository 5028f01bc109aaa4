"""Whether the keys that `longmix rope` writes mean the same in transformers 4 and in 5.

    python benchmarks/rope_versions.py                      makes an environment with 4.57.3
    python benchmarks/rope_versions.py --python V4/bin/python    uses one that exists

For each model of tests/pipelines/plan/configs and each method, the planner's keys are merged into
the config.json (sizes made small, rotary geometry kept), a model is built from the file, and its
frequencies and attention factor are compared with those that the planner printed. A second way sets
the same keys on a loaded config, as servers do with overrides. Two controls show that the check can
fail: the keys of version 5 alone, and those of version 4 alone.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).parents[1] / "tests" / "pipelines" / "plan" / "configs"
MODELS = {
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
PINNED = ("transformers==4.57.3", "torch==2.13.0")
CLOSE = 2e-6
SMALL = {"num_hidden_layers": 1, "intermediate_size": 8, "vocab_size": 16, "pad_token_id": 0}
FULL = "full_attention"
OLD_KEYS = ("rope_theta", "rope_scaling", "rope_local_base_freq")


def make_cases() -> list[dict]:
    """Return what the planner prints for every model and method, with the files to try it in."""
    from pipelines.report.rope import rope_facts

    cases = []
    for name, asked in MODELS.items():
        path = CONFIGS / f"{name}.json"
        original = json.loads(path.read_text(encoding="utf-8"))
        inner = original.get("text_config", original)
        pairs = len(rope_facts(path, **asked)["dimensions"]["slow"])
        factors = json.dumps([round(1 + 7 * i / pairs, 3) for i in range(pairs)])
        words = [f"longrope.long_factor={factors}"]
        facts = rope_facts(path, **asked, words=words, inference=True)
        for method in facts["methods"]:
            if method["config"] is None:
                continue
            keys = method["config"].get("text_config", method["config"])
            cases.append(
                {
                    "model": name,
                    "method": method["name"],
                    "base": small(inner),
                    "keys": keys,
                    "at": asked["target"],
                    "inv_freq": method["inv_freq"],
                    "attention_factor": method["attention_factor"],
                }
            )
    return cases


def small(config: dict) -> dict:
    """Return the model with one narrow layer, or as many as it takes to see both kinds of layer."""
    heads = config.get("num_attention_heads", 8)
    head = config.get("head_dim") or (
        256 if "gemma" in config["model_type"] else config["hidden_size"] // heads
    )
    sizes = {**SMALL, "num_attention_heads": 2, "num_key_value_heads": 1, "hidden_size": 2 * head}
    if "gemma" in config["model_type"]:
        sizes |= {"num_hidden_layers": 6, "head_dim": head}
    return {**config, **sizes, "bos_token_id": 1, "eos_token_id": 2}


def check(cases: list[dict]) -> dict:
    """Return how far models are from the planner, in the transformers of this interpreter."""
    import transformers

    lines = []
    for case in cases:
        merged = {**case["base"], **case["keys"]}
        old = {k: v for k, v in merged.items() if k != "rope_parameters"}
        new = {k: v for k, v in merged.items() if k not in OLD_KEYS}
        tried = {
            "file": (merged, {}),
            "override": (case["base"], case["keys"]),
            "only 4's keys": (old, {}),
            "only 5's keys": (new, {}),
        }
        line = {"model": case["model"], "method": case["method"]}
        lines.append(line | {way: far(case, *files) for way, files in tried.items()})
    return {"transformers": transformers.__version__, "cases": lines}


def far(case: dict, values: dict, overrides: dict) -> float | str:
    """Return the largest relative difference, or the error of a model that cannot be built."""
    import transformers

    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "config.json").write_text(json.dumps(values), encoding="utf-8")
            config = transformers.AutoConfig.from_pretrained(folder)
        config.update(overrides)
        found, factor = frequencies(transformers.AutoModel.from_config(config), case["at"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:160]
    pairs = zip([*found, factor], [*case["inv_freq"], case["attention_factor"]], strict=True)
    return max(abs(one / other - 1) for one, other in pairs)


def frequencies(model: Any, length: int) -> tuple[list[float], float]:
    """Return the frequencies and the attention factor that a model uses for `length` tokens."""
    import torch  # noqa: TID251 - it runs in an environment of its own

    positions, hidden = torch.tensor([[length - 1]]), torch.zeros(1, 1, 1)
    rotary = model.rotary_emb
    if hasattr(rotary, f"{FULL}_inv_freq"):  # transformers 5: one module, frequencies by kind
        rotary(hidden, positions, FULL)
        return getattr(rotary, f"{FULL}_inv_freq").double().tolist(), float(
            getattr(rotary, f"{FULL}_attention_scaling")
        )
    rotary(hidden, positions)
    return rotary.inv_freq.double().tolist(), float(rotary.attention_scaling)


def main() -> int:
    """Run the check here and in the other version; print one table a version."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="an interpreter with transformers 4 and torch")
    parser.add_argument("--check", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.check:
        print(json.dumps(check(json.loads(Path(arguments.check).read_text(encoding="utf-8")))))
        return 0
    sys.path.insert(0, str(Path(__file__).parents[1]))
    cases = make_cases()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cases.json")
        file.write_text(json.dumps(cases), encoding="utf-8")
        other = arguments.python or environment(Path(folder, "v4"))
        for python in (other, sys.executable):
            command = [python, __file__, "--check", str(file)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
            show(json.loads(done.stdout.splitlines()[-1]))
    return 0


def environment(folder: Path) -> str:
    """Return the interpreter of a new environment with the pinned packages."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", *PINNED], check=True)  # noqa: S603
    return python


def show(result: dict) -> None:
    """Print how many methods are right by model and way, and what goes wrong with whole files."""
    print(f"\ntransformers {result['transformers']}: right means within {CLOSE:g}, relatively")
    ways = ("file", "override", "only 4's keys", "only 5's keys")
    print("model".ljust(16), *(way.rjust(14) for way in ways), "  worst of file")
    for model in MODELS:
        mine = [line for line in result["cases"] if line["model"] == model]
        shown = [f"{sum(is_right(line[way]) for line in mine)}/{len(mine)}" for way in ways]
        worst = max((line["file"] for line in mine if isinstance(line["file"], float)), default=0)
        print(model.ljust(16), *(part.rjust(14) for part in shown), f"  {worst:.1e}")
    for line in result["cases"]:
        for way in ways[:2]:
            if not is_right(line[way]):
                print(f"not right: {line['model']} {line['method']} by {way}: {line[way]}")


def is_right(difference: float | str) -> bool:
    """Say whether a model agrees with the planner; an error is a string."""
    return isinstance(difference, float) and difference <= CLOSE


if __name__ == "__main__":
    sys.exit(main())
