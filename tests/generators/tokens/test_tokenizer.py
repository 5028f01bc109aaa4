from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generators.tokens.load import load_tokenizer
from schemas.errors import RecipeError

BYTE_LEVEL = ["plain", "neox", "neox by pieces"]
WORDS = ("<|endoftext|>", "|||IP_ADDRESS|||", "cat", "'s", "123", "e\u0301", ">\u0338", "\u11ab")
SIGNS = (
    "漢字",
    "한",
    "🙂",
    "👩\u200d👩",
    "  ",
    "    ",
    "\r\n",
    "\n\n",
    "\t",
    "\u0085",
    "\ufeff",
    "\0",
)
ODD = st.sampled_from(WORDS) | st.sampled_from(SIGNS)
TEXTS = st.lists(ODD | st.text(st.characters(codec="utf-8")), max_size=12).map("".join)


@pytest.fixture(scope="session")
def tokenizers(request):
    engines = {
        "plain": "fastokens",
        "neox": "fastokens",
        "neox by pieces": "tokenizers",
        "wordpiece": "auto",
        "unigram": "auto",
    }
    return {
        name: load_tokenizer(request.getfixturevalue(name.split()[0]), engine=engine)
        for name, engine in engines.items()
    }


@pytest.mark.parametrize("name", BYTE_LEVEL)
@settings(deadline=None)
@given(text=TEXTS)
@example(text="")
@example(text="naïve 🙂<|endoftext|>\r\n>\u0338")
def test_any_text_is_encoded_as_by_the_oracle_and_comes_back(tokenizers, name, text):
    tokenizer = tokenizers[name]
    ids = tokenizer.encode(text)
    assert ids.dtype == np.int32
    assert ids.tolist() == tokenizer.encode_reference(text).tolist()
    assert not set(ids.tolist()) & set(tokenizer.special_ids.tolist())

    normal = tokenizer.normalise(text)
    ids = tokenizer.encode(normal)
    ends = tokenizer.byte_ends(ids, normal)
    raw = normal.encode()
    assert tokenizer.decode(ids) == normal
    starts = [0, *ends.tolist()]
    slices = [raw[start:end] for start, end in pairwise(starts)]
    assert [tokenizer.decode_bytes(ids[i : i + 1]) for i in range(len(ids))] == slices
    assert starts[-1] == len(raw)


@pytest.mark.parametrize("name", [*BYTE_LEVEL, "wordpiece", "unigram"])
@settings(deadline=None, max_examples=30)
@given(texts=st.lists(TEXTS, max_size=4))
def test_a_batch_is_its_texts_one_by_one(tokenizers, name, texts):
    tokenizer = tokenizers[name]
    batch = [ids.tolist() for ids in tokenizer.encode_batch(texts)]
    assert batch == [tokenizer.encode(text).tolist() for text in texts]
    assert batch == [tokenizer.encode_reference(text).tolist() for text in texts]


def test_special_ids_are_spelt_out_and_cut_characters_are_marked(tokenizers):
    tokenizer = tokenizers["neox"]
    ids = np.concatenate([tokenizer.encode("the é"), [379, 383]])
    assert tokenizer.decode(ids) == "the é<|endoftext|><|padding|>"
    [smile] = tokenizer.encode_batch(["\U0001f9ff"])
    assert len(smile) > 1
    assert tokenizer.decode(smile[:-1]) == "\ufffd"
    assert tokenizer.decode_bytes(smile[:-1]) + tokenizer.decode_bytes(smile[-1:]) == (
        "\U0001f9ff".encode()
    )


def test_a_text_that_is_not_that_of_the_ids_is_refused(tokenizers):
    tokenizer = tokenizers["plain"]
    with pytest.raises(ValueError, match="not the one that these ids spell"):
        tokenizer.byte_ends(tokenizer.encode("the cat"), "the cats")


def test_a_wordpiece_tokenizer_works_by_the_library(tokenizers):
    tokenizer = tokenizers["wordpiece"]
    text = tokenizer.normalise("The CATS, 12 dogs")
    assert text == "the cats, 12 dogs"
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == "the cats , 12 [UNK]"
    assert tokenizer.byte_ends(ids, text).tolist() == [3, 7, 8, 9, 11, 12, 17]
    assert tokenizer.decode_bytes(ids[:3]) == b"the cats"


def test_a_unigram_tokenizer_works_by_the_library(tokenizers):
    tokenizer = tokenizers["unigram"]
    ids = tokenizer.encode("the cats 漢")
    assert tokenizer.decode(ids) == "the cats 漢"
    assert tokenizer.byte_ends(ids, "the cats 漢").tolist() == [3, 7, 8, 9, 12]


def test_without_bytes_the_text_is_needed_and_ids_are_checked(tokenizers):
    tokenizer = tokenizers["wordpiece"]
    with pytest.raises(ValueError, match="byte_ends needs the text"):
        tokenizer.byte_ends(tokenizer.encode("the"))
    for bad in (-1, 12):
        with pytest.raises(ValueError, match=f"{bad} is not an id of this tokenizer"):
            tokenizer.decode(np.array([3, bad]))


def test_a_word_that_the_model_itself_spells_by_a_special_token_is_refused(wordpiece):
    # Split at white space only, the word "[SEP]" is found whole in the vocabulary.
    data = wordpiece.replace(b"BertPreTokenizer", b"WhitespaceSplit")
    tokenizer = load_tokenizer(data.replace(b'"[SEP]"', b'"sep"'))
    assert tokenizer.encode("cat").tolist() == [4]
    with pytest.raises(RecipeError, match=r"special token 'sep' \(id 2\).*leave that text out"):
        tokenizer.encode("cat sep")


def wrong_on_zebras(tokenizer):
    """Return the tokenizer with an engine that passed the gate, but errs on the word zebra."""
    run = tokenizer._run
    return replace(tokenizer, _run=lambda texts: run([t.replace("zebra", "horse") for t in texts]))


def test_the_jobs_own_text_is_the_second_half_of_the_gate(plain):
    tokenizer = wrong_on_zebras(load_tokenizer(plain))
    assert tokenizer.for_job("horses only") is tokenizer
    proved = tokenizer.for_job("a zebra")
    assert (proved.engine, proved.sha256) == ("tokenizers", tokenizer.sha256)
    assert proved.passed_over[0].startswith("fastokens: the job's own text: token ")
    assert proved.encode("a zebra").tolist() == proved.encode_reference("a zebra").tolist()


def test_an_engine_asked_for_by_name_that_errs_on_the_own_text_is_an_error(plain):
    tokenizer = wrong_on_zebras(load_tokenizer(plain, engine="fastokens"))
    with pytest.raises(RecipeError, match="fastokens: the job's own text: token "):
        tokenizer.for_job("a zebra")


def test_the_size_of_ids_is_the_end_of_the_last(plain: bytes) -> None:
    tokenizer = load_tokenizer(plain)
    ids = tokenizer.encode("añb, 漢字")
    assert tokenizer.num_bytes(ids) == tokenizer.byte_ends(ids)[-1] == len("añb, 漢字".encode())
    assert tokenizer.num_bytes(ids[:0]) == 0


def test_ids_that_are_not_byte_level_have_no_size(wordpiece: bytes) -> None:
    tokenizer = load_tokenizer(wordpiece)
    with pytest.raises(ValueError, match="not byte-level"):
        tokenizer.num_bytes(tokenizer.encode("a"))
