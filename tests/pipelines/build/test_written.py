"""Every line of the responses ends as a pair or as a reason, and pairs are dealt out once.

A response that vanished in silence would be paid for and missed; one that counts twice would be
two samples with one answer.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.build.written import read_requests, sample_fields, survivors
from schemas.errors import RecipeError
from schemas.written import Pair, Request, Rules, request_id
from tests.generators.written.model import FAULTS, answer

NAMES = ("Brack", "Harker", "Tamsin", "Grane", "Velmar", "Oswin", "Petra", "Lundy", "Morcar")
THINGS = ("mainmast", "rudder", "lantern", "capstan", "galley", "bowsprit", "anchor", "compass")


def requests(number: int = 24) -> list[Request]:
    """Return requests about passages of three documents, each naming somebody."""
    made = []
    for n in range(number):
        thing, name = THINGS[n % len(THINGS)], NAMES[n % len(NAMES)]
        passage = (
            f"The ferry left at noon, day {n}.\n\nWhen the {thing} of schooner {n} splintered, "
            f"only {name} kept quiet, and steadied the passengers.\nThe ferry came back at night."
        )
        at = (f"books:{n % 3}", 10 * n, 10 * n + len(passage))
        name = request_id(*at, passage)
        made.append(Request(id=name, doc_id=at[0], start=at[1], end=at[2], passage=passage))
    return made


def sound(request: Request, number: int) -> dict[str, Any]:
    """Return a sound response whose question no other one asks."""
    given = answer(request)
    assert given
    question = f"{given['question'].removesuffix('?')}, on schooner {number}?"
    return {**given, "question": question}


def write(folder: Path, asked: list[Request], lines: list[Any]) -> tuple[str, str]:
    """Write both files; what is no text is dumped as JSON."""
    first, second = folder / "requests.jsonl", folder / "responses.jsonl"
    first.write_text("".join(f"{line.model_dump_json()}\n" for line in asked), encoding="utf-8")
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    second.write_text("".join(f"{line}\n" for line in texts), encoding="utf-8")
    return str(first), str(second)


def test_every_sound_response_is_a_pair(tmp_path: Path) -> None:
    asked = requests()
    files = write(tmp_path, asked, [sound(line, n) for n, line in enumerate(asked)][::-1])
    found = survivors(*files)
    assert [pair.id for pair in found.pairs] == [line.id for line in asked][::-1]
    assert (found.rejected, found.num_requests, found.unanswered) == ({}, 24, 0)
    sums = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files]
    assert [found.requests_sha256, found.responses_sha256] == sums


def test_every_kind_of_fault_is_rejected_by_name_and_counted(tmp_path: Path) -> None:
    asked = requests(len(FAULTS) + 2)
    spoilt = [
        FAULTS[fault](sound(line, n))
        for n, (fault, line) in enumerate(zip(FAULTS, asked, strict=False))
    ]
    files = write(tmp_path, asked, [*spoilt, sound(asked[-2], 99)])
    found = survivors(*files)
    nameless = {"no_object", "no_id", "answer_no_text", "no_answer"} | {
        fault for fault in FAULTS if fault.endswith("_empty_or_broken")
    }
    expected = {
        f"line {n + 1}" if fault in nameless else asked[n].id: fault
        for n, fault in enumerate(FAULTS)
    }
    assert {key: reason.split(":")[0] for key, reason in found.rejected.items()} == expected
    assert [pair.id for pair in found.pairs] == [asked[-2].id]
    facts = found.facts()
    assert facts["reasons"] == dict.fromkeys(sorted(FAULTS), 1)
    assert facts["pairs"] + facts["unanswered"] + len(FAULTS) - len(nameless) == facts["requests"]
    assert json.loads(json.dumps(facts)) == facts


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": ', "broken_json"),
        ("Here is your question!", "broken_json"),
        ("[" * 100_000, "broken_json"),
        ("null", "no_object"),
        ({"id": "0" * 16, "question": "a?", "answer": "b", "evidence": "c"}, "id_unknown"),
    ],
)
def test_a_line_without_a_request_is_named_by_its_number(
    tmp_path: Path, line: Any, reason: str
) -> None:
    asked = requests(2)
    found = survivors(*write(tmp_path, asked, ["", sound(asked[0], 0), line, sound(asked[1], 1)]))
    assert found.rejected == {"line 3": reason}
    assert len(found.pairs) == 2


def test_bytes_that_are_not_utf8_break_one_line_alone(tmp_path: Path) -> None:
    asked = requests(2)
    first, second = write(tmp_path, asked, [sound(asked[0], 0)])
    Path(second).write_bytes(b'{"id": "\xff"}\n\xef\xbb\xbf' + Path(second).read_bytes() + b"\r\n")
    found = survivors(first, second)
    assert (len(found.pairs), found.rejected) == (1, {"line 1": "broken_json"})


def test_a_request_is_answered_once_and_by_the_first_line(tmp_path: Path) -> None:
    asked = requests(2)
    bad = {**sound(asked[1], 1), "answer": "Nobody"}
    lines = [sound(asked[0], 0), sound(asked[0], 7), bad, sound(asked[1], 1)]
    found = survivors(*write(tmp_path, asked, lines))
    assert [pair.question for pair in found.pairs] == [lines[0]["question"]]
    assert found.rejected == {
        "line 2": "id_answered_before",
        asked[1].id: "answer_not_in_evidence",
        "line 4": "id_answered_before",
    }
    assert found.unanswered == 0


def test_the_same_question_is_asked_once(tmp_path: Path) -> None:
    asked = requests(9)
    one, other = sound(asked[0], 0), sound(asked[8], 0)
    other["question"] = one["question"].upper()
    found = survivors(*write(tmp_path, asked, [one, other]))
    assert found.rejected == {asked[8].id: "question_asked_before"}


def test_a_benchmark_s_question_is_named(tmp_path: Path) -> None:
    asked = requests(1)
    files = write(tmp_path, asked, [sound(asked[0], 0)])
    found = survivors(*files, meets=lambda question: ("quiz", "exam"))
    assert found.rejected == {asked[0].id: "question_of_benchmark: quiz, exam"}
    assert found.facts()["reasons"] == {"question_of_benchmark": 1}


def test_rules_and_normal_form_are_those_that_are_given(tmp_path: Path) -> None:
    asked = requests(1)
    files = write(tmp_path, asked, [sound(asked[0], 0)])
    assert survivors(*files, Rules(max_question_words=5)).rejected == {asked[0].id: "question_long"}
    (pair,) = survivors(*files, normalise=lambda text: text.replace("Which", "What")).pairs
    assert pair.question.startswith("What name")


def test_no_response_at_all_leaves_all_unanswered(tmp_path: Path) -> None:
    found = survivors(*write(tmp_path, requests(3), []))
    assert (found.pairs, found.rejected, found.unanswered) == ((), {}, 3)


def line_of(**changed: Any) -> bytes:
    data = {**requests(1)[0].model_dump(), **changed}
    return json.dumps({key: value for key, value in data.items() if value != "gone"}).encode()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\n\n", r"r\.jsonl: holds no request; `longmix ask RECIPE --out FILE` writes some"),
        (b"{", r"r\.jsonl: line 1: the line: Invalid JSON"),
        (line_of() + b"\n[]", r"r\.jsonl: line 2: the line: Input should be an object"),
        (line_of(passage="gone"), r"line 1: passage: Field required"),
        (line_of(start=-1), r"line 1: start: Input should be greater"),
        (line_of(colour=1), r"line 1: colour: Extra inputs are not permitted"),
        (line_of(passage="other"), r"line 1: the id '\w+' is not that of its passage, '\w+'"),
        (line_of() + b"\n" + line_of(), r"line 2: the id '\w+' stands in an earlier line too"),
    ],
)
def test_a_file_of_requests_that_was_changed_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        read_requests(data, "r.jsonl")


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    first, second = write(tmp_path, requests(1), [])
    with pytest.raises(RecipeError, match="requests: name the file"):
        survivors("", second)
    with pytest.raises(RecipeError, match=r"responses: .*none\.jsonl: cannot be read"):
        survivors(first, str(tmp_path / "none.jsonl"))
    with pytest.raises(RecipeError, match=r"requests: .*: cannot be read"):
        survivors(str(tmp_path), second)


def pairs(number: int) -> list[Pair]:
    return [
        Pair(
            **request.model_dump(exclude={"prompt"}),
            question=f"Who {n}?",
            answer=f"A{n}",
            cloze="____",
            anchors=(),
        )
        for n, request in enumerate(requests(number))
    ]


def test_pairs_go_to_haystacks_of_other_documents_and_none_goes_twice() -> None:
    given = sample_fields(
        np.random.default_rng(0), pairs(12), ["books:0"] * 5 + ["else"] * 7, distractors=2
    )
    assert all(fields for fields in given)
    docs = [fields["pair"]["doc_id"] for fields in given if fields]
    assert "books:0" not in docs[:5]
    assert Counter(docs) == {"books:0": 4, "books:1": 4, "books:2": 4}
    assert len({fields["pair"]["id"] for fields in given if fields}) == 12


def test_without_a_pair_left_a_sample_has_no_fields() -> None:
    rng = np.random.default_rng(0)
    given = sample_fields(rng, pairs(3), ["books:0", "books:0", "books:0", "x"], distractors=0)
    assert [fields is None for fields in given] == [False, False, True, False]
    assert all(fields["others"] == [] for fields in given if fields)
    assert sample_fields(rng, [], ["x", "y"], distractors=3) == [None, None]


@given(st.integers(0, 30), st.lists(st.sampled_from("abc"), max_size=40), st.integers(0, 5))
def test_dealing_is_fair_and_the_same_each_time(
    number: int, letters: list[str], distractors: int
) -> None:
    mine = pairs(number)
    docs = [f"books:{'abc'.index(letter)}" for letter in letters]

    def deal() -> list[dict[str, Any] | None]:
        return sample_fields(np.random.default_rng(7), mine, docs, distractors=distractors)

    given = deal()
    assert len(given) == len(docs)
    used = [fields["pair"]["id"] for fields in given if fields]
    assert len(used) == len(set(used)) <= number
    for fields, doc in zip(given, docs, strict=True):
        if fields:
            assert fields["pair"]["doc_id"] != doc
            assert fields["pair"]["passage"] not in fields["others"]
            assert len(fields["others"]) == len(set(fields["others"])) <= 2 * distractors
    assert given == deal()
