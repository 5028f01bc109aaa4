"""Haystacks read from the store: whole characters, their places in their documents, and noise."""

from typing import Any

import numpy as np
import pytest

from generators.tokens.tokenizer import Tokenizer
from pipelines.build.haystack import noise_haystack, read_haystack
from pipelines.build.mix import Planned
from pipelines.build.weave import weave_units
from pipelines.files import open_folder
from pipelines.store import Store


@pytest.fixture
def pieces(planned: Planned) -> list[dict[str, Any]]:
    job = planned.job
    units = weave_units(job.recipe, planned.draw.samples, planned.documents, job.tokenizer)
    return [piece for work in units[0].description["samples"] for piece in work["pieces"]][:3]


@pytest.fixture
def store(planned: Planned) -> Store:
    return Store(open_folder(planned.job.context.store))


def whole(store: Store, piece: dict[str, Any]) -> str:
    """Return the text of the piece's whole document."""
    source = piece["source"]
    at = source["text_start"], source["text_start"] + source["num_bytes"]
    return store.slice(source["place"], "text.bin", at).decode("utf-8")


def test_one_piece_is_the_documents_own_text(
    planned: Planned, store: Store, pieces: list[dict[str, Any]]
) -> None:
    for piece in pieces:
        found = read_haystack(store, [piece], planned.job.tokenizer)
        (run,) = found.runs
        text = whole(store, piece)
        assert text[run.start : run.start + run.size] == found.text
        tokenizer = planned.job.tokenizer
        ends = tokenizer.byte_ends(tokenizer.encode(text), text)
        first = len(text[: run.start].encode())
        assert set((found.token_ends + first).tolist()) <= set(ends.tolist())
        assert len(found.token_ends) in range(
            piece["stop"] - piece["start"] - 1, piece["stop"] - piece["start"] + 1
        )


def test_several_pieces_are_parted_by_empty_lines(
    planned: Planned, store: Store, pieces: list[dict[str, Any]]
) -> None:
    found = read_haystack(store, pieces, planned.job.tokenizer)
    assert len(found.runs) == len(pieces) > 1
    parts = [found.text[run.at : run.at + run.size] for run in found.runs]
    assert found.text == "\n\n".join(parts)
    for run, piece, part in zip(found.runs, pieces, parts, strict=True):
        text = whole(store, piece)
        assert text[run.start : run.start + run.size] == part == part.strip()
        before, after = text[: run.start], text[run.start + run.size :]
        assert before.endswith((". ", "\n")) or not before  # the books here are sentences
        assert part.endswith(".") or not after
    data = found.text.encode()
    assert (np.diff(found.token_ends) > 0).all()
    assert found.token_ends[-1] <= len(data)
    (last,) = found.spans(found.runs[-1].at - 1, len(found.text))
    assert (last.doc_id, last.start) == (found.runs[-1].doc_id, found.runs[-1].start)


def test_noise_has_tokens_enough_and_no_document(planned: Planned) -> None:
    tokenizer: Tokenizer = planned.job.tokenizer
    made = noise_haystack(np.random.default_rng(0), 500, tokenizer)
    assert made.runs == ()
    assert len(made.token_ends) >= 500
    assert made.token_ends[-1] == len(made.text.encode())
