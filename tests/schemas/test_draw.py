"""What DRAW hands on: pieces are counted, samples begin in the first pass."""

import numpy as np

from schemas.draw import Piece, Pieces


def test_pieces_are_as_many_as_their_documents() -> None:
    zeros = np.zeros(3, np.int64)
    assert len(Pieces(doc=zeros, start=zeros, stop=zeros, epoch=zeros)) == 3


def test_a_sample_reads_its_haystack_in_the_first_pass_unless_it_says_so() -> None:
    assert Piece(doc=0, start=0, stop=9).epoch == 0
