"""Segments: what the recipe says of their lengths, and of whose text may stand in one.

- `segment_multiple: 4`: segments of 8 and 12 are right, one of 6 is not.
- `boundaries: document`: a segment holds one document, or one sample.
- `original`: in rows that keep the model's positions among others, none is beyond `window`.
"""

from typing import Any

from pipelines.verify.findings import Findings
from pipelines.verify.rows import Row, Rules


def check_segments(row: Row, rules: Rules, findings: Findings) -> None:
    """Check the segments of a row whose spans are sound."""
    real = row.lengths[:-1] if row.scalars["num_pad"] else row.lengths
    multiple = rules.recipe.get("segment_multiple", 1)
    if multiple > 1:
        fits = not (real % multiple).any()
        findings.need("row.multiple", fits, row.where, f"segments of a multiple of {multiple}")
    window = _window(row, rules)
    if window is not None:
        short = int(real.max(initial=0)) <= window
        findings.need("row.window", short, row.where, f"segments of at most {window} tokens")
    if window is not None or rules.recipe.get("boundaries", "document") == "document":
        alone = all(map(_goes_on, row.spans[:-1], row.spans[1:]))
        findings.need("row.documents", alone, row.where, "one document in a segment")


def _window(row: Row, rules: Rules) -> int | None:
    """Return the longest segment of a row that keeps original positions among others."""
    stage = rules.stages.get(row.scalars["stage"], {})
    own = row.scalars["rope_mode"] == "original" != stage.get("rope_mode")
    return int(stage["original"]["window"]) if own and stage.get("original") else None


def _goes_on(span: dict[str, Any], after: dict[str, Any]) -> bool:
    """Say whether a span goes on in the next one's document, or the next opens a segment."""
    return bool(span["segment"] != after["segment"] or span["doc_id"] == after["doc_id"])
