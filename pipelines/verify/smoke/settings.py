"""What a smoke training is: every number of it, once, for a CPU and for a GPU.

The CPU's numbers were found by training a few hundred models (docs/smoke.md); the GPU's follow from
them by the lengths, with the same number of answers seen.
"""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large the model is."""

    vocabulary: int = 1024
    width: int = 128
    layers: int = 2
    heads: int = 2
    expansion: int = 3
    """Width of the hidden layer over `width`."""
    taps: tuple[float, ...] = (1.0, 0.5, 0.25, 0.125)
    """The token shift before training: weights of a token and of those before it."""
    logit_scale: float = 10.0
    """Of attention before training, in place of 1 / sqrt(d): q and k have length 1."""
    rope_base: float = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Some steps of training at one length."""

    length: int
    """Tokens of a row."""
    rows: int
    """Rows of a step."""
    steps: int
    rate: float
    """Learning rate, the same for Muon and for AdamW."""
    warmup: int
    """Steps over which the rate rises from 0."""
    decay: float
    """Share of the steps at the end over which the rate falls to a twentieth, in a line."""

    @property
    def tokens(self) -> int:
        """Tokens of the phase."""
        return self.length * self.rows * self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole smoke training."""

    shape: Shape = field(default_factory=Shape)
    kept: int = 768
    """Ids that keep an id of their own, the most frequent ones; they cover about 70 % of books."""
    warm: Phase = Phase(length=128, rows=8, steps=350, rate=0.05, warmup=20, decay=0.0)
    """Recall within short random texts; retrieval appears after 200 to 300 steps."""
    short: Phase = Phase(length=256, rows=8, steps=250, rate=0.03, warmup=20, decay=0.4)
    """The short length, half natural text and half with statements to recall."""
    long: Phase = Phase(length=1024, rows=4, steps=150, rate=0.03, warmup=5, decay=0.5)
    """The extension on the mix. Sixty steps see everything but holes in the depths."""
    answer_weight: float = 3.0
    """How much more the prediction of an answer counts than that of text."""
    planted: float = 0.5
    """Share of the rebuilt mix's tokens that are samples."""
    keys: int = 4
    """Statements that a sample asks for, and as many that it does not."""
    seeds: int = 3
    audits: tuple[tuple[int, int], ...] = ((256, 64), (1024, 100), (2048, 16))
    """Length and number of the held-out samples; each has `keys` answers, a shorter one than a row
    as many fewer."""
    in_mix: int = 80
    """Rows of the rebuilt mix with answers that are kept for an audit of its own answers."""
    text_rows: int = 64
    """Held-out rows of natural text, at the short length."""
    piece_tokens: int = 8192
    """Documents are cut into pieces of so many tokens, so that many have a part in few tokens."""
    held_out: int = 8
    """One piece in so many is for the audits."""


CPU = Settings()
GPU = replace(
    CPU,
    shape=Shape(vocabulary=4096, width=512, layers=4, heads=8),
    kept=3072,
    warm=replace(CPU.warm, rows=32),
    short=replace(CPU.short, length=8192, rows=8),
    long=replace(CPU.long, length=32_768, rows=4),
    keys=16,
    audits=((8192, 16), (32_768, 40), (65_536, 8)),
    piece_tokens=262_144,
)
"""A first guess for 32K rows in about five minutes of one H200: not verified on a GPU."""
