"""A sample's columns are those of the format, its order the least that a person has to say."""

from schemas.sample import SAMPLES, HaystackSpan, Order


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
    assert (order.question, order.loss, order.bos, order.eos) == ("last", "answer", False, True)
