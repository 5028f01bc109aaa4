"""What, said a second time, makes a sample of each task unfair, and where that has to stand.

For most tasks it is the evidence with another answer, anywhere. Where a question speaks of the
first, the last or the most, a second statement does harm only at some places, or only when it is
said often enough: those are told here, task by task.
"""

import re
from collections.abc import Callable

from tests.end_to_end.every_fault import Span, context, evidence, inserted, questions, stated
from tests.end_to_end.every_task import Sample

Rival = Callable[[Sample], list[tuple[str, Span | None]]]
"""Lines that contradict a sample, each with the tokens among which it may stand; None for all."""

_OFTEN = 30
_PASSAGE = 250
"""Tokens that no passage of `multidoc` has."""
_NEAR_GAP = (240, 80)
"""Tokens from a gap: nearer than far evidence may be, and not at its seam."""


def contradicted(sample: Sample) -> list[Sample]:
    """Return the sample with a rival of its evidence, at a few places; none where none can be."""
    name, ask = sample.line["task"], sample.params.get("ask", "")
    rival = RIVALS.get(f"{name}.{ask}", RIVALS.get(name, _another))
    return [broken for words, within in rival(sample) for broken in inserted(sample, words, within)]


def _another(sample: Sample) -> list[tuple[str, Span | None]]:
    """The evidence with another answer, or as it is where it does not spell the answer."""
    return [(stated(sample, changed=True), None)]


def _again(sample: Sample) -> list[tuple[str, Span | None]]:
    """Each piece of evidence as it is."""
    return [(sample.text(*span).strip(), None) for span in evidence(sample)]


def _earlier(sample: Sample) -> list[tuple[str, Span | None]]:
    """Another answer before the evidence, or its own anywhere: a value stands in one place."""
    return [(stated(sample, changed=True), _before(sample)), (_spelled(sample), None)]


def _later(sample: Sample) -> list[tuple[str, Span | None]]:
    return [(stated(sample, changed=True), _behind(sample)), (_spelled(sample), None)]


def _spelled(sample: Sample) -> str:
    """Return the evidence that spells the answer."""
    needle = next(needle for needle in sample.needles if needle["extractive"])
    return sample.text(needle["evidence_start"], needle["evidence_end"]).strip()


def _before(sample: Sample) -> Span:
    """Return the tokens before all evidence."""
    return context(sample)[0], evidence(sample)[0][0]


def _behind(sample: Sample) -> Span:
    return evidence(sample)[-1][1], context(sample)[1]


def _asked(sample: Sample) -> str:
    return sample.text(*questions(sample)[0])


def _quoted(sample: Sample) -> list[str]:
    return re.findall(r'"([^"]+)"', _asked(sample))


def _tracking(sample: Sample) -> list[tuple[str, Span | None]]:
    """The first setting with another value, before the copies of it were made."""
    return _later(sample) if "newest first" in _asked(sample) else _earlier(sample)


def _lookup(sample: Sample) -> list[tuple[str, Span | None]]:
    """A register of the same name with another record; or the record, in no register."""
    lines = sample.text(*context(sample)).split("\n")
    heading = next(line for line in lines if _quoted(sample)[-1] in line)
    return [(f"{heading}\n{stated(sample, changed=True)}", None), (_spelled(sample), None)]


def _fim(sample: Sample) -> list[tuple[str, Span | None]]:
    """All names and numbers of the missing passage near the gap, before it or behind it."""
    said = set(re.findall(r"\w+", sample.line["gold"]))
    words = " ".join(sorted(word for word in said if not (word.isalpha() and word.islower())))
    (first, last), (near, seam) = context(sample), _NEAR_GAP
    text = sample.text(0, sample.answer[0])
    opens = 0 if sample.line["question"] == "last" else len(sample.text(0, first))
    mark = sample.token_at(text.index(_quoted(sample)[0], opens))
    if sample.params["order"] == "psm":
        sides = (max(first, mark - near), mark - seam), (mark + seam, min(last, mark + near))
    else:  # the text behind the gap stands first, then the line `mark`, then the text before it
        sides = (
            (first + seam, min(mark, first + near)),
            (max(mark + seam, last - near), last - seam),
        )
    return [(words, side) for side in sides]


