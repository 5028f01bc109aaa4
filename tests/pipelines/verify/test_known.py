"""What units compare with is opened from the mix itself, once a process."""

import pytest

from pipelines.verify import known
from pipelines.verify.known import Context, draw, forget, keep_known, known_of
from tests.pipelines.verify.broken import END, Broken


@pytest.fixture
def context(mix: Broken) -> Context:
    return Context(mix=str(mix.path), store=mix.store, share=0.5, by="sample")


def test_open_mix_is_kept_until_it_is_let_go(context: Context) -> None:
    first = known_of(context)
    assert known_of(context) is first
    other = Context(mix=context.mix, store=None)
    keep_known(first)
    assert known_of(other).texts.store is None
    assert known_of(context) is not first  # the other took its place
    forget()
    assert known._known == {}


def test_rules_are_those_of_the_manifest_and_the_tokenizer(context: Context, mix: Broken) -> None:
    opened = known_of(context)
    assert opened.tokenizer.engine == "tokenizers"
    assert opened.rules.eos_id == END
    assert opened.rules.valid.sum() == END + 1
    assert opened.rules.special.tolist().count(True) == len(opened.tokenizer.special_ids)
    assert set(opened.rules.stages) == {stage["name"] for stage in mix.manifest["recipe"]["stages"]}
    assert opened.rules.sentinels == {}
    forget()


def test_sentinels_are_read_from_the_samples_table(mix: Broken) -> None:
    name = mix.lines("samples")[1]["sample_id"]
    mix.edit_table("samples", lambda lines: lines[1].update(sentinels=[7, 9]))
    opened = known_of(Context(mix=str(mix.path), store=None))
    assert opened.rules.sentinels == {name: {7, 9}}
    forget()


def test_half_of_the_samples_are_solved_one_of_each_neighbourhood(
    context: Context, mix: Broken
) -> None:
    lines = sorted(mix.lines("samples"), key=lambda line: (line["row_id"], line["segment"]))
    solved = known_of(context).solved
    assert len(solved) == round(len(lines) / 2)
    pairs = [lines[k : k + 2] for k in range(0, 2 * (len(lines) // 2), 2)]
    if len(lines) % 2 == 0:
        assert all(len(solved & {line["sample_id"] for line in pair}) == 1 for pair in pairs)
    forget()


def test_draw_is_keyed_by_the_mix_the_seed_and_what_is_drawn(mix: Broken, context: Context) -> None:
    manifest = mix.manifest
    found = draw(manifest, context, 1000).tolist()
    assert draw(mix.manifest, context, 1000).tolist() == found
    of_rows = Context(mix=context.mix, store=None, share=0.5, by="row")
    assert draw(manifest, of_rows, 1000).tolist() != found
    seed = manifest["recipe"]["seed"] + 1
    assert (
        draw({**manifest, "recipe": {**manifest["recipe"], "seed": seed}}, context, 1000).tolist()
        != found
    )
    assert draw({**manifest, "mix_digest": "0" * 64}, context, 1000).tolist() != found
