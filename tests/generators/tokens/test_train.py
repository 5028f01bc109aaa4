import hashlib
import json
import os
import subprocess
import sys

import pytest

from generators.tokens.load import load_tokenizer
from generators.tokens.train import END_TOKEN, train_bpe
from schemas.errors import RecipeError

TEXTS = ["the cat sat on the mat, the cat's 1234 hats\n" * 20, "naïve café 漢字 漢字\n\n" * 9]

SCRIPT = f"""
import hashlib
from generators.tokens.train import train_bpe
print(hashlib.sha256(train_bpe({TEXTS!r}, vocab_size=280)).hexdigest())
"""


@pytest.mark.parametrize(("threads", "hash_seed"), [("1", "0"), ("7", "1")])
def test_the_same_bytes_with_any_number_of_threads(threads, hash_seed):
    environment = os.environ | {"RAYON_NUM_THREADS": threads, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", SCRIPT]
    there = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    here = hashlib.sha256(train_bpe(TEXTS, vocab_size=280)).hexdigest()
    assert there.stdout.strip() == here


def test_a_trained_tokenizer_passes_the_gate_and_ends_with_its_end_token():
    tokenizer = load_tokenizer(train_bpe(TEXTS, vocab_size=280), engine="fastokens")
    tokenizer = tokenizer.for_job("".join(TEXTS))
    assert (tokenizer.vocab_size, tokenizer.eos_id, tokenizer.is_byte_level) == (280, 279, True)
    assert tokenizer.decode(tokenizer.special_ids) == END_TOKEN


def test_digits_stand_alone_and_words_keep_their_space():
    tokenizer = load_tokenizer(train_bpe(TEXTS, vocab_size=280))
    ids = tokenizer.encode("the cat 1234")
    assert [tokenizer.decode(ids[i : i + 1]) for i in range(len(ids))] == [
        "the", " cat", " ", "1", "2", "3", "4",
    ]  # fmt: skip


def test_little_text_gives_fewer_tokens_than_asked():
    spec = json.loads(train_bpe(["abab"], vocab_size=1000))
    assert spec["model"]["merges"] == [["a", "b"]]
    assert spec["added_tokens"][0]["id"] == 257


def test_the_end_token_in_the_training_text_is_text():
    tokenizer = load_tokenizer(train_bpe([f"a {END_TOKEN} b\n" * 50], vocab_size=400))
    assert tokenizer.eos_id not in tokenizer.encode(END_TOKEN)


def test_no_room_and_no_text_are_errors_of_the_recipe():
    with pytest.raises(RecipeError, match=r"train.vocab_size: 256 is too small.*give 257 or more"):
        train_bpe(TEXTS, vocab_size=256)
    with pytest.raises(RecipeError, match="no text to train it on"):
        train_bpe(["", ""], vocab_size=280)
    with pytest.raises(RecipeError, match="no text to train it on"):
        train_bpe([], vocab_size=280)


@pytest.mark.parametrize("run", ["a" * 1001, " " * 1001, "-_" * 501])
def test_a_run_that_no_word_is_as_long_as_teaches_nothing(run):
    """A genome or a ruler of 5 MB would keep the trainer busy for hours."""
    alone = train_bpe(TEXTS, vocab_size=280)
    assert train_bpe([*TEXTS, f"{run}"], vocab_size=280) == alone
    assert train_bpe([*TEXTS, run[:1000] * 3 + "x"], vocab_size=280) == alone


def test_the_longest_word_still_counts():
    assert train_bpe([*TEXTS, "a" * 1000], vocab_size=280) != train_bpe(TEXTS, vocab_size=280)
