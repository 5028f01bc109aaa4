"""Tables of two mixes beside each other: a few lines by eye, and the same by plain loops."""

from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.report.diff_tables import NAMED, diff_depths, diff_documents, diff_samples
from schemas.document import DOCUMENTS
from schemas.layout import DEPTHS
from schemas.sample import SAMPLES

Line = dict[str, Any]


def documents(*lines: Line) -> pa.Table:
    """Return a documents table; what a line leaves out is that of a book of ten tokens."""
    plain = {"kind": "book", "uri": "u", "num_bytes": 1, "num_chars": 1, "num_tokens": 10}
    full = [
        {**dict.fromkeys(DOCUMENTS.names), **plain, "source": line["doc_id"].split(":")[0], **line}
        for line in lines
    ]
    return pa.Table.from_pylist(full, schema=DOCUMENTS)


def kept(name: str, sha256: str = "1") -> Line:
    return {"doc_id": name, "sha256": sha256, "kept": True}


def left_out(name: str, reason: str, sha256: str | None = "1") -> Line:
    return {"doc_id": name, "sha256": sha256, "kept": False, "reason": reason}


def samples(*lines: Line) -> pa.Table:
    """Return a samples table; what a line leaves out is null, but for its task."""
    plain = {"task": "needle", "row_id": 0, "segment": 0, "haystack": [], "sentinels": []}
    full = [{**dict.fromkeys(SAMPLES.names), **plain, **line} for line in lines]
    return pa.Table.from_pylist(full, schema=SAMPLES)


def piece(name: str, start: int) -> Line:
    return {"doc_id": name, "start": start, "end": start + 9, "epoch": 0}


def test_documents_are_told_by_the_reason_of_the_other_mix() -> None:
    a = documents(kept("books:rain"), kept("books:sun"), kept("notes:monday"), kept("notes:all"))
    b = documents(left_out("books:rain", "bad_utf8 at byte 7", None), kept("notes:all"))
    found = diff_documents(a, b)["only_a"]
    assert (found["documents"], found["tokens"]) == (3, 30)
    assert found["by_reason"] == [
        {"source": "books", "reason": "bad_utf8", "documents": 1},
        {"source": "books", "reason": "not met", "documents": 1},
        {"source": "notes", "reason": "not met", "documents": 1},
    ]
    assert found["named"][0] == {"doc_id": "books:rain", "reason": "bad_utf8 at byte 7"}
    assert diff_documents(a, b)["only_b"]["documents"] == 0


def test_a_text_has_changed_where_both_mixes_have_one() -> None:
    a = documents(kept("books:x", "1"), kept("books:y", "1"), left_out("notes:z", "short", "1"))
    b = documents(
        kept("books:x", "1"), left_out("books:y", "empty", None), left_out("notes:z", "short", "2")
    )
    changed = diff_documents(a, b)["text_changed"]
    assert changed == {"documents": 1, "by_source": {"notes": 1}, "named": ["notes:z"]}


def test_twenty_documents_are_named_and_all_are_counted() -> None:
    found = diff_documents(documents(*(kept(f"books:{i}") for i in range(30))), documents())
    assert found["only_a"]["documents"] == 30
    assert len(found["only_a"]["named"]) == NAMED


VERDICTS = st.dictionaries(
    st.sampled_from([f"{source}:{i}" for source in ("books", "notes") for i in range(4)]),
    st.tuples(st.sampled_from([None, "short", "bad_utf8 at byte 3"]), st.sampled_from("12")),
)


