"""Which n-grams are kept, of which text, and that sketches can be joined in any order."""

from dataclasses import fields

import numpy as np
import pytest

from generators.ngrams.units import mixed, rolling
from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.checks import upload_group
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.sketches import (
    LEAST_RATE,
    MOST_GRAMS,
    SIZES,
    Grams,
    Prints,
    Sketch,
    document_keys,
    join,
    rate_for,
    sketch_group,
)
from tests.pipelines.verify.tensors.made import END, Row, arrays_of, row, table

TOKENS = 400


def long_row(row_id: int, lengths: tuple[int, ...] = (300, 100), *, seed: int | None = None) -> Row:
    """Return a row of drawn tokens, its ids free of special ones."""
    rng = np.random.default_rng(row_id if seed is None else seed)
    one = row(row_id, lengths)
    one["input_ids"] = rng.integers(1, 40, sum(lengths)).tolist()
    return one


def sketch_of(rows: list[Row], arrays: Arrays, rate: int = 1) -> Sketch:
    return sketch_group(upload_group(TensorGroup.from_table(table(rows)), arrays), rate, arrays)


def columns(part: Grams | Prints) -> list[list[object]]:
    return [getattr(part, field.name).tolist() for field in fields(part)]


def test_the_rate_grows_with_the_mix_and_the_sketch_does_not() -> None:
    assert rate_for(1) == rate_for(LEAST_RATE * MOST_GRAMS) == 64
    assert rate_for(10**11) == 32768
    assert 10**11 / rate_for(10**11) < MOST_GRAMS


def test_grams_do_not_reach_over_the_end_of_a_span(arrays: Arrays) -> None:
    """Spans of 300 and 100 tokens have 251 and 51 runs of 50."""
    found = sketch_of([long_row(0), long_row(1)], arrays).grams[50]
    places = [*range(251), *range(300, 351)]
    assert found.places.tolist() == places * 2
    assert found.rows.tolist() == [0] * len(places) + [1] * len(places)


def test_padding_and_samples_are_left_out(arrays: Arrays) -> None:
    one = row(0, (100, 100, 50), pad=50)
    one["spans"][1]["source"] = "task:needle"
    found = sketch_of([one], arrays)
    assert found.grams[50].places.tolist() == [*range(51)]
    assert found.num_tokens == 100
    assert found.spans.places.tolist() == [0]


def test_hashes_are_those_of_a_decontamination_index(arrays: Arrays) -> None:
    one = long_row(0, (60,))
    units = mixed(np.array(one["input_ids"], np.uint64) + np.uint64(1))
    found = sketch_of([one], arrays)
    for n in SIZES:
        assert found.grams[n].hashes.view(np.uint64).tolist() == rolling(units, n).tolist()


def test_what_is_kept_depends_on_the_gram_alone(arrays: Arrays) -> None:
    """One text at token 0 of a row, and behind another in the next row."""
    first, second = long_row(0, (300, 100)), long_row(1, (100, 300))
    second["input_ids"][100:] = first["input_ids"][:300]
    found = sketch_of([first, second], arrays, rate=4).grams[13]
    here = found.places[(found.rows == 0) & (found.places < 300 - 12)]
    there = found.places[(found.rows == 1) & (found.places >= 100)]
    assert here.tolist() == (there - 100).tolist()
    assert 40 < len(here) < 110


def test_about_one_in_rate_is_kept() -> None:
    rows = [long_row(k, (4000,)) for k in range(4)]
    found = sketch_of(rows, arrays_of("cpu"), rate=64).grams[50]
    assert 150 < len(found.hashes) < 350  # of 15,804: 247 and, 19 times of 20, within 31


def test_a_page_of_one_token_is_sampled_like_another() -> None:
    """Low bits of a sum of fifty equal numbers are always 0, so it is the high bits that count."""
    rows = [{**row(k, (50,)), "input_ids": [k + 1] * 50} for k in range(95)]
    found = sketch_of(rows, arrays_of("cpu"), rate=4).grams[50]
    assert 8 < len(found.hashes) < 45


def test_rows_and_spans_have_fingerprints(arrays: Arrays) -> None:
    first, again, other = long_row(0), long_row(1, seed=0), long_row(2)
    found = sketch_of([first, again, other], arrays)
    rows, spans = found.rows.prints.tolist(), found.spans.prints.tolist()
    assert rows[0] == rows[1] != rows[2]
    assert spans[:2] == spans[2:4]
    assert found.spans.sizes.tolist() == [300, 100] * 3
    assert found.spans.documents[0] != found.spans.documents[2]


def test_documents_have_keys_by_name() -> None:
    one = row(0, (10, 8, 6))
    one["spans"][2]["doc_id"] = one["spans"][0]["doc_id"]
    keys = document_keys(TensorGroup.from_table(table([one])))
    assert keys[0] == keys[2] != keys[1]


def test_groups_joined_in_any_order_are_the_sketch_of_all() -> None:
    arrays = arrays_of("cpu")
    rows = [long_row(k) for k in range(4)]
    whole = join([sketch_of(rows, arrays)])
    parts = join([sketch_of(rows[2:], arrays), sketch_of(rows[:2], arrays)])
    assert parts.num_tokens == whole.num_tokens == 4 * TOKENS
    for n in SIZES:
        assert columns(parts.grams[n]) == columns(whole.grams[n])
    assert columns(parts.rows) == columns(whole.rows)
    assert columns(parts.spans) == columns(whole.spans)


@pytest.mark.parametrize("rate", [1, 4, 64])
def test_numpy_and_torch_make_the_same_sketch(rate: int) -> None:
    rows = [long_row(0), row(1, (200, 150, 50), pad=50), long_row(2)]
    one, two = (sketch_of(rows, arrays_of(name), rate) for name in ("cpu", "torch"))
    for n in SIZES:
        assert columns(one.grams[n]) == columns(two.grams[n])
    assert columns(one.rows) == columns(two.rows)
    assert columns(one.spans) == columns(two.spans)
    assert END in rows[1]["input_ids"]
