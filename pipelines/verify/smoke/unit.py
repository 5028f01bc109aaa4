"""One unit of a smoke training: a base or an arm, trained once and kept under one folder.

    smoke/bases/3f9c....pt      the models of the short length, one a seed
    smoke/arms/71d0....json     what the audits of an arm found; a smoke training that was killed
                                finds it there

The only code of a smoke training that a worker runs. torch is imported when a unit begins.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.shards.mix import open_mix
from pipelines.verify.smoke.rebuild import Rebuilt
from pipelines.verify.smoke.settings import Settings
from schemas.canonical import digest
from schemas.errors import LocalResourceError
from schemas.unit import Unit

ARMS = ("control", "mix")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a worker must know to train an arm."""

    rebuilt: Rebuilt
    settings: Settings
    folder: str
    device: str
    threads: int
    end_id: int | None


def train_unit(course: Course, unit: Unit) -> dict[str, Any]:
    """Train the base or the arm that a unit names, or find it trained.

    Returns `arm`, where an arm is kept in the folder, or `diverged`, why there is none. Raises
    LocalResourceError where one row is too much for the memory of the device.
    """
    import torch

    from pipelines.verify.smoke.training import DivergedError

    torch.set_num_threads(course.threads)
    place = f"arms/{arm_key(course, unit)}.json"
    seed, name = unit.description["seed"], unit.description["arm"]
    if name in ARMS and (Path(course.folder) / place).exists():
        return {"arm": place}
    try:
        return _trained(course, unit, place)
    except DivergedError as error:
        return {"diverged": str(error)}
    except torch.OutOfMemoryError as error:
        raise LocalResourceError(
            f"smoke: {name} of seed {seed}: {str(error).splitlines()[0]}; end what else uses this "
            "memory, or train on another device by --device"
        ) from error


def _trained(course: Course, unit: Unit, place: str) -> dict[str, Any]:
    """Train a base, or an arm and keep what it came to at `place`."""
    import torch

    from pipelines.verify.smoke.arms import run_arm
    from pipelines.verify.smoke.base import get_base
    from pipelines.verify.smoke.held import read_held
    from pipelines.verify.smoke.rows import read_rows

    seed, name = unit.description["seed"], unit.description["arm"]
    settings, folder = course.settings, Path(course.folder)
    bases = folder / "bases"
    held = read_held(course.rebuilt, settings, end_id=course.end_id)
    common: dict[str, Any] = {"settings": settings, "seed": seed}
    common["device"] = torch.device(course.device)
    if name not in ARMS:
        get_base(bases, held.vocabulary, held.base_text, **common)
        return {}
    mix = course.rebuilt.mix if name == "mix" else course.rebuilt.control
    rows = read_rows(mix, held.vocabulary, answer_weight=settings.answer_weight)
    arm = run_arm(name, rows, held, factor=course.rebuilt.factor, bases=bases, **common)
    (folder / "arms").mkdir(exist_ok=True)
    half = folder / f"{place}.{os.getpid()}"
    half.write_text(json.dumps(arm.as_json()))
    half.replace(folder / place)
    return {"arm": place}


def arm_key(course: Course, unit: Unit) -> str:
    """Return the sha256 of what an arm depends on: rows, settings, seed and torch."""
    import torch

    from pipelines.verify.smoke.base import GENERATION

    rebuilt = course.rebuilt
    rows = rebuilt.mix if unit.description["arm"] == "mix" else rebuilt.control
    read = [rows, rebuilt.text, rebuilt.base_text, *rebuilt.audits.values()]
    contents = [open_mix(name).manifest["content_digest"] for name in read]
    parts = [contents, settings_facts(course.settings), course.device, torch.__version__]
    return digest([*parts, rebuilt.factor, GENERATION, unit.fingerprint])


def settings_facts(settings: Settings) -> dict[str, Any]:
    """Return the settings as JSON values."""
    facts: dict[str, Any] = json.loads(json.dumps(asdict(settings)))
    return facts
