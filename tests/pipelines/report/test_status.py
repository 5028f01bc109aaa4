"""Status reads the work folder of a build that runs, was killed, or is done."""

import shutil
from pathlib import Path

import pytest

from pipelines.report.status import status_facts, status_text
from schemas.errors import IdentityError


def test_a_finished_mix_is_complete(mix: Path) -> None:
    facts = status_facts(str(mix))
    assert (facts["state"], facts["shards"]) == ("complete", {"done": 3, "total": 3})
    assert status_text(facts) == f"{mix}: complete, 3 shards"


@pytest.fixture
def killed(mix: Path, tmp_path: Path) -> Path:
    """A mix that lacks its manifest and one marker, as if it was killed while assembling."""
    copy = tmp_path / "tiny"
    shutil.copytree(mix, copy)
    shutil.copytree(f"{mix}.work", f"{copy}.work")
    (copy / "manifest.json").unlink()
    sorted((tmp_path / "tiny.work" / "markers").iterdir())[0].unlink()
    return copy


def test_an_unfinished_mix_counts_what_is_done(killed: Path) -> None:
    facts = status_facts(str(killed))
    assert facts["state"] == "unfinished"
    assert facts["shards"] == {"done": 2, "total": 3}
    assert facts["units_done"] == {"train": 1, "prepare": 2, "score": 0, "weave": 1}
    text = status_text(facts)
    assert "1 train unit, 2 prepare units, 0 score units, 1 weave unit; shards: 2 of 3" in text


def test_before_the_plan_the_number_of_shards_is_not_known(killed: Path) -> None:
    shutil.rmtree(f"{killed}.work/plan")
    facts = status_facts(str(killed))
    assert facts["shards"]["total"] is None
    assert "shards: not planned yet" in status_text(facts)


def test_where_nothing_was_begun_status_says_so(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="nothing was begun here; run longmix build first"):
        status_facts(str(tmp_path / "mix"))


def test_quarantined_inputs_are_counted() -> None:
    facts = {"mix": "m", "state": "complete", "shards": {"total": 2}, "quarantined": [{}, {}]}
    assert status_text(facts) == "m: complete, 2 shards, 2 inputs quarantined"
