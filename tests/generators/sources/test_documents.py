"""Every row becomes a document, kept or rejected by name, under an id of its own."""

from hypothesis import given
from hypothesis import strategies as st

from generators.sources._documents import Row, document, documents
from schemas.document import Document
from schemas.recipe import SourceSpec
from schemas.unit import Item

ITEM = Item(source="s", uri="f", num_bytes=0, sha256="")


def ids(labels: list[object]) -> list[str]:
    rows = [Row(number=k, text="x", label=label) for k, label in enumerate(labels)]
    return [made.doc_id for made in documents(rows, ITEM, SourceSpec(), labelled=True)]


def test_a_document_is_clean_and_counts_what_cleaning_did() -> None:
    spec = SourceSpec(bad_utf8="latin-1", license="MIT")
    made = document(b"\xef\xbb\xbfcaf\xe9\r\n\0", spec, doc_id="s:f", uri="f")
    assert made == Document(
        doc_id="s:f", uri="f", text="café\n", license="MIT", num_nul=1, num_replaced=1
    )


def test_each_fault_has_its_reason() -> None:
    texts: list[object] = [None, 7, "", " \n", "\0", "a\ud800", b"a\xff", b"\xff\xfea\0", "ok"]
    rows = [Row(number=k, text=text) for k, text in enumerate(texts)]
    made = documents(rows, ITEM, SourceSpec(), labelled=False)
    found = [(one.doc_id, one.reason) for one in made]
    assert found == [
        ("s:f#0", "missing_text"),
        ("s:f#1", "not_text"),
        ("s:f#2", "empty"),
        ("s:f#3", "white_space"),
        ("s:f#4", "empty"),
        ("s:f#5", "lone_surrogate"),
        ("s:f#6", "bad_utf8 at byte 1"),
        ("s:f#7", "utf16"),
        ("s:f#8", None),
    ]


def test_a_rejected_document_holds_no_text() -> None:
    assert document("a\ud800", SourceSpec(), doc_id="s:f", uri="f").text == ""


def test_a_repeated_id_gets_a_counted_suffix() -> None:
    assert ids(["a", "b", "a", "a"]) == ["s:f#a", "s:f#b", "s:f#a~2", "s:f#a~3"]
    assert ids(["a", "a", "a~2"]) == ["s:f#a", "s:f#a~2", "s:f#a~2~2"]
    assert ids(["a~2", "a", "a"]) == ["s:f#a~2", "s:f#a", "s:f#a~3"]


def test_what_cannot_be_an_id_gives_way_to_the_number() -> None:
    labels = [7, b"b", None, True, 1.5, "", "\ud800", ["a"]]
    assert [one.removeprefix("s:f#") for one in ids(labels)] == [
        "7", "b", "2", "3", "4", "5", "6", "7~2",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["a", "a~2", "a~2~2", "a~3", "b", "0", "1", None])))
def test_ids_are_unique(labels: list[object]) -> None:
    assert len(set(ids(labels))) == len(labels)


def test_a_row_says_its_licence_or_the_source_does() -> None:
    rows = [
        Row(number=k, text="x", licence=licence)
        for k, licence in enumerate(["MIT", b"GPL", ["MIT", "GPL"], [], None, 3.5])
    ]
    made = documents(rows, ITEM, SourceSpec(license="CC0"), labelled=False)
    assert [one.license for one in made] == ["MIT", "GPL", "MIT, GPL", "CC0", "CC0", "CC0"]
