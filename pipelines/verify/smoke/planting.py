"""What the base is trained on: statements and recall made of ids, so that no tokenizer matters.

A base has a wording of its own, drawn with its seed: four ids that frame a statement, ids that keys
are made of and ids that values are made of. It learns to recall in this wording and in no other.

    | key a b = x y   ...   | key a b = x y        | key = are the frame, a b the key, x y the value
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.verify.smoke.rows import Answers, Row, plain_row
from pipelines.verify.smoke.settings import Settings
from pipelines.verify.smoke.vocabulary import Vocabulary

Int64 = npt.NDArray[np.int64]

FRAME = 3
KEY = 2
VALUE = 2
STATEMENT = FRAME + KEY + VALUE
"""Ids of a statement: 7."""
VALUES = 256
"""Ids that values are drawn from, about as many as three digits take in a folded vocabulary."""
REPEATED = 0.4
"""Share of the first phase that is runs of drawn ids said again; without them recall does not
appear, and with them alone neither (docs/smoke.md)."""
RUN = (8, 40)
"""Fewest ids of a run that is repeated, and one more than the most."""
TIMES = (2, 4)
"""How often it is said, in the same way."""
MOST_ASKED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The ids that a base's statements are made of."""

    frame: Int64
    """int64[3]: what opens a statement, twice, and what stands between key and value."""
    keys: Int64
    values: Int64


def draw_wording(rng: np.random.Generator, vocabulary: Vocabulary) -> Wording:
    """Draw a wording from the ids that stand for themselves."""
    ids = rng.permutation(vocabulary.kept)
    values = min(VALUES, vocabulary.kept // 3)
    return Wording(
        frame=ids[:FRAME], values=ids[FRAME : FRAME + values], keys=ids[FRAME + values :]
    )


def statements(rng: np.random.Generator, wording: Wording, count: int) -> Int64:
    """Return int64[count, 7]: statements of drawn keys and values."""
    made = np.empty((count, STATEMENT), np.int64)
    made[:, :2] = wording.frame[:2]
    made[:, 2 : 2 + KEY] = rng.choice(wording.keys, (count, KEY))
    made[:, 2 + KEY] = wording.frame[2]
    made[:, -VALUE:] = rng.choice(wording.values, (count, VALUE))
    return made


def recall_rows(
    rng: np.random.Generator, wording: Wording, vocabulary: Vocabulary, settings: Settings
) -> Iterator[list[Row]]:
    """Yield the steps of the first phase: repeated runs, and statements with their repetition."""
    phase = settings.warm
    while True:
        yield [
            plain_row(
                _repeats(rng, vocabulary, phase.length)
                if rng.random() < REPEATED
                else _pairs(rng, wording, phase.length),
                answers=Answers.none(),
                answer_weight=1.0,
            )
            for _ in range(phase.rows)
        ]


def _repeats(rng: np.random.Generator, vocabulary: Vocabulary, length: int) -> Int64:
    """Return runs of drawn ids, each said two or three times: a b c a b c, d e d e d e, ..."""
    parts: list[Int64] = []
    while sum(map(len, parts)) < length:
        run = rng.integers(0, vocabulary.size, rng.integers(*RUN))
        parts.append(np.tile(run, rng.integers(*TIMES)))
    return np.concatenate(parts)[:length]


def _pairs(rng: np.random.Generator, wording: Wording, length: int) -> Int64:
    """Return as many statements as have room twice, then the same in another order."""
    said = statements(rng, wording, length // STATEMENT // 2)
    text = np.concatenate([said, rng.permutation(said)]).ravel()
    return np.concatenate([text, rng.choice(wording.keys, length - len(text))])


def planted_row(
    rng: np.random.Generator, wording: Wording, text: Int64, *, asked: int, settings: Settings
) -> Row:
    """Return `text` with statements at drawn depths, and all of them said again at the end.

    Both are paid for by the text's end: the row has as many tokens as `text` (int64[T]).
    """
    said = statements(rng, wording, asked)
    body = len(text) - 2 * STATEMENT * asked
    cuts = np.sort(rng.integers(0, body, asked))
    context = np.insert(text[:body], np.repeat(cuts, STATEMENT), said.ravel())
    order = rng.permutation(asked)
    ids = np.concatenate([context, said[order].ravel()])
    stops = len(context) + STATEMENT * np.arange(1, asked + 1)
    answers = Answers(
        starts=stops - VALUE,
        stops=stops,
        depths=(cuts + STATEMENT * np.arange(asked))[order] / len(context),
        samples=("base",) * asked,
    )
    return plain_row(ids, answers=answers, answer_weight=settings.answer_weight)


def short_rows(
    rng: np.random.Generator, wording: Wording, texts: list[Row], settings: Settings
) -> Iterator[list[Row]]:
    """Yield the steps of the second phase: natural rows, every other one with statements."""
    most = min(MOST_ASKED, settings.short.length // STATEMENT // 4)
    while True:
        chosen = rng.integers(0, len(texts), settings.short.rows)
        yield [
            texts[index]
            if at % 2
            else planted_row(
                rng,
                wording,
                texts[index].ids,
                asked=int(rng.integers(1, most + 1)),
                settings=settings,
            )
            for at, index in enumerate(chosen)
        ]
