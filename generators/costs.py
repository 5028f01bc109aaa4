"""What rows cost a trainer: attention, FLOPs, and the time in which devices wait for each other.

Attention stays inside segments, so a row of one document costs more than one of many, though both
are equally long. The square of a segment's length is the measure (`attn_cost` of a row).

    row of 8:  [8] 64 squares   [4 4] 32 squares   [1 1 1 1 1 1 1 1] 8 squares

Two ranks that wait for each other after every row, and four rows that cost 5 1 1 5:

    5 1 | 1 5   takes 5 + 5, works 12 of 2 * 10: 60 %
    5 5 | 1 1   takes 5 + 1, works 12 of 2 * 6: all the time

Only ratios of costs matter to that. What networks take and what pipelines of layers leave idle is
not in these numbers: a cluster works less than they say.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Split = Literal["documents", "zigzag", "contiguous"]
Wait = Literal["row", "step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A decoder, as far as its cost goes."""

    num_params: float
    """Parameters that multiply every token: all but the table of input embeddings."""
    num_layers: int
    width: int
    """Query heads times their size: in most models the hidden size."""
    causal: float = 0.5
    """Share of the squares that is computed: 1/2 where the kernel skips what is masked, else 1."""

    @property
    def per_token(self) -> float:
        """FLOPs of training on one token, attention left out: 6 N."""
        return 6 * self.num_params

    @property
    def per_square(self) -> float:
        """FLOPs of attention by token and token of context: 12 L H Q, times the causal share."""
        return 12 * self.num_layers * self.width * self.causal


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The S segments of R rows, in order; padding is none of them."""

    length: Int64
    """int64[S], tokens, each at least 1."""
    row: Int64
    """int64[S], ascending, 0..R-1."""
    num_rows: int
    row_len: int
    """Tokens of a row, padding included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """How a trainer deals rows out. A step is one update of the weights."""

    ranks: int
    """Data-parallel ranks; each works on one row at a time."""
    rows_per_step: int
    """The global batch: a multiple of `ranks`."""
    context_parallel: int = 1
    """Devices that share a row, by its tokens."""
    split: Split = "zigzag"
    """Which tokens of a row a device gets, see `row_costs`."""

    def __post_init__(self) -> None:
        """Raise ValueError where ranks would work on different numbers of rows."""
        if min(self.ranks, self.rows_per_step, self.context_parallel) < 1:
            raise ValueError("ranks, rows_per_step and context_parallel must be 1 or more")
        if self.rows_per_step % self.ranks:
            raise ValueError(
                f"rows_per_step is {self.rows_per_step}; it must be a multiple of the "
                f"{self.ranks} ranks, so that all of them work on equally many rows"
            )


def squares(segments: Segments, *, pieces: int = 1) -> Int64:
    """Return int64[R, pieces]: the squares that fall to each of `pieces` equal parts of a row.

    A token behind m tokens of its segment counts 2 m + 1, so that a segment of n counts n * n; a
    part that begins inside a segment gets the dear end of it. [4 4] in two parts is 16 16, [8] is
    16 48. Cost: one binary search a part and row.
    """
    if not len(segments.length):
        return np.zeros((segments.num_rows, pieces), np.int64)
    stop = np.cumsum(segments.length)
    start = stop - segments.length
    before = np.cumsum(segments.length**2) - segments.length**2
    filled = np.bincount(segments.row, segments.length, segments.num_rows).astype(np.int64)
    first = np.cumsum(filled) - filled
    edge = np.arange(pieces + 1) * segments.row_len // pieces
    # Padding stands last: what lies in it is worth as much as the end of the text before.
    point = first[:, None] + np.minimum(edge, filled[:, None])
    inside = np.searchsorted(start, point, side="right") - 1
    return np.asarray(np.diff(before[inside] + (point - start[inside]) ** 2, axis=1))


def train_flops(model: Model, *, tokens: float, squares: float) -> float:
    """Return the FLOPs of forward and backward, 6 N + 12 L H Q T for each token.

    Chowdhery et al., "PaLM" (2022), appendix B, where T is the length of a row of which all tokens
    see all. Here a token sees its segment alone: T is `squares / tokens`, the mean length of a
    token's segment, and `model.causal` halves it where the kernel skips the masked half. It is what
    the model needs: work that is done again to save memory is not counted.
    """
    return model.per_token * tokens + model.per_square * squares


