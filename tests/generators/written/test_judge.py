"""No response is believed: each kind of fault has its reason, and what passes can be found again.

A pair that slips through is a sample whose answer is wrong, or that anybody could answer.
"""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.written.judge import KEYS, Refused, fields_of, fits, judge
from generators.written.words import words_of
from schemas.written import BLANK, Pair, Request, Rules
from tests.generators.written.model import FAULTS, answer

PASSAGE = """The ferry left at noon.

\u201cI won\u2019t say,\u201d said Old Brack, who had
the wheel of the ferry.  He was deaf, and nobody but Tamsin Hale knew how deaf.

When the mainmast of the schooner splintered, only Harker kept quiet, and steadied the passengers.
The ferry came back at night."""
SOUND = {
    "id": "p1",
    "question": "Who knew how deaf the man at the ferry's wheel was?",
    "answer": "Tamsin Hale",
    "evidence": "nobody but Tamsin Hale knew how deaf",
}


def request(passage: str = PASSAGE) -> Request:
    return Request(id="p1", doc_id="d", start=0, end=len(passage), passage=passage)


def pair_of(passage: str = PASSAGE, rules: Rules | None = None, **changed: Any) -> Pair:
    given = fields_of({**SOUND, **changed})
    return judge(request(passage), given, rules or Rules())


def reason(passage: str = PASSAGE, **changed: Any) -> str:
    with pytest.raises(Refused) as refused:
        pair_of(passage, **changed)
    return str(refused.value)


def test_a_sound_response_is_a_pair() -> None:
    pair = pair_of()
    assert (pair.question, pair.answer) == (SOUND["question"], "Tamsin Hale")
    assert pair.cloze == "deaf, and nobody but ____ knew how deaf.\n\nWhen"
    assert pair.anchors == ("knew", "deaf", "ferry", "wheel")
    assert (pair.id, pair.doc_id, pair.passage) == ("p1", "d", PASSAGE)


def test_quotation_marks_and_white_space_of_a_quote_do_not_matter() -> None:
    quote = '"I won\'t say," said Old Brack, who had the wheel of the ferry. He was deaf'
    pair = pair_of(
        question="Who had the wheel of the ferry?", answer="'Old Brack.'", evidence=quote
    )
    assert pair.answer == "Old Brack"
    assert pair.cloze.startswith("\u201cI won\u2019t say,\u201d said ____, who had\nthe wheel")


def test_an_answer_at_the_edge_of_a_passage_has_a_blank_at_the_edge() -> None:
    pair = pair_of(
        question="Which boat left while the noon bell rang?",
        answer="The ferry",
        evidence="The ferry left at noon.",
        passage="The ferry left at noon. The bell rang for boat and crew alike.",
    )
    assert pair.cloze == "____ left at noon. The bell rang for boat"


def test_every_place_of_the_answer_is_blank() -> None:
    passage = "When Grane came, Grane brought rope. Everybody cheered for Grane and his mill rope."
    pair = pair_of(
        passage,
        question="Who brought rope when everybody cheered?",
        answer="Grane",
        evidence="When Grane came, Grane brought rope. Everybody cheered for Grane and",
    )
    assert pair.cloze == (
        "When ____ came, ____ brought rope. Everybody cheered for ____ and his mill rope."
    )
    assert fits(pair.cloze, passage) == ["Grane"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"question": "Who knew?\nWho?"}, "question_of_several_lines"),
        ({"question": "Tell who knew how deaf he was."}, "question_without_mark"),
        ({"question": "Who, " * 51 + "knew?"}, "question_long"),
        ({"question": "According to the text, who knew?"}, "question_points: the text"),
        ({"question": "Who knew, in this  Excerpt?"}, "question_points: excerpt"),
        ({"question": "Did Tamsin  Hale know how deaf?"}, "answer_in_question"),
        ({"question": "Did TAMSIN HALE know how deaf?"}, "answer_in_question"),
        ({"question": "Who was it?"}, "question_names_nothing"),
        ({"question": "Who was deaf?"}, "question_names_nothing"),
        ({"answer": "Hale Tamsin"}, "answer_not_in_evidence"),
        ({"evidence": "but Tamsin Hale knew"}, "evidence_short"),
        ({"answer": "Tamsin Hal"}, "answer_not_in_evidence"),
        ({"answer": "tamsin hale"}, "answer_not_in_evidence"),
        ({"answer": "Harker"}, "answer_not_in_evidence"),
        ({"answer": "--"}, "answer_no_words"),
        ({"answer": "nobody but"}, "answer_says_nothing"),
        ({"answer": "a " * 9}, "answer_long"),
        ({"evidence": "Tamsin Hale knew how deaf he was"}, "evidence_not_in_passage"),
        ({"evidence": "amsin Hale knew how deaf"}, "evidence_not_in_passage"),
        ({"evidence": "a " * 81}, "evidence_long"),
        ({"evidence": "The ferry", "answer": "ferry"}, "evidence_twice"),
        ({"evidence": "said Old Brack, who had the wheel", "answer": "had the wheel"},
         "answer_over_lines"),
        ({"question": "What came after the wheel of the ferry?",
          "passage": "Tamsin Hale: wheel, ferry.", "evidence": "Tamsin Hale: wheel, ferry."},
         "evidence_short"),
        ({"passage": PASSAGE + "\nMr. ____ came."}, "cloze_not_unique"),
    ],
)  # fmt: skip
def test_each_fault_has_its_reason(changed: dict[str, str], why: str) -> None:
    assert reason(**changed) == why


