"""Pieces are the file; a piece that cannot be parsed in time takes no other with it."""

from hypothesis import given
from hypothesis import strategies as st

from generators.syntax.parsing import PIECE_BYTES, pieces, trees


@given(st.binary(max_size=300), st.integers(4, 64))
def test_pieces_together_are_the_file_and_none_is_long_or_tiny(data: bytes, longest: int) -> None:
    cut = list(pieces(data, longest=longest))
    assert b"".join(cut) == data
    assert all(len(piece) <= longest for piece in cut)
    assert all(len(piece) >= longest // 4 for piece in cut[:-1])


@given(st.text("ab \n)", max_size=300))
def test_a_cut_stands_before_the_last_top_level_line_of_its_window(text: str) -> None:
    data = text.encode()
    start = 0
    for piece in pieces(data, longest=40):
        window = range(start + 11, start + 40)
        opens = [k for k in window if data[k - 1 : k] == b"\n" and data[k : k + 1] in (b"a", b"b")]
        start += len(piece)
        if start < len(data) and opens:
            assert start == opens[-1]


def test_statements_are_not_cut_between_their_brackets() -> None:
    data = b"x = (\n  1,\n)\nimport a\n  b\n"
    assert list(pieces(data, longest=24)) == [b"x = (\n  1,\n)\n", b"import a\n  b\n"]
    assert list(pieces(b"(\n) " * 6, longest=10)) == [b"(\n) (\n) (\n", b") (\n) (\n", b") (\n) "]


def test_a_minified_line_is_cut_anywhere() -> None:
    assert [len(piece) for piece in pieces(b"x" * 25, longest=10)] == [10, 10, 5]


def test_a_scrap_that_takes_too_many_steps_has_no_tree_and_the_next_piece_has_its_own() -> None:
    scrap = b"!;" * (PIECE_BYTES["go"] // 2)
    ((piece, tree),) = trees(scrap + b"package b\n", "go")
    assert piece == b"package b\n"
    assert str(tree.root_node) == "(source_file (package_clause (package_identifier)))"


def test_a_tree_stays_what_it_was_when_the_next_piece_is_parsed() -> None:
    (first, tree), (second, _) = (
        next(trees(text, "python")) for text in (b"import first\n", b"x = 1\n" * 9)
    )
    name = tree.root_node.children[0].children[1]
    assert (first[name.start_byte : name.end_byte], second[:5]) == (b"first", b"x = 1")


def test_what_is_left_of_a_longer_piece_is_not_read_again() -> None:
    list(trees(b"import a\nimport b\n", "python"))
    ((_, tree),) = trees(b"x\n", "python")
    assert [child.type for child in tree.root_node.children] == ["expression_statement"]
