"""The identity of a mix: no path of this machine in it, and every input."""

import hashlib

import pytest

from schemas.manifest import FileEntry, content_digest, mix_digest, portable, stable
from schemas.unit import Item


def item(sha256: str) -> Item:
    return Item(source="books", uri=f"{sha256}.txt", num_bytes=1, sha256=sha256)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("/data/books", "books"),
        ("data/books", "data/books"),
        ("s3://bucket/books", "s3://bucket/books"),
        ("s3://key:secret@bucket/books?region=x", "s3://bucket/books"),
        ("train", "train"),
    ],
)
def test_absolute_paths_are_shown_by_their_last_part(given: str, shown: str) -> None:
    recipe = {"inputs": given, "tokenizer": given, "seed": 3}
    assert portable(recipe) == {"inputs": shown, "tokenizer": shown, "seed": 3}


@pytest.mark.parametrize(
    ("given", "shown"),
    [("/data/prompts", "prompts"), ("s3://a:b@c/p?x=y", "s3://c/p"), (None, None)],
)
def test_the_folder_of_prompts_is_shown_like_the_others(
    given: str | None, shown: str | None
) -> None:
    recipe = {"inputs": "i", "tokenizer": "t", "decontaminate": {"prompts": given, "ngram": 13}}
    assert portable(recipe)["decontaminate"] == {"prompts": shown, "ngram": 13}
    assert recipe["decontaminate"] == {"prompts": given, "ngram": 13}


def test_the_content_digest_by_hand() -> None:
    files = [
        FileEntry(path="b", bytes=1, sha256="11", kind="data"),
        FileEntry(path="a", bytes=1, sha256="22", kind="plan"),
    ]
    assert content_digest(files) == hashlib.sha256(b"11  b\n22  a\n").hexdigest()


def test_the_mix_digest_does_not_depend_on_the_order_of_inputs() -> None:
    forth = mix_digest("r", "t", [item("1"), item("2")], "p")
    assert mix_digest("r", "t", [item("2"), item("1")], "p") == forth


@pytest.mark.parametrize(
    "other",
    [
        ("R", "t", ["1"], "p"),
        ("r", "T", ["1"], "p"),
        ("r", "t", ["1", "1"], "p"),
        ("r", "t", ["1"], "P"),
    ],
)
def test_each_part_of_the_identity_counts(other: tuple[str, str, list[str], str]) -> None:
    recipe, tokenizer, inputs, plan = other
    mine = mix_digest("r", "t", [item("1")], "p")
    assert mix_digest(recipe, tokenizer, [item(sha) for sha in inputs], plan) != mine


def test_floats_have_six_digits_and_the_rest_is_as_it_was() -> None:
    value = {"a": [0.123456789, 5, True, None], "b": {"c": 1234567.8, "d": "0.123456789"}}
    assert stable(value) == {
        "a": [0.123457, 5, True, None],
        "b": {"c": 1234570.0, "d": "0.123456789"},
    }
