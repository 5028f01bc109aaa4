import numpy as np

from pipelines.feed.dataset import MixDataset
from pipelines.verify.smoke.held import read_held, read_vocabulary
from pipelines.verify.smoke.rebuild import Rebuilt
from tests.pipelines.verify.broken import END
from tests.pipelines.verify.smoke.tiny import TINY


def test_held_rows_are_those_of_the_mixes(tiny: Rebuilt) -> None:
    held = read_held(tiny, TINY, end_id=END)
    assert {length: len(rows) for length, rows in held.audits.items()} == dict(TINY.audits)
    for length, rows in held.audits.items():
        assert {len(row.ids) for row in rows} == {length}
        assert all(len(row.answers.starts) for row in rows), "every one asks something"
    assert {len(row.ids) for row in held.text + held.base_text} == {TINY.short.length}
    assert not any(len(row.answers.starts) for row in held.text + held.base_text)
    assert len(held.text) == len(MixDataset(tiny.text))


def test_the_vocabulary_keeps_what_is_frequent_in_the_text_for_training(tiny: Rebuilt) -> None:
    found = read_vocabulary(tiny, TINY, end_id=END)
    ids = np.concatenate([row["input_ids"] for row in MixDataset(tiny.base_text)])
    counts = np.bincount(ids, minlength=END + 1)
    counts[END] = 0
    assert len(found.table) == END + 1
    assert found.table[END] == TINY.shape.vocabulary - 1
    assert found.table[counts.argmax()] == 0
    own = np.flatnonzero(found.table < TINY.kept)
    assert len(own) == TINY.kept
    assert counts[own].min() >= np.delete(counts, own).max()
    assert found.coverage == counts[own].sum() / len(ids)


def test_a_tokenizer_without_an_end_keeps_any_id(tiny: Rebuilt) -> None:
    found = read_vocabulary(tiny, TINY, end_id=None)
    assert (found.table < TINY.shape.vocabulary - 1).all()
