"""The audit of a model: how well it recalls, answer by answer, and what it makes of text.

Answers are teacher-forced: each token of an answer is predicted from the true ones before it. One
counts as exact when every token of it was the first guess. Its loss is that of all its tokens
together, the surprise at the whole answer, so that it says the same whether a tokenizer takes the
digits of a number by threes or one by one.

    answer 4 1 7, losses .1 .2 .6, guesses 4 1 9   ->   nll 0.9, not exact
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from generators.attention.entropy import entropy
from pipelines.verify.smoke.decoder import Decoder
from pipelines.verify.smoke.rows import Row, batch_of
from pipelines.verify.smoke.training import autocast, losses_of

Float64 = npt.NDArray[np.float64]

TOKENS_AT_ONCE = 16_384
"""Read together, or one row: what fits wherever a training step does."""
BUCKETS = 8
"""Equal parts of a row for the loss by position."""
ENTROPY_ROWS = 2
ENTROPY_QUERIES = 64
"""Last queries of a segment whose attention is measured: they see most of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a model did with some rows: N answers, and all tokens by position."""

    nll: Float64
    """float64[N]: loss of an answer, its tokens together, in nats."""
    exact: npt.NDArray[Any]
    """bool[N], or float64[N] where several seeds are taken together."""
    depths: Float64
    samples: tuple[str, ...]
    by_position: Float64
    """float64[BUCKETS]: mean loss of the tokens that are no answers, by equal parts of the row;
    NaN where there are none."""
    text_nll: float
    """Mean loss of all tokens that are no answers."""

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values, numbers to four places."""
        return {
            "nll": np.round(self.nll, 4).tolist(),
            "exact": self.exact.astype(int).tolist(),
            "depths": np.round(self.depths, 4).tolist(),
            "samples": list(self.samples),
            "by_position": [None if np.isnan(x) else round(x, 4) for x in self.by_position],
            "text_nll": None if np.isnan(self.text_nll) else round(self.text_nll, 4),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Audit":
        """Return what `as_json` wrote."""
        missing = float("nan")
        return Audit(
            nll=np.array(data["nll"], np.float64),
            exact=np.array(data["exact"], bool),
            depths=np.array(data["depths"], np.float64),
            samples=tuple(data["samples"]),
            by_position=np.array(
                [missing if x is None else x for x in data["by_position"]], np.float64
            ),
            text_nll=missing if data["text_nll"] is None else data["text_nll"],
        )


@torch.no_grad()
def audit(model: Decoder, rows: Sequence[Row], device: torch.device) -> Audit:
    """Ask for every answer of the rows, all of one length, and read every token of them."""
    model.eval()
    nll: list[float] = []
    exact: list[bool] = []
    sums, counts = np.zeros(BUCKETS), np.zeros(BUCKETS)
    step = max(1, TOKENS_AT_ONCE // max((len(row.ids) for row in rows), default=1))
    for start in range(0, len(rows), step):
        chosen = rows[start : start + step]
        losses, hits = _every_token(model, chosen, device)
        edges = np.cumsum([0, *(len(row.ids) for row in chosen)])
        for row, first, last in zip(chosen, edges, edges[1:], strict=False):
            own, right = losses[first:last], hits[first:last]
            _sum_text(row, own, sums, counts)
            for a, b in zip(row.answers.starts, row.answers.stops, strict=True):
                nll.append(float(own[a:b].sum()))
                exact.append(bool(right[a:b].all()))
    with np.errstate(invalid="ignore"):
        by_position = sums / counts
    return Audit(
        nll=np.array(nll),
        exact=np.array(exact, bool),
        depths=np.concatenate([np.zeros(0), *(row.answers.depths for row in rows)]),
        samples=tuple(name for row in rows for name in row.answers.samples),
        by_position=by_position,
        text_nll=float(sums.sum() / counts.sum()) if counts.any() else float("nan"),
    )


def _every_token(
    model: Decoder, rows: Sequence[Row], device: torch.device
) -> tuple[Float64, npt.NDArray[np.bool_]]:
    """Return the loss of each token, NaN for first tokens of segments, and whether it was guessed.

    Masks are left aside: what is no target is predicted all the same.
    """
    batch = batch_of(rows, device)
    batch.weights.fill_(1.0)
    batch.weights[torch.from_numpy(batch.segments.starts).to(device)] = 0
    with autocast(device):
        targets, losses, hits = losses_of(model, batch)
    where = targets.cpu().numpy()
    every, guessed = np.full(len(batch.tokens), np.nan), np.zeros(len(batch.tokens), bool)
    every[where], guessed[where] = losses.float().cpu().numpy(), hits.cpu().numpy()
    return every, guessed


def _sum_text(row: Row, losses: Float64, sums: Float64, counts: Float64) -> None:
    """Add to the buckets of their positions the losses of tokens that are text, no answers."""
    plain = ~row.answers.covered(len(row.ids)) & ~np.isnan(losses)
    plain[len(row.ids) - row.padding :] = False
    bucket = np.arange(len(losses)) * BUCKETS // len(losses)
    np.add.at(sums, bucket[plain], losses[plain])
    np.add.at(counts, bucket[plain], 1)


@torch.no_grad()
def attention_entropy(model: Decoder, rows: Sequence[Row], device: torch.device) -> float:
    """Return the mean entropy in nats of attention, over layers, heads and the last queries.

    They are those of the longest segment of each row, and see nothing but that.
    """
    found = []
    for row in rows[:ENTROPY_ROWS]:
        batch = batch_of([row], device)
        longest = int(row.lengths.argmax())
        stop, size = int(row.lengths[: longest + 1].sum()), int(row.lengths[longest])
        with autocast(device):
            pairs = model.queries_and_keys(batch)
        for q, k in pairs:
            last = min(ENTROPY_QUERIES, size)
            own = k[:, stop - size : stop].float()
            scores = q[:, stop - last : stop].float() @ own.transpose(-1, -2)
            seen = np.tri(last, size, size - last, dtype=bool)
            found.append(entropy(scores.cpu().numpy().astype(np.float64), visible=seen).mean())
    return float(np.mean(found))
