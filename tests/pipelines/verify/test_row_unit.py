"""A shard in parts comes to what the whole comes to, and a damaged part says so."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipelines.verify.findings import Findings
from pipelines.verify.known import Context, Known, forget, known_of
from pipelines.verify.row_unit import Part, check_part
from pipelines.verify.totals import Totals
from tests.pipelines.verify.broken import Broken, flip_a_bit

GROUPS = 4


@pytest.fixture
def known(mix: Broken) -> Known:
    """The mix, its first shard in row groups of a quarter of its rows."""
    path = mix.shards[0]
    rows = mix.manifest["shards"][0]["rows"]
    source = pq.ParquetFile(path)
    table = source.read().replace_schema_metadata(source.schema_arrow.metadata)
    pq.write_table(
        table,
        path,
        row_group_size=-(-rows // GROUPS),
        compression="zstd",
        use_dictionary=False,
        write_page_checksum=True,
        write_page_index=True,
    )
    mix.seal()
    forget()
    return known_of(Context(mix=str(mix.path), store=mix.store))


def part(known: Known, number: int = 0, parts: int = 1) -> Part:
    shard = known.mix.manifest["shards"][0]
    path, stage = shard["path"], shard["stage"]
    return Part(shard=path, stage=stage, first_row=0, number=number, parts=parts)


@pytest.mark.parametrize("parts", [1, 2, 3, 4, 9])
def test_parts_add_up_to_the_shard(known: Known, parts: int) -> None:
    whole = check_part(known, part(known))
    found = [check_part(known, part(known, number, parts)) for number in range(parts)]
    one, many = Findings(), Findings()
    one.absorb(whole.findings)
    totals, summed = Totals(), Totals()
    totals.absorb(whole.totals, one)
    for checked in found:
        many.absorb(checked.findings)
        summed.absorb(checked.totals, many)
    assert (many, summed) == (one, totals)
    assert sum(checked.rows for checked in found) == whole.rows == totals.counts["rows"]
    assert sum(checked.solved for checked in found) == whole.solved == len(totals.samples)
    assert [trial for checked in found for trial in checked.trials] == whole.trials
    uses: dict[str, list[object]] = {}
    for checked in found:
        for doc_id, mine in checked.uses.items():
            uses.setdefault(doc_id, []).extend(mine)
    assert uses == whole.uses


def test_only_the_first_part_judges_the_file(known: Known) -> None:
    first, second = (check_part(known, part(known, number, 2)) for number in range(2))
    assert first.findings.checked["shard.footer"] == 1
    assert "shard.footer" not in second.findings.checked


def test_damaged_page_ends_its_part_alone(known: Known, mix: Broken) -> None:
    flip_a_bit(mix.shards[0])
    first, second = (check_part(known, part(known, number, 2)) for number in range(2))
    assert (first.readable, first.whole, second.whole) == (False, False, True)
    assert first.findings.failed["shard.pages"] == 1
    assert "shard.pages" not in second.findings.failed


def test_file_that_is_no_parquet_is_named_by_every_part(known: Known, mix: Broken) -> None:
    mix.shards[0].write_bytes(b"PAR1")
    found = [check_part(known, part(known, number, 2)) for number in range(2)]
    assert [checked.findings.failed for checked in found] == [{"shard.readable": 1}] * 2
    assert not any(checked.readable for checked in found)


def test_rows_carry_the_number_that_the_shards_before_give_them(known: Known) -> None:
    shard = part(known)
    later = Part(shard=shard.shard, stage="later", first_row=100, number=0, parts=1)
    checked = check_part(known, later)
    assert checked.findings.failed["row.row_id"] == checked.rows
    assert checked.findings.failed["row.stage"] == checked.rows
    ids = [defect["row_id"] for defect in checked.findings.found if defect["check"] == "row.row_id"]
    assert ids == list(range(100, 100 + checked.rows))


def test_drawn_rows_alone_are_checked_and_keep_their_names(mix: Broken) -> None:
    forget()
    drawing = known_of(Context(mix=str(mix.path), store=mix.store, share=0.2, by="row"))
    total = mix.manifest["totals"]["rows"]
    met = []
    first = 0
    for shard in mix.manifest["shards"]:
        mine = Part(shard=shard["path"], stage=shard["stage"], first_row=first, number=0, parts=1)
        checked = check_part(drawing, mine)
        assert checked.rows == shard["rows"]
        met += [row.place.row_id for row in checked.totals.met]
        assert all(
            row.where == f"{row.place.shard} row {row.place.index}" for row in checked.totals.met
        )
        first += shard["rows"]
    assert len(met) == round(0.2 * total)
    assert np.all(np.diff(met) > 0)
    forget()
