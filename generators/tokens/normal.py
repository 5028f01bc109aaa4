"""The normal form of text: a tokenizer's own normaliser, as far as it changes the text itself.

A tokenizer that normalises (NFC, lower case) cannot give other forms back, so documents are brought
into its form before anything is built on them; from then on decoding returns the text. Steps that
only mark text for the model are left to the model: `Prepend`, `ByteLevel`, `Replace` by "▁", and
the spaces that a BertNormalizer puts around ideographs. Normalising twice changes nothing.

Cost: NFC about 60 MB/s, because runs in which nothing can compose are skipped; other forms 4-35
MB/s; Unicode forms of ASCII text are free, for they leave it alone.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from tokenizers import Tokenizer as HFTokenizer

from generators.tokens.facts import flatten

_UNICODE_FORMS = {"NFC", "NFD", "NFKC", "NFKD"}

INERT = (
    "\u0000-\u02ff"  # ASCII and Latin; below U+0300 nothing composes with what stands before it
    "\u0400-\u0482"  # Cyrillic letters
    "\u2010-\u2027"  # dashes, quotation marks, ellipsis
    "\u3041-\u3096\u30a1-\u30fa"  # kana, without the voicing marks
    "\u4e00-\u9fff"  # unified ideographs
    "\uac00-\ud7a3"  # Hangul syllables
)
"""Characters that NFC never changes and never joins to the one before (NFC_Quick_Check=Yes and
combining class 0; Unicode Standard Annex 15, sections 9 and 14): a class of a regular expression.
"""
_MAY_COMPOSE = re.compile(f"[^{INERT}]+")


def normaliser(spec: dict[str, Any] | None) -> Callable[[str], str]:
    """Return the function that brings text into the form of `spec`, a tokenizer.json `normalizer`.

    "e" + U+0301 -> "é" under NFC; every text as it is under None.
    """
    forms = [form for form in map(_text_form, flatten(spec, "normalizers")) if form]
    kinds = {form["type"] for form in forms}
    if not forms:
        return _identity
    whole = _library_normaliser(forms)
    if kinds == {"NFC"}:
        return lambda text: _nfc(text, whole)
    if kinds <= _UNICODE_FORMS:
        return lambda text: text if text.isascii() else whole(text)
    return whole


def _identity(text: str) -> str:
    return text


def _nfc(text: str, whole: Callable[[str], str]) -> str:
    """Apply `whole` to the runs that may compose, each with the character before it."""
    if text.isascii():
        return text
    parts = []
    done = 0
    for run in _MAY_COMPOSE.finditer(text):
        start = max(run.start() - 1, done)
        parts += [text[done:start], whole(text[start : run.end()])]
        done = run.end()
    return "".join((*parts, text[done:]))


def _text_form(step: dict[str, Any]) -> dict[str, Any] | None:
    """Return the step as far as it changes text, or None when it only marks it for the model."""
    kind = step.get("type")
    if kind in ("Prepend", "ByteLevel") or (kind == "Replace" and "▁" in step.get("content", "")):
        return None
    if kind == "BertNormalizer":
        return {**step, "handle_chinese_chars": False}
    return step


def _library_normaliser(forms: list[dict[str, Any]]) -> Callable[[str], str]:
    """Return the normaliser that the `tokenizers` library makes of these steps."""
    spec = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": forms},
        "model": {"type": "BPE", "vocab": {}, "merges": []},
    }
    normalise: Callable[[str], str] = HFTokenizer.from_str(
        json.dumps(spec)
    ).normalizer.normalize_str
    return normalise
