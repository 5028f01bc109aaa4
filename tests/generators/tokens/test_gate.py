import numpy as np
import pytest

from generators.tokens import gate
from generators.tokens.engines import ENGINES, Encoded, load_oracle
from generators.tokens.gate import choose_engine, difference, engines_after, hard_cases
from schemas.errors import RecipeError


def engine_of(encode):
    """Return an engine that gives `encode(text)`, a list of ids, for each text."""

    def run(texts):
        parts = [encode(text) for text in texts]
        ids = np.array([i for part in parts for i in part], dtype=np.int32)
        return Encoded(ids=ids, offsets=np.cumsum([0, *map(len, parts)]))

    return run


def letters(text):
    return [ord(char) for char in text]


def oracle(text):
    return np.array(letters(text), dtype=np.int32)


CASES = {"short": "ab", "empty": "", "long": "abcd"}


def test_an_engine_that_agrees_has_no_difference():
    assert difference(engine_of(letters), oracle, CASES) is None


@pytest.mark.parametrize(
    ("encode", "sentence"),
    [
        (
            lambda t: letters(t.replace("c", "x")),
            "long: token 2 is 120 where `tokenizers` gives 99",
        ),
        (lambda t: letters(t[:3]), "long: 3 tokens where `tokenizers` gives 4"),
        (lambda t: letters(t) or [7], "empty: 1 tokens where `tokenizers` gives 0"),
    ],
)
def test_the_first_difference_is_told_by_case_and_token(encode, sentence):
    assert difference(engine_of(encode), oracle, CASES) == sentence


def test_an_engine_that_is_wrong_only_on_many_texts_is_found():
    good = engine_of(letters)

    def run(texts):
        return good(texts) if len(texts) == 1 else good([text[::-1] for text in texts])

    assert difference(run, oracle, CASES) == "short: token 0 is 98 where `tokenizers` gives 97"


def test_the_added_tokens_of_the_tokenizer_are_cases():
    cases = hard_cases(["<|end|>"])
    text = "<|end|> a<|end|>b\n<|end|><|end|> <|end|"
    assert cases["the token '<|end|>' in text"] == text
    assert cases["CRLF and lone CR"] == "a\r\nb\r\n\r\nc\rd\r\r\n"
    for text in cases.values():
        text.encode("utf-8")  # no lone surrogates, which no engine can take


@pytest.fixture
def wrong_first(monkeypatch):
    """Make fastokens wrong on the letter z."""
    good = ENGINES["fastokens"]

    def open_wrong(data, oracle):
        run = good(data, oracle)
        return lambda texts: run([text.replace("z", "y") for text in texts])

    monkeypatch.setitem(gate.ENGINES, "fastokens", open_wrong)


@pytest.mark.usefixtures("wrong_first")
def test_the_next_engine_takes_over_and_the_reason_is_kept(plain):
    choice = choose_engine(
        ("fastokens", "tokenizers"), data=plain, oracle=load_oracle(plain), cases={"zoo": "z"}
    )
    assert choice.name == "tokenizers"
    [reason] = choice.passed_over
    assert reason.startswith("fastokens: zoo: token 0 is ")


@pytest.mark.usefixtures("wrong_first")
def test_when_no_engine_is_left_every_reason_is_told(plain):
    with pytest.raises(RecipeError, match=r"no engine gives the ids.*fastokens: zoo: token 0 is"):
        choose_engine(("fastokens",), data=plain, oracle=load_oracle(plain), cases={"zoo": "z"})


def test_an_engine_that_refuses_the_model_is_passed_over(wordpiece):
    choice = choose_engine(
        ("fastokens", "tokenizers"),
        data=wordpiece,
        oracle=load_oracle(wordpiece),
        cases={"a": "the"},
    )
    assert choice.name == "tokenizers"
    assert "unsupported" in choice.passed_over[0]


def test_the_order_of_engines():
    assert engines_after("fastokens") == ("tokenizers",)
    assert engines_after("tokenizers") == ()
