"""A folder never holds parts of two mixes: another recipe, tokenizer or input is refused."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.build.identity import check_identity, identity, keep_identity
from pipelines.files import Folder, open_folder
from schemas.errors import IdentityError
from schemas.unit import Item


@pytest.fixture
def work(tmp_path: Path) -> Folder:
    return open_folder(str(tmp_path / "mix.work"))


def mine(
    *, sha256: str = "11", tokenizer: str = "t", prompts: str = "33", **recipe: Any
) -> dict[str, Any]:
    item = Item(source="books", uri="a.txt", num_bytes=1, sha256=sha256)
    basis = {"seed": 0, "sources": {"books": {"min_tokens": 1}}, "stages": []}
    return identity({**basis, **recipe}, tokenizer, [item], {"quiz.txt": prompts})


def test_the_same_again_is_welcome(work: Folder) -> None:
    keep_identity(work, mine())
    check_identity(work, mine(), "mix")
    assert work.names() == ["identity.json"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"seed": 5}, "recipe.seed: 0 then, 5 now"),
        ({"tokenizer": "u"}, "tokenizer: t then, u now"),
        ({"sha256": "22"}, "inputs.books:a.txt: 11 then, 22 now"),
        ({"prompts": "44"}, "prompts.quiz.txt: 33 then, 44 now"),
        (
            {"sources": {"books": {"min_tokens": 9}}},
            "recipe.sources.books.min_tokens: 1 then, 9 now",
        ),
        ({"name": "x"}, "recipe.name: (absent) then, x now"),
        ({"stages": [{"name": "a"}]}, 'recipe.stages: [] then, [{"name": "a"}] now'),
        ({"name": "x" * 99}, f"recipe.name: (absent) then, {'x' * 57}... now"),
    ],
)
def test_a_difference_is_named_with_both_values(
    work: Folder, changes: dict[str, Any], line: str
) -> None:
    keep_identity(work, mine())
    with pytest.raises(IdentityError) as caught:
        check_identity(work, mine(**changes), "mix")
    head, difference, advice = str(caught.value).splitlines()
    assert head == "mix was begun from something else:"
    assert difference == f"  {line}"
    assert advice.startswith("Use another --out, or --overwrite")


def test_of_many_differences_twenty_are_shown(work: Folder) -> None:
    keep_identity(work, mine())
    with pytest.raises(IdentityError, match="and 10 more") as caught:
        check_identity(work, mine(**{f"key{i}": i for i in range(30)}), "mix")
    assert len(str(caught.value).splitlines()) == 1 + 20 + 1 + 1
