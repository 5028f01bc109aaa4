"""The extension planner in words: a model's facts, a line for each scaling, what to write where."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.plan.extension import Request, options_of, plan_extension
from pipelines.plan.extension_facts import EXACT, UNKNOWN
from pipelines.plan.model_config import load_config, read_model
from pipelines.plan.sentences import placed
from pipelines.report.amounts import amount
from pipelines.report.bars import count, table
from pipelines.shards.mix import open_mix
from schemas.errors import RecipeError

GIB = 2**30
BILLION = 10**9
PAIRS_SHOWN = 8
COLUMNS = ("", "unseen", "worst", "fast", "last", "logits", "cosines")
MEANING = (
    "unseen   slow pairs that reach angles at the target which training did not show",
    "worst    the largest angle of a slow pair over the largest it was trained on",
    "fast     the most that a pair with over 32 turns in training is slowed; 1 leaves it alone",
    "last     how many times slower the slowest pair turns",
    "logits   what the turned part of attention logits is multiplied by: the square of the "
    "attention factor",
    "cosines  the first distance at which the sum of all cosines is negative, up to 262,144: a "
    "rule of thumb (Men et al., arXiv 2405.14591)",
)


def rope_facts(
    path: str | Path,
    target: int,
    *,
    words: Sequence[str] = (),
    mix: str | None = None,
    trained: int | None = None,
    from_scaled: bool = False,
    **flags: Any,
) -> dict[str, Any]:
    """Return the plan for the model of a config.json as JSON values.

    `words` are keys of methods, `yarn.beta_fast=64`; `mix` a finished mix whose rows are costed;
    `flags` what else a `Request` has. Raises RecipeError for what cannot be planned.
    """
    config = load_config(path)
    with placed(str(path)):
        model = read_model(config, trained=trained, from_scaled=from_scaled)
    request = Request(
        target=target, options=options_of(words), stages=_stages(mix) if mix else (), **flags
    )
    return plan_extension(model, request)


def _stages(name: str) -> list[dict[str, Any]]:
    """Return the accounting of a mix, stage by stage. Raises RecipeError where it has none."""
    accounting = open_mix(name).manifest.get("accounting")
    if not accounting:
        raise RecipeError(f"--mix {name}: its manifest counts no squares; build it again")
    return list(accounting["stages"])


def rope_text(facts: dict[str, Any]) -> str:
    """Return the plan for a terminal."""
    lines = [
        *_model_lines(facts["model"], facts["target"]),
        "",
        *_fact_lines(facts["facts"]),
        "",
        *_dimension_lines(facts),
        "",
        *_method_lines(facts),
        "",
        *_left_out(facts["left_out"]),
        *_mix_lines(facts["mix"]),
        *_gamma_lines(facts["gamma"]),
        *_key_lines(facts["methods"]),
        "",
        "No number here says whether the model then finds what its context holds: measure that.",
    ]
    return "\n".join(lines)


def _model_lines(model: dict[str, Any], target: int) -> list[str]:
    lines = [
        f"{model['family']}: {count(model['layers'], 'layer')}, {count(model['heads'], 'head')} of "
        f"{model['head_dim']}, {model['kv_heads']} for keys; rotary size {model['rotary_dim']}, "
        f"base {model['base']:,.0f}",
        f"trained for {model['trained']:,} tokens, to be read up to {target:,}",
    ]
    if model["windowed_layers"]:
        widths = ", ".join(f"{width:,}" for width in model["windows"])
        lines.append(
            f"{model['windowed_layers']} of {model['layers']} layers look back {widths} tokens at "
            "most: a longer context shows them no new distance"
        )
    if model["scaling"]:
        lines.append(
            f"scaled at present by {model['scaling']['rope_type']}; every method here undoes that "
            "and starts from the trained length. Weights that learned the present scaling must "
            "learn the new one"
        )
    return lines + [f"note: {note}" for note in model["notes"]]


def _fact_lines(facts: list[dict[str, Any]]) -> list[str]:
    """Return facts in groups, one a label."""
    lines = []
    labels = dict.fromkeys(fact["label"] for fact in sorted(facts, key=_rank))
    for label in labels:
        mine = [fact for fact in facts if fact["label"] == label]
        lines.append(f"{label}:")
        lines += table(
            [[f"  {f['name']}", _value(f["value"], f["unit"]), _formula(f)] for f in mine], left=3
        )
    return lines


def _rank(fact: dict[str, Any]) -> int:
    return {EXACT: 0, UNKNOWN: 2}.get(fact["label"], 1)


def _formula(fact: dict[str, Any]) -> str:
    source = f" [{fact['source']}]" if fact["source"] else ""
    return f"{fact['formula']}{source}"


def _value(value: Any, unit: str) -> str:
    """Return `16 GiB`, `148.1 billion FLOPs a token`, `24..35`, or a question mark."""
    if value is None:
        return f"? {unit}"
    if isinstance(value, list):
        joint = ".." if unit == "indices" else ", then "
        return joint.join(amount(part) for part in value) + (
            "" if unit == "indices" else f" {unit}"
        )
    if unit == "bytes":
        return f"{value / GIB:,.3g} GiB"
    if unit == "index":
        return f"{value}"
    if isinstance(value, float) and value < BILLION:
        return f"{value:,.4g} {unit}" if value < 10**4 else f"{value:,.0f} {unit}"
    return f"{amount(value)} {unit}"


def _dimension_lines(facts: dict[str, Any]) -> list[str]:
    """Return some pairs, evenly chosen, and those on both sides of the first slow one."""
    dimensions = facts["dimensions"]
    waves, slow = dimensions["wavelengths"], dimensions["slow"]
    first_slow = slow.index(True) if True in slow else len(slow)
    every = max(len(waves) // PAIRS_SHOWN, 1)
    shown = {*range(0, len(waves), every), first_slow - 1, first_slow, len(waves) - 1}
    target = f"turns in {facts['target']:,}"
    head = ["pair", "wavelength", f"turns in {facts['model']['trained']:,}", target, ""]
    rows = [
        [
            str(pair),
            f"{waves[pair]:,.1f}",
            f"{dimensions['turns_trained'][pair]:,.3f}",
            f"{dimensions['turns_target'][pair]:,.3f}",
            "slow" if slow[pair] else "",
        ]
        for pair in sorted(shown & set(range(len(waves))))
    ]
    return table([head, *rows])


def _method_lines(facts: dict[str, Any]) -> list[str]:
    """Return the table of methods, what its columns mean, and what methods have to say."""
    present = facts["present"]
    rows = [_row(method["name"], method) for method in facts["methods"]]
    if present:
        rows.insert(0, _row(f"now ({present['name']})", present))
    lines = [*table([COLUMNS, *rows]), "", *MEANING]
    if present:
        shown = ", ".join(f"{m['name']} {m['worst_of_present']:.2f}" for m in facts["methods"])
        lines.append(
            f"worst against the present scaling at {present['limit']:,} tokens, if the model was "
            f"trained there: {shown}"
        )
    notes = {note: None for method in facts["methods"] for note in method["notes"]}
    lines += [f"note: {note}" for note in notes]
    return [
        *lines,
        "Unseen angles are geometry and no verdict: Llama-3.1 goes 2 times past, and works; no "
        "unseen angle is no promise.",
    ]


def _row(name: str, figures: dict[str, Any]) -> list[str]:
    negative = figures["cosines_negative_from"]
    return [
        name,
        f"{figures['unseen']} of {figures['slow']}",
        f"x{figures['worst']:.2f}",
        f"{figures['fast']:.2f}",
        f"{figures['last']:,.1f}",
        f"{figures['logits']:.3f}",
        "-" if negative is None else f"{negative:,}",
    ]


def _left_out(reasons: dict[str, str]) -> list[str]:
    lines = [f"left out: {name}: {reason}" for name, reason in reasons.items()]
    return [*lines, ""] if lines else []


def _mix_lines(stages: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"mix: {stage['stage']}: {'at most ' if stage['is_bound'] else ''}"
        f"{stage['flops_per_token']:.4g} FLOPs a token, {stage['attention_share']:.1%} of them "
        f"attention; {stage['flops']:.4g} for {stage['tokens']:,} tokens, sum of len^2 "
        f"{stage['squares']:,} [{EXACT}]"
        for stage in stages
    ]
    return [*lines, ""] if lines else []


def _gamma_lines(gamma: dict[str, Any] | None) -> list[str]:
    if gamma is None:
        return []
    bases = ", ".join(f"{base:,.0f} for {aim}" for aim, base in gamma["bases"].items())
    return [
        f"gamma rule [{gamma['label']}]: {gamma['trained']:.3f} at the trained length, "
        f"{gamma['target']:.3f} at the target; bases that it asks for: {bases}",
        gamma["verdict"],
        "",
    ]


def _key_lines(methods: list[dict[str, Any]]) -> list[str]:
    """Return what to write for each method: config.json, Megatron; --json has vLLM's flags too."""
    lines = ["To merge into config.json, right in transformers 4 and 5 (vLLM: --hf-overrides):"]
    lines += [
        f"  {method['name']}: "
        + (json.dumps(method["config"]) if method["config"] else method["config_reason"])
        for method in methods
    ]
    lines.append("Megatron-LM:")
    lines += [
        f"  {method['name']}: "
        + (" ".join(method["megatron"]) if method["megatron"] else method["megatron_reason"])
        for method in methods
    ]
    return lines
