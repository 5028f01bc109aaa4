"""Knots: several texts are cut up, their parts shuffled together, and one text is to be untied.

Each text is cut in mid-sentence into two or more parts. Over each part stands a line with a label
of its own, and a part that goes on from another first says that one's last words again, as the
catchwords of old books do. Asked are the labels of one text in the order of reading (`order`), the
label of the part that goes on from another (`next`), or the words with which it goes on (`words`).

    [part KX4-90Q7]                          order, of the text with KX4-90Q7:
    of salt. He never went home again.           CB2-11F3, KX4-90Q7
    [part TR8-30H6]                          next, after CB2-11F3:
    All day the bell had rung for                KX4-90Q7
    [part CB2-11F3]                          words, after CB2-11F3:
    The ferry was late and nobody thought of salt.    "He never went home"

The words said again stand nowhere else in the texts, capitals or not, so one order fits; nothing of
the texts is lost, and no part stands right before the one that goes on from it. Labels are
invented. Cost: the words of the texts once, and a search through them for each part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from generators.lexicon import fresh
from generators.tasks._parts.shuffle import Order, shuffled
from generators.tasks._parts.wordings import fields_of
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Ask = Literal["order", "next", "words"]

_RULE = (
    "Over each {unit} stands a line with its label, and every {unit} but the first of its text "
    "opens by saying again the last {words} words of the {unit} before it in that text. Words are "
    "whatever white space parts."
)
_ASKED = {
    "order": 'Take the text that "{key}" is a {unit} of. Give the labels of all its {unit}s in the '
    "order of reading, with commas between them.",
    "next": 'Which {unit} goes on where the {unit} "{key}" breaks off? Give its label.',
    "words": 'Where the {unit} "{key}" breaks off, which {words} words come next in its text, '
    "after those that are said again? Copy them exactly, with one space between two words.",
}
_CUTS = (re.compile(r"(?<=[a-z,;]) (?=[a-z])"), re.compile(r"(?<=\S) (?=\S)"))
"""Where a text may be cut: inside a sentence, or else between two words of a line."""
_LABEL = re.compile(r"[A-Z]{2}\d-\d{2}[A-Z]\d")
_LEAST_CHARS = 40
"""Characters of a part for each word that is said again: a part holds far more than its seams."""
_WIDEST = 48
"""Characters in which a word is looked for."""
_CUT_TRIES = 24
_FILE_LINE = "====="
"""Of the line over each file of a repository: nobody is to say it again, or to guess it."""
_FEWEST_TEXTS = 2


class KnotsSpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws it for each sample."""
    parts: int = Field(default=3, ge=2, le=16)
    """Each text is cut into two to so many parts; a short one into fewer, or it stays whole."""
    words: int = Field(default=8, ge=4, le=24)
    """Words said again at a seam; fewer are harder to find. As many are asked for by `words`."""
    order: Order | Literal["mixed"] = "any"
    """How the parts of one text stand to each other: in any order, in theirs, or reversed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of one text, and how it hangs together with the run before it."""

    start: int
    stop: int
    text: int
    """Which text it is of."""
    again: str = ""
    """The last words of the part before it; empty in the first part of a text."""