@pytest.mark.parametrize("value", [None, [], "text", 7, [SOUND]])
def test_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(Refused, match=r"^no_object$"):
        fields_of(value)


@pytest.mark.parametrize("key", KEYS)
def test_each_key_must_be_there_and_a_text(key: str) -> None:
    for spoilt, why in (
        ({k: v for k, v in SOUND.items() if k != key}, f"no_{key}"),
        ({**SOUND, key: None}, f"{key}_no_text"),
        ({**SOUND, key: ["a"]}, f"{key}_no_text"),
        ({**SOUND, key: " \n"}, f"{key}_empty_or_broken"),
        ({**SOUND, key: "a\0b"}, f"{key}_empty_or_broken"),
        ({**SOUND, key: "\udc80"}, f"{key}_empty_or_broken"),
    ):
        with pytest.raises(Refused, match=f"^{why}$"):
            fields_of(spoilt)


def test_more_keys_than_asked_for_do_no_harm() -> None:
    assert fields_of({**SOUND, "comment": 7}) == SOUND


def test_limits_are_those_of_the_rules() -> None:
    assert reason(rules=Rules(max_answer_words=1)) == "answer_long"
    assert reason(rules=Rules(max_question_words=5)) == "question_long"
    assert reason(rules=Rules(pointing=("how deaf",))) == "question_points: how deaf"
    assert pair_of(question=f"In the text, {SOUND['question']}", rules=Rules(pointing=()))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_model_of_tests_is_sound_until_it_is_spoilt(fault: str) -> None:
    asked = request()
    sound = answer(asked)
    assert sound
    assert judge(asked, fields_of(sound), Rules()).answer == "Harker"
    with pytest.raises(Refused, match=f"^{fault}(: .*)?$"):
        judge(asked, fields_of(FAULTS[fault](sound)), Rules())


WORDS = "Brack wheel ferry noon deaf who had the left mill rope"
WORD = st.sampled_from(words_of(WORDS))


@given(st.lists(WORD, min_size=12, max_size=60), st.data())
def test_whatever_passes_can_be_found_again_by_its_cloze(words: list[str], data: Any) -> None:
    marks = data.draw(
        st.lists(st.sampled_from([" ", ", ", ".\n\n", "\n"]), min_size=60, max_size=60)
    )
    passage = "".join(word + mark for word, mark in zip(words, marks, strict=False)).strip()
    a = data.draw(st.integers(0, len(words) - 6))
    evidence = re.findall(r"\w+", passage)[a : a + 6]
    start = [m.start() for m in re.finditer(r"\w+", passage)][a]
    stop = [m.end() for m in re.finditer(r"\w+", passage)][a + 5]
    given = {
        "id": "p1",
        "question": "Which word stands with the mill and the rope of the ferry?",
        "answer": data.draw(st.sampled_from(evidence)),
        "evidence": passage[start:stop],
    }
    try:
        pair = judge(request(passage), given, Rules())
    except Refused:
        return
    assert fits(pair.cloze, passage) == [pair.answer]
    assert not re.search(rf"\b{pair.answer}\b", pair.cloze)
    assert BLANK in pair.cloze
    assert pair.answer.lower() not in pair.question.lower().split()
