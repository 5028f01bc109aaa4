"""Which positions the tokens of a stage carry, and which trainers can be told.

    positions: pose                                      by its name alone
    positions: {scheme: pose, form: paper, chunks: 3}
    positions: {scheme: cream, sigma: scaled, normal: truncated, k: 32}
    positions: restart                                   takes back what the recipe says for all

Positions are bounded by the recipe's `pos_target_len`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import model_serializer, model_validator

from schemas.errors import RecipeError
from schemas.knobs import Name, Open


class PositionsSpec(Open):
    """A scheme by its name, with its own keys beside it."""

    scheme: Name
    """A module of generators/positions. Its own keys stand beside."""
    mask_seams: bool = True
    """Where a segment holds several documents (`boundaries`): the first token of each further one
    is no target, since nothing before it says what it will be."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, data: Any) -> Any:
        return {"scheme": data} if isinstance(data, str) else data

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        """Write the scheme's own keys beside the others, as a recipe has them."""
        return {"scheme": self.scheme, "mask_seams": self.mask_seams, **self.fields}


_OWN_OFFSETS = "it numbers each segment by itself, from the offset in it"
CARRIES_POSITIONS: Mapping[str, str | None] = MappingProxyType(
    {
        "transformers": None,
        "trl": "its padding-free path takes every jump in positions for the start of a document",
        "megatron": _OWN_OFFSETS,
        "bridge": _OWN_OFFSETS,
        "olmo": "its data has no place for positions",
        "mds": None,
        "jsonl": None,
    }
)
"""By trainer or format of export: None where positions arrive as they are written, boundaries told
apart from them; else why they cannot."""


def need_positions_carried(trainer: str) -> None:
    """Raise RecipeError where rows with positions of their own cannot go to this trainer.

    A name that the table does not have cannot carry them either: nobody has looked.
    """
    reason = CARRIES_POSITIONS.get(trainer, "nobody has looked whether it does")
    if reason is not None:
        able = ", ".join(name for name, why in CARRIES_POSITIONS.items() if why is None)
        raise RecipeError(
            f"{trainer} cannot carry the position_ids of this mix: {reason}. Feed it to one that "
            f"takes positions and boundaries apart ({able}), or build it with positions=restart "
            "and fragment_positions=restart"
        )
