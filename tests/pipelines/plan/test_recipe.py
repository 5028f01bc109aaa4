"""What a person mistypes in a recipe comes back as a sentence: file, key, and the nearest name."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from generators import tasks
from pipelines.plan.recipe import check_recipe, load_recipe, resolved, task_uses
from schemas.errors import RecipeError

LEAST = {"inputs": ".", "tokenizer": "train", "sources": {"books": {}}}


def write(path: Path, **changes: Any) -> str:
    path.write_text(yaml.safe_dump({**LEAST, **changes}))
    return str(path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"sources": {"books": {"reader": "test"}}},
            "r.yaml: sources.books.reader: no reader named 'test'; known: ",
        ),
        (
            {"tasks": {"needle": {"keis": 2}}},
            "r.yaml: tasks.needle.keis: no such key. Did you mean 'keys'?",
        ),
        (
            {"tasks": {"needle": {"keys": 0}}},
            "r.yaml: tasks.needle.keys: Input should be greater than or equal to 1, not 0",
        ),
        (
            {"stages": [{"name": "samples", "seq_len": 512}]},
            "r.yaml: stages: the mix has a table 'samples'; give the stage another name",
        ),
        (
            {"seq_len": 256, "min_fragment": 129},
            "r.yaml: min_fragment: rows of stage 'main' hold 256 tokens, too few for two fragments "
            "of 129; they must hold 258",
        ),
        (
            {"seq_len": 256, "min_fragment": 128, "tasks": "all"},
            "r.yaml: min_fragment: rows of stage 'main' hold 256 tokens, too few for two fragments "
            "of 128; they must hold 257",
        ),
        (
            {"sources": {"books": {"long_documents": "overlap"}}},
            "r.yaml: sources.books.long_documents: `overlap` uses some tokens twice; allow that",
        ),
        (
            {"near_duplicates": {"book": 0.8}},
            "r.yaml: near_duplicates.book: no source is of this kind",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(changes, sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        check_recipe({**LEAST, **changes}, "r.yaml")
    (line,) = str(caught.value).splitlines()
    assert line.startswith(sentence)


def test_an_unknown_task_and_packer_get_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"^r\.yaml: tasks\.neddle\.task: .*mean 'needle'\?$"):
        check_recipe({**LEAST, "tasks": {"neddle": {}}}, "r.yaml")
    with pytest.raises(RecipeError, match=r"^r\.yaml: packer: .*Did you mean 'best_fit'\?$"):
        check_recipe({**LEAST, "packer": "bestfit"}, "r.yaml")


def test_two_stages_of_one_name_are_refused() -> None:
    stages = [{"name": "a", "seq_len": 512, "tokens": 512}, {"name": "a", "seq_len": 512}]
    with pytest.raises(RecipeError, match=r"stages: the names \['a', 'a'\] are not all different"):
        check_recipe({**LEAST, "stages": stages}, "r.yaml")


def test_overrides_are_yaml_and_reach_any_depth(tmp_path: Path) -> None:
    path = write(tmp_path / "r.yaml", tasks={"needle": {"share": 0.1}})
    overrides = [
        "eos=false",
        "seq_len=512",
        "tokens=null",
        "sources.books.min_tokens=9",
        "sources.notes.filler=true",
        "tasks.needle.lengths=[64,128]",
        "tasks.needle.keys=4",
        "inputs=s3://a/b=c",
    ]
    recipe = load_recipe(path, overrides)
    assert (recipe.eos, recipe.seq_len, recipe.tokens) == (False, 512, None)
    assert recipe.sources["books"].min_tokens == 9
    assert recipe.sources["notes"].filler
    (use,) = task_uses(recipe)
    assert use.common.lengths == (64, 128)
    assert use.fields.model_dump()["keys"] == 4
    assert recipe.inputs == "s3://a/b=c"


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("seq_len", "'seq_len' is no override; write key.path=value"),
        ("=3", "'=3' is no override; write key.path=value"),
        ("seed.deep=3", "'seed.deep=3': 'seed' holds a value, not further keys"),
        ("seed=[", r"'seed=\[': the value is not YAML"),
        ("sed=3", r"r\.yaml: sed: no such key\. Did you mean 'seed'\?"),
    ],
)
def test_an_override_that_cannot_be_is_named(tmp_path: Path, override: str, sentence: str) -> None:
    path = write(tmp_path / "r.yaml", seed=1)
    with pytest.raises(RecipeError, match=sentence):
        load_recipe(path, [override])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"seed: [1\n", r"r\.yaml: is not YAML"),
        (b"\xff\xfe\xfa", r"r\.yaml: is not YAML"),
        (b"- a\n- b\n", r"r\.yaml: a recipe is a mapping of keys"),
        (b"", r"r\.yaml: a recipe is a mapping of keys"),
    ],
)
def test_a_file_that_is_no_recipe_is_named(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(data)
    with pytest.raises(RecipeError, match=sentence):
        load_recipe(str(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.yaml: cannot be read: No such file"):
        load_recipe(str(tmp_path / "none.yaml"))


def test_all_tasks_share_the_default_share_equally() -> None:
    recipe = check_recipe({**LEAST, "tasks": "all"}, "r.yaml")
    uses = task_uses(recipe)
    free = tuple(name for name in tasks.names() if not tasks.load(name).paired)
    assert tuple(use.name for use in uses) == free
    assert sum(use.common.share for use in uses) == pytest.approx(0.05)


def test_one_task_may_be_used_twice_under_names_of_ones_own() -> None:
    two = {"easy": {"task": "needle", "keys": 1}, "hard": {"task": "needle", "keys": 8}}
    uses = task_uses(check_recipe({**LEAST, "tasks": two}, "r.yaml"))
    assert [(use.name, use.task.name) for use in uses] == [("easy", "needle"), ("hard", "needle")]
    assert [use.fields.model_dump()["keys"] for use in uses] == [1, 8]


def test_what_draw_is_told_of_a_task() -> None:
    spec = {"keys": 3, "queries": 2, "values": 2}
    (use,) = task_uses(check_recipe({**LEAST, "tasks": {"needle": spec}}, "r.yaml"))
    assert use.for_draw().num_evidence == 4


def test_a_resolved_recipe_shows_every_default_and_gives_itself_back() -> None:
    recipe = check_recipe({**LEAST, "tasks": {"needle": {"keys": 2}}}, "r.yaml")
    shown = resolved(recipe)
    assert shown["tasks"]["needle"]["distractors"] == 3
    assert shown["stages"][0]["name"] == "main"
    assert shown["sources"]["books"]["bad_utf8"] == "reject"
    assert resolved(check_recipe(shown, "r.yaml")) == shown


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[3] / "recipes").glob("*.yaml")), ids=lambda p: p.stem
)
def test_the_recipes_that_come_with_longmix_are_sound(path: Path) -> None:
    load_recipe(str(path), ["inputs=DIR", "tokenizer=train"])


def test_no_two_samples_can_come_to_the_same_name() -> None:
    # Task a in stage b-c and task a-b in stage c would both make a-b-c-512-000000.
    stages = [{"name": name, "seq_len": 512, "tokens": 512} for name in ("b-c", "c")]
    two = {"a": {"task": "needle"}, "a-b": {"task": "needle"}}
    with pytest.raises(
        RecipeError, match=r"r\.yaml: tasks: samples .* be called a-b-c-\.\.\.; rename"
    ):
        check_recipe({**LEAST, "stages": stages, "tasks": two}, "r.yaml")
