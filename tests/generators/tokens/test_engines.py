import numpy as np
import pytest

from generators.tokens.engines import ENGINES, load_oracle, oracle_ends, oracle_ids
from schemas.errors import RecipeError

TEXTS = ["the cat", "", "<|endoftext|> sat  on\r\n    the mat", "漢字 café 🙂", "x" * 5000]


@pytest.mark.parametrize("engine", list(ENGINES))
@pytest.mark.parametrize("name", ["plain", "neox"])
def test_an_engine_gives_the_ids_of_the_oracle_text_by_text(engine, name, request):
    data = request.getfixturevalue(name)
    oracle = load_oracle(data)
    encoded = ENGINES[engine](data, oracle)(TEXTS)
    assert (encoded.ids.dtype, encoded.offsets.dtype) == (np.int32, np.int64)
    parts = np.split(encoded.ids, encoded.offsets[1:-1])
    assert [part.tolist() for part in parts] == [oracle_ids(oracle, t).tolist() for t in TEXTS]


@pytest.mark.parametrize("engine", list(ENGINES))
def test_no_texts_are_no_ids(engine, plain):
    encoded = ENGINES[engine](plain, load_oracle(plain))([])
    assert (encoded.ids.tolist(), encoded.offsets.tolist()) == ([], [0])


@pytest.mark.parametrize("engine", list(ENGINES))
@pytest.mark.parametrize("unit", ["x", " ", "\n", "a b ", "the cat sat\n", "漢", "=", "7"])
def test_a_long_text_has_the_ids_of_the_whole(engine, unit, plain):
    text = unit * (150_000 // len(unit)) + "end"
    oracle = load_oracle(plain)
    encoded = ENGINES[engine](plain, oracle)([text])
    np.testing.assert_array_equal(encoded.ids, oracle_ids(oracle, text))


def test_truncation_and_padding_of_the_file_are_off(wordpiece):
    # The file truncates to 4 tokens.
    assert len(oracle_ids(load_oracle(wordpiece), "the cat sat the cat sat")) == 6


def test_special_tokens_in_text_are_text(neox):
    oracle = load_oracle(neox)
    ids = oracle_ids(oracle, "<|endoftext|><|padding|>|||IP_ADDRESS|||")
    assert not set(ids.tolist()) & {379, 383}
    assert ids[-1] == 382  # not special, so it is vocabulary and matches


def test_ends_by_the_library_are_in_bytes(wordpiece):
    oracle = load_oracle(wordpiece)
    text = "the cats, 12 漢é"
    ids = oracle_ids(oracle, text)
    assert [oracle.id_to_token(i) for i in ids] == [
        "the",
        "cat",
        "##s",
        ",",
        "1",
        "##2",
        "漢",
        "[UNK]",
    ]
    assert oracle_ends(oracle, ids, text).tolist() == [3, 7, 8, 9, 11, 12, 16, 18]
    assert oracle_ends(oracle, ids[:0], "").tolist() == []
    with pytest.raises(ValueError, match="not the one that gave these ids"):
        oracle_ends(oracle, ids, "the cat")


def test_fastokens_says_what_it_cannot_do(wordpiece):
    with pytest.raises(ValueError, match="unsupported"):
        ENGINES["fastokens"](wordpiece, load_oracle(wordpiece))


def test_what_the_library_cannot_read_is_an_error_of_the_recipe():
    with pytest.raises(RecipeError, match="the `tokenizers` library cannot read the file"):
        load_oracle(b'{"version": "1.0", "model": {"type": "Foo", "vocab": {}}}')
