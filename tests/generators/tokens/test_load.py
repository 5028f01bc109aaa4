import hashlib
import json
from importlib.metadata import version

import pytest
from tokenizers import Tokenizer as HFTokenizer

from generators.tokens.load import load_tokenizer
from schemas.errors import RecipeError
from tests.generators.tokens.conftest import added


def with_tokens(data, *contents, special=True):
    """Return the file with further added tokens behind its vocabulary."""
    spec = json.loads(data)
    for content in contents:
        index = (
            max([*spec["model"]["vocab"].values(), *(t["id"] for t in spec["added_tokens"])]) + 1
        )
        spec["added_tokens"].append(added(content, index, special=special))
    return json.dumps(spec).encode()


@pytest.mark.parametrize("name", ["plain", "neox", "wordpiece", "unigram"])
def test_what_is_known_of_a_tokenizer_agrees_with_the_library(name, request):
    data = request.getfixturevalue(name)
    tokenizer = load_tokenizer(data)
    library = HFTokenizer.from_buffer(data)
    assert tokenizer.data == data
    assert tokenizer.sha256 == hashlib.sha256(data).hexdigest()
    assert tokenizer.vocab_size == library.get_vocab_size()
    assert tokenizer.table_size == max(library.get_vocab().values()) + 1
    special = {i for i, token in library.get_added_tokens_decoder().items() if token.special}
    assert tokenizer.special_ids.tolist() == sorted(special)
    assert tokenizer.engine_version == version(tokenizer.engine)
    assert tokenizer.is_byte_level == (name in ("plain", "neox"))
    assert tokenizer.engine == ("fastokens" if tokenizer.is_byte_level else "tokenizers")


def test_the_end_token_is_the_first_of_the_known_ones(plain, wordpiece, unigram):
    assert load_tokenizer(plain).eos_id == 379
    assert load_tokenizer(with_tokens(plain, "<|im_end|>", "</s>")).eos_id == 379
    assert load_tokenizer(wordpiece).eos_id == 2
    assert load_tokenizer(unigram).eos_id == 1
    tokenizer = load_tokenizer(with_tokens(plain, "<|begin_of_text|>"))
    assert (tokenizer.bos_id, tokenizer.pad_id) == (380, None)
    assert load_tokenizer(plain).bos_id is None


def test_an_end_token_that_is_not_special_or_not_known_is_not_guessed(plain):
    spec = json.loads(plain)
    spec["added_tokens"] = [added("</s>", 379, special=False), added("<|stop|>", 380, special=True)]
    tokenizer = load_tokenizer(json.dumps(spec).encode())
    assert tokenizer.eos_id is None


def test_ids_that_are_given_win(plain):
    tokenizer = load_tokenizer(plain, eos_id=1, bos_id=2, pad_id=0)
    assert (tokenizer.eos_id, tokenizer.bos_id, tokenizer.pad_id) == (1, 2, 0)


@pytest.mark.parametrize("key", ["eos_id", "bos_id", "pad_id"])
@pytest.mark.parametrize("index", [-1, 380])
def test_an_id_that_no_token_has_is_named_with_the_range(plain, key, index):
    message = f"^{key}: no token of this tokenizer has the id {index}; its ids go from 0 to 379"
    with pytest.raises(RecipeError, match=message):
        load_tokenizer(plain, **{key: index})


def test_an_engine_that_is_none(plain):
    with pytest.raises(RecipeError, match="no engine named 'tiktoken'; use auto, fastokens or tok"):
        load_tokenizer(plain, engine="tiktoken")


def test_an_engine_asked_for_by_name_is_not_replaced(wordpiece, plain):
    with pytest.raises(RecipeError, match=r"no engine gives the ids.*fastokens: .*unsupported"):
        load_tokenizer(wordpiece, engine="fastokens")
    assert load_tokenizer(plain, engine="tokenizers").engine == "tokenizers"


def test_an_added_token_that_the_library_numbers_otherwise(plain):
    spec = json.loads(plain)
    spec["added_tokens"].append(added("<|far|>", 900, special=True))
    with pytest.raises(RecipeError, match=r"gives '<\|far\|>' the id 900.*takes it as 380"):
        load_tokenizer(json.dumps(spec).encode())


def test_a_byte_level_file_that_drops_text_is_found_by_the_round_trip(plain):
    spec = json.loads(plain)
    spec["pre_tokenizer"]["pretokenizers"].insert(0, {"type": "WhitespaceSplit"})
    tokenizer = load_tokenizer(json.dumps(spec).encode())
    assert not tokenizer.is_byte_level
    ids = tokenizer.encode("the cat")
    assert tokenizer.byte_ends(ids, "the cat")[-1] == 7
