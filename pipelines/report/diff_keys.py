"""Where two nested values differ, by dotted path: one entry a place, with both values.

    {"seq_len": 8192, "eos": true} and {"seq_len": 32768, "bos": "row", "eos": true}
    bos:      (absent) -> "row"
    seq_len:  8192     -> 32768

Stages are a list in a recipe, and they have names: they are compared by name, so that a stage put
in front of the others is one difference and not a new value of every key.
"""

import json
from collections.abc import Iterable
from typing import Any

LONGEST = 60
"""Characters shown of a value."""
BEFORE = 12
"""Characters shown before the place where two long values part."""
ABSENT = "(absent)"


def differences(a: Any, b: Any, place: str = "") -> list[dict[str, Any]]:
    """Return {"key", "a", "b"} for each place where two JSON values differ, by path, sorted.

    A key that one of them lacks has one entry for all that is below it, without that side: a null
    is a value. Values are the same when their canonical JSON is, so 1, 1.0 and true are three.
    """
    left, right = _keyed(a), _keyed(b)
    if left is None or right is None or type(a) is not type(b):
        return [] if _canonical(a) == _canonical(b) else [{"key": place, "a": a, "b": b}]
    found = _order(a, b, place) if isinstance(a, list) else []
    for key in sorted({*left, *right}):
        inner = f"{place}.{key}" if place else key
        if key in left and key in right:
            found += differences(left[key], right[key], inner)
        elif key in left:
            found.append({"key": inner, "a": left[key]})
        else:
            found.append({"key": inner, "b": right[key]})
    return found


def _keyed(value: Any) -> dict[str, Any] | None:
    """Return what has keys or names by them, else None."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    names = [each.get("name") for each in value]
    whole = all(isinstance(name, str) for name in names) and len(set(names)) == len(names) > 0
    return dict(zip(names, value, strict=True)) if whole else None


def _order(a: list[Any], b: list[Any], place: str) -> list[dict[str, Any]]:
    """Return one entry where the names that both lists have come in another order."""
    names = [[each["name"] for each in side] for side in (a, b)]
    both = {*names[0]}.intersection(names[1])
    before, after = ([name for name in side if name in both] for side in names)
    return [] if before == after else [{"key": place, "a": before, "b": after}]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def difference_lines(found: Iterable[dict[str, Any]]) -> list[str]:
    """Return one line for each entry; of long values the part that differs."""
    lines = []
    for entry in found:
        a, b = _shown(*(_spelled(entry, side) for side in ("a", "b")))
        lines.append(f"{entry['key']}: {a} -> {b}")
    return lines


def _spelled(entry: dict[str, Any], side: str) -> str:
    return json.dumps(entry[side], ensure_ascii=False) if side in entry else ABSENT


def _shown(a: str, b: str) -> tuple[str, str]:
    """Return two values no longer than a line can hold, from shortly before they part."""
    if max(len(a), len(b)) <= LONGEST:
        return a, b
    pairs = enumerate(zip(a, b, strict=False))
    parting = next((index for index, (x, y) in pairs if x != y), min(len(a), len(b)))
    start = max(0, parting - BEFORE)
    return _cut(a, start), _cut(b, start)


def _cut(text: str, start: int) -> str:
    end = start + LONGEST
    return f"{'...' if start else ''}{text[start:end]}{'...' if len(text) > end else ''}"
