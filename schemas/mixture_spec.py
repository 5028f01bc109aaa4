"""What a mix is made of, by shares of its natural tokens: sources, kinds and lengths of documents.

{kinds: [book], at_least: 65536, share: 0.3}    30 % from books of 65,536 tokens or more
{below: 65536, share: 0.4}                      40 % from whatever is shorter
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.document import Kind
from schemas.knobs import Name, Share, Strict, Tokens

Length = Tokens | Literal["row"]
"""A number of tokens, or `row`: those of a row of the stage."""
Upsample = dict[Annotated[int, Field(ge=0)], Annotated[float, Field(ge=0)]]
"""By least length in tokens: how much more such documents count, beside others of their source."""


class ShareSpec(Strict):
    """A share of a stage's natural tokens, and the documents that give it; null means any."""

    sources: tuple[Name, ...] | None = None
    kinds: tuple[Kind, ...] | None = None
    at_least: Length | None = None
    """Documents of so many tokens or more."""
    below: Length | None = None
    """Documents of fewer tokens."""
    share: Share

    @model_validator(mode="after")
    def _says_which(self) -> "ShareSpec":
        chosen = (self.sources, self.kinds, self.at_least, self.below)
        if chosen == (None, None, None, None):
            raise ValueError("say which documents: sources, kinds, at_least or below")
        numbers = isinstance(self.at_least, int) and isinstance(self.below, int)
        if numbers and not self.at_least < self.below:  # type: ignore[operator]
            raise ValueError(f"no document has {self.at_least} tokens or more and fewer than that")
        return self


class OriginalSpec(Strict):
    """Rows of a stage that keep the model's original positions, as LongRoPE2 trains them."""

    share: Share
    """Of the stage's natural tokens."""
    window: Tokens
    """The model's native context length: the longest segment of such a row. Only documents that
    fit it whole are taken."""
