import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from pipelines.verify.smoke import training
from pipelines.verify.smoke.decoder import Batch, Decoder
from pipelines.verify.smoke.rows import Row
from pipelines.verify.smoke.settings import Phase
from pipelines.verify.smoke.training import DivergedError, losses_of, train
from tests.pipelines.verify.smoke.tiny import CPU, answers, batch, decoder, drawn_rows, row, tokens

PHASE = Phase(length=16, rows=4, steps=6, rate=0.01, warmup=0, decay=0.0)


def endless(rows: list[Row]) -> Iterator[list[Row]]:
    return itertools.repeat(rows)


def test_losses_are_those_of_each_target_from_what_stands_before_it() -> None:
    model, whole = decoder(), batch(tokens(0, 9), 4, 5)
    targets, losses, hits = losses_of(model, whole)
    assert targets.tolist() == [1, 2, 3, 5, 6, 7, 8]
    logits = model.logits(model.hidden(whole))
    by_hand = [-logits[at - 1].log_softmax(-1)[whole.tokens[at]].item() for at in targets]
    assert losses.tolist() == pytest.approx(by_hand, abs=1e-5)
    guesses = [logits[at - 1].argmax().item() for at in targets]
    assert hits.tolist() == [g == whole.tokens[at] for g, at in zip(guesses, targets, strict=True)]


def test_losses_by_parts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    model, whole = decoder(), batch(tokens(0, 9), 4, 5)
    every = losses_of(model, whole)
    monkeypatch.setattr(training, "LOGITS_AT_ONCE", 2)
    for a, b in zip(every, losses_of(model, whole), strict=True):
        torch.testing.assert_close(a, b)


def test_what_is_repeated_is_learnt() -> None:
    rows = drawn_rows(0, 4, 16)
    trained = train(decoder(), endless(rows), PHASE, device=CPU)
    assert len(trained.losses) == 6
    assert trained.losses[-1] < trained.losses[0] - 0.2
    assert trained.notes == []


def test_a_loss_is_the_mean_of_its_targets_by_weight() -> None:
    """The answer counts three times, as it would if it stood there three times."""
    rows = [row(np.arange(8), weights=np.array([1, 1, 1, 3, 1, 1, 0, 1], np.float32))]
    model = decoder()
    targets, losses, _ = _cast(model, rows)
    weights = torch.tensor([1, 1, 3, 1, 1, 1])
    assert targets.tolist() == [1, 2, 3, 4, 5, 7]
    first = train(model, endless(rows), _steps(1), device=CPU).losses[0]
    assert first == pytest.approx(((losses * weights).sum() / 8).item(), rel=1e-3)


def _steps(count: int) -> Phase:
    return Phase(length=16, rows=4, steps=count, rate=0.01, warmup=0, decay=0.0)


def _cast(model: Decoder, rows: list[Row]) -> Any:
    with training.autocast(CPU), torch.no_grad():
        return losses_of(model, training.batch_of(rows, CPU))


def test_rows_without_any_target_teach_nothing() -> None:
    rows = [row(np.arange(8), weights=np.zeros(8, np.float32))]
    assert train(decoder(), endless(rows), _steps(1), device=CPU).losses == [0.0]


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    model = decoder()
    torch.nn.init.constant_(model.embedding.weight, float("nan"))
    with pytest.raises(DivergedError, match=r"the loss of step 1 of 6 is nan"):
        train(model, endless(drawn_rows(0, 4, 16)), PHASE, device=CPU)


def test_a_rate_beyond_all_measure_diverges_at_a_later_step() -> None:
    wild = Phase(length=16, rows=4, steps=6, rate=1e30, warmup=0, decay=0.0)
    with pytest.raises(DivergedError, match=r"the loss of step \d+ of 6 is (nan|inf)"):
        train(decoder(), endless(drawn_rows(0, 4, 16)), wild, device=CPU)


Losses = Callable[[Decoder, Batch], tuple[Any, Any, Any]]


def only(rows: int) -> Losses:
    """A memory that holds so many rows of 16 tokens and fails within the work on more."""

    def losses(model: Decoder, whole: Batch) -> tuple[Any, Any, Any]:
        found = losses_of(model, whole)
        if len(whole.tokens) > 16 * rows:
            raise torch.OutOfMemoryError("out of memory")
        return found

    return losses


@pytest.mark.parametrize(("hold", "parts"), [(2, [2]), (1, [2, 4])])
def test_a_step_that_does_not_fit_is_taken_in_parts(
    hold: int, parts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said once for each halving, and the training is the same."""
    rows = drawn_rows(0, 4, 16)
    whole = train(decoder(), endless(rows), PHASE, device=CPU)
    monkeypatch.setattr(training, "losses_of", only(hold))
    found = train(decoder(), endless(rows), PHASE, device=CPU)
    assert found.losses == pytest.approx(whole.losses, abs=0.05)
    assert found.losses[0] == pytest.approx(whole.losses[0], abs=1e-4)
    assert found.notes == [
        "the memory of cpu does not hold 4 rows of 16 tokens at once; from step 0 on each step is "
        f"taken in {n} parts"
        for n in parts
    ]


def test_gradients_of_the_parts_add_up_to_those_of_the_step() -> None:
    """Also where the rows have unlike weights and the last part is smaller."""
    rows = drawn_rows(0, 3, 16)
    rows.append(row(np.arange(16), weights=np.full(16, 5, np.float32)))
    rows.append(row(np.arange(16), weights=np.zeros(16, np.float32) + (np.arange(16) > 12)))
    gradients = []
    for parts in (1, 2, 5):
        model = decoder()
        loss = training._accumulate(model, rows, parts, CPU)
        gradients.append((loss, [p.grad for p in model.parameters()]))
    for loss, mine in gradients[1:]:
        assert loss == pytest.approx(gradients[0][0], rel=1e-4)
        for a, b in zip(mine, gradients[0][1], strict=True):
            torch.testing.assert_close(a, b, rtol=0.05, atol=2e-3)


def test_gradients_of_a_failed_attempt_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory gives out in the second part, when the first has left its gradients."""
    rows, calls = drawn_rows(0, 4, 16), itertools.count()
    whole = decoder()
    train(whole, endless(rows), _steps(1), device=CPU)

    def losses(model: Decoder, part: Batch) -> tuple[Any, Any, Any]:
        if len(part.tokens) > 32 or next(calls) == 1:
            raise torch.OutOfMemoryError("out of memory")
        return losses_of(model, part)

    monkeypatch.setattr(training, "losses_of", losses)
    found = decoder()
    train(found, endless(rows), _steps(1), device=CPU)
    for a, b in zip(found.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0.1, atol=0.01)


def test_one_row_that_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "losses_of", only(0))
    with pytest.raises(
        torch.OutOfMemoryError, match="one row of 16 tokens does not fit into the memory of cpu"
    ):
        train(decoder(), endless(drawn_rows(0, 4, 16)), PHASE, device=CPU)


def test_answers_learn_faster_than_text_beside_them() -> None:
    """What weighs more falls further: the same row, another token three times as heavy."""
    ids, falls = np.random.default_rng(0).integers(0, 64, 16), []
    for at in (5, 9):
        weights = np.where(np.arange(16) == at, 30, 1).astype(np.float32)
        rows = [row(ids, answers=answers((at, at + 1)), weights=weights)]
        model = decoder()
        before = _cast(model, rows)[1]
        train(model, endless(rows), _steps(3), device=CPU)
        falls.append(before - _cast(model, rows)[1])
    assert falls[0][4] > falls[1][4]
    assert falls[1][8] > falls[0][8]
