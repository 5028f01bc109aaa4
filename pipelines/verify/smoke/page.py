"""The report of a smoke training as one HTML page, without scripts and without a network.

    verdict -> gates -> seeds -> heat maps -> curves -> intervals -> dear answers -> settings

The page is well-formed XML, so that it can be read by machines as well as by a browser.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from pipelines.verify.smoke.curves import by_position, entropy, learning
from pipelines.verify.smoke.figures import ENDS, MIDDLE
from pipelines.verify.smoke.heat import heat
from pipelines.verify.smoke.intervals import intervals, strip
from pipelines.verify.smoke.shown import (
    COLUMNS,
    MARKS,
    Found,
    counted,
    gate_number,
    lengths,
    long_length,
    number,
    printable,
    seeds,
    surprising,
    tokens,
)
from pipelines.verify.smoke.style import CSS

INTERVALS = (
    ("middle_minus_ends", "middle minus ends"),
    ("early_minus_late", "early minus late"),
)


def smoke_page(found: Found) -> str:
    """Return the page, from the JSON values of `smoke_mix`; the same values give the same bytes."""
    parts = [
        _head(found),
        _gates(found["gates"]),
        *(_findings(found) if seeds(found) else []),
        _notes(found["notes"]),
        _settings(found),
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            f"<title>{_said('smoke training of', found['mix'])}</title>",
            f"<style>{CSS}</style></head><body>",
            *parts,
            "</body></html>\n",
        ]
    )


def _said(*words: Any) -> str:
    """Return words, safe to stand in the page."""
    return escape(printable(" ".join(map(str, words))), {'"': "&quot;"})


def _head(found: Found) -> str:
    state = found["verdict"]
    reasons = "".join(f"<li>{_said(reason)}</li>" for reason in found["reasons"])
    settings = found["settings"]
    about = (
        f"{counted(len(seeds(found)), 'seed')} on {found['device']}; small decoders that recall at "
        f"{tokens(settings['short']['length'])} tokens are extended to "
        f"{tokens(long_length(found))}, once on the mix, rebuilt at that length, and once on a "
        "control."
    )
    return (
        f"<h1>{_said('Smoke training of', found['mix'])}</h1>"
        f'<div class="badge {state}">{MARKS[state]} {state}</div>'
        f'<p class="about">{_said(about)}</p>' + (f"<ul>{reasons}</ul>" if reasons else "")
    )


def _gates(gates: Sequence[dict[str, Any]]) -> str:
    """Return the table of gates, or that there are none."""
    if not gates:
        return "<h2>Gates</h2><p>No gate was asked: there is nothing to compare.</p>"
    lines = []
    for gate in gates:
        name, state = gate["gate"], gate["verdict"]
        by_seed = " ".join(gate_number(name, value) for value in gate["seeds"])
        lines.append(
            f'<tr><td class="state {state}">{MARKS[state]} {state}</td>'
            f"<td>{_said(name)}<small>{_said(gate['about'])}</small></td>"
            f'<td class="n"><b>{gate_number(name, gate["value"])}</b></td>'
            f'<td class="n">{gate_number(name, gate["passes"], signed=False)}</td>'
            f'<td class="n">{gate_number(name, gate["fails"], signed=False)}</td>'
            f'<td class="strip">{strip(gate)}<small>{by_seed}</small></td></tr>'
        )
    heads = _heads([("verdict", ""), ("gate", "")])
    heads += _heads([("median", ""), ("passes", "at most"), ("fails", "above")], kind="n")
    heads += _heads([("seeds", "bar: median; shades: pass, warn, fail")])
    return f"<h2>Gates</h2>{_table(heads, lines)}"


def _heads(heads: Sequence[tuple[str, str]], kind: str = "") -> str:
    return "".join(
        f'<th class="{kind}">{_said(head)}<small>{_said(limit)}</small></th>'
        for head, limit in heads
    )


def _table(heads: str, lines: Sequence[str], kind: str = "") -> str:
    top = f"<thead><tr>{heads}</tr></thead>" if heads else ""
    return (
        f'<div class="wide"><table class="{kind}">{top}<tbody>{"".join(lines)}</tbody>'
        "</table></div>"
    )


def _findings(found: Found) -> Iterator[str]:
    """Give the sections that need arms."""
    yield _seeds(found)
    if lengths(found):
        yield "<h2>Answers by depth and length</h2>"
        yield (
            '<p class="about">All seeds together; a pointer shows counts and 95 % intervals. '
            "Lengths beyond that of the extension show how far a model reaches; no gate asks for "
            "them.</p>"
        )
        maps = (("exact", "exact answers, share"), ("nll", "loss of answers, nats an answer"))
        yield _cards([(title, heat(found, measure)) for measure, title in maps])
    yield "<h2>Training</h2>"
    yield f'<div class="card">{learning(found)}</div>'
    yield (
        '<p class="about">A line a seed; its points are means of several steps. Base: up to the '
        "extension both arms of a seed are one model.</p>"
    )
    yield "<h2>Text and attention</h2>"
    yield _cards([("loss by position", by_position(found)), ("entropy by length", entropy(found))])
    yield (
        '<p class="about">Lines are means of the seeds, small marks are seeds. Uniform: attention '
        "to all tokens alike, the logarithm of the length.</p>"
    )
    yield "<h2>Depth and range</h2>"
    yield (
        f'<p class="about">Loss of answers at {tokens(long_length(found))} tokens by the depth of '
        f"their evidence: middle is {MIDDLE[0]:g} to {MIDDLE[1]:g}, early is below {ENDS[0]:g}, "
        f"late from {ENDS[1]:g}, and the ends are both.</p>"
    )
    yield _cards([("", intervals(found, key, about)) for key, about in INTERVALS])
    yield _surprising(found)


def _cards(cards: Sequence[tuple[str, str]]) -> str:
    inner = "".join(
        '<div class="card">' + (f"<h3>{_said(title)}</h3>" if title else "") + f"{picture}</div>"
        for title, picture in cards
    )
    return f'<div class="two">{inner}</div>'


def _seeds(found: Found) -> str:
    lines = [
        "<tr>"
        + "".join(f'<td class="n">{_said(column.of(found, seed))}</td>' for column in COLUMNS)
        + "</tr>"
        for seed in seeds(found)
    ]
    heads = _heads([(column.head, column.limit) for column in COLUMNS], kind="n")
    about = "; ".join(f"{column.head}: {column.about}" for column in COLUMNS if column.about)
    return (
        f"<h2>Seeds: are bases and controls valid?</h2>{_table(heads, lines)}"
        f'<p class="about">{_said(about)}.</p>'
    )


def _surprising(found: Found) -> str:
    """Return the table of answers that the text does not give."""
    told = found["surprising"]
    head = f"<h2>Answers that surprise</h2><p>{_said(surprising(found))}.</p>"
    if not told["samples"]:
        return head
    lines = [
        f'<tr><td class="name">{_said(sample["sample_id"])}</td>'
        f'<td class="n">{number(sample["nll"])}</td>'
        f'<td class="n">{number(sample["depth"])}</td></tr>'
        for sample in told["samples"]
    ]
    rest = told["dear"] - len(lines)
    more = f'<p class="about">And {rest:,} more.</p>' if rest else ""
    heads = _heads([("sample", "")]) + _heads([("loss", "nats an answer"), ("depth", "")], kind="n")
    return head + _table(heads, lines, "plain") + more


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return f"<h2>Notes</h2><ul>{''.join(f'<li>{_said(note)}</li>' for note in notes)}</ul>"


def _settings(found: Found) -> str:
    """Return every setting, those of a phase in one line."""
    lines = [
        f"<tr><th>{_said(name)}</th><td>{_said(_setting(value))}</td></tr>"
        for name, value in found["settings"].items()
    ]
    return f"<h2>Settings</h2>{_table('', lines, 'plain')}"


def _setting(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_setting(part)}" for name, part in value.items())
    if isinstance(value, list):
        return " ".join(f"({_setting(x)})" if isinstance(x, list) else str(x) for x in value)
    return str(value)
