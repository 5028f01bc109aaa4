import pytest
from pydantic import ValidationError

from schemas.mixture_spec import OriginalSpec, ShareSpec


def test_a_share_says_which_documents() -> None:
    spec = ShareSpec(kinds=("book",), at_least=65536, share=0.3)
    assert (spec.kinds, spec.at_least, spec.below) == (("book",), 65536, None)
    with pytest.raises(ValidationError, match="say which documents"):
        ShareSpec(share=0.3)


def test_lengths_are_numbers_or_those_of_a_row() -> None:
    assert ShareSpec(at_least="row", share=1).at_least == "row"
    assert ShareSpec(below="1M", share=1).below == 10**6
    with pytest.raises(ValidationError):
        ShareSpec(at_least="a row", share=1)
    with pytest.raises(ValidationError, match="no document has 8 tokens or more and fewer"):
        ShareSpec(at_least=8, below=8, share=1)


def test_original_rows_have_a_window() -> None:
    assert OriginalSpec(share=0.3, window=8192).window == 8192
    with pytest.raises(ValidationError):
        OriginalSpec(share=1.3, window=8192)
