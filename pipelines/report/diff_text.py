"""The differences between two mixes or recipes for a terminal: only the parts that differ.

recipe: 1 key differs
  seq_len: 8192 -> 32768
tokens and rows                A       B  difference
  source books           120,000  90,000     -30,000  -25.0%
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from pipelines.report.bars import count, table
from pipelines.report.diff_keys import difference_lines

SIDES = {"only_a": "in A alone", "only_b": "in B alone", "changed": "changed"}
FEW = 5
"""Samples that are named; the table above them counts all."""
ALIKE = {
    "recipes": "no difference: A and B are the same recipe, every default filled in",
    "mixes": "no difference: A and B are the same mix, all files byte for byte",
}
"""What is said, in one line, where there is nothing to tell."""


def diff_text(facts: dict[str, Any]) -> str:
    """Return what pipelines/report/diff.py found: one line if nothing, else a part for each."""
    if facts["same"]:
        return ALIKE[facts["compared"]]
    parts = [[f"A  {facts['a']}", f"B  {facts['b']}"], _keys("recipe", facts["recipe"])]
    if facts["compared"] == "mixes":
        parts += [
            _keys("made with", facts["made_with"]),
            _inputs(facts["inputs"]),
            _documents(facts["documents"]),
            _totals(facts["totals"]),
            _samples(facts["samples"]),
            _depths(facts["depths"]),
            _files(facts["files"]),
        ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _keys(name: str, found: list[dict[str, Any]]) -> list[str]:
    if not found:
        return []
    lines = (f"  {line}" for line in difference_lines(found))
    return [f"{name}: {count(len(found), 'difference')}", *lines]


def _inputs(parts: dict[str, Any]) -> list[str]:
    told = [(name, part) for name, part in parts.items() if part["count"]]
    if not told:
        return []
    lines = (_named(SIDES[name], part["named"], part["count"]) for name, part in told)
    return ["inputs", *chain.from_iterable(lines)]


def _named(head: str, names: Iterable[str], number: int) -> list[str]:
    """Return a head with the number of things, a line for each that is named, and the rest."""
    lines = [f"    {name}" for name in names]
    more = [f"    and {number - len(lines):,} more"] if number > len(lines) else []
    return [f"  {number:,} {head}", *lines, *more]


def _documents(facts: dict[str, Any]) -> list[str]:
    lines = []
    for side, mine, other in (("only_a", "A", "B"), ("only_b", "B", "A")):
        part = facts[side]
        if part["documents"]:
            why = (
                f"{x['reason']} ({x['documents']:,} of {x['source']})" for x in part["by_reason"]
            )
            names = (f"{entry['doc_id']}: {entry['reason']}" for entry in part["named"])
            head = f"kept in {mine} and not in {other}, {count(part['tokens'], 'token')}"
            lines += _named(f"{head}; there: {', '.join(why)}", names, part["documents"])
    changed = facts["text_changed"]
    if changed["documents"]:
        where = ", ".join(f"{number:,} of {name}" for name, number in changed["by_source"].items())
        lines += _named(f"of another text, {where}", changed["named"], changed["documents"])
    return ["documents", *lines] if lines else []


def _totals(entries: list[dict[str, Any]]) -> list[str]:
    """Return every number beside its partner, if one of them differs."""
    if not any(entry["difference"] for entry in entries):
        return []
    rows = [["tokens and rows", "A", "B", "difference", ""]]
    for entry in entries:
        name = entry["name"] if entry["of"] == "all" else f"{entry['of']} {entry['name']}"
        percent = "" if entry["percent"] is None else f"{entry['percent']:+.1f}%"
        numbers = [f"{entry['a']:,}", f"{entry['b']:,}", f"{entry['difference']:+,}"]
        rows.append([f"  {name}", *numbers, percent])
        if not entry["difference"]:
            rows[-1][-2:] = ["=", ""]
    return table(rows)


def _samples(facts: dict[str, Any]) -> list[str]:
    heads = ["only_a", "only_b", "changed", "moved", "same"]
    if not any(entry[head] for entry in facts["by_task"] for head in heads[:-1]):
        return []
    rows = [["samples", "in A alone", "in B alone", "changed", "moved", "same"]]
    rows += [
        [f"  {entry['task']}", *(f"{entry[head]:,}" for head in heads)]
        for entry in facts["by_task"]
    ]
    why = [
        f"  changed of {entry['task']}: "
        + ", ".join(f"{name} {number:,}" for name, number in entry["columns"].items())
        for entry in facts["by_task"]
        if entry["columns"]
    ]
    shown = [
        f"  {SIDES[name]}: {', '.join(names[:FEW])}{', ...' if len(names) > FEW else ''}"
        for name, names in facts["named"].items()
        if names
    ]
    return [*table(rows), *why, *shown]


def _depths(entries: list[dict[str, Any]]) -> list[str]:
    """Return A above B, tenth by tenth, for the tasks whose depths differ."""
    told = [entry for entry in entries if entry["a"] != entry["b"]]
    rows = [
        [f"  {entry['task'] if side == 'a' else ''}", side.upper(), *map(str, entry[side])]
        for entry in told
        for side in ("a", "b")
    ]
    head = "pieces of evidence in each tenth of the context, as found"
    return [head, *table(rows)] if told else []


def _files(entries: list[dict[str, Any]]) -> list[str]:
    """Return the kinds of files that differ; a shard names the whole mix, so it often does."""
    lines = []
    for entry in entries:
        parts = [
            f"{entry[side]['count']:,} {words}"
            for side, words in SIDES.items()
            if entry[side]["count"]
        ]
        lines.append(f"{entry['kind']} {', '.join(parts)}")
    return [f"files: {'; '.join(lines)}"] if lines else []
