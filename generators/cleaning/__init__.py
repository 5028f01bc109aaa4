"""Cleaners: what is taken out of a text, or put right in it, before anything looks at it.

One module, one cleaner, found by its file name. A recipe names them in the order in which they
work: `clean: [gutenberg, unwrap, {name: secrets, policy: redact}]`. A cleaner is a pure function of
the text; what it counts becomes a column of the documents table.
"""

from typing import Any, Protocol, cast

from generators import discovery
from schemas.knobs import Strict
from schemas.selection import Cleaned


class Cleaner(Protocol):
    """What a module of this folder offers."""

    Options: type[Strict]
    """The cleaner's own keys in a recipe; `needs`, where they have it, maps the packages that the
    core does not bring to the extra that does."""
    COUNTS: str
    """The column that holds `Cleaned.count`, such as `gutenberg_chars`."""

    def clean(self, text: str, options: Any) -> Cleaned:
        """Return the cleaned text, and how much was done."""


def names() -> tuple[str, ...]:
    """Return the names of all cleaners, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> Cleaner:
    """Return the cleaner of this name. Raises RecipeError with the nearest name for any other."""
    return cast(Cleaner, discovery.load(__name__, name, what="cleaner"))
