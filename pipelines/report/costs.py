"""What rows waste and what training on them takes, in words: for a plan, a build, and `inspect`.

main  2 rows of 8, 75.00% full (4 padding; at best 75.00% in 2 rows)
  loss: 9 of 12 tokens are targets
"""

from typing import Any

from pipelines.report.bars import count

GIGA = 1e9
MOST_NAMED = 3
WAITS = {"row": "after every row", "step": "once a step"}


def cost_text(facts: dict[str, Any]) -> list[str]:
    """Return the lines of `plan_cost` for a terminal."""
    cluster, model = facts["cluster"], facts["model"]
    lines = [line for stage in facts["stages"] for line in _stage_lines(stage, cluster)]
    lines += [
        f"passes: {name} {part['passes']:.2f} times, {part['natural']:,} of {part['kept']:,} tokens"
        for name, part in facts["passes"].items()
    ]
    if facts["truncated"]:
        lines.append(
            f"truncated: {count(facts['truncated_documents'], 'document')} without "
            f"{facts['truncated']:,} tokens of their text"
        )
    lines.append(
        f"costs are those of a decoder with {model['num_params'] / GIGA:.3g} billion parameters, "
        f"{count(model['num_layers'], 'layer')} of width {model['width']:,}"
    )
    return lines


def targets_of(stage: dict[str, Any]) -> tuple[int, list[str]]:
    """Return the targets of a stage, and the tasks whose targets only weaving will tell."""
    parts = stage["by_source"]
    unknown = [name for name, part in parts.items() if part["targets"] is None]
    return sum(part["targets"] or 0 for part in parts.values()), unknown


def _stage_lines(stage: dict[str, Any], cluster: dict[str, Any]) -> list[str]:
    attention, training = stage["attention"], stage["training"]
    claims = f" to claim {stage['claims']:,}" if stage["claims"] != stage["seq_len"] else ""
    return [
        f"{stage['stage']}  {count(stage['rows'], 'row')} of {stage['seq_len']:,}{claims}, "
        f"{stage['fill']:.2%} full ({stage['padding']:,} padding; at best "
        f"{stage['best_fill']:.2%} in {count(stage['least_rows'], 'row')})",
        _loss_line(stage),
        *_original_lines(stage),
        f"  documents: {stage['cut_documents']:,} of {stage['documents']:,} lie in several "
        f"segments; {stage['repeated']:,} tokens come again",
        f"  attention: {attention['of_single']:.1%} of rows of one document; a token's segment "
        f"has {attention['mean_context']:,.0f} tokens on average",
        f"  training: {training['flops']:.3g} FLOPs, {training['flops_per_token'] / GIGA:,.1f} "
        f"billion a token, {training['attention_share']:.1%} of them attention",
        _waiting_line(stage["waiting"], cluster),
    ]


def _original_lines(stage: dict[str, Any]) -> list[str]:
    """Return how many rows keep the model's positions, where some should."""
    if stage.get("original_share") is None:
        return []
    return [
        f"  original: {stage['original_rows']:,} of {stage['rows']:,} rows keep the model's "
        f"positions; {stage['original_share']:.0%} of the text was asked for"
    ]


def _loss_line(stage: dict[str, Any]) -> str:
    targets, unknown = targets_of(stage)
    line = f"  loss: {targets:,} of {stage['tokens']:,} tokens are targets"
    if unknown:
        named = ", ".join(unknown) if len(unknown) <= MOST_NAMED else f"{len(unknown)} tasks"
        return f"{line}, and some of {named}, which weaving will tell"
    return line


def _waiting_line(waiting: dict[str, Any], cluster: dict[str, Any]) -> str:
    if not waiting["steps"]:
        return f"  waiting: fewer rows than a step of {cluster['rows_per_step']:,}"
    shares = "; ".join(
        f"{waiting['planned'][wait]:.1%}, sorted in steps {waiting['striped'][wait]:.1%}, when "
        f"they wait {words}"
        for wait, words in WAITS.items()
    )
    return f"  {_shape(cluster)} work at most {shares}"


def _shape(cluster: dict[str, Any]) -> str:
    """Return the cluster in words."""
    each = cluster["context_parallel"]
    devices = f" of {each} devices ({cluster['split']})" if each > 1 else ""
    ranks, rows = count(cluster["ranks"], "rank"), count(cluster["rows_per_step"], "row")
    return f"{ranks}{devices} at {rows} a step"
