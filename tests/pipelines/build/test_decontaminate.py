"""Prompts of benchmarks are found word for word, cut or dropped, and it is written down."""

from pathlib import Path
from typing import Any

import pytest

from generators.decontam.index import build
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from generators.tokens.train import train_bpe
from pipelines.build.decontaminate import (
    Checked,
    Firewall,
    describe,
    keep_index,
    open_firewall,
    prompt_files,
)
from pipelines.files import open_folder
from pipelines.store import Store
from schemas.errors import RecipeError
from schemas.recipe import DecontaminateSpec, Recipe
from tests.pipelines.plan.corpora import recipe_of

PROMPT = "who moved the red boat"
OTHER = "when did the ferry leave"
TEXT = f"It was early.\n\nThen I asked {PROMPT}, and why.\n\nNobody knew it.\n"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(train_bpe([TEXT * 20], vocab_size=512))


def wall(*benchmarks: tuple[str, str], **spec: Any) -> Firewall:
    """Return a firewall of one index for each benchmark, of 5-grams."""
    indices = tuple(build([benchmark], n=5, shortest=3) for benchmark in benchmarks)
    return Firewall(spec=DecontaminateSpec(**spec), indices=indices)


def test_a_text_that_shares_nothing_is_handed_back_as_it_is(tokenizer: Tokenizer) -> None:
    checked = wall(("quiz", OTHER)).check(TEXT, "book", tokenizer)
    assert checked.text is TEXT
    assert checked.reason is None
    assert checked.columns == {"overlap_hits": 0.0, "overlap_chars": 0.0, "overlap_with": None}


def test_the_paragraph_that_overlaps_is_cut(tokenizer: Tokenizer) -> None:
    checked = wall(("quiz", PROMPT), max_cut=0.8).check(TEXT, "book", tokenizer)
    left = "It was early.\n\nNobody knew it.\n"
    columns = {"overlap_hits": 1.0, "overlap_chars": float(len(TEXT) - len(left))}
    assert checked == Checked(text=left, reason=None, columns={**columns, "overlap_with": "quiz"})


def test_of_a_repository_the_line_is_cut(tokenizer: Tokenizer) -> None:
    text = f"a = 1\nb = '{PROMPT}'\nc = 3\n"
    checked = wall(("quiz", PROMPT), max_cut=0.9).check(text, "repo", tokenizer)
    assert checked.text == "a = 1\nc = 3\n"


def test_a_text_that_would_lose_too_much_is_contaminated(tokenizer: Tokenizer) -> None:
    checked = wall(("quiz", PROMPT), max_cut=0.5).check(TEXT, "book", tokenizer)
    assert checked.reason == "contaminated"
    assert checked.columns["overlap_with"] == "quiz"


def test_drop_rejects_the_whole_document(tokenizer: Tokenizer) -> None:
    checked = wall(("quiz", PROMPT), policy="drop").check(TEXT, "book", tokenizer)
    assert (checked.reason, checked.columns["overlap_chars"]) == ("contaminated", 0.0)


def test_fewer_hits_than_asked_for_change_nothing(tokenizer: Tokenizer) -> None:
    checked = wall(("quiz", PROMPT), min_hits=2).check(TEXT, "book", tokenizer)
    assert (checked.text, checked.reason, checked.columns["overlap_hits"]) == (TEXT, None, 0.0)


def test_what_one_index_left_is_shown_to_the_next(tokenizer: Tokenizer) -> None:
    text = f"{PROMPT}\n\nand then {OTHER}\n\n{'A long and harmless end. ' * 9}\n"
    both = wall(("quiz", PROMPT), ("exam", OTHER))
    checked = both.check(text, "book", tokenizer)
    assert checked.text == f"{'A long and harmless end. ' * 9}\n"
    assert checked.columns["overlap_with"] == "exam, quiz"
    assert both.meets(text, tokenizer) == ("exam", "quiz")
    assert both.meets(checked.text, tokenizer) == ()


class Desk:
    """A folder of prompts, and a store for their index."""

    def __init__(self, root: Path, tokenizer: Tokenizer) -> None:
        self.prompts, self.tokenizer = root / "prompts", tokenizer
        self.prompts.mkdir()
        (self.prompts / "quiz.txt").write_text(PROMPT)
        self.store = Store(open_folder(str(root / "store")))

    def recipe(self, **spec: Any) -> Recipe:
        basis = {"prompts": str(self.prompts), "ngram": 5, "shortest": 3, "files": ["*.txt"]}
        return recipe_of(decontaminate={**basis, **spec})

    def keep(self, recipe: Recipe) -> str | None:
        return keep_index(recipe, [*prompt_files(recipe)], self.tokenizer, self.store)


@pytest.fixture
def desk(tmp_path: Path, tokenizer: Tokenizer) -> Desk:
    return Desk(tmp_path, tokenizer)


def test_workers_find_by_its_digest_what_the_driver_built(desk: Desk) -> None:
    recipe = desk.recipe(known=False, max_cut=0.9)
    described = describe(recipe, desk.keep(recipe))
    opened = open_firewall(desk.store.folder.uri, described)
    assert opened is not None
    assert opened.spec.max_cut == 0.9
    assert opened.meets(TEXT, desk.tokenizer) == ("quiz.txt",)
    assert [name.partition("/")[0] for name in desk.store.folder.names()] == ["decontaminate"]


def test_the_built_in_list_stands_beside_files_or_alone(desk: Desk) -> None:
    recipe = desk.recipe()
    both = open_firewall(desk.store.folder.uri, describe(recipe, desk.keep(recipe)))
    alone = recipe_of(decontaminate={})
    assert desk.keep(alone) is None
    one = open_firewall(desk.store.folder.uri, describe(alone, None))
    assert both is not None
    assert one is not None
    assert (len(both.indices), len(one.indices)) == (2, 1)


def test_a_recipe_that_asks_for_nothing_opens_nothing(desk: Desk) -> None:
    plain = recipe_of()
    assert (prompt_files(plain), desk.keep(plain), describe(plain, None)) == ({}, None, None)
    assert open_firewall(desk.store.folder.uri, None) is None


def test_a_prompt_that_changes_changes_what_units_are_described_by(desk: Desk) -> None:
    recipe = desk.recipe()
    files, before = prompt_files(recipe), describe(recipe, desk.keep(recipe))
    (desk.prompts / "quiz.txt").write_text(OTHER)
    assert list(prompt_files(recipe)) == list(files)
    assert prompt_files(recipe) != files
    assert describe(recipe, desk.keep(recipe)) != before


@pytest.mark.parametrize("change", [{"policy": "drop"}, {"min_hits": 2}, {"known": False}])
def test_what_decides_a_text_is_described(desk: Desk, change: dict[str, Any]) -> None:
    assert describe(desk.recipe(**change), "d") != describe(desk.recipe(), "d")


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"files": ["*.txt", "*.jsonl"]}, "decontaminate.files: nothing below .* '\\*\\.jsonl'$"),
        ({"prompts": "/nowhere"}, "decontaminate.prompts: /nowhere does not exist"),
        ({"ngram": 9, "shortest": 6}, "decontaminate.files: no prompt has 6 words; lower"),
        ({"files": ["*"]}, "decontaminate.files: quiz.pdf: its ending says nothing"),
    ],
)
def test_prompts_that_cannot_be_used_are_named(
    desk: Desk, spec: dict[str, Any], sentence: str
) -> None:
    (desk.prompts / "quiz.pdf").write_bytes(b"%PDF")
    with pytest.raises(RecipeError, match=f"^{sentence}"):
        desk.keep(desk.recipe(**spec))
