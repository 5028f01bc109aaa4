r"""Conversations: objects with a list of turns, from JSON lines or Parquet.

    {"id": "c7", "turns": [{"role": "user", "content": "Hi"}, ...]}
        ->  source:file#c7     "user: Hi\n\nassistant: ...\n"

Each conversation is one document; or, with `join_chars`, those of a group (a topic, or the people
who take part) stand one after another in time order, in documents of at most that many characters,
`source:file#<group>#0`, `#1` ... A joined document is ONE text, hence one segment: between its
conversations stands the `separator` on a line of its own, and no end token. A conversation is never
cut; one that is longer stands alone.

A group's key that is a list, of topics or of speakers, is taken as a set: ["b", "a"] is the group
"a, b", so every conversation is in one group. Conversations without a time come last, in the order
of the input. A list of what cannot be rendered, and its reasons, stands in _turns.py.
Cost: linear; joined conversations are held until their group is complete, see _groups.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from generators.files import Place
from generators.sources import _templates
from generators.sources._documents import Row, document, documents
from generators.sources._groups import (
    Entry,
    Group,
    Grouping,
    Key,
    list_groups,
    read_groups,
    rejected,
    text_key,
)
from generators.sources._listing import list_files
from generators.sources._objects import Line
from generators.sources._records import SUFFIXES, Columns, check_columns, records
from generators.sources._turns import TURNS, Script, Unusable, label, moment, spoken, turns_of
from generators.text import fault
from schemas.document import Document
from schemas.errors import RecipeError
from schemas.knobs import Strict
from schemas.recipe import SourceSpec
from schemas.unit import Item

ONE_DOCUMENT = False
DRAWS = False


class Options(Strict):
    """Own keys of this reader."""

    turns_field: str | None = None
    """The key that holds the turns; null tries turns, messages, conversations, conversation."""
    role_field: str | None = None
    """The key of a turn that names the speaker; null tries role, from, speaker."""
    content_field: str | None = None
    """The key of a turn that holds what is said; null tries content, value, text."""
    roles: dict[str, str | None] = Field(default_factory=dict)
    """Names for roles, such as {human: User, gpt: Assistant, system: null}: turns of a role that is
    null are left out, and conversations with a role that is not listed are rejected. Empty: every
    role under its own name."""
    id_field: str | None = None
    """The key that names a conversation; null takes the row number."""
    license_field: str | None = None
    """The key that holds a conversation's licence."""
    template: str = "{role}: {content}\n\n"
    """How a turn is written; line ends at the end of a conversation become one."""
    title: str = ""
    """What stands on a line above a conversation, such as "Dialogue {id}"; any key may be used."""
    group_field: str | None = None
    """The key of the conversation, or of its turns, that says which conversations are joined."""
    time_field: str | None = None
    """The key that orders a group: ISO 8601 text, or a number."""
    join_chars: int = Field(default=0, ge=0)
    """Characters of a joined document, at most; 0 leaves each conversation by itself."""
    separator: str = "-----"
    """The line between joined conversations, with an empty line before and after it."""

    @field_validator("template")
    @classmethod
    def _knows_its_fields(cls, template: str) -> str:
        _templates.check_names(template, ("role", "content"))
        if "content" not in _templates.names(template):
            raise ValueError(f"{template!r} leaves out what is said; put {{content}} into it")
        return template

    @field_validator("title")
    @classmethod
    def _is_a_template(cls, title: str) -> str:
        _templates.parse(title)
        return title

    @model_validator(mode="after")
    def _groups_to_join(self) -> Self:
        if self.join_chars and self.group_field is None:
            raise ValueError(
                "join_chars joins the conversations of a group: name the group_field, a key of the "
                "conversation or of its turns"
            )
        if not self.join_chars and (self.group_field or self.time_field):
            raise ValueError("group_field and time_field do nothing while join_chars is 0")
        return self


def list_items(name: str, spec: SourceSpec, inputs: Place) -> list[Item]:
    """Return one item per file, sorted by path.

    RecipeError when the first file shows that the recipe names a key which is not there.
    """
    options = Options(**spec.fields)
    items = list_files(name, spec, inputs, suffixes=SUFFIXES)
    known = check_columns(name, items[0], inputs, named=_named(options))
    if known and options.turns_field is None and not set(TURNS) & set(known):
        raise RecipeError(
            f"sources.{name}: {items[0].uri} has none of {', '.join(TURNS)}, only "
            f"{', '.join(known)}. Say in turns_field which of them holds the turns."
        )
    if not options.join_chars:
        return items
    return list_groups(name, spec, inputs, _grouping(options))


def read(item: Item, spec: SourceSpec, inputs: Place, *, seed: int) -> Iterator[Document]:
    """Yield the item's documents. `seed` is not used: nothing is drawn."""
    options = Options(**spec.fields)
    script = _script(options, spec)
    if options.join_chars:
        yield from _read_joined(item, spec, inputs, options=options, script=script)
        return
    lines = records(item, inputs, _columns(options), bad_utf8=spec.bad_utf8)
    rows = (_row(line, options, script) for line in lines)
    yield from documents(rows, item, spec, labelled=options.id_field is not None)


