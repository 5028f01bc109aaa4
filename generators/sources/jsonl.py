"""JSON lines: one line is one document. `.gz` and `.zst` are decompressed.

A line that cannot be read is rejected under its number, and the next one is read: bad_utf8,
bad_json, not_an_object, and the reasons of any text.
"""

from collections.abc import Iterator

from generators.files import Place
from generators.sources._documents import Row, TableOptions, documents
from generators.sources._listing import list_files
from generators.sources._objects import SUFFIXES, Line, objects
from schemas.document import Document
from schemas.recipe import SourceSpec
from schemas.unit import Item

ONE_DOCUMENT = False
DRAWS = False
Options = TableOptions


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per file, sorted by path."""
    return list_files(name, spec, inputs, suffixes=SUFFIXES)


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the document of each line. `seed` is not used: nothing is drawn."""
    options = Options(**spec.fields)
    found = (_row(line, options) for line in objects(item, inputs, bad_utf8=spec.bad_utf8))
    return documents(found, item, spec, labelled=options.id_field is not None)


def _row(line: Line, options: Options) -> Row:
    """Return the row of one line, or the row with the reason why it is none."""
    if line.value is None:
        return Row(number=line.number, reason=line.reason)
    text, label, licence = (line.value.get(name) if name else None for name in options.columns)
    return Row(
        number=line.number,
        text=text,
        label=label,
        licence=licence,
        num_replaced=line.num_replaced,
    )