def _counts(sample: Sample) -> list[tuple[str, Span | None]]:
    """The counted word once more, or so often that it leads, between the lines that bound it."""
    within = (evidence(sample)[0][1], evidence(sample)[-1][0])
    if sample.params["ask"] == "count":
        return [(sample.text(*evidence(sample)[0]).strip(), within)]
    last = next(word for word in reversed(_quoted(sample)) if _is_behind(sample, word))
    return [(" ".join([last] * _OFTEN), within)]


def _is_behind(sample: Sample, word: str) -> bool:
    """Say whether a word that the question names does not lead."""
    return " " not in word and not sample.line["gold"].startswith(word)


def _multidoc(sample: Sample) -> list[tuple[str, Span | None]]:
    """All that the question quotes, in another passage than the one that has it."""
    (first, last), spans = context(sample), evidence(sample)
    before, behind = (first + _PASSAGE, spans[0][0]), (spans[-1][1] + _PASSAGE, last)
    return [(" ".join(_quoted(sample)), max(before, behind, key=lambda run: run[1] - run[0]))]


def _cloze(sample: Sample) -> list[tuple[str, Span | None]]:
    """The quoted words with another one in the blank, in a passage."""
    return [(stated(sample, changed=True), (context(sample)[0] + _PASSAGE, context(sample)[1]))]


def _knots(sample: Sample) -> list[tuple[str, Span | None]]:
    """The words of a seam, or the line over a part; the words behind a seam may stand anywhere."""
    said = [sample.text(*span).strip() for span in evidence(sample)]
    return [(words, None) for words in said if " ".join(words.split()) != sample.line["gold"]]


def _reorder(sample: Sample) -> list[tuple[str, Span | None]]:
    """A quote, or the words of a seam; those with which a piece goes on may stand anywhere."""
    plain = " ".join(sample.text(*context(sample)).split())
    said = [" ".join(sample.text(*span).split()) for span in evidence(sample)]
    if sample.params["form"] == "pieces":
        long = [words for words in said if len(words.split()) == sample.params["words"]]
        said = [words for words in long if plain.count(words) > 1]
    return [(words, None) for words in said]


def _paths(sample: Sample) -> list[tuple[str, Span | None]]:
    """The line that defines the method, in other files."""
    return [(sample.text(*evidence(sample)[-1]).strip(), None)]


def _parts(sample: Sample) -> dict[int, Span]:
    """Return the tokens of each part of a chapters sample, its line left out."""
    text, (first, last) = sample.text(0, sample.answer[0]), context(sample)
    lines = list(re.finditer(rf"^{sample.params['line']} (\d+)$", text, re.MULTILINE))
    stops = [*(sample.token_at(line.start()) for line in lines[1:]), last]
    starts = [sample.token_at(line.end()) + 1 for line in lines]
    return {
        int(line[1]): (max(start, first), stop - 1)
        for line, start, stop in zip(lines, starts, stops, strict=True)
    }


def _chapters(sample: Sample) -> list[tuple[str, Span | None]]:
    """Names of the question in a part where they change the answer; none where no part does."""
    ask, gold, parts = sample.params["ask"], sample.line["gold"], _parts(sample)
    names = [name for name in _quoted(sample) if name.isalpha()]
    mine = [int(number) for number in re.findall(r"\d+", gold)]
    if ask == "who":
        (part,) = re.findall(r"Of these names \w+ (\d+) has", _asked(sample))
        return [(" ".join(names), parts[int(part)])]
    if ask in ("first", "last", "where"):
        able = {
            "first": [part for part in parts if part < min(mine)],
            "last": [part for part in parts if part > max(mine)],
            "where": [part for part in parts if part not in mine],
        }[ask]
        return [(names[0], parts[part]) for part in able]
    if ask == "order":
        return [(gold.split(", ")[-1], _before(sample))]
    at_end = "the last" in _asked(sample).partition("A: ")[2].partition(" comes")[0]
    other = names[1 if (gold == "A") != at_end else 0]
    return [(other, _behind(sample) if at_end else _before(sample))]


RIVALS: dict[str, Rival] = {
    "chapters": _chapters,
    "code.file": _paths,
    "counts": _counts,
    "dialogue": _again,
    "fim": _fim,
    "knots": _knots,
    "lookup": _lookup,
    "multidoc": _multidoc,
    "multidoc.cloze": _cloze,
    "preferences": _earlier,
    "preferences.latest": _later,
    "reorder": _reorder,
    "tally": _again,
    "tracking": _tracking,
}
"""By task, or by task and what is asked; all others have the evidence with another answer."""
