"""Read what all arms share: the audits, the text, and the vocabulary that the text gives."""

import numpy as np

from generators.tokens.facts import read_facts
from pipelines.feed.dataset import MixDataset
from pipelines.shards.mix import open_mix
from pipelines.verify.smoke.arms import Held
from pipelines.verify.smoke.rebuild import Rebuilt
from pipelines.verify.smoke.rows import Row, read_rows
from pipelines.verify.smoke.settings import Settings
from pipelines.verify.smoke.vocabulary import Vocabulary, fold_vocabulary


def read_held(rebuilt: Rebuilt, settings: Settings, *, end_id: int | None) -> Held:
    """Return the held-out rows, folded by the vocabulary of the text that bases are trained on."""
    vocabulary = read_vocabulary(rebuilt, settings, end_id=end_id)
    audits = dict(settings.audits)

    def read(mix: str) -> list[Row]:
        return read_rows(mix, vocabulary, answer_weight=settings.answer_weight)

    return Held(
        audits={
            length: [row for row in read(mix) if len(row.answers.starts)][: audits[length]]
            for length, mix in rebuilt.audits.items()
        },
        text=read(rebuilt.text),
        base_text=read(rebuilt.base_text),
        vocabulary=vocabulary,
    )


def read_vocabulary(rebuilt: Rebuilt, settings: Settings, *, end_id: int | None) -> Vocabulary:
    """Return the vocabulary by how often each id stands in the text for training."""
    mix = open_mix(rebuilt.base_text)
    dataset = MixDataset(rebuilt.base_text, columns=("input_ids",))
    ids = np.concatenate([row["input_ids"] for row in dataset.__getitems__(range(len(dataset)))])
    known = read_facts(mix.folder.read("tokenizer/tokenizer.json")).ids()
    counts = np.bincount(ids, minlength=max(known) + 1)
    return fold_vocabulary(
        counts, size=settings.shape.vocabulary, kept=settings.kept, end_id=end_id
    )
