"""Scores are found by their file names, and each fills the columns that it names."""

import numpy as np
import pyarrow as pa
import pytest

from generators import scoring
from schemas.errors import RecipeError
from schemas.knobs import Strict
from schemas.selection import Subject

TEXT = "It rained in Harwick, and nobody asked Odell about the ferry of 1912.\n\n" * 40


def test_an_unknown_score_gets_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match=r"no score named 'compresion'.*Did you mean 'compress"):
        scoring.load("compresion")


@pytest.mark.parametrize("name", scoring.names())
def test_every_score_fills_its_columns_and_no_other(name: str) -> None:
    score = scoring.load(name)
    assert issubclass(score.Options, Strict)
    assert set(score.COLUMNS.values()) <= {pa.float64(), pa.string(), pa.binary()}
    data = TEXT.encode()
    subject = Subject(text=TEXT, kind="book", data=data, ids=np.arange(700, dtype=np.int32))
    assert set(score.score(subject, score.Options())) == set(score.COLUMNS)


@pytest.mark.parametrize("name", scoring.names())
def test_columns_of_different_scores_have_different_names(name: str) -> None:
    others = {column for n in scoring.names() if n != name for column in scoring.load(n).COLUMNS}
    assert not others & set(scoring.load(name).COLUMNS)
