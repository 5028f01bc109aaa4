"""What a row says of itself is held against its tokens: each case breaks one rule of one row.

A reader trusts lengths, masks and positions without looking; a row that lies about them trains a
model across documents, or on padding, and no loss curve shows it.
"""

from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.pipelines.verify.broken import END, Breach, Breaches, Broken, Row, padded

ROWS = Breaches()


@ROWS.of("row.boundaries")
def segments_sum_to_less(row: Row) -> None:
    row["seq_lengths"][0] -= 1


@ROWS.of("row.boundaries")
def segment_of_no_tokens(row: Row) -> None:
    row["seq_lengths"].insert(1, 0)


@ROWS.of("row.spans")
def boundary_one_token_early(row: Row) -> None:
    row["seq_lengths"][0] -= 1
    row["seq_lengths"][1] += 1
    recount(row)


@ROWS.of("row.nulls")
def stage_null(row: Row) -> None:
    row["stage"] = None


def recount(row: Row) -> None:
    """Make the counted columns right for the segments and the mask that the row now has."""
    real = row["seq_lengths"][: -1 if row["num_pad"] else None]
    row["num_docs"], row["max_doc_len"] = len(real), max(real)
    row["attn_cost"] = sum(length * length for length in real)
    if row["target_mask"] is not None:
        row["num_targets"] = sum(row["target_mask"])


def default_mask(row: Row) -> list[bool]:
    """Spell out what a null mask stands for."""
    body = len(row["input_ids"]) - row["num_pad"]
    mask = [True] * body + [False] * row["num_pad"]
    start = 0
    for length in row["seq_lengths"]:
        mask[start] = False
        start += length
    return mask


@ROWS.of("row.length")
def id_too_many(row: Row) -> None:
    row["input_ids"].append(5)


@ROWS.of("row.ids")
def id_out_of_vocabulary(row: Row) -> None:
    row["input_ids"][20] = END + 1


@ROWS.of("row.ids")
def id_below_zero(row: Row) -> None:
    row["input_ids"][20] = -1


@ROWS.of("row.special_ids", "span.text")
def end_id_inside_text(row: Row) -> None:
    row["input_ids"][20] = END


@ROWS.of("span.text")
def one_other_token(row: Row) -> None:
    row["input_ids"][20] = 77 if row["input_ids"][20] != 77 else 78


@ROWS.of("row.first_token", "row.num_targets", "span.targets", "totals.targets")
def first_token_a_target(row: Row) -> None:
    row["target_mask"] = default_mask(row)
    row["target_mask"][0] = True


@ROWS.of("row.first_token", "span.targets")
def mask_shifted_by_one(row: Row) -> None:
    mask = default_mask(row)
    row["target_mask"] = mask[1:] + mask[:1]


@ROWS.of("span.targets", "totals.targets")
def text_that_is_no_target(row: Row) -> None:
    row["target_mask"] = default_mask(row)
    row["target_mask"][100:110] = [False] * 10
    recount(row)


@ROWS.of("row.mask_length")
def mask_too_short(row: Row) -> None:
    row["target_mask"] = default_mask(row)[:-1]


@ROWS.of("row.padding_mask", "totals.targets", row=padded)
def padding_a_target(row: Row) -> None:
    row["target_mask"] = default_mask(row)
    row["target_mask"][-1] = True
    recount(row)


@ROWS.of("row.padding", row=padded)
def padding_of_another_id(row: Row) -> None:
    row["input_ids"][-1] = 77


@ROWS.of("row.padding", "row.spans", row=padded)
def num_pad_one_less(row: Row) -> None:
    row["num_pad"] -= 1


@ROWS.of("row.num_pad", row=padded)
def num_pad_more_than_the_row(row: Row) -> None:
    row["num_pad"] = 513


@ROWS.of("row.num_targets")
def num_targets_wrong(row: Row) -> None:
    row["num_targets"] += 1


@ROWS.of("row.attn_cost")
def attn_cost_wrong(row: Row) -> None:
    row["attn_cost"] += 1


@ROWS.of("row.num_docs")
def num_docs_wrong(row: Row) -> None:
    row["num_docs"] += 1


@ROWS.of("row.max_doc_len")
def max_doc_len_wrong(row: Row) -> None:
    row["max_doc_len"] = 512


@ROWS.of("row.row_id")
def row_id_left_out(row: Row) -> None:
    row["row_id"] += 100


