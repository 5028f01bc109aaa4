"""What a tokenizer.json says: its tokens, which of them are special, how it spells text.

Read from the file itself, so that nothing depends on which library will encode. The format is that
of the `tokenizers` library (0.23): `model`, `added_tokens`, `normalizer`, `pre_tokenizer`,
`decoder`. Cost: one JSON parse, 0.1 s for 100 000 tokens.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generators.tokens.bytelevel import ALPHABET, UTF8_ALPHABET
from schemas.errors import RecipeError

_HINT = "give the tokenizer.json that the `tokenizers` library writes, or `train`"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedToken:
    """One token that is matched in the text before the model sees it."""

    content: str
    id: int
    special: bool
    normalized: bool
    """Matched in the normalised text rather than the raw one."""
    strips: bool
    """Swallows white space beside it (lstrip or rstrip)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A tokenizer.json, as far as longmix needs it."""

    model_tokens: dict[str, int]
    """The model's vocabulary as it is spelt there."""
    added: tuple[AddedToken, ...]
    normalizer: dict[str, Any] | None
    unk_id: int | None
    """The id that stands for what the model cannot spell; None where there is none."""
    looks_byte_level: bool
    """BPE over bytes that adds nothing and drops nothing, as far as the file tells."""

    def ids(self) -> set[int]:
        """Return every id that a token has."""
        return {*self.model_tokens.values(), *(token.id for token in self.added)}


def read_facts(data: bytes) -> Facts:
    """Return the facts of the bytes of a tokenizer.json.

    Raises RecipeError when they are not JSON, not a tokenizer, or one that encodes at random.
    """
    spec = _parse(data)
    model = spec["model"]
    if model.get("dropout"):
        raise RecipeError(
            f"tokenizer: it drops merges at random (model.dropout = {model['dropout']}), so no "
            "text has one encoding; set model.dropout to null in its tokenizer.json"
        )
    added = tuple(_added_token(entry) for entry in spec.get("added_tokens") or ())
    tokens = _model_tokens(model)
    return Facts(
        model_tokens=tokens,
        added=added,
        normalizer=spec.get("normalizer"),
        unk_id=_unk_id(model, tokens),
        looks_byte_level=_looks_byte_level(spec) and _spells_bytes(tokens, added),
    )


def flatten(step: dict[str, Any] | None, members: str) -> Iterator[dict[str, Any]]:
    """Yield the steps of a normalizer, pre-tokenizer or decoder, sequences opened up."""
    if step is None:
        return
    if step.get("type") != "Sequence":
        yield step
        return
    for member in step.get(members) or ():
        yield from flatten(member, members)


def _parse(data: bytes) -> dict[str, Any]:
    """Return the JSON object; raise RecipeError when it is none, or has no model."""
    try:
        spec = json.loads(data)
    except ValueError as error:
        raise RecipeError(f"tokenizer: the file is not JSON ({error}); {_HINT}") from error
    if not isinstance(spec, dict):
        kind = type(spec).__name__
        raise RecipeError(f"tokenizer: the file is JSON, but a {kind} and no object; {_HINT}")
    model = spec.get("model")
    if not isinstance(model, dict) or "vocab" not in model:
        raise RecipeError(f"tokenizer: the file has no `model` with a `vocab`; {_HINT}")
    return spec


def _added_token(entry: dict[str, Any]) -> AddedToken:
    return AddedToken(
        content=entry["content"],
        id=entry["id"],
        special=bool(entry.get("special")),
        normalized=bool(entry.get("normalized")),
        strips=bool(entry.get("lstrip") or entry.get("rstrip")),
    )


def _model_tokens(model: dict[str, Any]) -> dict[str, int]:
    """Return token -> id; a Unigram model lists [piece, score] pairs in the order of their ids."""
    vocab = model["vocab"]
    if isinstance(vocab, dict):
        return vocab
    return {piece: index for index, (piece, _) in enumerate(vocab)}


def _unk_id(model: dict[str, Any], tokens: dict[str, int]) -> int | None:
    """Return the id of `unk_token`; a Unigram model names it by `unk_id`."""
    unk = model.get("unk_id")
    return unk if unk is not None else tokens.get(model.get("unk_token") or "")


def _looks_byte_level(spec: dict[str, Any]) -> bool:
    """Say whether the steps turn text into bytes and back: no affixes, no leading space added.

    What the file cannot tell (a pre-tokenizer that drops text) a round trip finds at loading.
    """
    model = spec["model"]
    splits = list(flatten(spec.get("pre_tokenizer"), "pretokenizers"))
    byte_level = [step for step in splits if step.get("type") == "ByteLevel"]
    decoders = [step.get("type") for step in flatten(spec.get("decoder"), "decoders")]
    return (
        model.get("type", "BPE") == "BPE"
        and not model.get("continuing_subword_prefix")
        and not model.get("end_of_word_suffix")
        and bool(byte_level)
        and not any(step.get("add_prefix_space", True) for step in byte_level)
        and decoders == ["ByteLevel"]
    )


def _spells_bytes(tokens: dict[str, int], added: tuple[AddedToken, ...]) -> bool:
    """Say whether every token is a string of bytes, and every byte of UTF-8 a token.

    An added token that swallows the white space beside it would not give that back.
    """
    literal = {token.content for token in added}
    spelt = set().union(*(token for token in tokens if token not in literal))
    return (
        spelt <= set(ALPHABET)
        and all(char in tokens for char in UTF8_ALPHABET)
        and not any(token.strips for token in added if not token.special)
    )
