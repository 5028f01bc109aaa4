"""DRAW keeps the books: every token of a document serves once a pass, and no ceiling is broken."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.mixing.draw import draw
from generators.mixing.framing import frame
from generators.mixing.wanted import Use
from schemas.draw import Corpus, Draw, Supply
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.task_spec import TaskSpec


def recipe_of(**changes: Any) -> Recipe:
    basis = {"inputs": ".", "tokenizer": "train", "seq_len": 256, "min_fragment": 16}
    return Recipe.model_validate({**basis, "sources": {"books": {}, "notes": {}}, **changes})


def corpus_of(documents: list[tuple[int, int]], *, first_key: int = 0) -> Corpus:
    """Return the corpus of (tokens, source) pairs."""
    tokens, source = np.array(documents, np.int64).reshape(-1, 2).T
    return Corpus(
        num_tokens=tokens,
        source=source.astype(np.int32),
        key=np.arange(first_key, first_key + len(tokens), dtype=np.uint64),
        sources=("books", "notes"),
    )


def use_of(name: str = "needle", *, num_evidence: int = 1, **spec: Any) -> Use:
    return Use(name=name, spec=TaskSpec.model_validate(spec), num_evidence=num_evidence)


def taken(drawn: Draw, corpus: Corpus, recipe: Recipe) -> np.ndarray:
    """Return int[passes, D, T]: how often each token of each document is used in each pass."""
    passes = max(3, recipe.max_epochs or 1)
    uses = np.zeros((passes, len(corpus.num_tokens), int(corpus.num_tokens.max(initial=0))), int)
    for sample in drawn.samples:
        for piece in sample.pieces:
            uses[piece.epoch, piece.doc, piece.start : piece.stop] += 1
    for pieces in drawn.pieces.values():
        for doc, start, stop, epoch in zip(
            pieces.doc, pieces.start, pieces.stop, pieces.epoch, strict=True
        ):
            uses[epoch, doc, start:stop] += 1
    return uses


def spent(drawn: Draw, corpus: Corpus, recipe: Recipe, stage: str) -> int:
    """Return the tokens of a stage, start and end ids of documents included."""
    pieces = drawn.pieces[stage]
    ids = recipe.eos * (pieces.stop == corpus.num_tokens[pieces.doc]).sum()
    ids += (recipe.bos == "document") * (pieces.start == 0).sum()
    natural = (pieces.stop - pieces.start).sum() + ids
    return int(natural) + sum(s.length for s in drawn.samples if s.stage == stage)


# Hundredths of shares, as people write them.
SHARES = st.none() | st.integers(0, 100).map(lambda x: x / 100)
DOCUMENTS = st.lists(st.tuples(st.integers(1, 1500), st.integers(0, 1)), min_size=1, max_size=12)
RECIPES = st.builds(
    recipe_of,
    seed=st.integers(0, 3),
    max_epochs=st.integers(1, 3),
    bos=st.sampled_from(["none", "document", "row"]),
    eos=st.booleans(),
    extra_token=st.booleans(),
    sources=st.tuples(SHARES, st.booleans()).map(
        lambda x: {"books": {"share": x[0]}, "notes": {"filler": x[1]}}
    ),
    stages=st.tuples(
        st.integers(300, 5000), st.none() | st.integers(300, 5000), st.sampled_from([256, 512])
    ).map(
        lambda x: [
            {"name": "first", "seq_len": 256, "tokens": x[0]},
            {"name": "second", "seq_len": x[2], "tokens": x[1]},
        ]
    ),
)
USES = st.lists(
    st.builds(
        use_of,
        name=st.sampled_from(["a", "b"]),
        num_evidence=st.integers(1, 3),
        share=st.floats(0, 0.5),
        lengths=st.sampled_from([None, [64], [48, 100]]),
    ),
    max_size=2,
    unique_by=lambda use: use.name,
).map(tuple)


@given(DOCUMENTS, RECIPES, USES)
def test_no_token_is_used_twice_in_one_pass(documents, recipe, uses) -> None:
    corpus = corpus_of(documents)
    assert taken(draw(corpus, recipe, uses), corpus, recipe).max() <= 1


@given(DOCUMENTS, RECIPES, USES)
def test_no_stage_has_more_tokens_than_its_whole_rows_hold(documents, recipe, uses) -> None:
    corpus = corpus_of(documents)
    drawn = draw(corpus, recipe, uses)
    for stage in recipe.resolved_stages():
        if stage.tokens is not None:
            rows = stage.tokens // (stage.seq_len + recipe.extra_token)
            ceiling = rows * frame(recipe, stage).capacity
            assert spent(drawn, corpus, recipe, stage.name) <= ceiling


@given(DOCUMENTS, RECIPES, USES)
def test_every_haystack_is_as_long_as_its_sample_and_lies_within_one_document(
    documents, recipe, uses
) -> None:
    corpus = corpus_of(documents)
    evidence = {use.name: use.num_evidence for use in uses}
    for sample in draw(corpus, recipe, uses).samples:
        (piece,) = sample.pieces
        assert piece.stop - piece.start == sample.length
        assert 0 <= piece.start < piece.stop <= corpus.num_tokens[piece.doc]
        assert len(sample.depths) == evidence[sample.use]
        assert all(0 <= depth < 1 for depth in sample.depths)


@given(DOCUMENTS, RECIPES, USES)
def test_the_same_input_gives_the_same_draw(documents, recipe, uses) -> None:
    first, second = (draw(corpus_of(documents), recipe, uses) for _ in range(2))
    assert (first.samples, first.supply) == (second.samples, second.supply)
    for stage, pieces in first.pieces.items():
        for field in fields(pieces):
            mine, other = (getattr(p, field.name) for p in (pieces, second.pieces[stage]))
            assert mine.tolist() == other.tolist()


@given(DOCUMENTS, st.integers(1, 1500), st.integers(0, 3))
def test_a_new_document_leaves_the_others_in_their_order(documents, size, seed) -> None:
    recipe = recipe_of(seed=seed)
    before = draw(corpus_of(documents), recipe, ()).pieces["main"].doc.tolist()
    more = draw(corpus_of([*documents, (size, 0)]), recipe, ()).pieces["main"].doc.tolist()
    assert [doc for doc in more if doc < len(documents)] == before


@settings(max_examples=30)
@given(DOCUMENTS, st.floats(0.05, 0.5))
def test_without_a_ceiling_all_that_rows_can_take_is_taken(documents, share) -> None:
    """Open shares and short documents that may be cut: no token of the corpus is left behind."""
    recipe = recipe_of(sources={"books": {"filler": True}, "notes": {"filler": True}})
    corpus = corpus_of(documents)
    uses = (use_of(share=share, lengths=[64]),)
    used = taken(draw(corpus, recipe, uses), corpus, recipe)[0].sum()
    shreds = recipe.min_fragment * 4 * len(documents)
    assert corpus.num_tokens.sum() - shreds <= used <= corpus.num_tokens.sum()


def test_shared_haystacks_leave_the_natural_text_alone() -> None:
    """Documents of 1000 and 400 tokens hold 5 samples of 100; what those read stays whole."""
    recipe = recipe_of(haystack_reuse="shared", eos=False, tokens=1280)
    drawn = draw(corpus_of([(1000, 0), (400, 1)]), recipe, (use_of(share=0.4, lengths=[100]),))
    assert len(drawn.samples) == 5
    given = [piece for sample in drawn.samples for piece in sample.pieces]
    assert all(piece.stop <= (1000, 400)[piece.doc] for piece in given)
    natural = drawn.pieces["main"]
    assert natural.start.tolist() == [0, 0]
    assert int(natural.stop.sum()) == 1280 - 500


def test_a_share_is_divided_equally_among_the_lengths() -> None:
    """Half of 10 rows of 256 is 1280: 640 tokens are 10 samples of 64 and 5 of 128."""
    recipe = recipe_of(tokens=2560)
    drawn = draw(corpus_of([(9000, 0)]), recipe, (use_of(share=0.5, lengths=[64, 128]),))
    assert [sample.length for sample in drawn.samples] == [128] * 5 + [64] * 10
    assert drawn.samples[5].sample_id == "needle-main-64-000000"
    assert drawn.supply[-1] == Supply(stage="main", source="task:needle", asked=1280, given=1280)


def test_what_one_length_cannot_use_goes_to_the_next_shorter() -> None:
    """A quarter of 10 rows of 256 is 640: 320 tokens are 1 of 200, the other 120 with 320 are 7."""
    recipe = recipe_of(tokens=2560)
    drawn = draw(corpus_of([(9000, 0)]), recipe, (use_of(share=0.25, lengths=[60, 200]),))
    assert [sample.length for sample in drawn.samples] == [200] + [60] * 7


def test_what_is_asked_and_cannot_be_given_is_recorded() -> None:
    """90 % of two rows are two samples of 180; the documents have room for none."""
    corpus = corpus_of([(150, 0)] * 4)
    recipe = recipe_of(eos=False, stages=[{"name": "main", "seq_len": 256, "tokens": 512}])
    drawn = draw(corpus, recipe, (use_of(share=0.9, lengths=[180]),))
    assert drawn.samples == ()
    assert [(s.source, s.asked, s.given) for s in drawn.supply] == [
        ("books", 512, 450),
        ("notes", 0, 0),
        ("task:needle", 460, 0),
    ]


def test_task_shares_above_the_whole_are_refused() -> None:
    uses = (use_of("a", share=0.7), use_of("b", share=0.6))
    with pytest.raises(RecipeError, match=r"tasks: the shares of stage .main. add up to 1\.3"):
        draw(corpus_of([(9000, 0)]), recipe_of(), uses)


def test_the_depths_of_one_length_fill_every_tenth() -> None:
    corpus = corpus_of([(9000, 0)])
    drawn = draw(corpus, recipe_of(), (use_of(share=0.2, lengths=[90], num_evidence=2),))
    depths = [depth for sample in drawn.samples for depth in sample.depths][:40]
    assert len(drawn.samples) == 20
    assert np.histogram(depths, 10, (0, 1))[0].tolist() == [4] * 10


@pytest.mark.parametrize(("num_evidence", "room"), [(1, 128), (6, 128), (16, 288)])
def test_no_evidence_is_asked_for_where_an_opening_question_stands(num_evidence, room) -> None:
    uses = (use_of(share=0.2, lengths=[1000], question="first", num_evidence=num_evidence),)
    drawn = draw(corpus_of([(100_000, 0)]), recipe_of(seq_len=2048), uses)
    assert len(drawn.samples) == 20
    lowest = min(depth for sample in drawn.samples for depth in sample.depths)
    assert room / 1000 <= lowest < room / 1000 + 1 / 20


def test_samples_come_from_anywhere_in_a_document_that_may_be_cut() -> None:
    starts = set()
    for seed in range(20):
        drawn = draw(corpus_of([(9000, 0)]), recipe_of(seed=seed), (use_of(share=0.05),))
        starts |= {sample.pieces[0].start // 3000 for sample in drawn.samples}
    assert starts == {0, 1, 2}


@pytest.mark.parametrize(
    ("changes", "capacity", "begin", "end"),
    [
        ({}, 256, 0, 1),
        ({"eos": False, "bos": "document"}, 256, 1, 0),
        ({"bos": "row"}, 255, 0, 1),
        ({"extra_token": True}, 257, 0, 1),
    ],
)
def test_what_a_row_holds_beside_text(changes, capacity, begin, end) -> None:
    recipe = recipe_of(**changes)
    framing = frame(recipe, recipe.resolved_stages()[0])
    assert (framing.capacity, framing.begin, framing.end) == (capacity, begin, end)


@pytest.mark.parametrize(
    ("shares", "total"), [((0.7, 0.7), "1.4"), ((0.2, 0.2), "0.4"), ((1.0, 0.1), "1.1")]
)
def test_shares_that_cannot_be_are_named(shares, total) -> None:
    sources = {"books": {"share": shares[0]}, "notes": {"share": shares[1]}}
    with pytest.raises(RecipeError, match=f"the shares add up to {total}; they must be 1"):
        draw(corpus_of([(9000, 0), (9000, 1)]), recipe_of(sources=sources), ())


def test_only_the_last_stage_may_have_no_ceiling() -> None:
    stages = [{"name": "a", "seq_len": 256}, {"name": "b", "seq_len": 512}]
    with pytest.raises(RecipeError, match=r"stages\[0\]\.tokens: stage 'a' has no ceiling"):
        draw(corpus_of([(9000, 0)]), recipe_of(stages=stages), ())


def test_the_scarcest_share_decides_how_large_a_stage_without_ceiling_is() -> None:
    sources = {"books": {"share": 0.5}, "notes": {"share": 0.5, "filler": True}}
    corpus = corpus_of([(400, 0), (9000, 1)])
    drawn = draw(corpus, recipe_of(sources=sources, eos=False), ())
    assert [(s.source, s.given) for s in drawn.supply] == [("books", 400), ("notes", 400)]


def test_what_earlier_stages_take_of_a_scarce_source_makes_the_last_stage_smaller() -> None:
    # 2,000 of the books, half of each stage: 1,024 go to the first, and the 976 that are left allow
    # a second stage of 1,952 tokens, a fifth of which are samples.
    sources = {"books": {"share": 0.5}, "notes": {"share": 0.5, "filler": True}}
    stages = [{"name": "a", "seq_len": 256, "tokens": 2048}, {"name": "b", "seq_len": 512}]
    recipe = recipe_of(sources=sources, stages=stages, eos=False)
    corpus = corpus_of([(2000, 0), (20_000, 1)])
    drawn = draw(corpus, recipe, (use_of(share=0.2, lengths=(64,)),))
    asked = {s.stage: s.asked for s in drawn.supply if s.source == "task:needle"}
    assert asked == {"a": 409, "b": 390}


def test_a_row_is_drawn_at_most_one_sample_longer_than_half_of_it() -> None:
    stages = [{"name": "main", "seq_len": 256, "tokens": 2560}]
    recipe = recipe_of(stages=stages)
    drawn = draw(corpus_of([(9000, 0)]), recipe, (use_of(share=0.9, lengths=(150,)),))
    assert [s.length for s in drawn.samples] == [150] * 10
    assert spent(drawn, corpus_of([(9000, 0)]), recipe, "main") == 2560


def given_by_source(drawn: Draw, stage: str) -> dict[str, tuple[int, int]]:
    """Return (asked, given) of each source, its lengths together."""
    sums: dict[str, tuple[int, int]] = {}
    for line in drawn.supply:
        if line.stage == stage and ":" not in line.source:
            asked, given = sums.get(line.source, (0, 0))
            sums[line.source] = asked + line.asked, given + line.given
    return sums


LENGTHS = st.sampled_from([(), (100,), (60, 300), (1024,)])


@given(
    st.lists(st.tuples(st.integers(1, 700), st.integers(0, 1)), min_size=30, max_size=60),
    st.floats(0.2, 0.8),
    LENGTHS,
    st.booleans(),
)
def test_what_is_drawn_is_within_one_document_of_what_was_asked(
    documents, share, lengths, filler
) -> None:
    """By source and in all, whatever the classes of lengths, as long as a source has enough."""
    sources = {"books": {"share": share}, "notes": {"filler": filler}}
    upsample = dict(zip((0, *lengths), (1, 3, 0.5), strict=False))
    recipe = recipe_of(sources=sources, upsample=upsample, tokens=2560)
    corpus = corpus_of(documents)
    drawn = draw(corpus, recipe, ())
    for name, (asked, given_tokens) in given_by_source(drawn, "main").items():
        mine = corpus.num_tokens[corpus.source == corpus.sources.index(name)]
        pieces = drawn.pieces["main"]
        of_source = corpus.source[pieces.doc] == corpus.sources.index(name)
        taken_all = len(set(pieces.doc[of_source].tolist())) == len(mine)
        assert given_tokens <= asked
        assert taken_all or asked - given_tokens <= int(mine.max()) + 1


def test_lengths_have_their_shares() -> None:
    """Long documents .75 of 20 rows of 256: 3,840 tokens of them, 1,280 of short ones."""
    recipe = recipe_of(
        eos=False,
        sources={"books": {"filler": True}, "notes": {"filler": True}},
        shares=[{"at_least": 256, "share": 0.75}, {"below": 256, "share": 0.25}],
        tokens=5120,
    )
    corpus = corpus_of([(600, n % 2) for n in range(20)] + [(40, n % 2) for n in range(90)])
    pieces = draw(corpus, recipe, ()).pieces["main"]
    size, long = pieces.stop - pieces.start, corpus.num_tokens[pieces.doc] >= 256
    assert (int(size[long].sum()), int(size[~long].sum())) == (3840, 1280)


def test_what_a_class_of_lengths_lacks_is_recorded() -> None:
    recipe = recipe_of(
        eos=False,
        sources={"books": {"filler": True}, "notes": {"filler": True}},
        shares=[{"at_least": 256, "share": 0.75}],
        tokens=5120,
    )
    drawn = draw(corpus_of([(600, 0)] * 2 + [(40, 1)] * 90), recipe, ())
    lines = {(s.source, s.at_least, s.below): (s.asked, s.given) for s in drawn.supply}
    assert lines["books", 256, None] == (3840, 1200)
    assert lines["notes", 0, 256] == (1280, 1280)


def test_a_stage_replays_documents_of_earlier_stages_as_their_next_pass() -> None:
    """The first stage has 1,024 tokens; a quarter of the second's 2,048 are some of them again."""
    stages = [
        {"name": "a", "seq_len": 256, "tokens": 1024},
        {"name": "b", "seq_len": 512, "tokens": 2048, "replay": 0.25},
    ]
    sources = {"books": {"filler": True, "max_epochs": 2}, "notes": {}}
    recipe = recipe_of(eos=False, stages=stages, sources=sources)
    corpus = corpus_of([(90, 0)] * 60)
    drawn = draw(corpus, recipe, ())
    again = drawn.pieces["b"].epoch == 1
    seen = set(drawn.pieces["a"].doc.tolist())
    assert set(drawn.pieces["b"].doc[again].tolist()) <= seen
    size = drawn.pieces["b"].stop - drawn.pieces["b"].start
    assert (int(size[again].sum()), int(size[~again].sum())) == (512, 1536)
    assert (drawn.pieces["a"].epoch == 0).all()
    (line,) = [s for s in drawn.supply if s.source == "replay:books"]
    assert (line.asked, line.given) == (512, 512)