@ROWS.of("row.stage", "row.seq_len", "row.rope_mode", "totals.by_stage")
def another_stage(row: Row) -> None:
    row["stage"] = "later"


@ROWS.of("row.rope_mode")
def another_rope_mode(row: Row) -> None:
    row["rope_mode"] = "original"


@ROWS.of("row.positions")
def positions_that_only_restart(row: Row) -> None:
    row["position_ids"] = [k for length in row["seq_lengths"] for k in range(length)]


@ROWS.of("row.positions")
def positions_that_fall(row: Row) -> None:
    row["position_ids"] = [k for length in row["seq_lengths"] for k in range(length)]
    row["position_ids"][100:102] = reversed(row["position_ids"][100:102])


@ROWS.of("row.spans")
def span_that_leaves_a_token_to_nobody(row: Row) -> None:
    row["spans"][0]["length"] -= 1


@ROWS.of("row.spans")
def span_in_another_segment(row: Row) -> None:
    row["spans"][0]["segment"] = 1


@ROWS.of("span.text", also=("span.overlap", "haystack.use"))
def offset_one_token_late(row: Row) -> None:
    inner(row)["doc_offset"] += 1


@ROWS.of("span.offsets")
def offset_before_the_document(row: Row) -> None:
    inner(row)["doc_offset"] = -1


def ends_a_document(row: Row) -> bool:
    last = row["spans"][-1]
    whole = row["input_ids"][-1] == END and not row["num_pad"]
    return whole and not last["source"].startswith("task:")


@ROWS.of("span.offsets", row=ends_a_document)
def document_without_its_end_id(row: Row) -> None:
    row["input_ids"][-1] = 77


@ROWS.of("span.end")
def end_id_where_a_fragment_is_cut(row: Row) -> None:
    span = inner(row)
    row["input_ids"][span["start"] + span["length"] - 1] = END


@ROWS.of("span.min_fragment", "totals.targets", row=lambda row: len(row["spans"]) == 1)
def fragment_of_thirty_tokens(row: Row) -> None:
    (whole,) = row["spans"]
    rest = {"segment": 1, "start": 30, "length": 482, "doc_offset": whole["doc_offset"] + 30}
    row["spans"] = [{**whole, "length": 30}, {**whole, **rest}]
    row["seq_lengths"] = [30, 482]
    row["num_targets"] -= 1
    recount(row)


@ROWS.of("span.document")
def document_that_nobody_met(row: Row) -> None:
    row["spans"][0]["doc_id"] = "books:books/9.txt"


def begins_with_a_book(row: Row) -> bool:
    return row["spans"][0]["source"] == "books"


@ROWS.of("span.document", "totals.by_source", row=begins_with_a_book)
def document_of_another_source(row: Row) -> None:
    row["spans"][0]["source"] = "letters"


@ROWS.of("span.epoch")
def pass_that_the_recipe_does_not_allow(row: Row) -> None:
    row["spans"][0]["epoch"] = 1


def inner(row: Row) -> dict[str, Any]:
    """Return a span that holds neither end of its document."""
    for span in row["spans"]:
        last = row["input_ids"][span["start"] + span["length"] - 1]
        if span["doc_offset"] and last != END:
            return span
    pytest.fail("every span of this row holds an end of its document")


@pytest.mark.parametrize("breach", ROWS)
def test_row_that_breaks_a_rule_is_named_by_it_and_by_nothing_else(
    mix: Broken, breach: Breach
) -> None:
    mix.edit_rows(breach.row, breach.change)
    assert mix.failures() - breach.also == breach.checks


def test_row_that_is_there_twice_is_found_and_so_is_its_text(mix: Broken) -> None:
    path = mix.shards[0]
    rows = pq.read_table(path).to_pylist()
    first, second = [k for k, row in enumerate(rows) if len(row["spans"]) == 1][:2]
    rows[second] = {**rows[first], "row_id": second}
    mix.write_rows(path, rows)
    assert {"row.unique", "span.overlap"} <= mix.failures()


def test_ids_that_are_not_those_of_the_row_digest_are_found(mix: Broken) -> None:
    path = mix.shards[0]
    rows = pq.read_table(path).to_pylist()
    rows[3]["row_digest"] = bytes(16)
    mix.write_rows(path, rows)
    assert mix.failures() == {"row.digest"}
