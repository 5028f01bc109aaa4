"""Shares of tasks counted by the tokens that bear the loss, turned into shares of all tokens.

A sample of 1,000 tokens with an answer of 10 bears the loss on a hundredth of them, natural text on
nearly all. Shares of targets f and targets a token r make shares of tokens f / r, scaled down to
what fits:

    one task, f = .1, r = .5, the rest natural text   ->  .2 of .9 + .2, that is .182 of all tokens
"""

from collections.abc import Sequence


def token_shares(shares: Sequence[float], rates: Sequence[float]) -> list[float]:
    """Return which share of all tokens each task needs for its share of all targets.

    `rates` are the targets of each task for each of its tokens, above 0 and at most 1; natural text
    counts 1. With W targets among B tokens, B = W (1 - sum f) + sum W f / r gives W / B.
    """
    tokens = [share / rate for share, rate in zip(shares, rates, strict=True)]
    targets = 1 / (1 - sum(shares) + sum(tokens))
    return [token * targets for token in tokens]
