import json

import numpy as np
import pytest

from pipelines.verify.smoke.findings import LISTED, findings
from pipelines.verify.smoke.gates import SURPRISE
from pipelines.verify.smoke.settings import CPU
from tests.pipelines.verify.smoke.test_gates import LONG, arm
from tests.pipelines.verify.smoke.tiny import audited


def test_both_arms_of_a_seed_stand_side_by_side() -> None:
    mix = arm(seed=4, audits={LONG: audited([0.5, 2.0, 0.7], [0.1, 0.5, 0.9])}, losses=[5.0, 4.0])
    found = findings([(mix, arm("control", seed=4))], CPU)
    json.dumps(found, allow_nan=False)
    (line,) = found["seeds"]
    assert line["seed"] == 4
    length = line["mix"]["lengths"]["1024"]
    assert (length["answers"], length["exact"]["value"]) == (3, 0.6667)
    assert length["nll"]["value"] == pytest.approx(1.0667)
    assert line["mix"]["middle_minus_ends"]["value"] == pytest.approx(1.4)
    assert line["mix"]["worst_band"] == 0.0
    assert line["control"]["worst_band"] == 1.0
    assert line["mix"]["losses"] == [5.0, 4.0]


def test_answers_of_all_seeds_are_averaged_by_depth() -> None:
    """Three seeds were asked the same three questions: that is one audit of three answers."""
    pairs = [(arm(seed=seed), arm("control", seed=seed)) for seed in range(3)]
    tenths = findings(pairs, CPU)["together"]["mix"]["1024"]
    assert [line["answers"] for line in tenths] == [0, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_samples_that_surprise_most_seeds_are_listed_dearest_first() -> None:
    """The second sample surprises one seed of three only."""
    losses = SURPRISE + np.array([[1, 9, -9, 8], [2, -9, -9, 9], [1, -9, -9, 9]])
    pairs = [(arm(seed=s, in_mix=audited(x)), arm("control")) for s, x in enumerate(losses)]
    found = findings(pairs, CPU)["surprising"]
    assert [line["sample_id"] for line in found["samples"]] == ["s3", "s0"]
    assert [line["nll"] for line in found["samples"]] == [SURPRISE + 9, SURPRISE + 1]
    assert (found["answers"], found["dear"], found["share"]) == (4, 2, 0.5)


def test_a_long_list_is_cut_and_counted() -> None:
    pair = arm(in_mix=audited([SURPRISE + 1] * (LISTED + 3))), arm("control")
    found = findings([pair], CPU)["surprising"]
    assert (len(found["samples"]), found["dear"]) == (LISTED, LISTED + 3)


def test_nothing_found_is_told_without_a_warning() -> None:
    assert findings([], CPU) == {
        "seeds": [],
        "together": {},
        "surprising": {"share": None, "samples": []},
    }
    nothing = arm(in_mix=audited([]), untrained=float("nan"), audits={LONG: audited([])})
    found = findings([(nothing, nothing)], CPU)
    json.dumps(found, allow_nan=False)
    assert found["surprising"]["answers"] == 0
