"""From what a file holds to documents, by the same rules for every reader.

    {"id": "a", "text": "one"}     ->  source:file#a
    {"id": "a", "text": "two"}     ->  source:file#a~2     a repeated id gets a counted suffix
    {"id": null, "text": " "}      ->  source:file#2       rejected: white_space

Reasons: missing_text, not_text, empty, white_space, lone_surrogate, utf16, `bad_utf8 at byte N`,
and what a reader says itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generators.text import blank, clean, clean_bytes, decode_utf8, fault
from schemas.document import Document
from schemas.knobs import Strict
from schemas.recipe import SourceSpec
from schemas.unit import Item


class TableOptions(Strict):
    """Own keys of readers of tables."""

    text_field: str = "text"
    """The column or key that holds the text."""
    id_field: str | None = None
    """The column or key that names the document; null takes the row number."""
    license_field: str | None = None
    """The column or key that holds a document's licence."""

    @property
    def columns(self) -> tuple[str, str | None, str | None]:
        """The names of text, id and licence."""
        return self.text_field, self.id_field, self.license_field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table, or one line, before anything about it is known to be right."""

    number: int
    """From 0, rejected rows included."""
    text: object = None
    """str or bytes when it is as it should be."""
    label: object = None
    """The document's id: str, bytes or int; anything else and the number serves."""
    licence: object = None
    """str, bytes or a list of them; anything else and the source's licence holds."""
    reason: str | None = None
    """Set when the row could not be taken apart at all."""
    num_replaced: int = 0
    """Bytes replaced before the row was taken apart."""


def document(
    text: object, spec: SourceSpec, *, doc_id: str, uri: str, licence: str | None = None
) -> Document:
    """Return the document of one text, str or bytes, cleaned; or rejected, with its reason."""
    num_replaced, num_nul, reason = 0, 0, None
    if isinstance(text, bytes):
        text, num_nul, num_replaced, reason = _decoded(text, spec)
    elif isinstance(text, str):
        text, num_nul = clean(text)
        reason = fault(text)
    else:
        reason = "missing_text" if text is None else "not_text"
    return Document(
        doc_id=doc_id,
        uri=uri,
        text=text if isinstance(text, str) and reason is None else "",
        reason=reason,
        license=licence if licence is not None else spec.license,
        num_nul=num_nul,
        num_replaced=num_replaced,
    )


def _decoded(data: bytes, spec: SourceSpec) -> tuple[str | None, int, int, str | None]:
    """Return clean text, NULs removed, bytes replaced, and the reason for rejection."""
    tidy, num_nul = clean_bytes(data)
    text, num_replaced, reason = decode_utf8(tidy, spec.bad_utf8)
    if text is None:
        reason = decode_utf8(data, spec.bad_utf8)[2]  # naming the byte of the file as it is
        return None, num_nul, num_replaced, reason
    return text, num_nul, num_replaced, blank(text)


def documents(
    rows: Iterable[Row], item: Item, spec: SourceSpec, *, labelled: bool
) -> Iterator[Document]:
    """Yield the document of each row, kept or rejected, in order, with ids unique in the item.

    Where rows are `labelled` (the recipe names an `id_field`), the ids met so far are held in
    memory.
    """
    met: dict[str, int] = {}
    for row in rows:
        label = str(row.number)
        if labelled:
            label = _unique(_string(row.label) or label, met)
        doc_id = f"{item.source}:{item.uri}#{label}"
        if row.reason is not None:
            yield Document(
                doc_id=doc_id, uri=item.uri, text="", reason=row.reason, license=spec.license
            )
            continue
        made = document(row.text, spec, doc_id=doc_id, uri=item.uri, licence=_licence(row.licence))
        yield _counting(made, row.num_replaced)


def _counting(made: Document, num_replaced: int) -> Document:
    """Return the document with bytes that were replaced before its row was taken apart."""
    return replace(made, num_replaced=num_replaced) if num_replaced else made


def _unique(label: str, met: dict[str, int]) -> str:
    """Return the label, or label~2, label~3 ... where it was met before."""
    count = met.get(label, 0) + 1
    name = label
    while count > 1 and (name := f"{label}~{count}") in met:
        count += 1
    met[label] = count
    met.setdefault(name, 1)
    return name


def _string(value: object) -> str | None:
    """Return a label as valid text, or None when it cannot be one."""
    if isinstance(value, bytes):
        value = decode_utf8(value, "reject")[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and fault(value) is None else None


def _licence(value: object) -> str | None:
    """Return a licence as text: "MIT", or "MIT, Apache-2.0" for a list."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_string, value))) or None
    return _string(value)
