"""A haystack's text is found again between statements, and no pass uses a text twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.findings import Findings
from pipelines.verify.haystacks import (
    PIECES,
    Interval,
    agreement,
    character_bytes,
    check_text,
    check_use,
    squeezed,
    uncovered,
)
from tests.pipelines.verify.broken import Broken, Change, of_a_book


def test_agreement_is_the_length_of_the_common_beginning() -> None:
    assert agreement("xxabcdef", 2, "abcxyz", 0) == 3
    assert agreement("same" * 100, 0, "same" * 100, 0) == 400
    assert agreement("a", 0, "b", 0) == 0


@given(st.text("ab", max_size=200), st.text("ab", max_size=200))
def test_agreement_is_what_a_loop_would_count(a: str, b: str) -> None:
    count = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    assert agreement(a, 0, b, 0) == (min(len(a), len(b)) if count is None else count)


def test_haystack_is_found_around_a_statement() -> None:
    assert uncovered("itrained.nobodycame.", "itrained.KEYIS17.nobodycame.", 6) is None


def test_first_character_that_is_missing_is_told() -> None:
    assert uncovered("itrained.nobodycame.", "itrained.KEYIS17.", 6) == 9


@given(
    st.lists(st.text("ab. ", min_size=1, max_size=40), min_size=1, max_size=6),
    st.lists(st.text("abKEY17\n", max_size=20), min_size=7, max_size=7),
)
def test_haystack_with_any_statements_between_its_pieces_is_found(
    pieces: list[str], statements: list[str]
) -> None:
    woven = "".join(s + p for s, p in zip(statements, pieces, strict=False)) + statements[-1]
    findings = Findings()
    check_text("".join(pieces), squeezed(woven), "sample", findings)
    assert not findings.failed


def test_text_of_another_place_is_not_found() -> None:
    findings = Findings()
    check_text(
        "It rained. Nobody came.", squeezed("It rained. KEY IS 17. Somebody came."), "s", findings
    )
    assert findings.failed == {"haystack.text": 1}


def test_long_pieces_are_tried_before_short_ones() -> None:
    assert sorted(PIECES, reverse=True) == list(PIECES)
    assert PIECES[-1] == 1


@given(st.text(max_size=50))
def test_each_character_begins_where_the_text_before_it_ends(text: str) -> None:
    data = text.encode("utf-8")
    expected = [len(text[:i].encode("utf-8")) for i in range(len(text) + 1)]
    assert character_bytes(data, len(text)).tolist() == expected


def use(start: int, stop: int, *, natural: bool, epoch: int = 0) -> Interval:
    return Interval(epoch=epoch, start=start, stop=stop, where="here", natural=natural)


@pytest.mark.parametrize(
    ("uses", "fails"),
    [
        ([use(0, 10, natural=True), use(10, 20, natural=False)], False),
        ([use(0, 10, natural=True), use(5, 20, natural=False)], True),
        ([use(0, 10, natural=False), use(5, 20, natural=False)], True),
        ([use(0, 10, natural=True), use(5, 20, natural=False, epoch=1)], False),
        # Where a token ends inside a character, both sides may count the character's bytes.
        ([use(0, 12, natural=True), use(10, 20, natural=False)], False),
    ],
)
def test_text_of_one_pass_is_natural_or_haystack(uses: list[Interval], fails: bool) -> None:
    findings = Findings()
    check_use(uses, shared=False, findings=findings)
    assert bool(findings.failed) == fails


def test_shared_haystacks_may_be_natural_text_as_well() -> None:
    findings = Findings()
    uses = [use(0, 10, natural=True), use(5, 20, natural=False)]
    check_use(uses, shared=True, findings=findings)
    assert not findings.failed


LINES: list[tuple[str, Change, set[str]]] = [
    ("no licence", lambda s: s.update(licenses=[]), {"haystack.license"}),
    (
        "beyond its document",
        lambda s: s["haystack"][0].update(end=10**6),
        {"haystack.range", "haystack.text"},
    ),
    ("unknown document", lambda s: s["haystack"][0].update(doc_id="books:x"), {"haystack.range"}),
]


@pytest.mark.parametrize(("change", "checks"), [pytest.param(c, k, id=n) for n, c, k in LINES])
def test_haystack_that_is_no_part_of_a_document_is_named(
    mix: Broken, change: Change, checks: set[str]
) -> None:
    mix.edit_table("samples", lambda lines: change(of_a_book(lines)))
    assert mix.failures() == checks


def test_haystack_that_is_said_to_be_elsewhere_is_not_the_samples_text(mix: Broken) -> None:
    def change(lines: list[dict[str, Any]]) -> None:
        of_a_book(lines)["haystack"][0] |= {"start": 0, "end": 9000}

    mix.edit_table("samples", change)
    assert mix.failures() == {"haystack.text", "haystack.use"}
