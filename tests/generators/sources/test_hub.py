"""The hub reader, on folders made here; the hub itself is played by a stand-in."""

import json
import sys
from types import SimpleNamespace
from typing import Any

import datasets
import huggingface_hub
import pytest
from huggingface_hub.errors import RepositoryNotFoundError

from generators.sources import load
from schemas.document import Document
from schemas.errors import BrokenFile, IdentityError, RecipeError, RemoteError
from schemas.recipe import SourceSpec
from tests.generators.sources.conftest import Corpus

ROWS = {"text": ["one\r\n", " ", "three"], "id": ["a", "b", "a"]}


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))


def expected(uri: str) -> list[Document]:
    return [
        Document(doc_id=f"src:{uri}#a", uri=uri, text="one\n"),
        Document(doc_id=f"src:{uri}#b", uri=uri, text="", reason="white_space"),
        Document(doc_id=f"src:{uri}#a~2", uri=uri, text="three"),
    ]


def test_a_saved_data_set(corpus: Corpus) -> None:
    datasets.Dataset.from_dict(ROWS).save_to_disk(str(corpus.root / "one"))
    assert corpus.read("hub", files="one", id_field="id") == expected("one")


def test_a_saved_data_set_of_splits(corpus: Corpus) -> None:
    data = datasets.DatasetDict({"test": datasets.Dataset.from_dict(ROWS)})
    data.save_to_disk(str(corpus.root / "two"))
    assert corpus.read("hub", files="two", id_field="id", split="test") == expected("two")
    with pytest.raises(RecipeError, match=r"split: 'two' has no split 'train'; it has test"):
        corpus.read("hub", files="two")


def test_a_folder_of_data_files(corpus: Corpus) -> None:
    rows = [dict(zip(ROWS, row, strict=True)) for row in zip(*ROWS.values(), strict=True)]
    corpus.write("three/train.jsonl", "\n".join(map(json.dumps, rows)))
    assert corpus.read("hub", files="three", id_field="id") == expected("three")


def test_other_columns_are_named(corpus: Corpus) -> None:
    datasets.Dataset.from_dict({"body": ["x"]}).save_to_disk(str(corpus.root / "one"))
    with pytest.raises(BrokenFile, match=r"^one: it has no column 'text'; its columns: body"):
        corpus.read("hub", files="one")


def test_a_broken_folder_is_named(corpus: Corpus) -> None:
    corpus.write("bad/train.jsonl", '{"text": "a"}\n{"text": ')
    with pytest.raises(BrokenFile, match=r"^bad: `datasets` cannot read it"):
        corpus.read("hub", files="bad")


def test_a_folder_that_changed_is_refused(corpus: Corpus) -> None:
    corpus.write("three/train.jsonl", '{"text": "a"}\n')
    (item,) = corpus.items("hub", files="three")
    assert item.num_bytes == 14
    corpus.write("three/train.jsonl", '{"text": "b"}\n')
    with pytest.raises(IdentityError, match=r"^three: the content changed"):
        list(load("hub").read(item, SourceSpec(files="three"), corpus.place, seed=0))


class Hub:
    """A hub with one data set, of one commit."""

    commit = "c1"

    def dataset_info(self, path: str, **options: Any) -> Any:
        assert (path, options["revision"]) == ("owner/name", "v1")
        return SimpleNamespace(sha=self.commit, siblings=[SimpleNamespace(size=5)])


def test_a_data_set_of_the_hub_is_its_commit(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is loaded is the commit that was looked up, not whatever the name means by then."""
    asked: list[Any] = []

    def load_dataset(*args: Any, **options: Any) -> datasets.IterableDataset:
        asked.append((*args, options))
        return datasets.Dataset.from_dict(ROWS).to_iterable_dataset()

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    uri = "owner/name:en@v1"
    assert corpus.read("hub", files=uri, id_field="id") == expected(uri)
    options = {"revision": "c1", "split": "train", "streaming": True}
    assert asked == [("owner/name", "en", options)]
    (item,) = corpus.items("hub", files=uri)
    assert item.num_bytes == 5
    monkeypatch.setattr(Hub, "commit", "c2")
    with pytest.raises(IdentityError):
        list(load("hub").read(item, SourceSpec(files=uri), corpus.place, seed=0))


def test_a_hub_that_does_not_answer(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", fail)
    with pytest.raises(RemoteError, match=r"did not describe 'owner/name': no route"):
        corpus.items("hub", files="owner/name")
    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    monkeypatch.setattr(datasets, "load_dataset", fail)
    with pytest.raises(RemoteError, match=r"reading 'owner/name@v1' from the hub failed"):
        corpus.read("hub", files="owner/name@v1")


def test_what_the_hub_does_not_have(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*args: Any, **options: Any) -> None:
        answer = SimpleNamespace(headers={}, request=None)
        raise RepositoryNotFoundError("404", response=answer)

    def bad_split(*args: Any, **options: Any) -> None:
        raise ValueError('Bad split: train. Available splits: ["test"]')

    with monkeypatch.context() as patch:
        patch.setattr(huggingface_hub.HfApi, "dataset_info", absent)
        with pytest.raises(RecipeError, match=r"'owner/none' is no folder .* no data set"):
            corpus.items("hub", files="owner/none")
    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    monkeypatch.setattr(datasets, "load_dataset", bad_split)
    with pytest.raises(RecipeError, match=r"'owner/name@v1', split 'train': Bad split"):
        corpus.read("hub", files="owner/name@v1")


def test_what_is_no_name_is_a_sentence(corpus: Corpus) -> None:
    with pytest.raises(RecipeError, match=r"files: '\*\*/\*' is no folder .* nor the name"):
        corpus.items("hub")


def test_without_the_package(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(RecipeError, match=r"pip install longmix\[hub\]"):
        corpus.items("hub", files="owner/name")
