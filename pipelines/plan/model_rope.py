"""Reads the rotary part of a config.json, in the forms of transformers 4 and 5.

    4:  "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, ...}
    5:  "rope_parameters": {"rope_type": "llama3", "factor": 8.0, "rope_theta": 500000.0, ...}
    5, by kind of layer:  "rope_parameters": {"full_attention": {...}, "sliding_attention": {...}}

A file may hold both, with the same values: that is the form which either version reads rightly.
Where the two differ, each version would build another model, so the file is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.errors import RecipeError

FULL = "full_attention"
LOCAL = "sliding_attention"
DEFAULT_BASE = 10_000.0
PARTS = ("partial_rotary_factor", "rotary_pct", "rope_pct")
BASES = ("rope_theta", "rotary_emb_base")
ROTARY = {
    *("codegen", "falcon", "gpt_neox", "gptj", "llama", "mistral", "mixtral", "olmo", "olmo2"),
    *("persimmon", "phi", "phi3", "qwen2", "qwen3", "stablelm", "starcoder2"),
}
"""Families that are rotary also where an old file names no base."""
ORIGINAL = "original_max_position_embeddings"
OLD_NAMES = {"su": "longrope", "default": "none", "mrope": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRope:
    """The rotary embedding of the layers that see everything."""

    dim: int
    """Rotary size: how many of a head's dimensions turn, an even number."""
    base: float
    trained: int
    """Tokens of training before any scaling."""
    limit: int
    """max_position_embeddings: what the file allows now."""
    partial: float
    """Share of the head that turns."""
    scaling: Mapping[str, Any] | None
    """Keys of the present scaling, `rope_type` among them; None for plain frequencies."""
    kinds: Mapping[str, Mapping[str, Any]] | None
    """rope_parameters by kind of layer, where layers differ; each with its rope_theta."""
    notes: tuple[str, ...]


def read_rope(
    values: Mapping[str, Any], *, limit: int | None, trained: int | None, from_scaled: bool
) -> ModelRope:
    """Return the rotary part of a config.json; `values` has a `head_dim`.

    `limit` is the file's greatest position, None where it has none. Raises RecipeError for forms
    that contradict each other, an odd rotary size, no sign of rotary positions, a trained length
    that nobody knows, and a scaled model without `from_scaled`.
    """
    kinds = _kinds(values)
    new = kinds[FULL] if kinds else _block(values, "rope_parameters")
    old = _block(values, "rope_scaling")
    base = _base(values, new)
    scaling = _agreed(old, new)
    if limit is None and trained is None:
        raise RecipeError("has no max_position_embeddings; give --trained TOKENS")
    partial = _partial(values, new)
    dim = _rotary_size(values, partial)
    length, notes = _trained(scaling, values, limit or trained or 0, trained)
    if scaling and not from_scaled:
        raise RecipeError(
            f"its frequencies are scaled already ({_words(scaling)}); scaling them "
            "again would scale twice. --from-scaled undoes that scaling and starts again from "
            f"{length:,} tokens"
        )
    return ModelRope(
        dim=dim,
        base=base,
        trained=length,
        limit=limit or length,
        partial=partial,
        scaling=scaling,
        kinds=kinds,
        notes=notes,
    )


def _kinds(values: Mapping[str, Any]) -> dict[str, dict[str, Any]] | None:
    """Return rope_parameters by kind of layer, also from the older keys of Gemma 3."""
    block = values.get("rope_parameters")
    if isinstance(block, dict) and any(isinstance(part, dict) for part in block.values()):
        kinds = {name: dict(part) for name, part in block.items() if isinstance(part, dict)}
        if FULL not in kinds:
            raise RecipeError(f"rope_parameters by kind of layer lacks {FULL}")
        return kinds
    local = values.get("rope_local_base_freq")
    if local is None:
        return None
    full = {"rope_type": "default", **_block(values, "rope_scaling")}
    return {
        FULL: {**full, "rope_theta": float(values.get("rope_theta", DEFAULT_BASE))},
        LOCAL: {"rope_type": "default", "rope_theta": float(local)},
    }