def test_rows_with_original_positions_get_documents_that_fit_their_window() -> None:
    stages = [
        {
            "name": "main",
            "seq_len": 256,
            "tokens": 2560,
            "original": {"share": 0.3, "window": 64},
        }
    ]
    sources = {"books": {}, "notes": {}}
    recipe = recipe_of(stages=stages, sources=sources)
    corpus = corpus_of([(63, 0), (64, 0), (20, 1), (200, 1)] * 60)
    drawn = draw(corpus, recipe, ())
    short, rest = drawn.original["main"], drawn.pieces["main"]
    assert int(corpus.num_tokens[short.doc].max()) == 63
    tokens = int((short.stop - short.start + 1).sum())
    assert 768 - 64 <= tokens <= 768
    assert not set(short.doc.tolist()) & set(rest.doc.tolist())


def test_shares_of_targets_make_room_for_answers() -> None:
    """Samples of 64 with 32 targets: for .1 of the targets they need .2 / 1.1 of the tokens."""
    use = use_of(share=0.1, lengths=[64], targets=32)
    recipe = recipe_of(tokens=256_000, count="targets")
    drawn = draw(corpus_of([(400_000, 0)]), recipe, (use,))
    assert len(drawn.samples) == int(256_000 * 0.2 / 1.1 / 64)
    with pytest.raises(RecipeError, match=r"tasks\.needle\.targets: `count: targets` needs"):
        draw(corpus_of([(9000, 0)]), recipe, (use_of(share=0.1),))


