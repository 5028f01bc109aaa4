"""What the smoke training finds: one recipe, spoilt in many ways, on many bases.

    python -m benchmarks.smoke_power run MIX --store STORE --work DIR [--seeds 20] [--part 0/2]
    python -m benchmarks.smoke_power_table DIR

MIX is a sound mix with samples that plant. Every arm starts from the same base as the control of
its seed. `run` goes on where it was interrupted, and two runs may share the work with `--part` once
the mixes are built; arms are kept by name and seed, so a change of the settings needs a new folder.
`smoke_power_table` judges triples of seeds as `longmix verify --smoke` judges its three.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.smoke_faults import corrupted, keys_reused, naive, shifted
from generators.seeds import rng_for
from pipelines.progress import Progress
from pipelines.shards.mix import Mix, open_mix
from pipelines.verify.smoke.arms import Held, run_arm
from pipelines.verify.smoke.gates import surprises
from pipelines.verify.smoke.held import read_held
from pipelines.verify.smoke.rebuild import Rebuilt, rebuild
from pipelines.verify.smoke.rows import Row, read_rows
from pipelines.verify.smoke.settings import CPU

SHORT = 4
"""Short samples are so many times shorter than a row."""
MANY = ("control", "good", "ends only")
"""Arms that every seed has; the others have the first few seeds."""

Spoil = Callable[[list[Row], np.random.Generator], list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An arm: the recipe that is rebuilt, and what is done to its rows."""

    recipe: str = "good"
    spoil: Spoil | None = None


def _corrupt(share: float) -> Spoil:
    return lambda rows, rng: corrupted(rng, rows, share)


WAYS: dict[str, Way] = {
    "control": Way(),
    "good": Way(),
    "ends only": Way(recipe="ends"),
    "natural only": Way(recipe="natural"),
    "late only": Way(recipe="late"),
    "answers corrupted, 10 %": Way(spoil=_corrupt(0.10)),
    "answers corrupted, 25 %": Way(spoil=_corrupt(0.25)),
    "answers corrupted, 100 %": Way(spoil=_corrupt(1.0)),
    "mask shifted by one": Way(spoil=lambda rows, _: shifted(rows)),
    "short documents, naive": Way(recipe="short", spoil=lambda rows, _: naive(rows)),
    "short documents, masked": Way(recipe="short"),
    "keys re-used, naive": Way(recipe="reused", spoil=lambda rows, _: naive(rows)),
    "keys re-used, masked": Way(recipe="reused"),
}


def _law(*ranges: tuple[float, float]) -> dict[str, Any]:
    cells = [
        {"depths": list(pair), "lengths": None, "distance": None, "weight": 1.0} for pair in ranges
    ]
    return {"law": "joint", "cells": cells}


def changed(mix: Mix, recipe: str) -> Mix:
    """Return the mix as if it were of a recipe that is bad in one way."""
    whole = json.loads(json.dumps(mix.manifest["recipe"]))
    length = whole["stages"][-1]["seq_len"]
    for entry in whole["tasks"].values():
        if recipe == "ends":
            entry["depths"] |= _law((0.0, 0.1), (0.9, 1.0))
        if recipe == "late":
            entry["depths"] |= _law((0.9, 1.0))
        if recipe in {"short", "reused"}:
            entry["lengths"] = [length // SHORT]
    return Mix(mix.folder, mix.manifest | {"recipe": whole})


def rebuilt(mix: Mix, recipe: str, work: Path, store: str) -> Rebuilt:
    """Build the mixes of one recipe, or find them."""
    return rebuild(
        changed(mix, recipe),
        store=store,
        folder=str(work / recipe),
        settings=CPU,
        progress=Progress(),
        natural=recipe == "natural",
    )


def rows_of(name: str, found: dict[str, Rebuilt], held: Held, seed: int) -> list[Row]:
    """Return what an arm trains on."""
    way, weight = WAYS[name], CPU.answer_weight
    rng = rng_for(seed, "benchmark", name)
    if name == "control":
        return read_rows(found["good"].control, held.vocabulary, answer_weight=weight)
    if way.recipe == "reused":
        rows = keys_reused(rng, found["short"].mix, held.vocabulary, answer_weight=weight)
    else:
        rows = read_rows(found[way.recipe].mix, held.vocabulary, answer_weight=weight)
    return way.spoil(rows, rng) if way.spoil else rows


def run(arguments: argparse.Namespace) -> None:
    """Train every arm of every seed that has not been trained."""
    torch.set_num_threads(1)
    work = Path(arguments.work)
    mix = open_mix(arguments.mix)
    recipes = {way.recipe for way in WAYS.values()} - {"reused"}
    found = {recipe: rebuilt(mix, recipe, work, arguments.store) for recipe in sorted(recipes)}
    held = read_held(found["good"], CPU, end_id=mix.manifest["tokenizer"]["eos_id"])
    part, parts = map(int, arguments.part.split("/"))
    chosen = arguments.ways.split(",") if arguments.ways else list(WAYS)
    for seed in range(arguments.first, arguments.seeds):
        if seed % parts != part:
            continue
        for name in chosen:
            if name in MANY or seed < arguments.few:
                _one(name, seed, found, held=held, work=work)


def _one(name: str, seed: int, found: dict[str, Rebuilt], *, held: Held, work: Path) -> None:
    place = work / "arms" / f"{name}-{seed}.json"
    if place.exists():
        return
    start = time.process_time()
    arm = run_arm(
        name,
        rows_of(name, found, held, seed),
        held,
        settings=CPU,
        seed=seed,
        factor=found["good"].factor,
        bases=work / "bases",
        device=torch.device("cpu"),
    )
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(arm.as_json()))
    audit = arm.audits[CPU.long.length]
    print(
        f"{name}, seed {seed}: base {arm.base_own.exact.mean():.2f}, "
        f"exact {audit.exact.mean():.3f}, "
        f"loss {audit.nll.mean():.3f}, in mix {surprises(arm):.3f} surprising, "
        f"{time.process_time() - start:.0f} CPU s",
        flush=True,
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(required=True)
    training = commands.add_parser("run")
    training.set_defaults(command=run)
    training.add_argument("mix")
    training.add_argument("--store", required=True)
    training.add_argument("--work", required=True)
    training.add_argument("--seeds", type=int, default=20)
    training.add_argument("--first", type=int, default=0)
    training.add_argument("--few", type=int, default=5)
    training.add_argument("--part", default="0/1")
    training.add_argument("--ways", default="")
    arguments = parser.parse_args()
    arguments.command(arguments)


if __name__ == "__main__":
    sys.exit(main())