def _block(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a block with `rope_type` in today's spelling; {} where there is none."""
    block = values.get(key) or {}
    if not isinstance(block, dict):
        raise RecipeError(f"{key} must be an object, not {block!r}")
    if not block:
        return {}
    kind, old = block.get("rope_type"), block.get("type")
    if kind and old and kind != old and not {kind, old} <= {"default", "mrope"}:
        raise RecipeError(f"{key} has rope_type {kind!r} and type {old!r}; keep one")
    named = {name: value for name, value in block.items() if name != "type"}
    return {**named, "rope_type": kind or old or "default"}


def _base(values: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    """Return the base; the top of the file and rope_parameters must agree about it."""
    stated = [values[name] for name in BASES if values.get(name) is not None]
    inner = new.get("rope_theta")
    if stated and inner is not None and float(inner) != float(stated[0]):
        raise RecipeError(
            f"rope_theta is {stated[0]} at the top and {inner} in rope_parameters; "
            "transformers 4 reads the one and 5 the other. Make them equal"
        )
    if inner is None and not stated:
        if str(values.get("model_type", "unknown")) not in ROTARY and not new:
            raise RecipeError(
                "shows no rotary positions: it has neither rope_theta nor "
                "rope_parameters. Name the base with rope_theta if the model has one"
            )
        return DEFAULT_BASE
    return float(stated[0] if stated else inner)  # type: ignore[arg-type]


def _agreed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the keys of the scaling in which both forms agree, None for plain frequencies."""
    first, second = (_bare(block) for block in (old, new))
    if old and new and first != second:
        one, other = first or {}, second or {}
        differ = sorted(n for n in {*one, *other} if one.get(n) != other.get(n))
        if one.get("rope_type") == other.get("rope_type") == "longrope":
            # Phi-3's older form has no place for these; they follow from the two lengths.
            differ = [
                n for n in differ if n not in ("factor", ORIGINAL) or {n} <= {*one} & {*other}
            ]
        if not differ:
            return {**one, **other}
        raise RecipeError(
            f"rope_scaling and rope_parameters differ in {', '.join(differ)}; "
            "transformers 4 reads the one and 5 the other. Make them equal or remove one"
        )
    return first or second


def _bare(block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what scales, without what places: the base, the share that turns."""
    places = ("rope_theta", "partial_rotary_factor", "mrope_section")
    keys = {name: value for name, value in block.items() if name not in places}
    kind = OLD_NAMES.get(keys.get("rope_type", "default"), keys.get("rope_type"))
    return None if kind == "none" else {**keys, "rope_type": kind}


def _partial(values: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    stated = [values[name] for name in PARTS if values.get(name) is not None]
    inner = new.get("partial_rotary_factor")
    if stated and inner is not None and float(inner) != float(stated[0]):
        raise RecipeError(
            f"partial_rotary_factor is {stated[0]} at the top and {inner} in "
            "rope_parameters. Make them equal"
        )
    return float(next((v for v in (inner, *stated) if v is not None), 1.0))


def _rotary_size(values: Mapping[str, Any], partial: float) -> int:
    size = int(values.get("rotary_dim") or int(values["head_dim"] * partial))
    if size < 2 or size % 2:  # noqa: PLR2004 - a pair
        raise RecipeError(
            f"the rotary size is {size} (head_dim {values['head_dim']}, share "
            f"{partial:g}); dimensions turn in pairs, so it must be even and 2 or more"
        )
    return size


def _trained(
    scaling: Mapping[str, Any] | None,
    values: Mapping[str, Any],
    limit: int,
    trained: int | None,
) -> tuple[int, tuple[str, ...]]:
    """Return the length of training before any scaling, and what is odd about the file."""
    if not scaling:
        return limit if trained is None else trained, ()
    # Phi-3 keeps it at the top, and transformers prefers that place for every model.
    original = values.get(ORIGINAL) or scaling.get(ORIGINAL)
    kind, factor = scaling["rope_type"], scaling.get("factor")
    if original is None and kind == "dynamic":
        original = limit  # it scales only past max_position_embeddings
    if trained is None and original is None:
        raise RecipeError(
            f"its frequencies are scaled already ({_words(scaling)}) and it has no "
            f"{ORIGINAL}: nothing says how long it was trained before. Give --trained TOKENS and "
            "--from-scaled"
        )
    length = int(trained or original or 0)
    notes: tuple[str, ...] = ()
    if factor and original and kind != "dynamic" and float(factor) != limit / original:
        notes = (
            f"the file's factor is {factor:g}, but {limit:,} / {int(original):,} tokens is "
            f"{limit / original:g}; frequencies follow the factor",
        )
    return length, notes


def _words(scaling: Mapping[str, Any]) -> str:
    factor = scaling.get("factor")
    return f"rope_type {scaling['rope_type']}" + (f", factor {factor:g}" if factor else "")
