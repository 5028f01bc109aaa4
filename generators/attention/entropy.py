"""Entropy of attention: over how many tokens a head spreads, of those that it may look at.

    logits 0 0 0 0         entropy ln 4 = 1.386, effective tokens 4, share 1
    logits 9 0 0 0         entropy 0.004, effective tokens 1.004
    0 0 | 0 0, two texts   the last query sees two keys: ln 2, effective 2, share 1

Entropy grows with the number of keys even where a head does not change its mind: by ln 32 = 3.47
nats from 4,096 to 131,072 tokens if all logits are alike. So it is compared after dividing by the
logarithm of the keys that the query could see: those of its document, not of its row. What a head
of a real model does must be measured; nothing here predicts it.
"""

import numpy as np

from generators.attention import BoolArray, Float64, IntArray


def entropy(logits: Float64, *, visible: BoolArray | None = None) -> Float64:
    """Return float64[...]: -sum p ln p over the last axis, in nats, p the softmax of the logits.

    `logits` float[..., K]; `visible` bool, broadcast to it, leaves keys out. Raises ValueError
    where a query sees no key. Cost: a few passes over the logits.
    """
    seen = np.broadcast_to(True if visible is None else visible, logits.shape)
    if not seen.any(axis=-1).all():
        raise ValueError("every query must see one key at least")
    masked = np.where(seen, logits.astype(np.float64), -np.inf)
    above = masked - masked.max(axis=-1, keepdims=True)
    weight = np.exp(above)
    total = weight.sum(axis=-1)
    # ln total - E[above]; what is not seen has weight 0 and no part in the mean.
    mean = (weight * np.where(seen, above, 0.0)).sum(axis=-1) / total
    return np.asarray(np.maximum(np.log(total) - mean, 0.0))


def effective_tokens(entropies: Float64) -> Float64:
    """Return float64[...]: e^H, the number of equal shares that have the same entropy."""
    return np.exp(entropies)


def visible_keys(seq_lengths: IntArray) -> IntArray:
    """Return int64[T]: how many keys each token of a packed row sees, itself included.

    `seq_lengths` int[D], each above 0: 3 2 -> 1 2 3 1 2. That is causal attention within documents.
    """
    first = np.cumsum(seq_lengths) - seq_lengths
    found: IntArray = np.arange(seq_lengths.sum()) - np.repeat(first, seq_lengths) + 1
    return found


def spread(entropies: Float64, num_visible: IntArray) -> Float64:
    """Return float64[...]: entropy by the most that there could be, H / ln(visible), 0 to 1.

    NaN where a query sees one key alone: it has no choice, so it says nothing about the head.
    `num_visible` int, broadcast to the entropies, as `visible_keys` counts.
    """
    most = np.log(np.broadcast_to(num_visible, entropies.shape).astype(np.float64))
    share = np.full(entropies.shape, np.nan)
    np.divide(entropies, most, out=share, where=most > 0)
    return share


def needle_share(logit: float, num_keys: int, *, multiplier: float = 1.0) -> float:
    """Return what one key gets whose logit stands so far above all others', which are alike.

    e^(m z) / (e^(m z) + num_keys - 1), m the `multiplier` of the logits (`temperature`).
    A logit of 8 among 4,096 keys: 0.421, among 131,072: 0.0222. Raises ValueError without a key.
    """
    if num_keys < 1:
        raise ValueError(f"num_keys is {num_keys}; it must be 1 or more")
    return float(1 / (1 + (num_keys - 1) * np.exp(-multiplier * logit)))