def row_costs(segments: Segments, model: Model, cluster: Cluster) -> Float64:
    """Return float64[R]: FLOPs of each row, as if all its devices took as long as the slowest.

    With one device a row that is 6 N * row_len + per_square * sum(len^2); padding passes the layers
    like any token. Of `context_parallel` devices c, each has row_len / c tokens:

    - `documents`: every segment is dealt out evenly, so all devices have equal shares;
    - `zigzag`: the row is cut into 2 c parts and device k gets the parts k and 2 c - 1 - k, which
      is even for a row of one segment and not for others (Llama 3, Dubey et al. 2024, 3.3.2);
    - `contiguous`: device k gets the parts 2 k and 2 k + 1.
    """
    devices = cluster.context_parallel
    if cluster.split == "documents":
        slowest = squares(segments).sum(axis=1)
    else:
        parts = squares(segments, pieces=2 * devices)
        zigzag = parts[:, :devices] + parts[:, : devices - 1 : -1]
        pairs = zigzag if cluster.split == "zigzag" else parts[:, ::2] + parts[:, 1::2]
        slowest = pairs.max(axis=1, initial=0) * devices
    return np.asarray(model.per_token * segments.row_len + model.per_square * slowest)


def striped(costs: Float64, cluster: Cluster) -> Int64:
    """Return int64[R], an order of the rows in which ranks wait little for each other.

    The rows of a step stay in that step, so its gradient is the same. Each step is sorted, dearest
    first, and dealt in turns, a row to each rank: rows that are worked on at the same time cost
    nearly the same. Within a turn the dearest row goes to the rank that has had least so far
    (Graham 1969, longest processing time first, held to equally many rows a rank). What lies behind
    the last whole step keeps its place.

    2 ranks, 4 rows a step: costs 5 1 4 2 -> 5 4 | 1 2: ranks have 5 + 1 and 4 + 2
    """
    step, ranks = cluster.rows_per_step, cluster.ranks
    whole = len(costs) // step * step
    given = costs[:whole].reshape(-1, step)
    turns = np.argsort(-given, axis=1, kind="stable").reshape(-1, step // ranks, ranks)
    dealt = np.empty_like(turns)
    loads = np.zeros((len(given), ranks))
    for turn in range(step // ranks):
        least_first = np.argsort(loads, axis=1, kind="stable")
        np.put_along_axis(dealt[:, turn], least_first, turns[:, turn], axis=1)
        loads += np.take_along_axis(given, dealt[:, turn], axis=1)
    order = np.arange(len(costs))
    order[:whole] = (dealt.reshape(-1, step) + np.arange(0, whole, step)[:, None]).ravel()
    return order


def efficiency(costs: Float64, cluster: Cluster, *, wait: Wait) -> float:
    """Return which share of the time ranks work while the rows are dealt out in order, 0 < e <= 1.

    Row i of a step goes to rank i % ranks. Ranks wait for the slowest after each `row` (weights
    gathered for every micro-batch) or after each `step` (gradients summed once). The share is
    sum(mean over ranks) / sum(max over ranks) over all waits, so a long step weighs more than a
    short one: it is the time that was bought. Only whole steps count.

    With `wait="row"` no order within steps beats `striped`: of T turns of D rows, the k + 1 slowest
    turns cannot all be faster than row k D + 1 of the sorted ones. With `wait="step"` it is a good
    rule, but not always better than the order that it replaces.

    Raises ValueError for less than one step, or costs that are not above 0.
    """
    step, ranks = cluster.rows_per_step, cluster.ranks
    if len(costs) < step:
        raise ValueError(f"there are {len(costs)} rows, but a step takes {step}")
    if not (costs > 0).all():
        raise ValueError("every row must cost more than 0")
    turns = costs[: len(costs) // step * step].reshape(-1, step // ranks, ranks)
    loads = turns if wait == "row" else turns.sum(axis=1)
    # All ranks alike may come out above 1 by a rounding of the two sums.
    return min(float(loads.sum() / (ranks * loads.max(axis=-1).sum())), 1.0)
