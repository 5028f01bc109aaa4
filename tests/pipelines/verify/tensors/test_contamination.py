"""Benchmarks in rows: by tokens and by words, with what is put in found again."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from generators.decontam.firewall import firewall
from generators.decontam.index import Index, build, to_bytes
from generators.decontam.overlap import find
from pipelines.files import open_folder
from pipelines.verify.tensors.arrays import Arrays
from pipelines.verify.tensors.checks import upload_group
from pipelines.verify.tensors.contamination import (
    Contaminated,
    Hits,
    find_hits,
    judge_hits,
    open_indices,
)
from pipelines.verify.tensors.group import TensorGroup
from tests.pipelines.verify.tensors.made import Row, row, spelled, table

PROMPT = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7]


class Speller:
    """A tokenizer of the words that are numbers: one token each."""

    sha256 = "0" * 64

    def encode(self, text: str) -> npt.NDArray[np.int32]:
        return np.array([int(word) for word in text.split()], np.int32)

    def byte_ends(self, ids: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        return np.cumsum([len(str(k)) + (n > 0) for n, k in enumerate(ids.tolist())])


def words(n: int = 13) -> Index:
    return build([("quiz", spelled(PROMPT))], n=n, common=None)


def tokens(n: int = 13) -> Index:
    return build([("quiz", spelled(PROMPT))], n=n, unit="token", tokenizer=Speller(), common=None)


def asked(at: int) -> Row:
    """Return a row of two spans, tokens 0-19 and 20-23, that asks the prompt's question."""
    one = row(4, (20, 4))
    one["input_ids"] = [40 + k % 7 for k in range(24)]
    one["input_ids"][at : at + len(PROMPT)] = PROMPT
    return one


def hits(rows: list[Row], arrays: Arrays, *indices: Index) -> list[Hits]:
    group = TensorGroup.from_table(table(rows))
    return find_hits(upload_group(group, arrays), indices, spelled, arrays)


def test_a_prompt_is_found_by_its_words_and_by_its_tokens(arrays: Arrays) -> None:
    """14 units hold two runs of 13."""
    found = hits([row(0), asked(3)], arrays, words(), tokens())
    wanted = {"row_id": 4, "doc_id": "books:4.0", "epoch": 0, "hits": 2, "benchmarks": ("quiz",)}
    assert found == [Hits(index=0, **wanted), Hits(index=1, **wanted)]


def test_a_run_over_the_end_of_a_span_is_not_text(arrays: Arrays) -> None:
    assert hits([asked(8)], arrays, words(), tokens()) == []
    found = hits([asked(7)], arrays, words(), tokens())
    assert [hit.hits for hit in found] == [1, 1]


def test_samples_are_not_asked(arrays: Arrays) -> None:
    one = asked(3)
    one["spans"][0]["source"] = "task:needle"
    assert hits([one], arrays, words(), tokens()) == []
    for span in one["spans"]:
        span["source"] = "task:needle"
    assert hits([one], arrays, words(), tokens()) == [], "no natural text at all"


def test_shorter_prompts_count_as_a_whole(arrays: Arrays) -> None:
    index = build([("quiz", spelled(PROMPT[:8]))], n=13, unit="token", tokenizer=Speller())
    assert index.sizes == (8, 13)
    assert [hit.hits for hit in hits([asked(3)], arrays, index)] == [1]


def test_both_ways_find_what_the_search_of_the_text_finds(arrays: Arrays) -> None:
    one = asked(3)
    expected = find(spelled(one["input_ids"][:20]), words(9)).hits
    found = hits([one], arrays, words(9), tokens(9))
    assert [hit.hits for hit in found] == [expected, expected] == [6, 6]


def hit(doc_id: str, count: int, *, row_id: int = 0, index: int = 0, epoch: int = 0) -> Hits:
    return Hits(
        index=index, row_id=row_id, doc_id=doc_id, epoch=epoch, hits=count, benchmarks=("quiz",)
    )


def test_fragments_of_a_document_count_together() -> None:
    found = judge_hits([hit("a", 2), hit("b", 2), hit("a", 1, row_id=7)], min_hits=3)
    assert found == [Contaminated(doc_id="a", hits=3, benchmarks=("quiz",), row_ids=(0, 7))]


def test_indices_and_passes_count_apart() -> None:
    """As documents are judged when a mix is made: by each index alone."""
    assert judge_hits([hit("a", 2), hit("a", 2, index=1), hit("a", 2, epoch=1)], min_hits=3) == []


def test_the_worst_come_first() -> None:
    assert [one.doc_id for one in judge_hits([hit("b", 1), hit("c", 4), hit("a", 1)])] == [
        *("c", "a", "b")
    ]


def test_the_built_in_list_is_always_asked() -> None:
    assert open_indices({}, None, "") == (firewall(),)
    assert open_indices({"decontaminate": None}, None, "") == (firewall(),)


def test_the_recipes_own_index_is_read_from_the_store(tmp_path: Path) -> None:
    store = open_folder(str(tmp_path))
    own = {"decontaminate": {"files": ["quiz.txt"], "unit": "token", "ngram": 13}}
    assert open_indices(own, store, Speller.sha256) == (firewall(),)
    (tmp_path / "decontaminate").mkdir()
    for number, index in enumerate((tokens(), tokens(9), words())):
        (tmp_path / f"decontaminate/{number}.index").write_bytes(to_bytes(index))
    found = open_indices(own, store, Speller.sha256)
    assert [index.digest for index in found] == [firewall().digest, tokens().digest]
    assert len(open_indices(own, store, "another tokenizer")) == 1
    (tmp_path / "decontaminate/3.index").write_bytes(to_bytes(tokens()))
    assert len(open_indices(own, store, Speller.sha256)) == 1  # whose is it?