def _read_joined(
    item: Item, spec: SourceSpec, inputs: Place, *, options: Options, script: Script
) -> Iterator[Document]:
    for found in read_groups(item, spec, inputs, _grouping(options)):
        if isinstance(found, Entry):
            yield rejected(found, str(found.reason), item, spec)
            continue
        usable = []
        for row, entry in _in_time(found, options, script):
            if row.reason is not None:
                yield rejected(entry, row.reason, item, spec)
            else:
                usable.append(row)
        for number, rows in enumerate(_fill(usable, options)):
            doc_id = f"{item.source}:{item.uri}#{found.key}#{number}"
            yield _joined(rows, options, spec, doc_id=doc_id, uri=item.uri)


def _row(line: Line, options: Options, script: Script) -> Row:
    """Return the row of one conversation, or the row with the reason why it is none."""
    if line.value is None:
        return Row(number=line.number, reason=line.reason)
    try:
        made = spoken(line.value, script)
    except Unusable as error:
        return Row(number=line.number, reason=str(error), label=_get(line, options.id_field))
    return Row(
        number=line.number,
        text=made.text,
        label=_get(line, options.id_field),
        licence=_get(line, options.license_field),
        num_replaced=line.num_replaced + made.num_replaced,
    )


def _get(line: Line, field: str | None) -> object:
    return (line.value or {}).get(field) if field else None


def _in_time(group: Group, options: Options, script: Script) -> list[tuple[Row, Entry]]:
    """Return the rows of a group in time order; ties and those without a time in input order."""
    dated: list[tuple[bool, float, Row, Entry]] = []
    for entry in group.entries:
        row = _row(entry.line, options, script)
        when = None
        try:
            when = moment(_get(entry.line, options.time_field))
        except Unusable as error:
            row = replace(row, reason=row.reason or str(error))
        if isinstance(row.text, str) and row.reason is None:
            row = replace(row, reason=fault(row.text))
        dated.append((when is None, when or 0, row, entry))
    dated.sort(key=lambda one: one[:2])
    return [(row, entry) for _, _, row, entry in dated]


def _fill(rows: list[Row], options: Options) -> Iterator[list[Row]]:
    """Yield the rows of each joined document: as many as fit, in order, and one at least."""
    kept: list[Row] = []
    num_chars = 0
    for row in rows:
        size = len(str(row.text))
        more = num_chars + len(_between(options)) + size
        if kept and more > options.join_chars:
            yield kept
            kept, num_chars = [row], size
        else:
            num_chars = more if kept else size
            kept.append(row)
    if kept:
        yield kept


def _joined(
    rows: list[Row], options: Options, spec: SourceSpec, *, doc_id: str, uri: str
) -> Document:
    """Return the one document of several conversations, with all their licences."""
    text = _between(options).join(str(row.text) for row in rows)
    licences = dict.fromkeys(label(row.licence) or spec.license for row in rows)
    made = document(
        text, spec, doc_id=doc_id, uri=uri, licence=", ".join(filter(None, licences)) or None
    )
    return replace(made, num_replaced=sum(row.num_replaced for row in rows))


def _between(options: Options) -> str:
    return f"\n{options.separator}\n\n" if options.separator else "\n"


def _script(options: Options, spec: SourceSpec) -> Script:
    return Script(
        turns_field=options.turns_field,
        role_field=options.role_field,
        content_field=options.content_field,
        roles=options.roles,
        template=options.template,
        title=options.title,
        bad_utf8=spec.bad_utf8,
    )


def _grouping(options: Options) -> Grouping:
    field = str(options.group_field)
    turns = (options.turns_field,) if options.turns_field else TURNS
    return Grouping(
        option=f"group_field: {field}",
        key_of=partial(_key, field=field, turns_field=options.turns_field),
        key_columns=Columns(optional=(field,), otherwise=turns, present=_named(options)),
        columns=_columns(options),
    )


def _key(value: dict[str, Any], *, field: str, turns_field: str | None) -> Key:
    """Return the group of a conversation: by its own key, else by that of its turns."""
    found = value.get(field)
    if found is None:
        try:
            turns = turns_of(value, turns_field)
        except Unusable as error:
            return None, str(error)
        found = [turn.get(field) for turn in turns if isinstance(turn, dict)]
        found = [one for one in found if one is not None]
    if not isinstance(found, list):
        return text_key(found)
    keys = [text_key(one) for one in found]
    fault_of_one = next((reason for _, reason in keys if reason), None)
    if fault_of_one or not keys:
        return None, fault_of_one or "missing_key"
    return ", ".join(sorted({str(key) for key, _ in keys})), None


def _named(options: Options) -> tuple[str, ...]:
    """Return the keys of a conversation that the recipe names, but for the group's."""
    fields = (options.turns_field, options.id_field, options.license_field, options.time_field)
    return (*filter(None, fields), *_templates.names(options.title))


def _columns(options: Options) -> Columns:
    group = (options.group_field,) if options.group_field else ()
    turns = () if options.turns_field else TURNS
    return Columns(required=_named(options), optional=(*group, *turns))
