"""A stored text is cleaned in the recipe's order, then brought into the tokenizer's normal form."""

import pytest

from generators.tokens.load import load_tokenizer
from generators.tokens.train import train_bpe
from pipelines.build.refine import Refined, cleaned, refine
from schemas.document import Document
from schemas.recipe import SourceSpec

TOKENIZER = load_tokenizer(train_bpe(["the cat sat on the mat " * 50], vocab_size=512))
SPEC = SourceSpec.model_validate({"clean": ["illustrations"]})


def document(text: str, reason: str | None = None) -> Document:
    return Document(doc_id="s:f", uri="f", text=text, reason=reason)


def test_what_cleaners_count_has_a_column_each() -> None:
    made = refine(document("One.\n\n[Illustration]\n\nTwo.\n"), SPEC, TOKENIZER)
    assert made.reason is None
    assert "Illustration" not in made.text
    assert made.columns == {"illustrations": 1.0}


def test_a_text_of_which_nothing_is_left_is_rejected() -> None:
    made = refine(document("[Illustration]\n"), SPEC, TOKENIZER)
    assert (made.text, made.reason in ("empty", "white_space")) == ("", True)


def test_a_rejected_document_is_not_cleaned() -> None:
    made = refine(document("", "binary"), SPEC, TOKENIZER)
    assert made == Refined(text="", reason="binary", columns={})


def test_a_text_with_an_endless_word_is_neither_cleaned_nor_encoded() -> None:
    made = refine(document("[Illustration]\n" + "x" * 2_000_000), SPEC, TOKENIZER)
    assert made == Refined(text="", reason="long_run: 2,000,000 characters", columns={})


@pytest.mark.parametrize("text", ["plain", "cafe\u0301"])
def test_without_cleaners_a_text_stays_as_it_is(text: str) -> None:
    assert cleaned(document(text), SourceSpec()) == (text, None, {})
