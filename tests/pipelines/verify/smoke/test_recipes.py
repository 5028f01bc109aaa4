from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.plan.recipe import check_recipe, resolved
from pipelines.verify.smoke.corpus import Corpus, InconclusiveError
from pipelines.verify.smoke.recipes import (
    Material,
    audit_recipe,
    base_text_recipe,
    planting,
    reach,
    reference_recipe,
    smoke_recipe,
    text_recipe,
)
from schemas.recipe import Recipe
from tests.pipelines.verify.smoke.small import SMALL

CORPUS = Corpus(
    folder="corpus",
    kinds={"books": "book", "code": "repo"},
    train={"books": 20_000, "code": 4_000},
    held={"books": 5_000},
    typical=1000,
    digest="",
)
MATERIAL = Material(
    corpus=CORPUS,
    tokenizer="tokenizer.json",
    facts={"eos_id": 7, "bos_id": None, "pad_id": None},
    settings=SMALL,
)


def theirs(**changes: Any) -> Recipe:
    """A user's recipe as a manifest has it: rows of 32,768 of which SMALL makes 512."""
    data = {
        "inputs": "in",
        "tokenizer": "tokenizer.json",
        "seq_len": 32_768,
        "sources": {"books": {"kind": "book"}, "code": {"kind": "repo"}},
        "tasks": {"needle": {"share": 0.1}},
        **changes,
    }
    return check_recipe(resolved(check_recipe(data, "recipe")), "manifest.json")


def smoke(**changes: Any) -> Recipe:
    return smoke_recipe(theirs(**changes), MATERIAL)[0]


def entry(recipe: Recipe, name: str) -> Any:
    assert isinstance(recipe.tasks, dict)
    return recipe.tasks[name]


def test_rows_are_short_and_half_of_them_is_planted() -> None:
    made = smoke()
    (stage,) = made.resolved_stages()
    assert (stage.name, stage.seq_len) == ("smoke", 512)
    assert stage.tokens == int(1.05 * 20 * 512)
    use = entry(made, "needle")
    assert (use.task, use.share, use.lengths) == ("cloze", 0.5, (512,))
    assert use.fields == {"keys": 2, "distractors": 2}


def test_what_the_user_decided_about_samples_stays() -> None:
    own = {"share": 0.1, "depths": [0.1, 0.9], "question": "first", "loss": "answer+context"}
    use = entry(smoke(tasks={"needle": own}), "needle")
    assert use.depths.values == (0.1, 0.9)
    assert (use.question, use.loss, use.questions) == ("first", "answer+context", 1)


def test_shares_stay_in_proportion_and_come_to_what_is_planted() -> None:
    made = smoke(
        tasks={
            "needle": {"share": 0.1},
            "other": {"task": "needle", "share": 0.3},
            "none": {"task": "needle", "share": 0.0},
            "counts": {"share": 0.2},
        }
    )
    assert isinstance(made.tasks, dict)
    assert {name: use.share for name, use in made.tasks.items()} == {
        "needle": pytest.approx(0.125),
        "other": pytest.approx(0.375),
    }


@pytest.mark.parametrize(
    ("lengths", "length", "keys"),
    [(None, 512, 2), ([1024, 32_768], 512, 2), ([24_576], 384, 1), ([1024], 256, 1)],
)
def test_lengths_are_as_large_a_part_of_the_row(
    lengths: list[int] | None, length: int, keys: int
) -> None:
    """Samples of 1,024 would be 16 tokens; nothing below 256 has room."""
    use = entry(smoke(tasks={"needle": {"lengths": lengths}}), "needle")
    assert use.lengths == (length,)
    assert use.fields == {"keys": keys, "distractors": keys}


def test_cells_of_a_joint_law_are_scaled() -> None:
    cells = [{"lengths": [16_384, 32_768], "distance": [6400, 12_800]}, {"depths": [0, 0.5]}]
    use = entry(smoke(tasks={"needle": {"depths": {"law": "joint", "cells": cells}}}), "needle")
    assert use.depths.cells[0].lengths == (256, 512)
    assert use.depths.cells[0].distance == (100, 200)
    assert use.depths.cells[1].lengths is None
    assert use.depths.cells[1].depths == (0, 0.5)


def test_the_last_stage_with_its_changes_is_rebuilt() -> None:
    stages = [
        {"name": "first", "seq_len": 8192, "tokens": 100_000},
        {"name": "second", "seq_len": 65_536, "tasks": {"needle": {"depths": "edges"}}},
    ]
    tasks = {"needle": {"share": 0.1, "lengths": [65_536]}}
    made, notes = smoke_recipe(theirs(stages=stages, tasks=tasks), MATERIAL)
    assert entry(made, "needle").depths.law == "edges"
    assert entry(made, "needle").lengths == (512,)
    assert "of 2 stages the last, 'second', is rebuilt" in notes


def test_packing_and_boundaries_stay() -> None:
    own = {"packer": "concatenate", "boundaries": "none", "segment_order": "long_first", "seed": 5}
    made = smoke(**own, row_order="short_first", bos="document", eos_on_fragments=True)
    assert {key: getattr(made, key) for key in own} == own
    assert (made.row_order, made.bos, made.eos_on_fragments) == ("short_first", "document", True)


@pytest.mark.parametrize(("given", "expected"), [(64, 16), (4096, 64), (8, 8)])
def test_the_shortest_fragment_is_scaled_within_bounds(given: int, expected: int) -> None:
    assert smoke(min_fragment=given).min_fragment == expected


