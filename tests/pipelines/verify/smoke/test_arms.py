import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipelines.verify.smoke import arms as room
from pipelines.verify.smoke.arms import (
    Arm,
    Held,
    kept_rows,
    run_arm,
    scale_rope,
    split_rows,
    untrained_share,
)
from pipelines.verify.smoke.held import read_held
from pipelines.verify.smoke.rebuild import Rebuilt
from pipelines.verify.smoke.rows import read_rows
from tests.pipelines.verify.broken import END
from tests.pipelines.verify.smoke.test_gates import arm
from tests.pipelines.verify.smoke.tiny import CPU, TINY, answers, audited, decoder, row


def asked(*counts: int) -> list[Any]:
    """Rows with so many answers each."""
    return [row(np.full(20, n), answers=answers(*[(5 + n, 6 + n)] * n)) for n in counts]


def test_one_row_with_answers_in_five_is_kept_and_not_trained_on() -> None:
    """TINY keeps four at most; rows without answers are all trained on."""
    rows = asked(0, *[1] * 10, 0)
    kept, left = split_rows(rows, TINY)
    assert [each is rows[at] for each, at in zip(kept, (1, 6), strict=True)] == [True, True]
    assert kept_rows([0, *[1] * 10, 0], TINY) == {1, 6}
    assert len(left) == 10
    assert len(kept_rows([1] * 1000, TINY)) == 4
    assert kept_rows([1] * 40, TINY) == {0, 10, 20, 30}


def test_without_answers_the_first_row_is_read_and_trained_on() -> None:
    rows = asked(0, 0, 0)
    kept, left = split_rows(rows, TINY)
    assert kept[0] is rows[0]
    assert len(left) == 3
    assert kept_rows([1] * 4, TINY) == set(), "a fifth of four is none"


@given(counts=st.lists(st.integers(0, 2), max_size=60))
def test_rows_are_kept_or_trained_on(counts: list[int]) -> None:
    kept = kept_rows(counts, TINY)
    assert all(counts[at] for at in kept)
    assert len(kept) == min(TINY.in_mix, sum(map(bool, counts)) // 5)


def test_answers_with_a_token_that_is_no_target() -> None:
    """Of four answers, one has none of its tokens as a target and one lacks one of two."""
    weights = np.array([0, 3, 3, 0, 3, 0, 1, 1], np.float32)
    one = row(np.arange(8), weights=weights, answers=answers((1, 3), (3, 5), (5, 6)))
    two = row(np.arange(8), answers=answers((1, 3)))
    assert untrained_share([one, two]) == 0.5
    assert untrained_share([two]) == 0.0
    assert np.isnan(untrained_share([row(np.arange(8))]))


def test_positions_are_stretched_by_yarn_and_not_below_their_own_length() -> None:
    """Four times 256: the slowest pair turns a quarter as fast, and cosines are 0.1 ln 4 + 1."""
    model = decoder()
    plain = model.rotary.inv_freq.clone()
    scale_rope(model, TINY, 1.0)
    assert (model.rotary.factor, torch.equal(model.rotary.inv_freq, plain)) == (1.0, True)
    scale_rope(model, TINY, 4.0)
    assert model.rotary.factor == pytest.approx(0.1 * np.log(4) + 1)
    assert (plain[-1] / model.rotary.inv_freq[-1]).item() == pytest.approx(4)


def test_an_arm_survives_json() -> None:
    made = arm(
        audits={256: audited([0.5]), 1024: audited([])},
        untrained=float("nan"),
        text=audited([], text=float("nan")),
        notes=["a note"],
    )
    data = json.loads(json.dumps(made.as_json(), allow_nan=False))
    again = Arm.from_json(data)
    assert again.as_json() == made.as_json()
    assert np.isnan(again.untrained)
    assert list(again.audits) == [256, 1024]
    assert (again.seed, again.name, again.notes) == (0, "mix", ["a note"])


@pytest.fixture(scope="module")
def held(tiny: Rebuilt) -> Held:
    return read_held(tiny, TINY, end_id=END)


def run(tiny: Rebuilt, held: Held, bases: Path, **options: Any) -> Arm:
    rows = read_rows(tiny.mix, held.vocabulary, answer_weight=3.0)
    usual: dict[str, Any] = {"settings": TINY, "seed": 0, "factor": 2.0, "device": CPU}
    return run_arm("mix", rows, held, bases=bases, **{**usual, **options})


def test_an_arm_has_every_audit(tiny: Rebuilt, held: Held, tmp_path: Path) -> None:
    made = run(tiny, held, tmp_path)
    assert len(made.losses) == 7
    assert list(made.audits) == [256, 512, 1024]
    counts = {n: sum(len(r.answers.starts) for r in rows) for n, rows in held.audits.items()}
    assert {length: len(found.nll) for length, found in made.audits.items()} == counts
    assert len(made.zero_shot.nll) == counts[512]
    assert len(made.in_mix.nll) > 0
    assert made.untrained == 0.0
    assert len(made.own.nll) == len(made.base_own.nll) == 96
    assert len(made.text.nll) == 0
    assert made.text.text_nll > 0
    assert all(0 < found < np.log(length) for length, found in made.entropy.items())
    assert made.tokens_per_second > 0


def test_the_same_seed_gives_the_same_arm(tiny: Rebuilt, held: Held, tmp_path: Path) -> None:
    """From a base that was just trained, and from one that was kept."""
    one, two = (run(tiny, held, tmp_path).as_json() for _ in range(2))
    assert one | {"tokens_per_second": 0} == two | {"tokens_per_second": 0}


def test_what_is_kept_for_the_audit_is_never_trained_on(
    tiny: Rebuilt, held: Held, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_rows(tiny.mix, held.vocabulary, answer_weight=3.0)
    kept, _ = split_rows(rows, TINY)
    usual, met = room.dealt, []

    def dealt(rng: Any, trained_on: Any, count: int) -> Any:
        met.extend(trained_on)
        return usual(rng, trained_on, count)

    monkeypatch.setattr(room, "dealt", dealt)
    run(tiny, held, tmp_path)
    assert met
    for one, other in itertools.product(kept, met):
        assert not np.array_equal(one.ids, other.ids)
