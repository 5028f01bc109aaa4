"""A sample's columns are those of the format, its order the least that a person has to say."""

import numpy as np
import pytest

from schemas.sample import SAMPLES, Haystack, HaystackSpan, Order, Run

#             0123456789012345678
TEXT = "It rained.\n\nWe left"
HAYSTACK = Haystack(
    text=TEXT,
    token_ends=np.array([], np.int64),
    runs=(
        Run(at=0, size=10, doc_id="a", start=500),
        Run(at=12, size=7, doc_id="b", start=0, epoch=1),
    ),
)


def span(doc_id: str, start: int, end: int) -> HaystackSpan:
    return HaystackSpan(doc_id=doc_id, start=start, end=end, epoch=int(doc_id == "b"))


def test_the_columns_of_a_sample() -> None:
    assert SAMPLES.names == [
        *("sample_id", "task", "task_version", "template", "split", "row_id", "segment"),
        *("num_tokens", "loss", "question", "unique", "depth_kind", "answerable", "gold"),
        *("answer_start", "answer_end", "haystack", "licenses", "sentinels", "params"),
    ]
    fields = [field.name for field in SAMPLES.field("haystack").type.value_type]
    assert fields == list(HaystackSpan.__dataclass_fields__)


def test_an_order_asks_last_for_the_answer_alone_and_ends_with_the_end_id() -> None:
    order = Order(sample_id="n-0", length=100)
    assert (order.min_length, order.multiple) == (1, 1)
    assert (order.question, order.loss, order.bos, order.eos) == ("last", "answer", False, True)


@pytest.mark.parametrize(
    ("start", "stop", "spans"),
    [
        (3, 9, [span("a", 503, 509)]),
        (3, 19, [span("a", 503, 510), span("b", 0, 7)]),
        (10, 12, []),
        (11, 14, [span("b", 0, 2)]),
        (12, 19, [span("b", 0, 7)]),
    ],
)
def test_characters_are_of_documents(start: int, stop: int, spans: list[HaystackSpan]) -> None:
    assert HAYSTACK.spans(start, stop) == spans


def test_noise_is_nobodys() -> None:
    assert Haystack(text=TEXT, token_ends=HAYSTACK.token_ends, runs=()).spans(0, 19) == []
