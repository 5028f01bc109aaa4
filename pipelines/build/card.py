"""The dataset card: README.md of a mix, with the `configs` that `datasets.load_dataset` reads."""

from typing import Any

import yaml

from pipelines.plan.documents import Documents


def card(manifest: dict[str, Any], documents: Documents) -> str:
    """Return the text of README.md."""
    stages = list(manifest["totals"]["by_stage"])
    configs: list[dict[str, Any]] = [
        {"config_name": stage, "data_files": f"data/{stage}/*.parquet"} for stage in stages
    ]
    configs[0]["default"] = True
    configs += [
        {"config_name": name, "data_files": f"{name}/*.parquet"}
        for name in ("documents", "samples")
    ]
    licenses = documents.table["license"].take(documents.kept).unique().to_pylist()
    stated = ", ".join(sorted(filter(None, licenses))) or "not stated"
    head = yaml.safe_dump({"configs": configs, "tags": ["longmix"]}, sort_keys=False)
    return "\n".join(
        [
            "---",
            head.rstrip(),
            "---",
            f"# {manifest['name']}",
            "",
            *_summary(manifest),
            "",
            *_accounting(manifest["accounting"]),
            "",
            f"Licences of the documents: {stated}. Each document's own stands in `documents/`, "
            "each sample's in `samples/`.",
            "",
            *_reading(stages[0]),
            "",
            *_digests(manifest),
            "",
        ]
    )


def _summary(manifest: dict[str, Any]) -> list[str]:
    totals = manifest["totals"]
    lines = [
        "A training mix for the long-context stage of a language model, made by longmix "
        f"{manifest['longmix_version']}.",
        "",
        "| stage | rows | tokens |",
        "|---|---:|---:|",
        *(
            f"| {name} | {stage['rows']:,} | {stage['tokens']:,} |"
            for name, stage in totals["by_stage"].items()
        ),
        "",
        "| source | tokens | share |",
        "|---|---:|---:|",
        *(
            f"| {name} | {tokens:,} | {tokens / totals['tokens']:.2%} |"
            for name, tokens in totals["by_source"].items()
        ),
        "",
        f"{totals['targets']:,} tokens are targets of the loss, {totals['pad']:,} are padding.",
    ]
    if manifest["quarantined"]:
        lines.append(f"Left out because reading failed: {len(manifest['quarantined'])} inputs.")
    return lines


def _accounting(facts: dict[str, Any]) -> list[str]:
    """Return a short table of what rows hold and training takes; the manifest has all of it."""
    model = facts["model"]
    lines = [
        "| stage | rows of | claims | padding | documents | cut | tokens lost by cuts | "
        "tokens again | attention | FLOPs |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for stage in facts["stages"]:
        cells = (
            stage["stage"],
            *(f"{stage[name]:,}" for name in ("seq_len", "claims", "padding", "documents")),
            *(f"{stage[name]:,}" for name in ("cut_documents", "truncated", "repeated")),
            f"{stage['training']['attention_share']:.1%}",
            f"{stage['training']['flops']:.3g}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    passes = ", ".join(f"{name} {part['passes']:.2f}" for name, part in facts["passes"].items())
    return [
        *lines,
        "",
        f"Passes over the kept text of each source: {passes}. FLOPs are those of a decoder with "
        f"{model['num_params'] / 1e9:.3g} billion parameters.",
    ]


def _reading(stage: str) -> list[str]:
    return [
        "## Reading it",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        f'row = load_dataset("path/to/this/mix", "{stage}", split="train")[0]',
        'row["input_ids"], row["seq_lengths"]   # boundaries stand in seq_lengths, nowhere else',
        'row["target_mask"]                     # null: every token but the first of each segment',
        "```",
        "",
        "A segment is one document's fragment or one synthetic sample; its tokens may attend to "
        "each other and to nothing else. `needles` says where the evidence of a sample lies.",
    ]


def _digests(manifest: dict[str, Any]) -> list[str]:
    return [
        "## Identity",
        "",
        f"mix `{manifest['mix_digest']}`, tokenizer `{manifest['tokenizer']['sha256']}`. "
        "`manifest.json` lists every file with its sha256.",
    ]
