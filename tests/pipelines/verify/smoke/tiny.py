"""Models, rows and a smoke training so small that a test of them takes a moment."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from pipelines.verify.smoke.attention import Segments
from pipelines.verify.smoke.audit import Audit
from pipelines.verify.smoke.decoder import Batch, Decoder
from pipelines.verify.smoke.rows import Answers, Row
from pipelines.verify.smoke.settings import Phase, Shape
from pipelines.verify.smoke.vocabulary import Vocabulary, fold_vocabulary
from tests.pipelines.verify.smoke.small import SMALL

torch.set_num_threads(1)  # as a worker does; two threads of so small a model wait for each other

CPU = torch.device("cpu")
SHAPE = Shape(vocabulary=64, width=32, layers=2, heads=2)

TINY = replace(
    SMALL,
    shape=Shape(vocabulary=256, width=32, layers=2, heads=2),
    kept=192,
    warm=Phase(length=64, rows=2, steps=2, rate=0.01, warmup=0, decay=0.0),
    short=replace(SMALL.short, steps=2),
    long=replace(SMALL.long, steps=3),
)
"""Three phases of seven steps in all, over the mixes of SMALL."""


def vocabulary(ids: int = 100) -> Vocabulary:
    """TINY's, of a tokenizer of so many ids, all of them equally frequent."""
    return fold_vocabulary(np.ones(ids, np.int64), size=256, kept=64, end_id=ids - 1)


def decoder(seed: int = 0, shape: Shape = SHAPE) -> Decoder:
    """A model whose outputs are drawn too: as it begins, no token sees another."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Decoder(shape)
        for block in model.blocks:
            torch.nn.init.normal_(block.out.weight, std=0.3)
            torch.nn.init.normal_(block.down.weight, std=0.3)
    return model


def segments(*lengths: int) -> Segments:
    return Segments(lengths=np.array(lengths), device=CPU)


def batch(tokens: Any, *lengths: int) -> Batch:
    """Every token is a target but the first of each segment."""
    parts = segments(*lengths)
    ages = parts.ages()
    tokens = torch.as_tensor(tokens)
    return Batch(tokens=tokens, positions=ages, weights=(ages > 0).float(), segments=parts)


def tokens(seed: int, count: int, size: int = 64) -> Any:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, size, count))


def answers(*spans: tuple[int, int], depth: float = 0.5) -> Answers:
    starts, stops = np.array(spans, np.int64).reshape(-1, 2).T
    names = tuple(f"s{at}" for at in range(len(spans)))
    return Answers(starts=starts, stops=stops, depths=np.full(len(spans), depth), samples=names)


def row(ids: Any, **changes: Any) -> Row:
    """A row of one segment in which every token counts once and nothing is asked."""
    ids = np.asarray(ids, np.int64)
    whole = {"lengths": np.array([len(ids)]), "weights": np.ones(len(ids), np.float32)}
    return Row(**{"ids": ids, "answers": Answers.none(), **whole, **changes})


def drawn_rows(seed: int, count: int, length: int, size: int = 64) -> list[Row]:
    rng = np.random.default_rng(seed)
    return [row(rng.integers(0, size, length)) for _ in range(count)]


def audited(nll: Any, depths: Any = None, *, exact: Any = None, text: float = 5.0) -> Audit:
    """What an audit found: answers below 1 nat were the first guess if nothing else is said."""
    nll = np.asarray(nll, np.float64)
    return Audit(
        nll=nll,
        exact=nll < 1 if exact is None else np.asarray(exact, bool),
        depths=np.full(len(nll), 0.5) if depths is None else np.asarray(depths, np.float64),
        samples=tuple(f"s{at}" for at in range(len(nll))),
        by_position=np.full(8, text),
        text_nll=text,
    )