def test_what_was_done_to_documents_is_not_done_again() -> None:
    own = {
        "shares": [{"kinds": ["book"], "share": 0.5}],
        "upsample": {0: 0.1, 4096: 1},
        "near_duplicates": {"book": 0.8},
        "decontaminate": {},
    }
    made = smoke(**own)
    assert (made.shares, made.upsample, made.near_duplicates) == ((), {}, {})
    assert made.decontaminate is None
    assert made.sources["books"].files == "train/books.jsonl"
    assert made.sources["books"].min_tokens == 1


def test_positions_reach_as_many_rows_as_theirs() -> None:
    made = smoke(positions="pose", pos_target_len=4 * 32_768)
    assert made.positions is not None
    assert (made.positions.scheme, made.pos_target_len) == ("pose", 2048)
    assert reach(made) == 2048
    assert reach(smoke()) == 512
    assert reach(smoke(fragment_positions="continue", pos_target_len=65_536)) == 1024


def test_positions_that_short_rows_have_no_room_for_reach_less_far() -> None:
    """CREAM's heads are 4 F tokens: F = 128 is too much for rows of 512, F = 32 is not."""
    own = {"positions": "cream", "pos_target_len": 128 * 32_768}
    made, notes = smoke_recipe(theirs(**own), MATERIAL)
    assert made.pos_target_len == 32 * 512
    assert any("cream reaches 32 rows, not 128" in note for note in notes)


def test_rows_with_original_positions_restart() -> None:
    stage = {"name": "short", "seq_len": 32_768, "rope_mode": "original"}
    made = smoke(stages=[stage], positions="pose", pos_target_len=131_072)
    assert made.positions is None
    assert made.resolved_stages()[0].rope_mode == "original"


def test_little_text_serves_several_times() -> None:
    poor = replace(MATERIAL, corpus=replace(CORPUS, train={"books": 4000}))
    made, notes = smoke_recipe(theirs(), poor)
    assert (made.max_epochs, made.haystack_reuse) == (3, "shared")
    assert any("serves up to 3 times" in note for note in notes)
    assert smoke().max_epochs == 1
    assert smoke().haystack_reuse == "never"


def test_kinds_of_haystacks_stay_where_there_is_enough_of_them() -> None:
    use = entry(smoke(tasks={"needle": {"kinds": ["book"]}}), "needle")
    assert use.kinds == ("book",)
    made, notes = smoke_recipe(theirs(tasks={"needle": {"kinds": ["repo"]}}), MATERIAL)
    assert entry(made, "needle").kinds is None
    assert any("too little text of kind repo" in note for note in notes)


@pytest.mark.parametrize(
    ("way", "typical", "expected"),
    [
        (None, 1024, "one"),
        (None, 500, "several"),
        ("gather", 1000, "several"),
        ("gather", 100, "gather"),
        ("noise", 1000, "noise"),
    ],
)
def test_haystacks_are_of_pieces_that_fit(way: str | None, typical: int, expected: str) -> None:
    """Whole pieces of 1,000 tokens do not fit into 512; one of 500 is not enough for it."""
    material = replace(MATERIAL, corpus=replace(CORPUS, typical=typical))
    made, _ = smoke_recipe(theirs(tasks={"needle": {"haystack": way}}), material)
    assert entry(made, "needle").haystack == expected


def test_a_mix_that_plants_nothing_is_inconclusive() -> None:
    for tasks in ({}, {"counts": {"share": 0.1}}, {"needle": {"share": 0.0}}):
        with pytest.raises(InconclusiveError, match="no task that plants"):
            planting(theirs(tasks=tasks))
    made, _ = smoke_recipe(theirs(tasks={}), MATERIAL, natural=True)
    assert made.tasks == {}


def test_the_control_is_the_same_for_every_recipe() -> None:
    made = reference_recipe(MATERIAL)
    use = entry(made, "reference")
    assert (use.task, use.share, use.lengths, use.loss) == ("cloze", 0.5, (512,), "answer")
    assert (use.depths.law, use.question) == ("uniform", "last")
    assert use.fields == {"keys": 2, "distractors": 2}
    assert (made.packer, made.boundaries) == ("best_fit", "document")


@pytest.mark.parametrize(("length", "keys", "rows"), [(256, 1, 5), (512, 2, 2), (1024, 2, 2)])
def test_audits_ask_for_as_many_answers(length: int, keys: int, rows: int) -> None:
    """Two samples of two keys; of one key each, four; and a quarter to spare."""
    made = audit_recipe(length, 2, MATERIAL)
    use = entry(made, "audit")
    assert (use.split, use.share, use.lengths) == ("held-out", 1.0, (length,))
    assert use.fields == {"keys": keys, "distractors": 0}
    assert made.resolved_stages()[0].tokens == rows * length
    assert list(made.sources) == ["books"]
    assert made.sources["books"].files == "held/books.jsonl"


def test_text_is_natural_and_short() -> None:
    held, base = text_recipe(MATERIAL), base_text_recipe(MATERIAL)
    assert held.tasks == base.tasks == {}
    assert held.resolved_stages()[0].tokens == 4 * 256
    assert base.resolved_stages()[0].tokens == 12 * 256
    assert held.resolved_stages()[0].seq_len == base.resolved_stages()[0].seq_len == 256
    assert {Path(source.files).parent.name for source in base.sources.values()} == {"train"}
