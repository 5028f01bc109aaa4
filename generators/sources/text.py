"""Text files: one file is one document. `.gz` and `.zst` are decompressed.

Every file that the pattern matches is a document, whatever its ending; one that is no text is
rejected with the byte that says so. Cost: one read, one hash, one decoding.
"""

from collections.abc import Iterator

from generators.files import Place
from generators.sources._documents import document
from generators.sources._listing import list_files
from generators.sources._streams import contents
from schemas.document import Document
from schemas.knobs import Strict
from schemas.recipe import SourceSpec
from schemas.unit import Item

ONE_DOCUMENT = True
DRAWS = False


class Options(Strict):
    """No keys of its own."""


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per file, sorted by path."""
    return list_files(name, spec, inputs)


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the one document of a file. `seed` is not used: nothing is drawn."""
    # The bytes have no name here: they would stay until the next document is asked for.
    yield document(contents(item, inputs), spec, doc_id=f"{item.source}:{item.uri}", uri=item.uri)
