import io
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from pipelines.build.workspace import lock
from pipelines.files import open_folder
from pipelines.progress import Progress
from pipelines.verify.device import CPU as HERE
from pipelines.verify.device import Device
from pipelines.verify.smoke import arms, base, gates, training
from pipelines.verify.smoke import mix as room
from pipelines.verify.smoke.mix import Options, smoke_mix
from pipelines.verify.smoke.settings import CPU, GPU
from pipelines.verify.smoke.training import DivergedError
from schemas.errors import IdentityError, LocalResourceError, RecipeError, VerificationError
from tests.pipelines.verify.broken import Broken
from tests.pipelines.verify.conftest import Variant
from tests.pipelines.verify.smoke.test_unit import WILD
from tests.pipelines.verify.smoke.tiny import TINY

KEYS = {
    *("mix", "device", "settings", "verdict", "reasons", "gates", "notes"),
    *("seeds", "together", "surprising"),
}


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gates that let three steps of training count, and few answers."""
    monkeypatch.setattr(room, "LEAST_ANSWERS", 1)
    monkeypatch.setattr(gates, "LEAST_OWN", 0.0)
    monkeypatch.setattr(gates, "MOST_ZERO_SHOT", 1.0)
    monkeypatch.setattr(gates, "LEAST_CONTROL", 0.0)


Smoke = Callable[..., dict[str, Any]]


@pytest.fixture
def smoke(sound: Path, tiny_folder: Path) -> Smoke:
    """A smoke training of `sound` in this process; its mixes are there, no model is."""
    for path in (*tiny_folder.glob("bases/*"), *tiny_folder.glob("arms/*")):
        path.unlink()

    def run(mix: str | Path = sound, **options: Any) -> dict[str, Any]:
        usual = {"settings": TINY, "seeds": 1, "workers": 1, "folder": str(tiny_folder.parent)}
        said = Options(**{**usual, **options})
        return smoke_mix(str(mix), said, device=HERE, progress=Progress(io.StringIO()))

    return run


@pytest.mark.usefixtures("lenient")
def test_a_verdict_has_its_figures_and_is_found_again(
    smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = smoke()
    assert set(verdict) == KEYS
    json.dumps(verdict, allow_nan=False)
    assert verdict["verdict"] in {"pass", "warn", "fail"}, verdict["reasons"]
    assert verdict["reasons"] == []
    assert [line["gate"] for line in verdict["gates"]] == [gate.name for gate in gates.GATES]
    assert [line["seed"] for line in verdict["seeds"]] == [0]
    assert set(verdict["together"]) == {"mix", "control"}
    assert set(verdict["together"]["mix"]) == {"256", "512", "1024"}
    assert verdict["device"] == "cpu"

    def train(*_args: Any, **_options: Any) -> None:
        raise AssertionError("nothing is left to train")

    monkeypatch.setattr(arms, "train", train)
    monkeypatch.setattr(base, "train", train)
    assert smoke() == verdict


@pytest.mark.usefixtures("lenient")
def test_a_killed_training_goes_on_with_what_is_left(
    smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control was done; the user's arm is trained, and nothing else."""
    usual, met = arms.run_arm, []

    def killed(name: str, *args: Any, **options: Any) -> Any:
        met.append(name)
        if name == "mix" and met.count("mix") == 1:
            raise KeyboardInterrupt
        return usual(name, *args, **options)

    monkeypatch.setattr(arms, "run_arm", killed)
    with pytest.raises(KeyboardInterrupt):
        smoke()
    assert smoke()["reasons"] == []
    assert met == ["control", "mix", "mix"]


def test_too_few_answers_of_its_own_are_told_before_anything_is_trained(
    smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "train", None)
    verdict = smoke()
    assert verdict["verdict"] == "inconclusive"
    (reason,) = verdict["reasons"]
    assert "rows to train on and" in reason
    assert "2 and 80 are the least that says anything" in reason


