"""Sources: how files become documents. One module, one reader, found by its file name.

A new reader is a new file here with the two functions of `Reader`; nothing else is edited. Modules
whose names begin with an underscore are shared by readers and are not readers.

A reader yields every document that it meets, a rejected one with its reason. It raises BrokenFile
where a file is cut or corrupt (the documents before are the good prefix), and IdentityError where a
file is no longer the one that was listed, at the latest after its last document.
"""

from collections.abc import Iterator
from typing import Protocol, cast

from generators import discovery
from generators.files import Place
from schemas.document import Document
from schemas.knobs import Strict
from schemas.recipe import SourceSpec
from schemas.unit import Item


class Reader(Protocol):
    """What a module of this folder offers."""

    Options: type[Strict]
    """The reader's own keys in a recipe; `spec.fields` holds them, checked and complete. `needs`,
    where they have it, maps the packages that the core does not bring to the extra that does."""
    ONE_DOCUMENT: bool
    """Whether an item is one document, rejected parts of it apart."""
    DRAWS: bool
    """Whether `read` draws anything, so that its result depends on the seed."""

    def list_items(self, name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
        """Return what the source `name` reads, sorted, with sizes and content hashes."""

    def read(self, item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
        """Yield the documents of one item, one by one; memory is that of the largest."""


def names() -> tuple[str, ...]:
    """Return the names of all readers, sorted; imports none of them."""
    return discovery.names(__name__)


def load(name: str) -> Reader:
    """Return the reader of this name. Raises RecipeError with the nearest name for any other."""
    return cast(Reader, discovery.load(__name__, name, what="reader"))
