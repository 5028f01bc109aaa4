"""Documents find their like through the stored terms, and pieces through their documents."""

import numpy as np
import pyarrow as pa
import pytest

from generators.scoring import topics
from pipelines.plan.documents import Documents, judge
from pipelines.plan.related import NEIGHBOURS, document_neighbours, piece_neighbours
from schemas.selection import Subject
from tests.pipelines.plan.corpora import documents_of, recipe_of, sha256_of, unit_of

TEXTS = {
    "whale": "the whale and the harpoon",
    "short": "whale harpoon",
    "ball": "the ball and the carriage",
    "dinner": "the dinner after the ball",
    "voyage": "of whale and ship",
    "none": "of to in",
}


def terms(text: str) -> bytes | None:
    subject = Subject(text=text, kind="page", data=text.encode(), ids=np.zeros(0, np.int32))
    found = topics.score(subject, topics.Options())["topics"]
    assert not isinstance(found, (str, float))
    return found


def documents(**texts: str) -> Documents:
    """Return documents of five tokens each; those of the name `short` have one and are rejected."""
    recipe = recipe_of(packer="related", sources={"books": {"min_tokens": 2}})
    lines = [
        {"doc_id": f"books:{name}", "num_tokens": 1 if name == "short" else 5}
        | {"sha256": sha256_of(name)}
        for name in texts
    ]
    unit, place, table = unit_of("books", *lines)
    column = pa.array([terms(text) for text in texts.values()], pa.binary())
    return judge(recipe, [(unit, place, table.append_column("topics", column))], [])


def named(near: np.ndarray, *names: str) -> dict[str, list[str]]:
    return {
        name: [names[other] for other in row if other >= 0]
        for name, row in zip(names, near.tolist(), strict=True)
    }


def test_kept_documents_are_near_those_that_share_their_terms() -> None:
    near = document_neighbours(documents(**TEXTS))
    assert near.shape == (5, NEIGHBOURS)
    assert named(near, "whale", "ball", "dinner", "voyage", "none") == {
        "whale": ["voyage"],
        "ball": ["dinner"],
        "dinner": ["ball"],
        "voyage": ["whale"],
        "none": [],
    }


def test_documents_that_are_not_asked_for_take_no_places() -> None:
    found = documents(**TEXTS)
    near = document_neighbours(found, among=np.array([3, 1, 3, 0]))
    # Without the dinner, what is most like the ball is the text that says "the" as well.
    assert near[:, 0].tolist() == [1, 0, -1, 0, -1]
    assert near[0, 1] == 3
    assert (document_neighbours(found, among=np.zeros(0, np.int64)) == -1).all()


def test_no_documents_have_no_neighbours() -> None:
    assert document_neighbours(documents()).shape == (0, NEIGHBOURS)


def test_documents_of_another_packer_have_no_terms_to_be_found_by() -> None:
    with pytest.raises(KeyError, match="topics"):
        document_neighbours(documents_of(recipe_of(), a=3))


NEAR = np.array([[1, 2], [0, -1], [0, 1], [-1, -1]])


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ([0, 1, 2], [[1, 2], [0, -1], [0, 1]]),
        ([2, 0], [[1, -1], [0, -1]]),
        ([1, 2], [[-1, -1], [0, -1]]),
        ([0, 0, 1, 2], [[2, 3], [2, 3], [0, -1], [0, 2]]),
        ([0, 0, 0, 2, 2], [[3, -1], [4, -1], [3, -1], [0, -1], [1, -1]]),
        ([3, 3], [[-1, -1], [-1, -1]]),
        ([], np.zeros((0, 2)).tolist()),
    ],
    ids=["whole", "missing", "moves-up", "chunks", "in-turn", "nothing", "none"],
)
def test_pieces_are_near_by_their_documents(doc: list[int], expected: list[list[int]]) -> None:
    assert piece_neighbours(NEAR, np.array(doc, np.int64)).tolist() == expected


def test_chunks_have_each_other_only_where_nothing_else_is_near() -> None:
    doc, epoch = np.array([3, 3, 3, 0, 0, 1]), np.array([0, 0, 1, 0, 0, 0])
    found = piece_neighbours(NEAR, doc, epoch=epoch)
    assert found.tolist() == [[1, -1], [0, -1], [-1, -1], [5, -1], [5, -1], [3, -1]]


def test_a_piece_names_each_piece_once_and_never_its_own_document() -> None:
    rng = np.random.default_rng(0)
    near = np.array([rng.permutation(np.delete(np.arange(50), at))[:6] for at in range(50)])
    doc = rng.integers(0, 60, 400) % 50
    found = piece_neighbours(near, doc)
    for piece, row in enumerate(found.tolist()):
        named_pieces = [other for other in row if other >= 0]
        assert row == named_pieces + [-1] * (len(row) - len(named_pieces))
        owners = doc[named_pieces].tolist()
        assert owners == [
            other for other in near[doc[piece]].tolist() if other in set(doc.tolist())
        ]
