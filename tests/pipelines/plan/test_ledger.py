"""Every token of a kept document is natural text, haystack or unused, and nothing else."""

import numpy as np
import pyarrow as pa

from pipelines.plan.layout import WovenAt, lay_out
from pipelines.plan.ledger import ledger, supply_table
from schemas.draw import Draw, Piece, Pieces, SampleDraw, Supply
from schemas.layout import LEDGER, SUPPLY
from tests.pipelines.plan.corpora import documents_of, recipe_of


def test_the_ledger_of_a_document_that_is_haystack_and_text() -> None:
    """Of 20 tokens 8 serve a sample, 10 are natural, 2 are used for nothing."""
    recipe = recipe_of(eos=False)
    documents = documents_of(recipe, a=20)
    pieces = Pieces(
        doc=np.array([0]), start=np.array([8]), stop=np.array([18]), epoch=np.array([0])
    )
    given = (Piece(doc=0, start=0, stop=8),)
    sample = SampleDraw(
        sample_id="n-0", use="needle", stage="main", length=8, depths=(), pieces=given
    )
    drawn = Draw(samples=(sample,), pieces={"main": pieces}, supply=())
    woven = WovenAt(
        sample_id="n-0", task="needle", stage="main", num_tokens=6, place="weave/n", ids_start=0
    )
    layout = lay_out(recipe, drawn, documents, [woven])
    lines = ledger(recipe, drawn, documents, layout)
    assert lines.schema == LEDGER
    assert [tuple(line.values()) for line in lines.to_pylist()] == [("books", 20, 10, 8, 0, 2, 0)]


def test_the_supply_lists_sources_and_tasks_by_stage() -> None:
    lines = [
        ("main", "books", 9, 7, 0, 4096),
        ("main", "books", 5, 5, 4096, None),
        ("main", "task:needle", 3, 0, 0, None),
    ]
    supply = tuple(Supply(**dict(zip(SUPPLY.names, line, strict=True))) for line in lines)
    table = supply_table(Draw(samples=(), pieces={}, supply=supply))
    assert table == pa.Table.from_pylist(
        [dict(zip(SUPPLY.names, line, strict=True)) for line in lines], schema=SUPPLY
    )