@settings(deadline=None)
@given(a=VERDICTS, b=VERDICTS)
def test_documents_by_a_plain_loop(a: dict[str, Any], b: dict[str, Any]) -> None:
    def table(verdicts: dict[str, Any]) -> pa.Table:
        lines = (
            {**kept(n, sha), "kept": not why, "reason": why} for n, (why, sha) in verdicts.items()
        )
        return documents(*lines)

    found = diff_documents(table(a), table(b))
    for side, mine, other in (("only_a", a, b), ("only_b", b, a)):
        alone = [n for n in mine if not mine[n][0] and not (n in other and not other[n][0])]
        assert [entry["doc_id"] for entry in found[side]["named"]] == alone
        assert sum(entry["documents"] for entry in found[side]["by_reason"]) == len(alone)
    changed = [n for n in a if n in b and a[n][1] != b[n][1]]
    assert found["text_changed"]["named"] == changed


def test_samples_are_told_by_task_and_by_what_changed() -> None:
    a = samples(
        {"sample_id": "n0", "gold": "seven"},
        {"sample_id": "n1", "gold": "nine"},
        {"sample_id": "n2", "haystack": [piece("books:x", 0)]},
        {"sample_id": "n3", "row_id": 4},
        {"sample_id": "c0", "task": "code"},
    )
    b = samples(
        {"sample_id": "n3", "row_id": 5},
        {"sample_id": "n2", "haystack": [piece("books:x", 1)]},
        {"sample_id": "n1", "gold": "nine"},
        {"sample_id": "n0", "gold": "eight"},
        {"sample_id": "n9"},
    )
    found = diff_samples(a, b)
    code = {"task": "code", "only_a": 1, "only_b": 0, "changed": 0, "same": 0, "moved": 0}
    needle = {"task": "needle", "only_a": 0, "only_b": 1, "changed": 2, "same": 2, "moved": 1}
    assert found["by_task"] == [
        {**code, "columns": {}},
        {**needle, "columns": {"gold": 1, "haystack": 1}},
    ]
    assert found["named"] == {"only_a": ["c0"], "only_b": ["n9"], "changed": ["n0", "n2"]}


def test_a_column_of_one_mix_alone_is_not_compared() -> None:
    a = samples({"sample_id": "n0", "gold": "seven"})
    (entry,) = diff_samples(a, a.drop_columns(["loss"]))["by_task"]
    assert (entry["changed"], entry["same"]) == (0, 1)


HAYSTACKS = st.dictionaries(
    st.sampled_from("pqrst"),
    st.none()
    | st.lists(st.builds(piece, st.sampled_from(["x", "y"]), st.integers(0, 1)), max_size=3),
)


@settings(deadline=None)
@given(a=HAYSTACKS, b=HAYSTACKS)
def test_haystacks_by_a_plain_loop(a: dict[str, Any], b: dict[str, Any]) -> None:
    def table(haystacks: dict[str, Any]) -> pa.Table:
        return samples(*({"sample_id": n, "haystack": h} for n, h in haystacks.items()))

    expected = [n for n in a if n in b and a[n] != b[n]]
    # columns in several pieces, as a table of many files has them
    found = diff_samples(pa.concat_tables([table({}), table(a)]), table(b))
    assert found["named"]["changed"] == expected
    assert found["named"]["only_a"] == [n for n in a if n not in b]
    counts = Counter({key: n for entry in found["by_task"] for key, n in entry["columns"].items()})
    assert counts["haystack"] == len(expected)


def depths(*counts: tuple[str, str, int, int]) -> pa.Table:
    names = ("stage", "task", "tenth", "realised")
    lines = [{**dict(zip(names, line, strict=True)), "length": 512} for line in counts]
    return pa.Table.from_pylist(lines, schema=DEPTHS)


def test_depths_are_added_up_over_stages() -> None:
    a = depths(("short", "needle", 0, 3), ("long", "needle", 0, 1), ("long", "needle", 9, 2))
    b = depths(("long", "facts", 5, 7))
    assert diff_depths(a, b) == [
        {"task": "facts", "a": [0] * 10, "b": [0] * 5 + [7] + [0] * 4},
        {"task": "needle", "a": [4] + [0] * 8 + [2], "b": [0] * 10},
    ]