def test_segments_of_a_multiple_cost_multiples() -> None:
    """Documents of 37 and 90 tokens give 32 and 80 where segments are multiples of 16."""
    recipe = recipe_of(eos=False, segment_multiple=16)
    drawn = draw(corpus_of([(37, 0), (90, 0), (15, 0)]), recipe, ())
    assert [s.given for s in drawn.supply if s.source == "books"] == [112]
    assert sorted(drawn.pieces["main"].doc.tolist()) == [0, 1]


def test_stages_divide_the_mix_by_their_shares() -> None:
    """Of 10,240 tokens half and a quarter; of a ceiling of 4,096 as well."""
    stages = [
        {"name": "a", "seq_len": 256, "share": 0.5},
        {"name": "b", "seq_len": 512, "share": 0.25},
    ]
    sources = {"books": {"filler": True}, "notes": {}}
    corpus = corpus_of([(512, 0)] * 20)
    for tokens, expected in ((None, (5120, 2560)), (4096, (2048, 1024))):
        recipe = recipe_of(eos=False, stages=stages, sources=sources, tokens=tokens)
        drawn = draw(corpus, recipe, ())
        assert tuple(spent(drawn, corpus, recipe, stage) for stage in "ab") == expected


def test_documents_that_are_looked_at_in_slices_give_the_same_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus = corpus_of([(30 + 17 * n % 400, n % 2) for n in range(25)])
    uses = (use_of(share=0.2, lengths=[256]),)
    whole = draw(corpus, recipe_of(), uses)
    monkeypatch.setattr("generators.mixing.draw.SLICE", 4)
    sliced = draw(corpus, recipe_of(), uses)
    assert sliced.samples == whole.samples
    assert {(f.name, name) for name in whole.pieces for f in fields(whole.pieces[name])} == {
        (f.name, name)
        for name in whole.pieces
        for f in fields(whole.pieces[name])
        if (getattr(sliced.pieces[name], f.name) == getattr(whole.pieces[name], f.name)).all()
    }


def test_a_share_that_nothing_meets_is_named_where_it_would_leave_no_mix() -> None:
    shares = [{"at_least": 10_000, "share": 0.3}]
    with pytest.raises(RecipeError, match="books has no document of 10,000 tokens or more; give"):
        draw(corpus_of([(900, 0), (800, 1)]), recipe_of(shares=shares), ())
    drawn = draw(corpus_of([(900, 0), (800, 1)]), recipe_of(shares=shares, tokens=1024), ())
    assert sum(line.given for line in drawn.supply) > 0
