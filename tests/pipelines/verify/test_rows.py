"""What a row says of itself is held against its tokens: each case breaks one rule of one row.

A reader trusts lengths, masks and positions without looking; a row that lies about them trains a
model across documents, or on padding, and no loss curve shows it.
"""

import pyarrow.parquet as pq
import pytest

from tests.pipelines.verify.broken import (
    END,
    Breach,
    Breaches,
    Broken,
    Row,
    default_mask,
    padded,
    recount,
)
from tests.pipelines.verify.conftest import Variant

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


@ROWS.of("row.length")
def id_too_many(row: Row) -> None:
    row["input_ids"].append(5)


@ROWS.of("row.seq_len", "row.length")
def seq_len_of_another_stage(row: Row) -> None:
    row["seq_len"] = 1024


@ROWS.of("row.ids")
def id_out_of_vocabulary(row: Row) -> None:
    row["input_ids"][20] = END + 1


@ROWS.of("row.ids")
def id_below_zero(row: Row) -> None:
    row["input_ids"][20] = -1


@ROWS.of("row.special_ids", "span.text")
def end_id_inside_text(row: Row) -> None:
    row["input_ids"][20] = END


@ROWS.of("row.first_token", "row.num_targets", "span.targets", "totals.targets")
def first_token_a_target(row: Row) -> None:
    row["target_mask"] = default_mask(row)
    row["target_mask"][0] = True


@ROWS.of("row.first_token", "span.targets")
def mask_shifted_by_one(row: Row) -> None:
    mask = default_mask(row)
    row["target_mask"] = mask[1:] + mask[:1]


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


def test_ids_that_are_not_those_of_the_row_digest_are_found(mix: Broken) -> None:
    path = mix.shards[0]
    rows = pq.read_table(path).to_pylist()
    rows[3]["row_digest"] = bytes(16)
    mix.write_rows(path, rows)
    assert mix.failures() == {"row.digest"}


@pytest.mark.parametrize("breach", ROWS)
def test_row_that_breaks_a_rule_is_named_by_it_and_by_nothing_else(
    mix: Broken, breach: Breach
) -> None:
    mix.edit_rows(breach.row, breach.change)
    assert mix.failures() - breach.also == breach.checks


def goes_on(row: Row) -> bool:
    return row["position_ids"] is not None


def test_positions_that_should_go_on_and_restart_are_found(variant: Variant) -> None:
    mix = variant(fragment_positions="continue", pos_target_len=1024)
    mix.edit_rows(goes_on, lambda row: row.update(position_ids=None))
    assert mix.failures() == {"row.positions"}


def test_positions_beyond_the_bound_are_found(variant: Variant) -> None:
    mix = variant(fragment_positions="continue", pos_target_len=1024)

    def change(row: Row) -> None:
        row["position_ids"][-1] = 4096

    mix.edit_rows(goes_on, change)
    assert mix.failures() == {"row.positions"}


def test_positions_that_fall_inside_a_segment_are_found(variant: Variant) -> None:
    mix = variant(fragment_positions="continue", pos_target_len=1024)

    def change(row: Row) -> None:
        row["position_ids"][4:6] = reversed(row["position_ids"][4:6])

    mix.edit_rows(goes_on, change)
    assert mix.failures() == {"row.positions"}
