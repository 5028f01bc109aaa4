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


@pytest.fixture
def manifest() -> dict[str, Any]:
    return {
        "name": "tiny",
        "longmix_version": "1.2.3",
        "mix_digest": "m" * 8,
        "tokenizer": {"sha256": "t" * 8},
        "quarantined": [],
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
