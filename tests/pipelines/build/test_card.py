"""The card is what `load_dataset` reads first: its head is data, so it must parse."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml

from pipelines.build.card import card
from pipelines.plan.documents import Documents
from schemas.draw import Corpus


def documents(*licenses: str | None, kept: list[int]) -> Documents:
    none = np.zeros(0, np.int64)
    corpus = Corpus(
        num_tokens=none, source=none.astype(np.int32), key=none.astype(np.uint64), sources=()
    )
    table = pa.table({"license": pa.array(licenses, pa.string())})
    return Documents(
        table=table, columns=(), places=(), kept=np.array(kept, np.int64), corpus=corpus
    )


STAGE = {
    "stage": "long",
    "seq_len": 1024,
    "claims": 512,
    "padding": 100,
    "documents": 7,
    "cut_documents": 2,
    "truncated": 33,
    "repeated": 5,
    "training": {"flops": 1.25e20, "attention_share": 0.081},
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return {
        "name": "tiny",
        "longmix_version": "1.2.3",
        "mix_digest": "m" * 8,
        "tokenizer": {"sha256": "t" * 8},
        "quarantined": [],
        "accounting": {
            "model": {"num_params": 7.5e9},
            "passes": {"books": {"passes": 0.5}, "notes": {"passes": 2.0}},
            "stages": [STAGE],
        },
        "totals": {
            "rows": 3,
            "tokens": 2000,
            "targets": 1500,
            "pad": 100,
            "by_source": {"books": 1500, "task:needle": 400},
            "by_task": {"needle": 400},
            "by_stage": {
                "short": {"rows": 2, "tokens": 1000},
                "long": {"rows": 1, "tokens": 1000},
            },
        },
    }


def test_the_head_has_one_configuration_a_stage_and_the_first_is_the_default(
    manifest: dict[str, Any],
) -> None:
    head = yaml.safe_load(card(manifest, documents("CC0", kept=[0])).split("---")[1])
    assert head["configs"] == [
        {"config_name": "short", "data_files": "data/short/*.parquet", "default": True},
        {"config_name": "long", "data_files": "data/long/*.parquet"},
        {"config_name": "documents", "data_files": "documents/*.parquet"},
        {"config_name": "samples", "data_files": "samples/*.parquet"},
    ]


def test_numbers_stand_in_tables(manifest: dict[str, Any]) -> None:
    text = card(manifest, documents(kept=[]))
    assert "| short | 2 | 1,000 |" in text
    assert "| books | 1,500 | 75.00% |" in text
    assert "1,500 tokens are targets of the loss, 100 are padding." in text


def test_what_training_takes_stands_in_a_short_table(manifest: dict[str, Any]) -> None:
    text = card(manifest, documents(kept=[]))
    assert "| long | 1,024 | 512 | 100 | 7 | 2 | 33 | 5 | 8.1% | 1.25e+20 |" in text
    assert "Passes over the kept text of each source: books 0.50, notes 2.00. FLOPs are " in text
    assert "a decoder with 7.5 billion parameters." in text


@pytest.mark.parametrize(
    ("licenses", "kept", "shown"),
    [
        (["MIT", "CC0", "MIT", "secret"], [0, 1, 2], "CC0, MIT"),
        ([None, "CC0"], [0, 1], "CC0"),
        ([None], [0], "not stated"),
    ],
)
def test_the_licences_are_those_of_the_kept_documents(manifest, licenses, kept, shown) -> None:
    text = card(manifest, documents(*licenses, kept=kept))
    assert f"Licences of the documents: {shown}. Each" in text


def test_quarantined_inputs_are_counted_where_there_are_any(manifest: dict[str, Any]) -> None:
    assert "reading failed" not in card(manifest, documents(kept=[]))
    text = card({**manifest, "quarantined": [{}, {}]}, documents(kept=[]))
    assert "Left out because reading failed: 2 inputs." in text
