from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pipelines.verify.smoke import base as room
from pipelines.verify.smoke.base import Base, base_key, get_base, own_rows
from pipelines.verify.smoke.rows import Row
from pipelines.verify.smoke.settings import Settings, Shape
from pipelines.verify.smoke.training import DivergedError
from tests.pipelines.verify.smoke.tiny import CPU, TINY, drawn_rows, vocabulary

TEXTS = drawn_rows(0, 4, TINY.short.length)


def get(folder: Path, seed: int = 0, **changes: Any) -> Base:
    return get_base(folder, vocabulary(), TEXTS, settings=TINY, seed=seed, device=CPU, **changes)


def weights(made: Base) -> list[Tensor]:
    return [p.detach() for p in made.model.parameters()]


def equal(one: Base, two: Base) -> bool:
    return all(torch.equal(a, b) for a, b in zip(weights(one), weights(two), strict=True))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Base]:
    """A folder with the base of seed 0, and that base. Nobody may write into the folder."""
    folder = tmp_path_factory.mktemp("bases")
    return folder, get(folder)


def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    def train(*_args: Any, **_options: Any) -> None:
        raise AssertionError("nothing is left to train")

    monkeypatch.setattr(room, "train", train)


def test_a_base_is_trained_in_two_phases(kept: tuple[Path, Base]) -> None:
    _, made = kept
    assert len(made.losses) == TINY.warm.steps + TINY.short.steps
    assert len(made.own.nll) == 24 * 4
    assert made.own.samples == ("base",) * 96


def test_the_same_seed_gives_the_same_base(kept: tuple[Path, Base], tmp_path: Path) -> None:
    _, made = kept
    torch.manual_seed(99)
    state = torch.random.get_rng_state()
    again = get(tmp_path)
    assert equal(made, again)
    assert made.losses == again.losses
    assert np.array_equal(made.own.nll, again.own.nll)
    assert torch.equal(torch.random.get_rng_state(), state), "torch's own numbers are left alone"


def test_another_seed_gives_another_base_and_wording(
    kept: tuple[Path, Base], tmp_path: Path
) -> None:
    _, made = kept
    other = get(tmp_path, seed=1)
    assert not equal(made, other)
    assert made.wording.frame.tolist() != other.wording.frame.tolist()


def test_a_base_that_is_kept_is_not_trained_again(
    kept: tuple[Path, Base], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = kept
    poison(monkeypatch)
    again = get(folder)
    assert equal(made, again)
    assert (made.losses, made.own.as_json()) == (again.losses, again.own.as_json())
    assert [path.suffix for path in folder.iterdir()] == [".pt"]


def test_a_base_that_was_extended_is_kept_as_it_was(kept: tuple[Path, Base]) -> None:
    """Arms train the model that they are given; the next one finds the base untouched."""
    folder, made = kept
    given = get(folder)
    with torch.no_grad():
        given.model.embedding.weight.zero_()
    assert equal(get(folder), made)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "damage",
    [cut, lambda _: b"", lambda _: b"no model at all", lambda data: data[:-1]],
    ids=["half", "empty", "other", "one byte less"],
)
def test_a_damaged_file_is_trained_anew(
    damage: Callable[[bytes], bytes], kept: tuple[Path, Base], tmp_path: Path
) -> None:
    folder, made = kept
    (path,) = folder.iterdir()
    place = tmp_path / path.name
    place.write_bytes(damage(path.read_bytes()))
    assert equal(get(tmp_path), made)
    assert len(torch.load(place, weights_only=True)["losses"]) == len(made.losses)


@pytest.mark.parametrize("missing", ["losses", "blocks.1.up.weight"])
def test_a_file_of_other_contents_is_trained_anew(
    missing: str, kept: tuple[Path, Base], tmp_path: Path
) -> None:
    """Also where a part of the weights was read before the rest was missed."""
    folder, made = kept
    (path,) = folder.iterdir()
    data = torch.load(path, weights_only=True)
    data["model"] = {name: torch.ones_like(value) for name, value in data["model"].items()}
    data.pop(missing, None)
    data["model"].pop(missing, None)
    torch.save(data, tmp_path / path.name)
    assert equal(get(tmp_path), made)


def test_a_training_that_ends_early_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(*_args: Any, **_options: Any) -> None:
        raise DivergedError("the loss of step 1 of 2 is nan")

    monkeypatch.setattr(room, "train", train)
    with pytest.raises(DivergedError):
        get(tmp_path / "bases")
    assert not (tmp_path / "bases").exists()


def key(
    *,
    ids: int = 100,
    texts: list[Row] = TEXTS,
    settings: Settings = TINY,
    seed: int = 0,
    device: str = "cpu",
) -> str:
    return base_key(vocabulary(ids), texts, settings, seed, device=torch.device(device))


def changed(**changes: Any) -> list[Row]:
    return [replace(TEXTS[0], **changes), *TEXTS[1:]]


def test_the_key_changes_with_all_that_a_base_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    half = TINY.short.length // 2
    keys = [
        key(),
        key(ids=101),
        key(texts=TEXTS[::-1]),
        key(texts=changed(ids=TEXTS[0].ids + 1)),
        key(texts=changed(lengths=np.array([half, half]))),
        key(texts=changed(weights=TEXTS[0].weights * 2)),
        key(settings=replace(TINY, shape=Shape(vocabulary=256, width=32, layers=1, heads=2))),
        key(settings=replace(TINY, warm=replace(TINY.warm, steps=3))),
        key(settings=replace(TINY, short=replace(TINY.short, rate=0.02))),
        key(settings=replace(TINY, answer_weight=2.0)),
        key(seed=1),
        key(device="cuda"),
    ]
    monkeypatch.setattr(room, "GENERATION", 99)
    keys.append(key())
    monkeypatch.setattr(torch, "__version__", "9.9")
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_the_key_does_not_change_with_the_mix_that_is_judged() -> None:
    other = replace(TINY, long=replace(TINY.long, steps=9), audits=(), planted=0.1, seeds=9)
    assert key() == key(settings=other)


def test_rows_of_its_own_wording_are_the_same_each_time(kept: tuple[Path, Base]) -> None:
    wording = kept[1].wording
    one, two = (own_rows(wording, TEXTS, TINY, 0) for _ in range(2))
    assert [row.ids.tolist() for row in one] == [row.ids.tolist() for row in two]
    assert one[0].ids.tolist() != own_rows(wording, TEXTS, TINY, 1)[0].ids.tolist()
