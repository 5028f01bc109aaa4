"""Fim: a passage is cut out of the text and written at the end, from what stands far away.

Fill in the middle, where the middle leans on the far text: it is a run of whole sentences or lines
that uses at least `entities` rare names, identifiers or numbers, each of which stands elsewhere in
the text, 1 to `rare` times, and never within `far` tokens of the gap. Those far places are the
evidence. The text around the gap alone does not bring the names; the text far off does.

    psm    text before [torn out here] text after / question, passage
    spm    The second part: text after / The first part: text before / question, passage

The marker stands exactly where the passage stood; with the passage in its place the text is the
document again. No 12 words in a row of the passage stand elsewhere. Evidence stands where the
document has it, so its depths are natural; the gap is the fitting one nearest to the wished depth.

A passage of a novel cannot be derived, only recognised. So `params` keep a seal, a hash of the
passage and the text at its seams: it tells a checker that this passage stood at this gap, and no
reader what it says. Cost: searches in the text for rare words and for parts of the passage.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import numpy as np
from pydantic import Field

from generators.tasks._parts.fim_words import RULE, TEMPLATES
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Passage, Plan, Task, Template

Order = Literal["psm", "spm"]
Gap = tuple[int, int]
"""Characters of the offered text that are cut out, half-open."""
WHERE: dict[Order, str] = {
    "psm": 'at "{gap}"',
    "spm": 'between the last words under "{before}" and the first under "{after}"',
}
SEAM, NEAR_SEAM = 80, 1000
"""Characters on each side of the gap that the seal covers, white space left out, of so many."""
LEAST_AROUND = 200
"""Characters that stand before and after the gap."""
REACHES = (5_000, 40_000)
"""Characters on each side of the wished depth in which gaps are looked for, first and last."""
MOST_WORDS = 400
"""Words that are looked up in the whole text before the haystack is given up."""
_MOST_BREAKS, _MOST_SIZES = 32, 8
"""Sentences or lines that a passage may begin or end with; passages tried around one word."""
_LEAK_WORDS, _LEAK_STEP = 8, 4
"""Runs of 8 words, each four words, so that no 12 words in a row stand elsewhere unnoticed."""
_FAR_SHARE, _MOST_FAR = 8, 16_384
"""An eighth of a sample is far, and so many tokens always are."""
_FILE_LINE = "====="
"""Of the line over each file of a repository: no text tells which file comes next."""
_UPPER, _LOWER = "A-Z\u00c0-\u00d6\u00d8-\u00de", "a-z\u00df-\u00f6\u00f8-\u00ff"
_ENTITY = re.compile(
    rf"""(?<=[{_LOWER},;]\ )[{_UPPER}][{_LOWER}]{{3,}}\b   # a name, inside a sentence
    |\b(?=\w*[^\W\d_])(?=\w*\d|_*[^\W_]+_+[^\W_])\w{{4,}}\b   # block_size, utf8
    |\b[{_UPPER}]?[{_LOWER}]+[{_UPPER}]\w+\b               # camelCase
    |\b\d{{3,}}\b""",
    re.VERBOSE,
)
_BREAK = re.compile(
    r"""(?:(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bSt)(?<!\b[A-Z])[.!?]["')\]\u201d\u2019]*
        (?=\s+["'(\u201c\u2018A-Z])|(?<!\w-)(?=[ \t]*\n))(\s+)""",
    re.VERBOSE,
)
"""What parts sentences, or lines that break no word; a passage lies between two such."""


class FimSpec(Strict):
    """How hard one sample is."""

    tokens: int = Field(default=64, ge=16, le=1024)
    """Tokens of the passage, about: half as many to half as many more."""
    entities: int = Field(default=1, ge=1, le=8)
    """Different rare words that the passage shares with far places, at least."""
    rare: int = Field(default=6, ge=1, le=32)
    """Times that such a word stands elsewhere in the text, at most."""
    far: int | None = Field(default=None, ge=64)
    """Tokens between the gap and each of those places, at least; unless given, an eighth of the
    sample, at most 16,384."""
    order: Order | Literal["mixed"] = "mixed"
    """Text before the gap first (psm), or text after it first (spm); `mixed` draws one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finder:
    """Where words stand, each looked up once however many gaps are tried."""

    offer: Offer
    rare: int
    far: int
    known: dict[str, list[int]] = field(default_factory=dict)

    def places(self, word: str, gap: Gap) -> list[int]:
        """Return a word's places outside the gap; none unless they are few and all far off."""
        if word not in self.known:
            self.known[word] = self._search(word, most=self.rare + 32)
        outside = [at for at in self.known[word] if not gap[0] <= at < gap[1]]
        if len(outside) > self.rare:
            return []
        between = [(gap[1], at) if at >= gap[1] else (at + len(word), gap[0]) for at in outside]
        return outside if all(self.offer.tokens(*run) >= self.far for run in between) else []

    def _search(self, word: str, *, most: int) -> list[int]:
        """Return where a word stands as a whole one, `most` places and no more."""
        text, found, at = self.offer.text, list[int](), -1
        while len(found) < most and (at := text.find(word, at + 1)) >= 0:
            behind = at + len(word)
            if not re.search(r"\w", text[max(at - 1, 0) : at] + text[behind : behind + 1]):
                found.append(at)
        return found


def num_evidence(_: FimSpec) -> int:
    """Return 1: the gap, whose depth is wished for; its evidence lies where it lies."""
    return 1


def plan(
    rng: np.random.Generator,
    spec: FimSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Plan one sample: where the gap is, what stands around it, and what it leans on.

    Raises UnfitError where no passage near the wished depth leans on far places, or the text holds
    a marker; ValueError when there is not one depth.
    """
    (depth,) = depths
    order: Order = ("psm", "spm")[int(rng.integers(2))] if spec.order == "mixed" else spec.order
    text = haystack.text
    markers = {"gap": template.statement, "after": template.more[0], "before": template.more[1]}
    if any(marker in text for marker in markers.values()):
        raise UnfitError(f"the text holds a marker of template {template.name}")
    gap, places = _gap(spec, haystack, depth)
    middle = text[slice(*gap)]
    away = [gap[0] - stop if stop <= gap[0] else start - gap[1] for start, stop in places]
    where = WHERE[order].format(**markers)
    told = {"order": order, "far_characters": min(away)}
    return Plan(
        body=_body(markers, gap, order=order, end=len(text)),
        marks=tuple(Mark(start=start, stop=stop, part=0) for start, stop in places),
        quotes=(gap,),
        question=template.question.format(count=len(middle.split()), where=where) + RULE,
        lead=template.lead,
        parts=(middle,),
        template=template.name,
        params={**spec.model_dump(), **told, "seal": _seal(text, gap)},
    )


def _seal(text: str, gap: Gap) -> str:
    """Return the hash of a passage and its seams, the seams without white space."""
    left = "".join(text[max(gap[0] - NEAR_SEAM, 0) : gap[0]].split())[-SEAM:]
    right = "".join(text[gap[1] : gap[1] + NEAR_SEAM].split())[:SEAM]
    return sha256(f"{left}\n{text[slice(*gap)]}\n{right}".encode()).hexdigest()


def _body(markers: dict[str, str], gap: Gap, *, order: Order, end: int) -> tuple[Passage, ...]:
    before, after = Passage(start=0, stop=gap[0]), Passage(start=gap[1], stop=end)
    if order == "psm":
        return before, Passage(text=markers["gap"]), after
    heads = f"{markers['after']}\n", f"\n\n{markers['before']}\n"
    return Passage(text=heads[0]), after, Passage(text=heads[1]), before


def _gap(spec: FimSpec, offer: Offer, depth: float) -> tuple[Gap, list[Gap]]:
    """Return the nearest gap that leans on far places, and those places in order."""
    text, ends = offer.text, offer.token_ends
    far = min(offer.room // _FAR_SHARE, _MOST_FAR) if spec.far is None else spec.far
    finder = _Finder(offer=offer, rare=spec.rare, far=far)
    wished = int(depth * len(ends))
    at = int(ends[wished - 1]) if wished else 0
    for gap in _gaps(finder, at, tokens=spec.tokens):
        words = {found[0] for found in _ENTITY.finditer(text, *gap)}
        stands = {word: finder.places(word, gap) for word in words}
        leans = sum(map(bool, stands.values())) >= spec.entities
        if leans and _FILE_LINE not in text[slice(*gap)] and not _stands_twice(text, gap):
            return gap, sorted((p, p + len(word)) for word in stands for p in stands[word])
    raise UnfitError(f"no passage near depth {depth:.2f} leans on words {far} tokens away")


def _gaps(finder: _Finder, at: int, *, tokens: int) -> Iterator[Gap]:
    """Yield passages around words that stand far away too, the words nearest to `at` first."""
    text = finder.offer.text
    for reach in REACHES:
        low, high = max(at - reach, LEAST_AROUND), min(at + reach, len(text) - LEAST_AROUND)
        breaks = list(_BREAK.finditer(text, low, high))
        found = sorted(_ENTITY.finditer(text, low, high), key=lambda word: abs(word.start() - at))
        for word in found:
            if len(finder.known) <= MOST_WORDS and finder.places(word[0], word.span()):
                yield from _around(word.span(), breaks, finder.offer, tokens=tokens)


def _around(inner: Gap, breaks: list[re.Match[str]], offer: Offer, *, tokens: int) -> Iterator[Gap]:
    """Yield the passages of about so many tokens around a word, the best size first."""
    behind = bisect_right(breaks, inner[0], key=lambda found: found.end())
    starts = _until_empty(breaks[max(behind - _MOST_BREAKS, 0) : behind][::-1])
    stops = _until_empty(breaks[behind : behind + _MOST_BREAKS])
    sizes = {
        (start.end(), stop.start(1)): offer.tokens(start.end(), stop.start(1))
        for start in starts
        for stop in stops
        if stop.start(1) >= inner[1]
    }
    fitting = [gap for gap, size in sizes.items() if tokens <= 2 * size <= 3 * tokens]
    yield from sorted(fitting, key=lambda gap: abs(sizes[gap] - tokens))[:_MOST_SIZES]


def _until_empty(breaks: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the breaks up to an empty line, that one included."""
    empty = (index for index, found in enumerate(breaks) if found[1].count("\n") > 1)
    return breaks[: next(empty, len(breaks)) + 1]


def _stands_twice(text: str, gap: Gap) -> bool:
    """Say whether the passage, or a long run of its words, stands in the text twice."""
    words = [found.span() for found in re.finditer(r"\S+", text[slice(*gap)])]
    last = max(len(words) - _LEAK_WORDS, 0)
    runs = {*range(0, last, _LEAK_STEP), last}
    spans = [(words[run][0], words[run : run + _LEAK_WORDS][-1][1]) for run in runs]
    return any(text.count(text[gap[0] + a : gap[0] + b]) > 1 for a, b in spans)


TASK = Task(
    name="fim",
    version=1,
    spec=FimSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    depth_kind="natural",
    composes=True,
    shortest=4096,
)
