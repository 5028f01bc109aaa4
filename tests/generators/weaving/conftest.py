"""Two small tokenizers that cut text differently, and texts of several kinds to weave into."""

import textwrap

import numpy as np
import pytest
from tokenizers import Tokenizer as HFTokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

from generators.tasks.needle import TEMPLATES
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from generators.tokens.train import train_bpe

_LINE = (
    "the a old river town went came saw said slowly over under between house road bridge morning "
    "evening nobody somebody carried letter window garden winter summer asked answered"
)
WORDS = _LINE.split()


def sentences(seed: int, count: int) -> list[str]:
    rng = np.random.default_rng(seed)
    made = (" ".join(rng.choice(WORDS, size=rng.integers(5, 16)).tolist()) for _ in range(count))
    return [sentence.capitalize() + "." for sentence in made]


def prose(count: int = 1500) -> str:
    """Novels as distributed: hard line breaks, paragraphs of one to seven sentences."""
    rng = np.random.default_rng(2)
    left = sentences(1, count)
    paragraphs = []
    while left:
        size = int(rng.integers(1, 8))
        paragraphs.append(textwrap.fill(" ".join(left[:size]), 70))
        left = left[size:]
    return "\n\n".join(paragraphs) + "\n"


def code(count: int = 400) -> str:
    return "\n\n".join(
        f"def step_{i}(left, right):\n    total = left[{i}] + right['{WORDS[i % len(WORDS)]}']\n"
        f"    if total > {i}:\n        return total * 2  # {WORDS[i % 7]}\n    return None\n"
        for i in range(count)
    )


GREEK = "Ὁ ἄνθρωπος εἶδε τὸν ποταμόν, καὶ ἐπορεύθη. Οὐδεὶς ἦλθεν εἰς τὴν πόλιν. "
EMOJI = "Le café 👩🏽‍🚀 était fermé 🐈‍⬛! Nobody saw 🇫🇷 it. "
TEXTS = {
    "prose": prose(),
    "one line": " ".join(prose().split()),
    "code": code(),
    "greek": GREEK * 400,
    "emoji": EMOJI * 600,
    "one word": "x9y" * 9000,
}
TRAINING = [*TEXTS.values(), *(f"{t.statement} {t.question} {t.lead}\n" * 3 for t in TEMPLATES)]


def _gpt2_like() -> bytes:
    """The split of GPT-2, digits and all, and a normaliser, as in GPT-NeoX."""
    tokenizer = HFTokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=2000,
        show_progress=False,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(TRAINING, trainer=trainer)
    return tokenizer.to_str().encode()


@pytest.fixture(scope="session")
def trained() -> Tokenizer:
    """No start id; punctuation takes the line breaks that follow it."""
    return load_tokenizer(train_bpe(TRAINING, vocab_size=2000))


@pytest.fixture(scope="session")
def gpt2_like() -> Tokenizer:
    """A start id; every line break stands alone, numbers are whole words."""
    return load_tokenizer(_gpt2_like())


@pytest.fixture(params=["trained", "gpt2_like"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    made: Tokenizer = request.getfixturevalue(request.param)
    return made
