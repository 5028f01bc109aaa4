"""What every part of a recipe is made of: names, shares, numbers of tokens, strict models."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
Share = Annotated[float, Field(ge=0, le=1)]


def _number(value: Any) -> Any:
    """Read 500M, 20B and 1.5T as numbers of tokens; leave everything else to pydantic."""
    units = {"M": 10**6, "B": 10**9, "T": 10**12}
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?[MBT]", value):
        return round(float(value[:-1]) * units[value[-1]])
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?[Kk]", value):
        raise ValueError("K may mean 1,000 or 1,024; write the number itself, or 500M, 20B, 1.5T")
    return value


Tokens = Annotated[int, Field(gt=0), BeforeValidator(_number)]
"""A number of tokens; 500M, 20B and 1.5T are understood, M = 10^6."""


class Strict(BaseModel):
    """Frozen, and without room for a key that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Open(Strict):
    """A model that also takes the keys of the module it names: they gather under `fields`."""

    fields: dict[str, Any] = Field(default_factory=dict)
    """The module's own keys; written beside the others in YAML."""

    @model_validator(mode="before")
    @classmethod
    def _gather_fields(cls, data: Any) -> Any:
        """Collect the keys that are the module's own: {share: .1, keys: 4} -> fields {keys: 4}."""
        if not isinstance(data, dict) or not isinstance(data.get("fields", {}), dict):
            return data
        own = {k: v for k, v in data.items() if k not in cls.model_fields}
        common = {k: v for k, v in data.items() if k in cls.model_fields}
        return {**common, "fields": {**common.get("fields", {}), **own}}
