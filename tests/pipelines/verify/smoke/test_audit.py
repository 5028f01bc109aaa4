import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke import audit as room
from pipelines.verify.smoke.audit import Audit, attention_entropy, audit
from tests.pipelines.verify.smoke.tiny import CPU, answers, audited, decoder, drawn_rows, row


def stub(monkeypatch: pytest.MonkeyPatch, losses: list[float], hits: list[int]) -> None:
    """Instead of a model: the loss of each token of the batch, and whether it was guessed."""

    def losses_of(_model: Any, batch: Any) -> tuple[Any, Any, Any]:
        targets = torch.nonzero(batch.weights > 0).flatten()
        every, right = torch.tensor(losses), torch.tensor(hits, dtype=torch.bool)
        return targets, every[targets], right[targets]

    monkeypatch.setattr(room, "losses_of", losses_of)


def test_an_answer_by_eye(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of the module: answer 4 1 7, its last token is not the first guess."""
    stub(monkeypatch, [9, 2, 4, 0.1, 0.2, 0.6, 6, 8], [1, 0, 0, 1, 1, 0, 0, 0])
    asked = row([5, 5, 5, 4, 1, 7, 5, 5], answers=answers((3, 6), (3, 5), depth=0.25))
    found = audit(decoder(), [asked], CPU)
    assert found.nll == pytest.approx([0.9, 0.3])
    assert found.exact.tolist() == [False, True]
    assert found.depths.tolist() == [0.25, 0.25]
    assert found.samples == ("s0", "s1")
    assert found.text_nll == pytest.approx((2 + 4 + 6 + 8) / 4), "the first token is not predicted"
    assert np.isnan(found.by_position[[0, 3, 4, 5]]).all()
    assert found.by_position[[1, 2, 6, 7]].tolist() == [2, 4, 6, 8]


def test_answers_stay_with_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows in two batches of the model; the third row has no answer."""
    monkeypatch.setattr(room, "TOKENS_AT_ONCE", 2 * 4)
    stub(monkeypatch, [9, 1, 2, 3] * 2, [1, 0, 1, 1] * 2)
    rows = [
        row([1, 2, 3, 4], answers=answers((1, 3))),
        row([1, 2, 3, 4], answers=answers((2, 4), (2, 3))),
        row([1, 2, 3, 4]),
    ]
    monkeypatch.setattr(room, "BUCKETS", 2)
    found = audit(decoder(), [*rows, rows[0]], CPU)
    assert found.nll.tolist() == [3.0, 5.0, 2.0, 3.0]
    assert found.exact.tolist() == [False, True, True, False]
    assert found.by_position == pytest.approx([1.0, (3 + 2 + 3 + 3) / 4])


def test_a_real_model_is_asked_as_by_hand() -> None:
    """In bfloat16, so to two places; masks of the loss change nothing."""
    model, rows = decoder(), drawn_rows(0, 1, 16)
    asked = row(rows[0].ids, answers=answers((12, 15)), weights=np.zeros(16, np.float32))
    found = audit(model, [asked], CPU)
    whole = room.batch_of([asked], CPU)
    logits = model.logits(model.hidden(whole)).log_softmax(-1)
    by_hand = [-logits[at - 1, whole.tokens[at]].item() for at in range(1, 16)]
    assert found.nll[0] == pytest.approx(np.sum(by_hand[11:14]), abs=0.3)
    assert found.text_nll == pytest.approx(np.mean(by_hand[:11] + by_hand[14:]), abs=0.1)
    assert not any(p.grad is not None for p in model.parameters())


def test_each_segment_begins_anew() -> None:
    """Eight segments of two tokens: the second of each is predicted, from the first alone."""
    pairs = row(np.arange(16) % 4, lengths=np.full(8, 2))
    found = audit(decoder(), [pairs], CPU)
    assert found.by_position[::2] == pytest.approx([found.by_position[0]] * 4)
    assert found.by_position[1::2] == pytest.approx([found.by_position[1]] * 4)


def test_no_rows_and_no_answers_say_nothing() -> None:
    nothing = audit(decoder(), [], CPU)
    assert (len(nothing.nll), len(nothing.depths), nothing.samples) == (0, 0, ())
    assert np.isnan(nothing.text_nll)
    assert np.isnan(nothing.by_position).all()
    plain = audit(decoder(), drawn_rows(0, 2, 16), CPU)
    assert len(plain.nll) == 0
    assert plain.text_nll > 0


def same(a: Audit, b: Audit) -> bool:
    return all(
        np.array_equal(np.asarray(getattr(a, name)), np.asarray(getattr(b, name)), equal_nan=True)
        for name in ("nll", "exact", "depths", "by_position", "text_nll")
    ) and (a.samples == b.samples)


@given(
    nll=st.lists(st.floats(0, 20), max_size=5),
    text=st.one_of(st.floats(0, 20), st.just(float("nan"))),
)
def test_json_brings_everything_back(nll: list[float], text: float) -> None:
    made = audited(np.round(nll, 4), text=round(text, 4))
    assert same(Audit.from_json(json.loads(json.dumps(made.as_json(), allow_nan=False))), made)


def by_hand(scores: Any) -> float:
    """Entropy of one query, term by term."""
    p = np.exp(scores - scores.max())
    p /= p.sum()
    return float(-(p * np.log(p)).sum())


def test_entropy_is_that_of_the_last_queries() -> None:
    """Against numpy, query by query, layer by layer and head by head; in bfloat16."""
    model, asked = decoder(), drawn_rows(0, 1, 80)[0]
    found = attention_entropy(model, [asked], CPU)
    whole = room.batch_of([asked], CPU)
    with torch.no_grad():
        pairs = model.queries_and_keys(whole)
    wanted = [
        by_hand((q[head, at] @ k[head, : at + 1].T).double().numpy())
        for q, k in pairs
        for head in range(2)
        for at in range(16, 80)
    ]
    assert found == pytest.approx(np.mean(wanted), abs=0.05)


def test_even_attention_has_the_entropy_of_the_keys_that_are_seen() -> None:
    """Scores of 0: ln of the keys that each query sees, those of the longest segment alone."""
    model = decoder()
    for block in model.blocks:
        torch.nn.init.zeros_(block.logit_scale)
    whole = row(np.arange(10))
    split = row(np.arange(10), lengths=np.array([6, 4]))
    assert attention_entropy(model, [whole], CPU) == pytest.approx(
        np.mean(np.log(np.arange(1, 11))), abs=1e-3
    )
    assert attention_entropy(model, [split], CPU) == pytest.approx(
        np.mean(np.log(np.arange(1, 7))), abs=1e-3
    )
