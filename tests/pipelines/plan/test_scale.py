"""The same recipe at another size: stages in proportion, documents like those met."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.plan.scale import resample, scaled_recipe
from tests.pipelines.plan.corpora import documents_of, recipe_of

STAGES = [{"name": "one", "seq_len": 8, "tokens": 300}, {"name": "two", "seq_len": 16}]


def test_stages_keep_their_proportions() -> None:
    recipe = recipe_of(stages=STAGES)
    scaled = scaled_recipe(recipe, {"one": 290, "two": 100}, 20_000)
    assert [(s.name, s.tokens) for s in scaled.stages] == [("one", 15_000), ("two", 5_000)]
    assert scaled.max_epochs == 1


def test_a_stage_has_a_row_at_least() -> None:
    scaled = scaled_recipe(recipe_of(stages=STAGES), {"one": 300, "two": 0}, 100)
    assert [s.tokens for s in scaled.stages] == [100, 16]


def test_replay_needs_its_second_pass() -> None:
    stages = [STAGES[0], {**STAGES[1], "replay": 0.5}]
    scaled = scaled_recipe(recipe_of(stages=stages, max_epochs=3), {"two": 9}, 1000)
    assert scaled.max_epochs == 3


@given(
    sizes=st.lists(st.integers(1, 50), min_size=1, max_size=6),
    wanted=st.integers(0, 2000),
    seed=st.integers(0, 3),
)
def test_documents_are_copies_that_suffice(sizes: list[int], wanted: int, seed: int) -> None:
    recipe = recipe_of(seed=seed)
    documents = documents_of(recipe, **{f"d{i}": size for i, size in enumerate(sizes)})
    like = resample(recipe, documents, {"books": wanted})
    corpus = like.documents.corpus
    assert corpus.num_tokens.tolist() == [sizes[k] for k in like.origin.tolist()]
    total = int(corpus.num_tokens.sum())
    assert wanted <= total < wanted + 50
    names = like.documents.table["doc_id"].to_pylist()
    assert len({*names}) == len(names)
    assert [name.split("~")[0] for name in names] == [f"books:d{k}" for k in like.origin.tolist()]
    assert len({*corpus.key.tolist()}) == len(names)
    assert like.documents.kept.tolist() == list(range(len(names)))
    starts = like.documents.table["ids_start"].to_pylist()
    origins = documents.table["ids_start"].to_pylist()
    assert starts == [origins[k] for k in like.origin.tolist()]
    again = resample(recipe, documents, {"books": wanted})
    assert np.array_equal(again.origin, like.origin)


def test_a_source_without_documents_gives_none() -> None:
    recipe = recipe_of(sources={"books": {"filler": True}, "none": {}})
    documents = documents_of(recipe, a=5)
    like = resample(recipe, documents, {"books": 12, "none": 100})
    assert like.documents.corpus.num_tokens.tolist() == [5, 5, 5]


def test_a_stage_with_a_share_has_tokens_in_its_place() -> None:
    """At 2,000 tokens shares of .75 and .25 are 1,500 and 500, however much the sources supply."""
    stages = [
        {"name": "a", "seq_len": 256, "share": 0.75},
        {"name": "b", "seq_len": 256, "share": 0.25},
    ]
    scaled = scaled_recipe(recipe_of(stages=stages), {"a": 50, "b": 10}, 2000)
    assert [(stage.tokens, stage.share) for stage in scaled.stages] == [(1500, None), (500, None)]
