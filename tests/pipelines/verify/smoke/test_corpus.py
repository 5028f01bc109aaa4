import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.shards.mix import open_mix
from pipelines.verify.smoke.corpus import (
    Corpus,
    InconclusiveError,
    cut,
    trained_tokens,
    write_corpus,
)
from schemas.errors import RecipeError
from tests.pipelines.verify.broken import Broken
from tests.pipelines.verify.conftest import Variant, needle_task
from tests.pipelines.verify.smoke.small import SMALL
from tests.pipelines.verify.smoke.test_texts import documents


def pieces(corpus: Corpus, split: str) -> dict[str, str]:
    lines = [
        json.loads(line)
        for path in sorted((Path(corpus.folder) / split).iterdir())
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found = {line["id"]: line["text"] for line in lines}
    assert len(found) == len(lines), "every piece stands once"
    return found


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("ab\ncd\nef", 1, ["ab\ncd\nef"]),
        ("ab\ncd\nef", 2, ["ab\ncd\n", "ef"]),
        ("ab\ncd\nef\ngh\n", 3, ["ab\ncd\n", "ef\n", "gh\n"]),
        ("abcdef", 3, ["ab", "cd", "ef"]),
        ("", 2, ["", ""]),
    ],
)
def test_texts_are_cut_at_line_ends(text: str, count: int, expected: list[str]) -> None:
    assert cut(text, count) == expected


@given(text=st.text(alphabet="ab\n", max_size=60), count=st.integers(1, 7))
def test_pieces_are_the_whole_text_and_about_equal(text: str, count: int) -> None:
    found = cut(text, count)
    assert "".join(found) == text
    assert len(found) == count
    assert max(map(len, found)) <= 2 * len(text) / count + 2


def test_pieces_for_training_and_held_out_ones_are_of_the_documents(
    sound: Path, texts: Path, tmp_path: Path
) -> None:
    mix = open_mix(str(sound))
    corpus = write_corpus(mix, store=None, folder=str(tmp_path), settings=SMALL)
    known = documents(texts)
    train, held = pieces(corpus, "train"), pieces(corpus, "held")
    assert train
    assert held
    assert not set(train) & set(held)
    for name, text in (train | held).items():
        assert text in known[name.rpartition("#")[0]]
        assert text.endswith("\n"), "these documents have line ends enough"
    assert corpus.kinds == {"books": "book", "letters": "page"}
    assert set(corpus.train) == {"books", "letters"}
    assert corpus.tokens_train + corpus.tokens_held < 1.1 * sum(
        line["num_tokens"] for line in mix.table("documents").to_pylist() if line["kept"]
    )


def test_the_same_documents_give_the_same_corpus(
    sound: Path, variant: Variant, tmp_path: Path
) -> None:
    """Whatever the depths are, and wherever the corpus is written."""
    other = variant(tasks=needle_task(depths="edges"))
    corpora = [
        write_corpus(open_mix(str(path)), store=None, folder=str(folder), settings=SMALL)
        for path, folder in ((sound, tmp_path / "a"), (other.path, tmp_path / "b"))
    ]
    assert corpora[0].digest == corpora[1].digest


def test_a_corpus_takes_the_place_of_another(sound: Path, tmp_path: Path) -> None:
    mix = open_mix(str(sound))
    first = write_corpus(mix, store=None, folder=str(tmp_path), settings=SMALL)
    (Path(first.folder) / "train/stranger.jsonl").write_text("{}\n")
    again = write_corpus(mix, store=None, folder=str(tmp_path), settings=SMALL)
    assert first == again
    assert not (Path(first.folder) / "train/stranger.jsonl").exists()


def test_no_more_is_taken_than_is_needed(sound: Path, tmp_path: Path) -> None:
    few = replace(SMALL, long=replace(SMALL.long, steps=1), in_mix=0, piece_tokens=256)
    corpus = write_corpus(open_mix(str(sound)), store=None, folder=str(tmp_path), settings=few)
    assert trained_tokens(few) == 1024
    assert 2 * 1024 <= corpus.tokens_train <= 2 * 1024 + 2 * 512


def test_rows_serve_where_there_is_no_store(mix: Broken, texts: Path, tmp_path: Path) -> None:
    opened = open_mix(str(mix.path))
    corpus = write_corpus(opened, store=None, folder=str(tmp_path), settings=SMALL)
    known = documents(texts)
    found = pieces(corpus, "train") | pieces(corpus, "held")
    natural = {name: text for name, text in found.items() if not name.startswith("needle")}
    assert natural
    for name, text in natural.items():
        assert text in known[name.partition("@")[0]]


def test_a_store_of_other_documents_is_as_good_as_none(
    mix: Broken, variant: Variant, tmp_path: Path
) -> None:
    other = variant(sources={"books": {"files": "books/0.txt"}}, tasks={})
    mix.edit_table("documents", lambda lines: [line.update(sha256="0" * 64) for line in lines])
    opened = open_mix(str(mix.path))
    corpus = write_corpus(opened, store=other.store, folder=str(tmp_path), settings=SMALL)
    assert all("@" in name for name in pieces(corpus, "train"))


def test_a_mix_without_natural_text_lends_its_haystacks(variant: Variant, tmp_path: Path) -> None:
    """All rows are samples but for the ends, which other text fills."""
    made = variant(tasks=needle_task(share=1.0, distractors=0, lengths=[512]))
    nowhere = str(tmp_path / "nowhere")
    small = replace(SMALL, audits=((256, 1),), text_rows=1)
    opened = open_mix(str(made.path))
    corpus = write_corpus(opened, store=nowhere, folder=str(tmp_path), settings=small)
    assert corpus.tokens_train
    golds = {line["gold"] for line in made.lines("samples")}
    texts = (pieces(corpus, "train") | pieces(corpus, "held")).values()
    assert not any(gold in text for gold in golds for text in texts)


def test_too_little_text_is_told_in_a_sentence(sound: Path, tmp_path: Path) -> None:
    large = replace(SMALL, audits=((65_536, 1),))
    with pytest.raises(InconclusiveError, match=r"held out; .* are the least that says anything"):
        write_corpus(open_mix(str(sound)), store=None, folder=str(tmp_path), settings=large)


def test_no_text_at_all_is_told_in_a_sentence(mix: Broken, tmp_path: Path) -> None:
    mix.edit_manifest(lambda manifest: manifest.update(shards=[]))
    with pytest.raises(RecipeError, match=r"no text to train on.*--store"):
        write_corpus(open_mix(str(mix.path)), store=None, folder=str(tmp_path), settings=SMALL)
