"""Small tokenizers of every kind that the adapter meets, as the bytes of their tokenizer.json."""

import json

import pytest

from generators.tokens.train import train_bpe

TEXT = (
    "The cat sat on the mat, and the other cat didn't sit; it's 1234 cats in 56 hats.\n"
    "“Naïve café,” said the señor: ça va?\r\n\r\n\tfor x in range(10):\n        print(x)\n\n"
    "漢字とかな。 한국어 문장 🙂🙂 не спеши, the END. She'll say we've seen the cat.\n"
)


@pytest.fixture(scope="session")
def plain() -> bytes:
    """Trained here: no normaliser, digits alone."""
    return train_bpe([TEXT] * 3, vocab_size=380)


@pytest.fixture(scope="session")
def neox(plain) -> bytes:
    """As GPT-NeoX: NFC, GPT-2's regex, added tokens of text, all in the vocabulary too."""
    spec = json.loads(plain)
    spec["normalizer"] = {"type": "NFC"}
    spec["pre_tokenizer"] = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": True,
    }
    contents = ["    ", "  ", "|||IP_ADDRESS|||", "<|padding|>"]
    for index, content in enumerate(contents, start=380):
        spec["added_tokens"].append(added(content, index, special=content == "<|padding|>"))
    spec["model"]["vocab"] |= {token["content"]: token["id"] for token in spec["added_tokens"]}
    return json.dumps(spec).encode()


@pytest.fixture(scope="session")
def wordpiece() -> bytes:
    """As BERT, uncased: [UNK], [CLS], [SEP], and truncation that must not be obeyed."""
    words = ["[UNK]", "[CLS]", "[SEP]", "the", "cat", "sat", "##s", "##é", ",", "1", "##2", "漢"]
    spec = {
        "version": "1.0",
        "truncation": {
            "direction": "Right",
            "max_length": 4,
            "strategy": "LongestFirst",
            "stride": 0,
        },
        "added_tokens": [added(words[i], i, special=True) for i in range(3)],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": False,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": False},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {word: index for index, word in enumerate(words)},
        },
    }
    return json.dumps(spec).encode()


@pytest.fixture(scope="session")
def unigram() -> bytes:
    """As T5: pieces with scores, spaces as U+2581."""
    pieces = ["<unk>", "</s>", "▁", "▁the", "▁cat", "s", *"thecaé漢"]
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    spec = {
        "version": "1.0",
        "added_tokens": [added(pieces[i], i, special=True) for i in range(2)],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": metaspace,
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": 0,
            "vocab": [[piece, -2.0 if len(piece) > 1 else -3.0] for piece in pieces],
        },
    }
    return json.dumps(spec).encode()


def added(content: str, index: int, *, special: bool) -> dict[str, object]:
    """Return one entry of `added_tokens`; those of text match in the normalised text."""
    return {
        "id": index,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": not special,
        "special": special,
    }
