"""The plan of a longer context in words, from a file and with a mix."""

from pathlib import Path

import pytest

from pipelines.report import rope
from pipelines.report.rope import rope_facts, rope_text
from schemas.errors import RecipeError
from tests.pipelines.plan.models import CONFIGS

LLAMA = CONFIGS / "llama-3-8b.json"


def test_the_text_has_facts_methods_and_keys() -> None:
    text = rope_text(rope_facts(LLAMA, 131072))
    for words in (
        "llama: 32 layers, 32 heads of 128, 8 for keys; rotary size 128, base 500,000",
        "LongRoPE2's search range       24..35",
        "KV cache at 131,072            16 GiB",
        "training at 131,072            148.1 B FLOPs a token",
        "unknown until measured:",
        "ntk       28 of 29   x3.43   2.21   16.0   1.000  102,996",
        'yarn: {"max_position_embeddings": 131072, "rope_theta": 500000.0, "rope_scaling"',
        "--use-rope-scaling --rope-scaling-factor 16",
        "left out: longrope2: ",
    ):
        assert words in text
    assert "gamma" not in text


def test_pairs_on_both_sides_of_the_first_slow_one_are_shown() -> None:
    lines = [line.split() for line in rope_text(rope_facts(LLAMA, 131072)).splitlines()]
    assert ["34", "6,695.1", "1.224", "19.577"] in lines
    assert ["35", "8,218.7", "0.997", "15.948", "slow"] in lines


def test_windows_a_present_scaling_and_notes_are_told() -> None:
    gemma = rope_facts(CONFIGS / "gemma-3-1b.json", 131072)
    assert "22 of 26 layers look back 512 tokens at most" in rope_text(gemma)
    assert "Megatron has one rotary base for all layers" in rope_text(gemma)
    llama = rope_text(rope_facts(CONFIGS / "llama-3.1-8b.json", 131072, from_scaled=True))
    assert "scaled at present by llama3" in llama
    assert "now (llama3)  29 of 29" in llama
    assert "note: the file's factor is 8" in llama


def test_the_gamma_rule_comes_with_its_verdict() -> None:
    text = rope_text(rope_facts(LLAMA, 131072, gamma=True))
    assert "gamma rule [unvalidated hypothesis]" in text
    assert "explains less than the mean does" in text


def test_the_rows_of_a_mix_are_costed(mix: Path) -> None:
    facts = rope_facts(LLAMA, 131072, mix=str(mix))
    assert [stage["stage"] for stage in facts["mix"]] == ["short", "long"]
    assert "mix: long: " in rope_text(facts)


def test_a_mix_without_accounting_is_refused(mix: Path, monkeypatch) -> None:
    opened = rope.open_mix(str(mix))
    opened.manifest.pop("accounting")
    monkeypatch.setattr(rope, "open_mix", lambda name: opened)
    with pytest.raises(RecipeError, match="counts no squares"):
        rope_facts(LLAMA, 131072, mix=str(mix))


def test_an_error_names_the_file() -> None:
    with pytest.raises(RecipeError, match=r"gpt2\.json: model_type gpt2 learns one vector"):
        rope_facts(CONFIGS / "gpt2.json", 131072)