@pytest.mark.usefixtures("lenient")
def test_fewer_rows_than_a_step_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_answers", lambda _name: [2, 2, 2, 2, 2])
    wide = replace(TINY, long=replace(TINY.long, rows=5))
    rebuilt: Any = SimpleNamespace(mix="m", control="c", audits={})
    with pytest.raises(RecipeError, match="has 4 rows to train on and 2 answers"):
        room._check_rows(rebuilt, wide)


@pytest.mark.usefixtures("lenient")
def test_an_audit_without_a_sample_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {"m": [2] * 10, "c": [2] * 10, "a": [0, 0]}
    monkeypatch.setattr(room, "_answers", lambda name: counts[name])
    rebuilt: Any = SimpleNamespace(mix="m", control="c", audits={1024: "a"})
    with pytest.raises(RecipeError, match="gives no sample of 1,024 tokens"):
        room._check_rows(rebuilt, TINY)


@pytest.mark.usefixtures("lenient")
def test_arms_that_diverge_are_named(smoke: Smoke) -> None:
    verdict = smoke(settings=WILD)
    assert verdict["verdict"] == "inconclusive"
    (reason,) = verdict["reasons"]
    assert reason.startswith("seed 0: the control diverged: the loss of step ")
    assert "; the mix diverged: the loss of step " in reason
    assert verdict["seeds"] == []
    json.dumps(verdict, allow_nan=False)


@pytest.mark.ray
@pytest.mark.usefixtures("lenient")
def test_arms_that_diverge_on_ray_are_named_alike(smoke: Smoke) -> None:
    pytest.importorskip("ray", reason="arms are trained at once by Ray")
    here = smoke(settings=WILD)
    there = smoke(settings=WILD, workers=2)
    assert there == here


