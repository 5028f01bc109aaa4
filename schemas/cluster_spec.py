"""The trainer that a mix is for: what its costs are stated for, and what balanced rows balance."""

from typing import Literal

from pydantic import Field, model_validator

from schemas.knobs import Strict


class ModelSpec(Strict):
    """A decoder, as far as its cost goes; by default of the size of Llama 3 8B."""

    num_params: float = Field(default=7.5e9, gt=0)
    """Parameters that multiply every token: all but the table of input embeddings."""
    num_layers: int = Field(default=32, ge=1)
    width: int = Field(default=4096, ge=1)
    """Query heads times their size: in most models the hidden size."""


class ClusterSpec(Strict):
    """How rows are dealt out. A step is one update of the weights."""

    ranks: int = Field(default=8, ge=1)
    """Data-parallel ranks; each works on one row at a time."""
    rows_per_step: int = Field(default=64, ge=1)
    """The global batch: a multiple of `ranks`."""
    context_parallel: int = Field(default=1, ge=1)
    """Devices that share a row, by its tokens."""
    split: Literal["documents", "zigzag", "contiguous"] = "zigzag"
    """Which tokens of a row a device gets."""

    @model_validator(mode="after")
    def _deals_evenly(self) -> "ClusterSpec":
        if self.rows_per_step % self.ranks:
            raise ValueError(
                f"rows_per_step is {self.rows_per_step}; it must be a multiple of the "
                f"{self.ranks} ranks, so that all of them work on equally many rows"
            )
        return self
