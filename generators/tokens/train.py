r"""Training: a byte-level BPE for people who bring no tokenizer.

The text is split by the regex of Qwen2 (cl100k's, but for digits) and every piece is merged as
bytes, so every text can be encoded and decodes to itself. Digits stand alone: a number is spelt the
same way wherever it stands, and a small vocabulary spends nothing on the 1 110 groups of up to
three digits. The end token `<|endoftext|>` is the last id.

Counts decide merges and ties go to the smaller ids, so the same texts in the same order give the
same bytes with any number of threads. Cost: 2 to 3 MB/s of text for 32 768 tokens; memory for the
distinct words and for one text at a time. A run of more than 1,000 letters, marks or spaces (a
genome, a blob, a ruler) is left out: the trainer needs minutes for one of 500,000, and no token
worth having comes of it.
"""

import re
from collections.abc import Iterable, Iterator

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from generators.tokens.cuts import pieces, rule_pattern
from schemas.errors import RecipeError

END_TOKEN = "<|endoftext|>"  # noqa: S105 - a token of text, not a secret

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Source: the `Split` of Qwen2's published tokenizer.json."""

MIN_VOCAB_SIZE = 257
"""256 bytes and the end token."""


_LONG_RUN = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{1001,}|(?<!\s)\s{1001,}|(?<![^\w\s])(?<!_)(?:[^\w\s]|_){1001,}"
)
"""What SPLIT takes for one word; each look-behind keeps the search linear."""


def train_bpe(texts: Iterable[str], *, vocab_size: int) -> bytes:
    """Return the tokenizer.json of a byte-level BPE of `vocab_size` tokens, end token included.

    Fewer tokens come out when the texts have fewer pairs that occur twice. Raises RecipeError when
    there is no text, or no room for the 256 bytes and the end token.
    """
    if vocab_size < MIN_VOCAB_SIZE:
        raise RecipeError(
            f"train.vocab_size: {vocab_size} is too small; a byte-level vocabulary holds 256 bytes "
            f"and an end token, so give {MIN_VOCAB_SIZE} or more"
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - 1,
        min_frequency=2,
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    tokenizer.train_from_iterator(_some(texts), trainer=trainer)
    tokenizer.add_special_tokens([AddedToken(END_TOKEN, special=True, normalized=False)])
    data: str = tokenizer.to_str()
    return data.encode("utf-8")


def _some(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts in pieces, so that memory stays bounded; raise RecipeError for no text."""
    cut = rule_pattern()
    empty = True
    for text in texts:
        for piece in pieces(text, cut):
            empty = empty and not piece
            yield _LONG_RUN.sub(" ", piece)
    if empty:
        raise RecipeError("tokenizer: there is no text to train it on; give inputs with text")
