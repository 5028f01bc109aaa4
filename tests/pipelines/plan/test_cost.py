"""Costs of layouts that a person can count, and of layouts that the packer made."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from generators.mixing.draw import draw
from pipelines.plan.cost import plan_cost
from pipelines.plan.layout import Layout, lay_out
from pipelines.plan.ledger import ledger
from pipelines.plan.stage import WovenAt
from schemas.draw import Draw, Piece, SampleDraw
from schemas.layout import PLACED_SPANS, SHARDS
from tests.pipelines.plan.corpora import documents_of, recipe_of

TINY = {"num_params": 10, "num_layers": 1, "width": 1}  # 60 a token, 6 a square
PAIR = {"ranks": 2, "rows_per_step": 2}
NOTHING = Draw(samples=(), pieces={}, supply=())


def placed(*rows: str, seq_len: int = 8) -> Layout:
    """Return a layout of rows such as "a0-8 | a8-10E b0-3E": text of documents and end ids.

    `+` in place of the blank puts a span into the segment before it; `n6` is a sample of 6 tokens,
    `a'` is document a in its second pass.
    """
    lines: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        at, segment = 0, -1
        for word in row.replace("+", " +").split():
            segment += not word.startswith("+")
            line = line_of(word.removeprefix("+"))
            lines.append({**line, "row_id": number, "segment": segment, "start": at})
            at += line["length"]
    shard = {"path": "x", "stage": "main", "seq_len": seq_len}
    shard |= {"first_row": 0, "num_rows": len(rows), "num_pad": 0}
    return Layout(
        spans=pa.Table.from_pylist(lines, schema=PLACED_SPANS),
        shards=pa.Table.from_pylist([shard], schema=SHARDS),
        dropped={},
        left=(),
    )


def line_of(word: str) -> dict[str, Any]:
    line: dict[str, Any] = {"rope_mode": "rescaled"}
    line |= {"doc_offset": 0, "epoch": 0, "begin": False, "end": False, "place": "", "ids_start": 0}
    if word[0] == "n":
        return {**line, "doc_id": "n-0", "source": "task:needle", "length": int(word[1:])}
    name, text = word[0], word[1:].removeprefix("'").removesuffix("E")
    start, stop = map(int, text.split("-"))
    line |= {"doc_id": f"books:{name}", "source": "books", "doc_offset": start}
    line |= {"place": "prepare/books", "ids_start": {"a": 0, "b": 10}[name] + start}
    line |= {"epoch": int(word[1] == "'"), "end": word.endswith("E")}
    return {**line, "length": stop - start + line["end"]}


def costs_of(*rows: str, drawn: Draw = NOTHING, targets: dict[str, int] | None = None) -> Any:
    """Return the costs of these rows, of documents a of 10 tokens and b of 3."""
    recipe = recipe_of(model=TINY, cluster=PAIR)
    documents = documents_of(recipe, a=10, b=3)
    return plan_cost(recipe, drawn, documents, placed(*rows), targets=targets or {})


def test_two_rows_by_eye() -> None:
    facts = costs_of("a0-8", "a8-10E b0-3E")
    (stage,) = facts["stages"]
    assert stage == {
        "stage": "main",
        "seq_len": 8,
        "claims": 8,
        "rows": 2,
        "least_rows": 2,
        "tokens": 15,
        "padding": 1,
        "fill": 15 / 16,
        "best_fill": 15 / 16,
        "original_share": None,
        "original_rows": 0,
        "by_source": {"books": {"tokens": 15, "targets": 12}},
        "documents": 2,
        "cut_documents": 1,
        "repeated": 0,
        "truncated_documents": 0,
        "truncated": 0,
        "attention": {"squares": 89, "of_single": 89 / 128, "mean_context": 89 / 15},
        "training": {
            "flops": 15 * 60 + 89 * 6,
            "flops_per_token": (15 * 60 + 89 * 6) / 15,
            "attention_share": 534 / 1434,
        },
        # 480 + 6 * 64 = 864 and 480 + 6 * 25 = 630 at a time: 1494 of 2 * 864
        "waiting": {
            "steps": 1,
            "planned": {"row": 1494 / 1728, "step": 1494 / 1728},
            "striped": {"row": 1494 / 1728, "step": 1494 / 1728},
        },
    }
    assert facts["passes"] == {"books": {"kept": 13, "natural": 13, "passes": 1.0}}
    assert (facts["truncated_documents"], facts["truncated"]) == (0, 0)
    assert facts["model"] == TINY
    assert facts["cluster"] == {**PAIR, "context_parallel": 1, "split": "zigzag"}


def test_targets_of_samples_are_those_that_were_counted() -> None:
    (stage,) = costs_of("a0-2 n6", targets={"n-0": 4})["stages"]
    assert stage["by_source"] == {
        "books": {"tokens": 2, "targets": 1},
        "task:needle": {"tokens": 6, "targets": 4},
    }
    (stage,) = costs_of("a0-2 n6")["stages"]
    assert stage["by_source"]["task:needle"] == {"tokens": 6, "targets": None}


def test_passes_count_what_comes_again() -> None:
    assert costs_of("b0-3E b'0-3E")["passes"]["books"]["passes"] == 6 / 13


def test_lost_text_counts_where_its_document_ends() -> None:
    stages = [{"name": "one", "seq_len": 8, "tokens": 8}, {"name": "two", "seq_len": 16}]
    recipe = recipe_of(stages=[{**stages[0]}, {**stages[1], "tokens": 16}], eos=False)
    documents = documents_of(recipe, a=70)
    drawn = draw(documents.corpus, recipe, ())
    layout = lay_out(recipe, drawn, documents, [])
    one, two = plan_cost(recipe, drawn, documents, layout, targets={})["stages"]
    assert (one["truncated"], two["truncated"]) == (0, 70 - 24)
    assert (one["truncated_documents"], two["truncated_documents"]) == (0, 1)


def test_padding_that_no_order_of_these_segments_avoids_is_told_apart() -> None:
    """No two of 5, 5 and 5 share a row of 8; 4 and 4 would."""
    (geometry,) = costs_of("a0-5", "a5-10", "n5")["stages"]
    assert (geometry["rows"], geometry["least_rows"]) == (3, 3)
    (loose,) = costs_of("a0-4", "a4-8")["stages"]
    assert (loose["rows"], loose["least_rows"]) == (2, 1)
    assert (loose["fill"], loose["best_fill"]) == (0.5, 1)


def test_text_that_neither_rows_nor_samples_have_is_truncated() -> None:
    """Of a, tokens 8 and 9 lie nowhere; of b nothing is a row, so nothing of it is cut off."""
    facts = costs_of("a0-8")
    assert (facts["truncated_documents"], facts["truncated"]) == (1, 2)
    piece = Piece(doc=0, start=8, stop=10)
    sample = SampleDraw(
        sample_id="n-0", use="needle", stage="main", length=6, depths=(), pieces=(piece,)
    )
    drawn = Draw(samples=(sample,), pieces={}, supply=())
    assert costs_of("a0-8", "n6", drawn=drawn)["truncated"] == 0


def test_a_document_in_two_passes_comes_again_and_is_not_cut() -> None:
    (stage,) = costs_of("b0-3E b'0-3E")["stages"]
    assert (stage["documents"], stage["cut_documents"], stage["repeated"]) == (1, 0, 3)


def test_two_spans_of_one_segment_are_one_segment() -> None:
    """[a0-4] and [a'2-4 a4-8]: the second fragment repeats two tokens; squares are 16 and 36."""
    (stage,) = costs_of("a0-4", "a'2-4+a4-8")["stages"]
    assert stage["attention"]["squares"] == 16 + 36
    assert (stage["cut_documents"], stage["repeated"]) == (1, 2)


def test_fewer_rows_than_a_step_wait_for_nothing() -> None:
    facts = costs_of("a0-8")
    assert facts["stages"][0]["waiting"] == {"steps": 0, "planned": None, "striped": None}


def test_start_ids_of_rows_do_not_count_against_the_bound() -> None:
    """Rows of 8 hold a start id and 7 tokens: 7 and 7 fill two rows."""
    recipe = recipe_of(bos="row", eos=False)
    documents = documents_of(recipe, a=7, b=7)
    layout = lay_out(recipe, draw(documents.corpus, recipe, ()), documents, [])
    (stage,) = plan_cost(recipe, NOTHING, documents, layout, targets={})["stages"]
    assert (stage["rows"], stage["least_rows"], stage["fill"], stage["best_fill"]) == (2, 2, 1, 1)


def test_stages_are_counted_apart() -> None:
    stages = [{"name": "one", "seq_len": 8, "tokens": 40}, {"name": "two", "seq_len": 16}]
    recipe = recipe_of(stages=stages, shard_tokens=20, eos=False)
    documents = documents_of(recipe, a=70)
    drawn = draw(documents.corpus, recipe, ())
    layout = lay_out(recipe, drawn, documents, [])
    one, two = plan_cost(recipe, drawn, documents, layout, targets={})["stages"]
    assert [(s["rows"], s["tokens"], s["padding"]) for s in (one, two)] == [(5, 40, 0), (2, 30, 2)]
    assert one["attention"]["squares"] == 5 * 64


@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    bos=st.sampled_from(["none", "document", "row"]),
    eos=st.booleans(),
    filler=st.booleans(),
    policy=st.sampled_from(
        [("paragraph", 1), ("fixed", 2), ("drop_tail", 1), ("overlap", 2), ("fixed", 1)]
    ),
    samples=st.integers(0, 2),
)
def test_what_the_packer_made_is_counted_span_by_span(
    sizes, filler, policy, samples, **changes: Any
) -> None:
    source = {"filler": filler, "long_documents": policy[0]}
    recipe = recipe_of(
        sources={"books": source}, seq_len=16, max_epochs=policy[1], cluster=PAIR, **changes
    )
    documents = documents_of(recipe, **{f"d{i}": size for i, size in enumerate(sizes)})
    drawn = draw(documents.corpus, recipe, ())
    at = {"task": "needle", "stage": "main", "place": "weave/x", "ids_start": 0}
    woven = [WovenAt(sample_id=f"n-{i}", num_tokens=9, **at) for i in range(samples)]
    if not sum(len(pieces) for pieces in drawn.pieces.values()):
        return
    layout = lay_out(recipe, drawn, documents, woven)
    targets = {f"n-{i}": 3 for i in range(samples)}
    facts = plan_cost(recipe, drawn, documents, layout, targets=targets)
    (stage,) = facts["stages"]
    spans = layout.spans.to_pylist()
    sums: Counter[tuple[int, int]] = Counter()
    text = np.zeros((2, len(sizes)), int)
    for span in spans:
        sums[span["row_id"], span["segment"]] += span["length"]
        if span["source"] == "books":
            size = span["length"] - span["begin"] - span["end"]
            text[span["epoch"], int(span["doc_id"][-1])] += size
    assert stage["attention"]["squares"] == sum(size**2 for size in sums.values())
    assert stage["padding"] == sum(layout.shards["num_pad"].to_pylist())
    assert stage["rows"] * 16 == stage["tokens"] + stage["padding"]
    assert stage["least_rows"] <= stage["rows"]
    assert stage["fill"] <= stage["best_fill"] <= 1
    lost = [size - used for size, used in zip(sizes, text[0].tolist(), strict=True) if used]
    assert (facts["truncated_documents"], facts["truncated"]) == (np.count_nonzero(lost), sum(lost))
    assert [stage["repeated"]] == ledger(recipe, drawn, documents, layout)["repeated"].to_pylist()
    found = {name: part["targets"] for name, part in stage["by_source"].items()}
    assert found.get("books", 0) == targets_of(spans)
    assert found.get("task:needle", 0) == 3 * samples


def targets_of(spans: list[dict[str, Any]]) -> int:
    """Return the natural targets of spans, one at a time."""
    seen, total = set(), 0
    for span in spans:
        opens = (span["row_id"], span["segment"]) not in seen
        seen.add((span["row_id"], span["segment"]))
        if span["source"] == "books":
            total += span["length"] - (opens or span["begin"])
    return total
