"""Temperature: what attention's logits are multiplied by, so that longer texts spread it less.

A softmax over more keys gives each of them less. Multiplying the logits by m > 1, which is dividing
them by a temperature t = 1 / m < 1, gives it back: entropy only ever grows with t, since its slope
is the variance of the logits over t to the third. Every function here returns m, above 1 for a
longer text, and says where it goes:

    4,096 -> 131,072     log_length   17 / 12 = 1.4167   on the logits
    by 32 (yarn)         1.3466 on cos and sin of queries and keys, 1.8133 on the logits, t = .5515

One key with a logit of 8 over zeros gets .421 of the attention among 4,096 keys and .022 among
131,072; with 17 / 12 it gets .389 again, with 1.8133 it gets .938. The common mistake is to divide
by 1.3466: that flattens what was too flat already.
"""

import math

import numpy as np

from generators.attention import Float64, IntArray


def log_length(target: float, trained: float) -> float:
    """Return ln target / ln trained, on the logits: entropy kept where logits are independent.

    Su 2021, "Entropy invariance of softmax", as log n scaling; Chiang and Cholak 2022 (arXiv
    2202.12172). Raises ValueError for lengths of 1 or less.
    """
    if min(target, trained) <= 1:
        raise ValueError(f"lengths are {target} and {trained}; both must be more than 1")
    return math.log(target) / math.log(trained)


def log_length_at(positions: IntArray, trained: float) -> Float64:
    """Return float64[N]: ln(position + 1) / ln trained, at least 1, on each query.

    `positions` int[N] count from 0. The first `trained` queries stay as they are: one factor for
    all would sharpen short texts too. It is the optional scale of Self-Extend's code.
    """
    if trained <= 1:
        raise ValueError(f"trained is {trained}; it must be more than 1")
    return np.asarray(np.maximum(1.0, np.log(positions + 1.0) / math.log(trained)))


def yarn_attention_factor(scale: float) -> float:
    """Return 0.1 ln scale + 1, 1 for scales up to 1: what cos and sin are multiplied by.

    Peng et al. 2023, "YaRN" (arXiv 2309.00071), equation 22, a fit to Llama models. Queries and
    keys both carry it, so logits get its square.
    """
    return 1.0 if scale <= 1 else 0.1 * math.log(scale) + 1


def yarn_temperature(scale: float) -> float:
    """Return YaRN's t, by which logits are divided: 1 / (0.1 ln scale + 1)^2, 1 at most.

    The paper writes softmax(q k / (t sqrt(d))) with sqrt(1 / t) = 0.1 ln scale + 1.
    """
    return yarn_attention_factor(scale) ** -2


def longrope_attention_factor(target: float, trained: float) -> float:
    """Return sqrt(1 + ln(target / trained) / ln trained), on cos and sin; 1 up to `trained`.

    Ding et al. 2024, "LongRoPE" (arXiv 2402.13753). Logits get its square, and that is `log_length`
    exactly: 1 + (ln target - ln trained) / ln trained. 4,096 to 32,768: 1.1180, and 1.25 = 15 / 12.
    """
    return math.sqrt(max(1.0, log_length(target, trained)))


def llama4_at(positions: IntArray, *, floor: float = 8192, slope: float = 0.1) -> Float64:
    """Return float64[N]: 1 + slope ln(1 + floor((position + 1) / floor)), on each query.

    Llama 4 in transformers (`floor_scale`, `attn_scale`), in its layers without RoPE alone.
    Steps: 1 for the first 8,191 positions, 1 + 0.1 ln 2 = 1.0693 for the next 8,192.
    """
    return np.asarray(1.0 + slope * np.log1p(np.floor((positions + 1.0) / floor)))


def ministral_at(positions: IntArray, *, trained: float, beta: float = 0.1) -> Float64:
    """Return float64[N]: 1 + beta ln(1 + floor(position / trained)), on each query.

    Ministral 3 in transformers (`llama_4_scaling_beta`, `original_max_position_embeddings`).
    """
    return np.asarray(1.0 + beta * np.log1p(np.floor(positions / trained)))
