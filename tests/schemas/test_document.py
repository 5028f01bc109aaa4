"""The columns of the documents table are a contract: a reader finds them by name and type."""

import pytest

from schemas.document import DOCUMENTS, STORED_DOCUMENTS, Document, kind_of_reason


def test_the_published_columns_are_those_of_the_format() -> None:
    assert DOCUMENTS.names == [
        "doc_id",
        "source",
        "kind",
        "uri",
        "license",
        "num_bytes",
        "num_chars",
        "num_tokens",
        "sha256",
        "kept",
        "reason",
        "near_duplicate_of",
    ]


def test_only_what_may_be_unknown_is_nullable() -> None:
    nullable = [field.name for field in DOCUMENTS if field.nullable]
    assert nullable == ["license", "sha256", "reason", "near_duplicate_of"]


def test_the_store_keeps_no_verdict() -> None:
    assert not {"kept", "near_duplicate_of", "source", "kind"} & set(STORED_DOCUMENTS.names)


def test_a_document_is_frozen_and_not_rejected_unless_it_says_so() -> None:
    document = Document(doc_id="books:a", uri="a", text="x")
    assert document.reason is None
    with pytest.raises(AttributeError, match="reason"):
        document.reason = "short"  # type: ignore[misc] - that this fails is the test


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("short", "short"),
        ("bad_utf8 at byte 17", "bad_utf8"),
        ("bad_json at character 3", "bad_json"),
        ("other_ending: 153 files (.png 150, .so 3)", "other_ending"),
        ("low compression_long in its length", "low compression_long in its length"),
    ],
)
def test_reasons_are_counted_by_their_kind(reason: str, kind: str) -> None:
    assert kind_of_reason(reason) == kind
