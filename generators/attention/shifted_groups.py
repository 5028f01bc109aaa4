"""LongLoRA's shifted sparse attention: heads attend in groups, half of them in shifted groups.

From "LongLoRA: Efficient Fine-tuning of Long-Context Large Language Models" (Chen et al. 2023,
arXiv 2309.12307). A row of T tokens is cut into groups of G, in the paper T / 4. The first half of
the query heads attends within the groups, the second half within groups that begin half a group
later, so that what one half cannot pass on the other can:

    T = 16, G = 4   first half    |0  1  2  3 |4  5  6  7 |8  9  10 11|12 13 14 15|
                    second half   |0  1 |2  3  4  5 |6  7  8  9 |10 11 12 13|14 15|

That is the segment form: both halves are plain causal attention within segments, which any kernel
for packed rows can do. The other form rolls the row by half a group and attends in groups of the
rolled row; its last group then holds the last two tokens and the first two, and tokens 0 and 1 see
14 and 15, their own future. Ours has no such group.

Groups know nothing of documents: the published code puts them in place of a row's boundaries, so
that documents in one group see each other. `boundaries` takes a row's `seq_lengths` and keeps both.
It is a method for training alone; generation uses full attention. What it saves is FLOPs: the
memory of attention grows with the length, not its square, in any fused kernel.
"""

import numpy as np

from generators.attention import BoolArray, IntArray


def boundaries(
    length: int, *, group: int, shifted: bool, seq_lengths: IntArray | None = None
) -> IntArray:
    """Return int64[S + 1], where segments begin, ascending, 0 first and `length` last.

    `seq_lengths` int[D] cuts at the ends of a row's documents as well: two partitions of a row hold
    together in the partition by all their edges. None cuts by groups alone, as published. Raises
    ValueError unless the group is even and divides the length, and the documents fill the row.
    """
    if group < 1 or group % 2 or length % group:
        raise ValueError(
            f"a row of {length} tokens has no whole groups of {group}; "
            "the group must be even and divide the row's length"
        )
    edges = np.arange(group // 2 if shifted else group, length, group)
    own = np.zeros(0, np.int64) if seq_lengths is None else np.cumsum(seq_lengths)
    if len(own) and own[-1] != length:
        raise ValueError(f"the documents have {own[-1]} tokens and the row has {length}")
    return np.unique(np.concatenate(([0], edges, own, [length])))


def visible(edges: IntArray) -> BoolArray:
    """Return bool[T, T]: which query (row) sees which key (column), of `boundaries`' segments."""
    segment = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    seen: BoolArray = np.tril(segment[:, None] == segment[None, :])
    return seen


def shifted_heads(num_heads: int) -> BoolArray:
    """Return bool[H]: which query heads use shifted groups, the second half.

    Heads are counted as the model multiplies them: where fewer key heads serve several query heads,
    keys are repeated first. Raises ValueError for an odd number.
    """
    if num_heads < 1 or num_heads % 2:
        raise ValueError(f"{num_heads} heads have no halves; the number must be even")
    return np.arange(num_heads) >= num_heads // 2
