r"""One conversation as text: its turns, one after another, by a template.

    [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
        ->  "user: Hi\n\nassistant: Hello\n"

A turn's content is text, or a list whose parts are text (`{"type": "text", "text": ...}`, or plain
strings), joined by line ends; calls of tools follow it, one a line, as `name(arguments)`. A turn
that says nothing (null, empty, white space, and no call) is left out. Whatever else cannot be
rendered rejects the whole conversation, by the number of the turn from 0, since a dialogue with a
hole in it is no natural text: turn_not_an_object, missing_role, unknown_role, content_not_text,
bad_tool_call, bad_utf8, and of the whole missing_turns, turns_not_a_list, no_usable_turn,
missing_field, field_not_text.

Cost: linear in the text.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from generators.sources import _templates
from generators.text import BadUtf8, blank, decode_utf8

TURNS = ("turns", "messages", "conversations", "conversation")
ROLES = ("role", "from", "speaker")
CONTENTS = ("content", "value", "text")
"""Keys that are tried in turn where the recipe names none: those of the chat formats in common use
(OpenAI's messages, ShareGPT's conversations of from and value)."""

CALLS = ("tool_calls", "function_call")
"""Keys of a turn that hold calls of tools, as OpenAI's chat format names them."""


class Unusable(ValueError):  # noqa: N818 - what it is, not what went wrong
    """A conversation that cannot be rendered; its message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How a conversation is written down."""

    turns_field: str | None = None
    role_field: str | None = None
    content_field: str | None = None
    roles: Mapping[str, str | None]
    """Names for roles; a role of None is left out. Empty: every role under its own name."""
    template: str
    title: str
    bad_utf8: BadUtf8


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A conversation as text."""

    text: str
    """Ends with one line end."""
    num_replaced: int = 0
    """Bytes that were not UTF-8 and were replaced by policy."""


def spoken(value: Mapping[str, Any], script: Script) -> Spoken:
    """Return the text of one conversation. Unusable, with the reason, when it has none."""
    pieces = [_title(value, script)]
    num_replaced = 0
    for number, turn in enumerate(turns_of(value, script.turns_field)):
        if not isinstance(turn, dict):
            raise Unusable(f"turn_not_an_object at turn {number}")
        try:
            role, content, replaced = _turn(turn, script)
        except Unusable as error:
            raise Unusable(f"{error} at turn {number}") from None
        if role is not None and content:
            num_replaced += replaced
            fields = {"role": role, "content": content}
            pieces.append(_templates.fill(script.template, fields))
    if len(pieces) == 1:
        raise Unusable("no_usable_turn")
    return Spoken(text="".join(pieces).rstrip("\n") + "\n", num_replaced=num_replaced)


def turns_of(value: Mapping[str, Any], field: str | None) -> list[object]:
    """Return the turns of a conversation. Unusable: missing_turns, turns_not_a_list."""
    turns = value.get(field or first_of(TURNS, value))
    if turns is None:
        raise Unusable("missing_turns")
    if not isinstance(turns, list):
        raise Unusable("turns_not_a_list")
    return turns


def first_of(names: tuple[str, ...], value: Mapping[str, Any]) -> str:
    """Return the first of the names that a mapping has, else the first of all."""
    for name in names:
        if value.get(name) is not None:
            return name
    return names[0]


def label(value: object) -> str | None:
    """Return a name, number or time as text, a list of them with commas; None for all else."""
    if isinstance(value, list):
        # Of flat lists only: JSON may nest deeper than Python recurses.
        labels = [None if isinstance(one, list) else label(one) for one in value]
        return None if None in labels else ", ".join(filter(None, labels))
    if isinstance(value, bytes):
        return decode_utf8(value, "reject")[0]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def moment(value: object) -> float | None:
    """Return a time as a number to sort by, None where there is none.

    A number stands for itself; ISO 8601 text and datetimes are seconds since 1970, UTC where they
    name no zone. Unusable: bad_time.
    """
    if value is None:
        return None
    if isinstance(value, bytes):
        value = decode_utf8(value, "reject")[0]
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise Unusable("bad_time") from None
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unusable("bad_time")
    return value


def _title(value: Mapping[str, Any], script: Script) -> str:
    """Return the title and an empty line; nothing where the recipe wants no title."""
    fields = {}
    for name in _templates.names(script.title):
        found = label(value.get(name))
        if found is None:
            fault = "missing_field" if value.get(name) is None else "field_not_text"
            raise Unusable(f"{fault} '{name}'")
        fields[name] = found
    return f"{_templates.fill(script.title, fields)}\n\n" if script.title else ""


def _turn(turn: Mapping[str, Any], script: Script) -> tuple[str | None, str, int]:
    """Return the role, None where it is left out; the content; and the bytes replaced in it."""
    content = turn.get(script.content_field or first_of(CONTENTS, turn))
    num_replaced = 0
    if not isinstance(content, str):
        content, num_replaced = _content(content, script.bad_utf8)
    called = [_call(call) for name in CALLS if name in turn for call in _calls(turn[name])]
    if called:
        content = "\n".join([content, *called] if content else called)
    if blank(content):
        return None, "", 0
    return _role(turn, script), content, num_replaced


def _role(turn: Mapping[str, Any], script: Script) -> str | None:
    """Return the name of the speaker; "" where nobody asks for it."""
    if not script.roles and "role" not in _templates.names(script.template):
        return ""
    found = label(turn.get(script.role_field or first_of(ROLES, turn)))
    if found is None or blank(found):
        raise Unusable("missing_role")
    if script.roles and found not in script.roles:
        raise Unusable(f"unknown_role '{found}'")
    return script.roles[found] if script.roles else found


def _content(content: object, bad_utf8: BadUtf8) -> tuple[str, int]:
    """Return what is said, in bytes or in parts, and the bytes that were replaced in it."""
    if content is None:
        return "", 0
    texts, counts = [], 0
    for part in content if isinstance(content, list) else [content]:
        text = part.get("text") if isinstance(part, dict) and "text" in part else part
        if isinstance(text, bytes):
            decoded, num_replaced, reason = decode_utf8(text, bad_utf8)
            if decoded is None:
                raise Unusable(str(reason))
            text, counts = decoded, counts + num_replaced
        if not isinstance(text, str):
            raise Unusable("content_not_text")
        texts.append(text)
    return "\n".join(texts), counts


def _calls(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _call(call: object) -> str:
    """Return a call of a tool as one line: {"name": "add", "arguments": "[1]"} -> add([1])."""
    inner = call.get("function", call) if isinstance(call, dict) else None
    name = label(inner.get("name")) if isinstance(inner, dict) else None
    if name is None or not isinstance(inner, dict):
        raise Unusable("bad_tool_call")
    arguments = inner.get("arguments")
    text = label(arguments) if isinstance(arguments, str | bytes) else None
    if text is None:
        try:
            text = json.dumps(arguments, ensure_ascii=False) if arguments is not None else ""
        except (TypeError, RecursionError):  # a Parquet struct of bytes; a list 900 deep
            raise Unusable("bad_tool_call") from None
    return f"{name}({text})"
