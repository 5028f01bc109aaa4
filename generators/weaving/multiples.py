"""Where a haystack should end so that its sample's length is a multiple.

    35 tokens, of which multiples of 16 are asked     ... and the bells rang. By dawn the bridge
    3 too many: ` dawn the bridge` is left out        ... and the bells rang. By

Every place near the end of the haystack where a word ends is tried on the sample's last words
alone, since how these break into tokens depends on nothing far before them. Of the places that
will do, one where a paragraph or a sentence ends comes first. Whoever asks encodes the sample
again, and only that counts.

Cost: some dozens of encodes of the last words and of what follows them.
"""

from collections.abc import Callable

import numpy as np

from generators.tokens.tokenizer import Tokenizer
from generators.weaving.draft import tolerance
from generators.weaving.places import Ruler, word_ends

_LEAST, _MOST = 32, 160
_BEFORE = 64
"""Characters before the first place that are encoded with those behind it."""


def few(num_tokens: int) -> int:
    """Return how many tokens a sample of so many may lose while its plants stay where they are.

    Half of the tolerance of their depths, as the other half was for natural boundaries; of a long
    sample 160, which are more than enough.
    """
    return int(min(max(tolerance(num_tokens) / 2, _LEAST), _MOST))


def ends(
    measure: Ruler,
    used: tuple[int, int],
    *,
    fits: Callable[[int], bool],
    most: int,
    tail: Callable[[int, int], str],
    tokenizer: Tokenizer,
    words: bool = True,
) -> list[int]:
    """Return the characters where the haystack should end instead of `used[1]`, the best first.

    `most` tokens at most are left out; `fits` says whether so many are the right number.
    `tail(begin, end)` is the text of the sample behind character `begin`, when the haystack ends at
    `end`. Without `words` the haystack may end inside a word.
    """
    first = max(measure.tokens(used[1]) - most, measure.tokens(used[0]) + 1)
    low = int(measure.chars(np.array([first]))[0])
    places = word_ends(measure.text, low - 1, used[1], words=words)
    begin = max(low - _BEFORE, used[0])
    tails = [tail(begin, end) for end in (used[1], *(place for place, _ in places))]
    whole, *sizes = (len(ids) for ids in tokenizer.encode_batch(tails))
    ranked = sorted(zip(places, sizes, strict=True), key=lambda one: one[0][1])
    return [place for (place, _), size in ranked if whole - size <= most and fits(whole - size)]
