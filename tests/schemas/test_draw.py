"""What DRAW hands on: pieces are counted, samples begin in the first pass."""

import numpy as np

from schemas.draw import Piece, Pieces


def test_pieces_are_as_many_as_their_documents() -> None:
    zeros = np.zeros(3, np.int64)
    assert len(Pieces(doc=zeros, start=zeros, stop=zeros, epoch=zeros)) == 3


def test_a_sample_reads_its_haystack_in_the_first_pass_unless_it_says_so() -> None:
    assert Piece(doc=0, start=0, stop=9).epoch == 0


def test_pieces_are_joined_and_taken() -> None:
    """Pieces 0 1 and 2, of documents 5 6 and 7: joined three, of which the first and last."""
    first = Pieces(
        doc=np.array([5, 6]), start=np.zeros(2, int), stop=np.array([9, 8]), epoch=np.zeros(2, int)
    )
    second = Pieces(doc=np.array([7]), start=np.array([3]), stop=np.array([4]), epoch=np.array([1]))
    joined = Pieces.joined([first, second])
    assert joined.doc.tolist() == [5, 6, 7]
    chosen = joined.taken(np.array([True, False, True]))
    assert (chosen.doc.tolist(), chosen.stop.tolist(), chosen.epoch.tolist()) == (
        [5, 7],
        [9, 4],
        [0, 1],
    )
    assert len(Pieces.joined([])) == 0
