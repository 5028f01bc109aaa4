"""From a document as it was read to the text that is stored: cleaned, normal, decontaminated.

Cleaners work in the recipe's order; what each counts becomes a column. A cleaner may reject a
document, and one of which nothing is left is rejected as `empty` or `white_space`.
"""

from dataclasses import dataclass

from generators import cleaning
from generators.text import blank, long_run
from generators.tokens.tokenizer import Tokenizer
from pipelines.build.decontaminate import Firewall
from schemas.document import Document
from schemas.recipe import SourceSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """A text ready to be encoded, or the reason why there is none."""

    text: str
    """Empty when rejected."""
    reason: str | None
    columns: dict[str, float | str | None]
    """What cleaners counted, and what the text shared with benchmarks; empty for a document that
    was rejected before."""


def refine(
    document: Document,
    spec: SourceSpec,
    tokenizer: Tokenizer,
    *,
    firewall: Firewall | None = None,
) -> Refined:
    """Clean a document's text, put it into the tokenizer's normal form, take benchmarks out."""
    text, reason, counts = cleaned(document, spec)
    columns: dict[str, float | str | None] = {**counts}
    if reason is None:
        text = tokenizer.normalise(text)
        if firewall is not None:
            checked = firewall.check(text, spec.kind, tokenizer)
            text = text if checked.text is text else tokenizer.normalise(checked.text)
            reason = checked.reason or blank(text)
            columns |= checked.columns
    return Refined(text="" if reason else text, reason=reason, columns=columns)


def cleaned(document: Document, spec: SourceSpec) -> tuple[str, str | None, dict[str, float]]:
    """Return the text that a source's cleaners leave, why there is none, and what they counted."""
    text, reason = document.text, document.reason or long_run(document.text)
    counts: dict[str, float] = {}
    for part in spec.clean:
        if reason is not None:
            break
        cleaner = cleaning.load(part.name)
        cleaned = cleaner.clean(text, cleaner.Options(**part.fields))
        text, reason = cleaned.text, cleaned.reason
        counts[cleaner.COUNTS] = float(cleaned.count)
    return text, reason if reason is not None else blank(text), counts