@pytest.mark.usefixtures("lenient")
def test_other_seeds_are_tried_for_a_base_that_diverges(
    smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = base.get_base

    def get_base(*args: Any, seed: int, **options: Any) -> Any:
        if seed < 2:
            raise DivergedError("the loss of step 1 of 2 is nan")
        return usual(*args, seed=seed, **options)

    monkeypatch.setattr(base, "get_base", get_base)
    verdict = smoke()
    assert [line["seed"] for line in verdict["seeds"]] == [2]
    assert verdict["reasons"] == []
    told = "the base of seed {} diverged: the loss of step 1 of 2 is nan; left out"
    assert verdict["notes"][-2:] == [told.format(0), told.format(1)]


@pytest.mark.usefixtures("lenient")
def test_bases_that_all_diverge_are_named(smoke: Smoke, monkeypatch: pytest.MonkeyPatch) -> None:
    def get_base(*_args: Any, **_options: Any) -> Any:
        raise DivergedError("the loss of step 1 of 2 is nan")

    monkeypatch.setattr(base, "get_base", get_base)
    verdict = smoke()
    assert verdict["verdict"] == "inconclusive"
    assert verdict["reasons"] == [
        "0 of 1 seeds have a base that recalls",
        *(
            f"the base of seed {seed} diverged: the loss of step 1 of 2 is nan; left out"
            for seed in range(3)
        ),
    ]


@pytest.mark.usefixtures("lenient")
def test_bases_that_do_not_recall_are_left_out(
    smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "LEAST_OWN", 0.9)
    verdict = smoke()
    assert verdict["verdict"] == "inconclusive"
    assert verdict["reasons"][0] == "0 of 1 seeds have a base that recalls"
    assert len(verdict["reasons"]) == 4
    assert verdict["reasons"][1].startswith("the base of seed 0 recalls ")


@pytest.mark.usefixtures("lenient")
def test_a_row_that_does_not_fit_is_a_sentence(
    smoke: Smoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losses_of(*_args: Any) -> None:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(training, "losses_of", losses_of)
    with pytest.raises(LocalResourceError, match="base of seed 0: one row of 64 tokens does not"):
        smoke()


def test_short_rows_say_nothing(smoke: Smoke) -> None:
    verdict = smoke(settings=CPU)
    assert verdict["verdict"] == "inconclusive"
    assert verdict["reasons"] == [
        "smoke: rows of stage 'main' have 512 tokens, and the smoke training extends from 256 to "
        "1,024; shorter rows say nothing about long contexts"
    ]


def test_a_mix_without_planting_tasks_says_nothing(variant: Variant, tmp_path: Path) -> None:
    plain = variant(tasks={})
    said = Options(settings=TINY, folder=str(tmp_path / "smoke"))
    progress = Progress(io.StringIO())
    verdict = smoke_mix(str(plain.path), said, device=HERE, progress=progress)
    assert verdict["verdict"] == "inconclusive"
    assert "no task that plants" in verdict["reasons"][0]


def test_a_tokenizer_of_another_mix_is_refused(mix: Broken, smoke: Smoke) -> None:
    path = mix.path / "tokenizer/tokenizer.json"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(VerificationError, match="not the tokenizer of this mix"):
        smoke(mix.path)
    path.unlink()
    with pytest.raises(VerificationError, match="is not there"):
        smoke(mix.path)


def test_no_seed_at_all_is_refused(smoke: Smoke) -> None:
    with pytest.raises(RecipeError, match="--seeds 0: train one seed at least"):
        smoke(seeds=0)


@pytest.mark.parametrize(
    ("device", "length", "chosen"),
    [("cpu", 131_072, CPU), ("cuda", 131_072, GPU), ("cuda", 32_768, GPU), ("cuda", 8192, CPU)],
)
def test_a_gpu_and_long_rows_have_settings_of_their_own(
    device: str, length: int, chosen: Any
) -> None:
    stages = [{"seq_len": 1024}, {"seq_len": length}]
    mix: Any = SimpleNamespace(manifest={"recipe": {"stages": stages}})
    assert room._settings(mix, Device(name=device)) is chosen


def test_a_gpu_trains_one_arm_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so does a loop, and who is told of a cluster that may lack this folder."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    gpu, eight = Device(name="cuda"), Options(workers=8)
    assert room._at_once(eight, gpu) == 1
    assert room._at_once(eight, HERE) == 8
    assert room._at_once(replace(eight, executor="local"), HERE) == 1
    assert 1 <= room._at_once(Options(seeds=1), HERE) <= 2
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    assert room._at_once(eight, HERE) == 1


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("s3://bucket/mix", Options()),
        ("mix", Options(folder="s3://bucket/smoke")),
    ],
)
def test_models_are_kept_on_this_machine(
    name: str, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SimpleNamespace(type_name="s3")
    monkeypatch.setattr(room, "resolve", lambda uri: (store, uri.removeprefix("s3://")))
    with pytest.raises(RecipeError, match="--smoke-dir"):
        room.checked_folder(name, options)


def test_nothing_of_the_user_is_touched_in_a_folder_that_is_named(
    smoke: Smoke, tmp_path: Path
) -> None:
    """Not even what has the names of our own mixes."""
    for name in ("corpus/train.txt", "mix/manifest.json", "text"):
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    smoke(folder=str(tmp_path / "mine"))
    for name in ("corpus/train.txt", "mix/manifest.json", "text"):
        assert (tmp_path / "mine" / name).read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == [
        *("corpus", "longmix-smoke", "mix", "text")
    ]


def test_two_smoke_trainings_do_not_share_a_folder(smoke: Smoke, tiny_folder: Path) -> None:
    with ExitStack() as stack:
        lock(open_folder(str(tiny_folder)), stack, "mix")
        with pytest.raises(IdentityError, match="another longmix"):
            smoke()


def test_torch_waits_until_something_is_trained() -> None:
    code = "import sys, pipelines.verify.smoke.mix as m; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
