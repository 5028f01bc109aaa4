"""A corpus that every task can use: books, repositories and conversations, from one seeded stream.

Words are invented, a few of them are common and most are rare, as in any text. Names of people come
back all over their book, definitions of a repository are used in its other files.
"""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

_COMMON = [
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "that",
    "it",
    "was",
    "for",
    "on",
    "with",
    "as",
    "his",
    "her",
    "they",
    "at",
    "by",
    "had",
    "not",
    "but",
    "from",
    "or",
    "which",
    "one",
    "all",
    "were",
    "when",
    "there",
    "been",
    "would",
    "who",
    "more",
    "out",
    "up",
    "them",
    "some",
    "could",
    "then",
    "into",
    "than",
    "other",
]
_ONSETS = [
    "b",
    "br",
    "c",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "qu",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"]
_CODAS = ["l", "ld", "m", "n", "nd", "r", "rn", "rt", "s", "sk", "t", "x"]
_SPEECH = ("said", "asked", "cried", "replied")
_NAME_EVERY = 3
_MOST_WORDS = 60_000
"""Of one writer; they are drawn at once, which is quicker by far."""


class Writer:
    """Writes sentences and programs in a vocabulary of its own."""

    def __init__(self, seed: int, *, words: int = 2000, people: int = 12) -> None:
        self.rng = np.random.default_rng([seed, 7])
        rare = sorted({self.invented(1 + k % 3) for k in range(words)} - set(_COMMON))
        self.words = [*_COMMON, *self.rng.permutation(rare).tolist()]
        weights = 1 / (np.arange(len(self.words)) + 10)
        weights /= weights.sum()
        self.drawn = iter(self.rng.choice(self.words, size=_MOST_WORDS, p=weights).tolist())
        self.people = sorted({self.invented(2).capitalize() for _ in range(people)})

    def invented(self, syllables: int) -> str:
        """Return one word of so many syllables."""
        parts = [_drawn(self.rng, _ONSETS) + _drawn(self.rng, _VOWELS) for _ in range(syllables)]
        return "".join(parts) + _drawn(self.rng, _CODAS)

    def sentence(self, *, named: bool = False) -> str:
        """Return one sentence; with a name it is `Then said Velmar that ...`."""
        size = int(self.rng.integers(7, 15))
        words = list(islice(self.drawn, size))
        if named:
            words[2:2] = [_drawn(self.rng, _SPEECH), _drawn(self.rng, self.people), "that"]
        return f"{words[0].capitalize()} {' '.join(words[1:])}."

    def paragraph(self, sentences: int) -> str:
        """Return so many sentences; one in three has a name."""
        return " ".join(
            self.sentence(named=not self.rng.integers(_NAME_EVERY)) for _ in range(sentences)
        )

    def book(self, chapters: int) -> str:
        """Return a book of chapters of about a thousand words."""
        parts = [
            f"Chapter {number}\n\n" + "\n\n".join(self.paragraph(5) for _ in range(18))
            for number in range(1, chapters + 1)
        ]
        return "\n\n".join(parts) + "\n"

    def talk(self, turns: int) -> list[dict[str, str]]:
        """Return the turns of a conversation, in which words come back."""
        roles = ("user", "assistant")
        return [
            {
                "role": roles[turn % 2],
                "content": " ".join(self.sentence() for _ in range(1 + turn % 2)),
            }
            for turn in range(turns)
        ]

    def program(self, files: int) -> dict[str, str]:
        """Return the files of a repository: each defines a few things and uses others'."""
        paths = [f"{self.invented(2)}/{self.invented(3)}.py" for _ in range(files)]
        made = [self._definitions() for _ in paths]
        uses = [use for _, mine in made for use in mine]
        texts = {}
        for path, (text, own) in zip(paths, made, strict=True):
            drawn = self.rng.permutation([use for use in uses if use not in own]).tolist()
            lines = [f"    {use}" for use in sorted(drawn[:12])]
            body = "\n".join(lines)
            texts[path] = f"import os\n\n\n{text}\n\ndef {self._long()}():\n{body}\n"
        return texts

    def _long(self) -> str:
        return f"{self.invented(2)}_{self.invented(2)}"

    def _definitions(self) -> tuple[str, list[str]]:
        """Return the text of some definitions, and lines in which other files use them."""
        texts, uses = [], []
        for _ in range(2):
            constant, function, method = (self._long() for _ in range(3))
            first, second, third, fourth = (self.invented(2) for _ in range(4))
            kind, base = (self.invented(3).capitalize() for _ in range(2))
            number, default = self.rng.integers(1000, 10000, size=2).tolist()
            texts.append(
                f"{constant.upper()} = {number}\n\n\n"
                f"def {function}({first}, {second}, {third}={default}):\n"
                f'    """{self.sentence()}"""\n'
                f"    return {first} + {second} * {third}\n\n\n"
                f"class {kind}({base}):\n"
                f"    def {method}(self, {second}, {fourth}):\n"
                f"        # {self.sentence()}\n"
                f"        return self.{first}[{second}]\n\n"
            )
            uses += [
                f"{self.invented(2)} = {constant.upper()} * 2",
                f"{self.invented(2)} = {function}(left, right)",
                f"{self.invented(2)} = {kind}()",
                f"print(thing.{method}(left))",
            ]
        return "\n".join(texts), uses


def _drawn(rng: np.random.Generator, words: Sequence[str]) -> str:
    return words[int(rng.integers(len(words)))]


def write_corpus(folder: Path) -> Path:
    """Write the corpus and return its folder."""
    for seed in range(16):
        path = folder / f"books/{seed}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Writer(seed).book(16), encoding="utf-8")
    for seed in range(10):
        for name, text in Writer(100 + seed).program(40).items():
            path = folder / f"code/repository{seed}/{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    writer = Writer(200, words=400)
    lines = [json.dumps({"turns": writer.talk(8)}) for _ in range(300)]
    (folder / "talks").mkdir()
    (folder / "talks/all.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