def plan(
    rng: np.random.Generator,
    spec: KnotsSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: the parts, how they stand, the question and what untying answers it.

    Uses all of the offered texts and no depths. Raises UnfitError for fewer than two texts, for
    texts that are all too short for two parts, and for one that says everything twice.
    """
    if depths:
        raise ValueError(f"{len(depths)} depths for a task whose evidence lies at all seams")
    ask, order = _settled(rng, spec.ask, get_args(Ask)), _settled(rng, spec.order, get_args(Order))
    parts = _parts(rng, spec, haystack)
    labels = _labels(rng, len(parts), template=template, text=haystack.text)
    chains: dict[int, list[int]] = {}
    for index, part in enumerate(parts):
        chains.setdefault(part.text, []).append(index)
    tied = [chain for chain in chains.values() if chain[1:]]
    if not tied:
        raise UnfitError("all texts are too short to be cut into two parts")
    chain = tied[int(rng.integers(len(tied)))]
    at = int(rng.integers(len(chain) - (ask != "order")))
    asked = chain if ask == "order" else chain[at : at + 2]
    goes_on = [word[0] for word in _said_after(haystack.text, parts[asked[1]].start, spec.words)]
    answers = {"order": [labels[i] for i in chain], "next": [labels[asked[1]]]}
    slots = {"unit": template.more[0], "words": spec.words, "key": labels[chain[at]]}
    # Each label of an order has the part that bears it; another answer has both sides of a seam.
    owners = {index: place if ask == "order" else 0 for place, index in enumerate(asked)}
    stand = shuffled(rng, list(chains.values()), order)
    return Plan(
        body=tuple(_body(parts, stand, labels=labels, line=template.statement, owners=owners)),
        marks=tuple(_marks(haystack.text, [parts[i] for i in asked], spec=spec, ask=ask)),
        question=" ".join([template.question, *(s.format(**slots) for s in (_RULE, _ASKED[ask]))]),
        lead=template.lead,
        parts=tuple(answers.get(ask, [" ".join(goes_on)])),
        template=template.name,
        params={**spec.model_dump(), "ask": ask, "order": order, "line": template.statement},
    )


def _settled(rng: np.random.Generator, wanted: str, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))] if wanted == "mixed" else wanted


def _parts(rng: np.random.Generator, spec: KnotsSpec, given: Offer) -> list[Part]:
    """Cut each text into parts, text after text, in the order of reading."""
    if len(given.starts) < _FEWEST_TEXTS:
        raise UnfitError("one text alone makes no knot")
    said = " ".join(given.text.split()).lower()
    parts: list[Part] = []
    for text, (begin, end) in enumerate(pairwise([*given.starts, len(given.text)])):
        run = given.text[begin:end]
        start, stop = begin + len(run) - len(run.lstrip()), begin + len(run.rstrip())
        fits = (stop - start) // (_LEAST_CHARS * spec.words)
        count = max(min(int(rng.integers(2, spec.parts + 1)), fits), 1)
        size = (stop - start) // count
        wished = size * (np.arange(1, count) + rng.uniform(-0.25, 0.25, count - 1))
        inside = [
            _cut(given.text, start + int(place), reach=size // 4, said=said, words=spec.words)
            for place in wished
        ]
        for cut, following in pairwise([start, *inside, stop]):
            again = _said_before(given.text, cut, spec.words)[0] if cut > start else ""
            parts.append(Part(start=cut, stop=following, text=text, again=again))
        if count > 1 and any(_is_short(given.text, part, spec.words) for part in parts[-count:]):
            raise UnfitError("a part would be little more than the words at its seams")
    return parts


def _is_short(text: str, part: Part, words: int) -> bool:
    return len(text[part.start : part.stop].split(None, 2 * words)) <= 2 * words


def _cut(text: str, wished: int, *, reach: int, said: str, words: int) -> int:
    """Return a place where the words before it stand nowhere else: that of a space."""
    for pattern in _CUTS:
        for found in islice(pattern.finditer(text, wished, wished + reach), _CUT_TRIES):
            again = _said_before(text, found.start(), words)[0]
            beside = " ".join([again, *(word[0] for word in _said_after(text, found.end(), words))])
            if _FILE_LINE not in beside and said.count(again.lower()) == 1:
                return found.start()
    raise UnfitError("a text cannot be cut where words stand that it has once")


def _said_before(text: str, place: int, words: int) -> tuple[str, int]:
    """Return the last words before a place, with a space between two, and where they begin."""
    begin = max(place - _WIDEST * words, 0)
    found = list(re.finditer(r"\S+", text[begin:place]))[-words:]
    return " ".join(word[0] for word in found), begin + found[0].start()


def _labels(rng: np.random.Generator, count: int, *, template: Template, text: str) -> list[str]:
    """Draw a label for each part; no line of the text looks as if it bore one."""
    line = re.escape(template.statement).replace(re.escape("{key}"), r"\S+")
    if re.search(rf"^{line}$", text, re.MULTILINE):
        raise UnfitError("the text has lines of its own that look like ours")
    alike = " ".join(_LABEL.findall(text))
    labels: list[str] = []
    for _ in range(count):
        labels.append(fresh(rng, "code", taken=labels, haystack=alike))
    return labels


def _body(
    parts: list[Part],
    stand: list[int],
    *,
    labels: list[str],
    line: str,
    owners: dict[int, int],
) -> Iterator[Passage]:
    """Yield each part with its line and what it says again; these are evidence if it is asked."""
    for place, index in enumerate(stand):
        if place:
            yield Passage(text="\n\n")
        part, label = parts[index], labels[index]
        own = f"{line.format(key=label)}\n{part.again}"
        yield Passage(text=own, hidden=(label,), part=owners.get(index))
        yield Passage(start=part.start, stop=part.stop)


def _marks(text: str, asked: list[Part], *, spec: KnotsSpec, ask: str) -> Iterator[Mark]:
    """Yield the words before each seam that was asked for, and those after it where they answer."""
    for place, part in enumerate(asked[1:], start=1):
        begin = _said_before(text, part.start, spec.words)[1]
        yield Mark(start=begin, stop=part.start, part=place if ask == "order" else 0)
    if ask == "words":
        after = _said_after(text, asked[1].start, spec.words)
        yield Mark(start=after[0].start(), stop=after[-1].end(), part=0)


def _said_after(text: str, place: int, words: int) -> list[re.Match[str]]:
    return list(islice(re.compile(r"\S+").finditer(text, place), words))


WORDINGS = """\
[sheet {key}]
  The wind went through an author's study. | Picked up: | sheet
-- reel {key} --
  A projectionist dropped several films at once. | On screen: | reel
# chunk {key}
  A backup of several files came back in pieces. | # restored: | chunk
Scroll {key} of the jar:
  Shepherds broke the jar that kept these writings. | The jar held: | scroll
((tape {key}))
  Someone relabelled the tapes of several readings. | Played back: | tape
Galley {key}
  The apprentice upset the trays of the printing house. | Set in type: | galley
= packet {key} =
  Several messages crossed the network by different routes. | Reassembled: | packet
Envelope {key}, opened
  A postmaster split long letters over many envelopes. | By return of post: | envelope
Tablet {key}:
  Diggers found the library with its shelves fallen in. | The shelf read: | tablet
<section {key}>
  A site was crawled out of order by many workers. | <!-- answer --> | section
Wrapped in a strip, {key}
  Paper from the attic served for wrapping crockery. | Unwrapped: | strip
Notebook {key}, found under the stairs
  Children filled whatever notebooks they found with stories. | The stories say: | notebook
| card {key} |
  The card box of a lecturer fell down the steps. | Back in the box: | card
Bundle {key} of the estate
  Heirs divided up a desk full of manuscripts by weight. | The notary finds: | bundle
>> block {key}
  A damaged disk gave up its blocks one at a time. | >> recovered: | block
Panel {key} of the long wall
  Masons rebuilt a wall of inscriptions without the plan. | The wall said: | panel
~ scrap {key} ~
  What the mice left of a bookcase was laid out to dry. | Mended: | scrap
Cassette {key}, side one
  The archive of a radio play station was moved in boxes. | On the air: | cassette
Slip {key} from the drawer
  A copy desk cuts everything up and pins it to the board. | From the board: | slip
Folder {key} / evidence room
  Clerks of the court refiled the exhibits after a flood. | The court reads: | folder
Canto {key}
  A singer forgot how the long songs hang together. | He should sing: | canto
Stack {key}, tied with red thread
  Movers tied up the papers of several scholars as they lay. | Untied: | stack
[[excerpt {key}]]
  The anthology was bound while everybody was at lunch. | Bound anew: | excerpt
:: segment {key} ::
  Interrupted uploads left fragments of some documents. | :: uploaded | segment
Wax roll {key}
  A phonograph recorded readers in turn whenever one tired. | The phonograph: | roll
Crate {key}, top layer
  Somebody packed a lending library as if it were fruit. | From the crates: | crate
"""
"""Our own, two lines each: the line over a part; then what happened, the lead, what a part is."""

TEMPLATES = tuple(
    Template(statement=line, question=question, lead=lead, more=(unit,))
    for line, question, lead, unit in fields_of(WORDINGS, lines=2)
)
TASK = Task(
    name="knots",
    version=1,
    spec=KnotsSpec,
    templates=TEMPLATES,
    num_evidence=lambda _: 0,
    plan=plan,
    depth_kind="spread",
    unique="solution",
    composes=True,
    haystack="several",
    shortest=4096,
)
