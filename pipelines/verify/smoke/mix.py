"""Smoke training: rebuild a mix at a short length, extend small models on it, and judge them.

    corpus -> mix, control, audits -> bases -> arms (mix, control) of 3 seeds -> gates -> verdict

Every arm is a unit that is done once: a smoke training that was killed goes on with the arms that
are left, and a mix that was judged is judged again at once.
"""

import functools
import importlib.util
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.build.workspace import lock
from pipelines.executors import Executor, open_executor
from pipelines.feed.dataset import MixDataset
from pipelines.files import open_folder, resolve, work_of
from pipelines.progress import Progress
from pipelines.shards.mix import Mix, open_mix
from pipelines.verify.device import Device
from pipelines.verify.smoke.corpus import InconclusiveError
from pipelines.verify.smoke.rebuild import Rebuilt, rebuild
from pipelines.verify.smoke.settings import CPU, GPU, Settings
from pipelines.verify.smoke.unit import ARMS, Course, settings_facts, train_unit
from schemas.errors import LongmixError, RecipeError, VerificationError
from schemas.unit import Unit

if TYPE_CHECKING:  # torch's
    from pipelines.verify.smoke.arms import Arm

SPARE_SEEDS = 2
"""Further seeds that are tried where a base did not learn to recall."""
LEAST_ANSWERS = 80
"""Answers of an in-mix audit: one that surprises by chance is then 0.0125 of them, which the gate
of the labels lets pass."""
OWNED = "longmix-smoke"
"""Folder below the one that is named: all in it is ours, and may be thrown away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says of a smoke training."""

    store: str | None = None
    """Of the mix; null looks in its work folder."""
    folder: str | None = None
    """Where everything is kept, in a folder of our own; null takes `<mix>.work`."""
    seeds: int = 3
    executor: str = "auto"
    """`local` trains one arm after the other with all cores, `ray` several at once with one each,
    on this machine; `auto` takes Ray where it is installed and there are several cores."""
    workers: int | None = None
    """Arms that Ray trains at once; null takes the cores of this machine."""
    settings: Settings | None = None
    """Null takes those of the device."""


def smoke_mix(name: str, options: Options, *, device: Device, progress: Progress) -> dict[str, Any]:
    """Return the verdict of a smoke training of the mix, as JSON values.

    `verdict` is pass, warn, fail or inconclusive, and `reasons` says why it is the last. Raises
    RecipeError for options that cannot be, VerificationError for a tokenizer of another mix, and
    LocalResourceError where the memory does not hold one row.
    """
    folder = checked_folder(name, options)
    mix = open_mix(name)
    settings = options.settings or _settings(mix, device)
    told = {
        "mix": name,
        "device": device.model or device.name,
        "settings": settings_facts(settings),
    }
    with ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        lock(open_folder(str(folder)), stack, str(folder))
        return told | _smoked(
            mix, options, settings, folder=folder, device=device, progress=progress
        )


def _smoked(
    mix: Mix,
    options: Options,
    settings: Settings,
    *,
    folder: Path,
    device: Device,
    progress: Progress,
) -> dict[str, Any]:
    """Rebuild the mix, train and judge."""
    try:
        _check(mix, settings)
        found = rebuild(
            mix, store=options.store, folder=str(folder), settings=settings, progress=progress
        )
        _check_rows(found, settings)
    except InconclusiveError as error:
        from pipelines.verify.smoke.findings import findings

        said = {"verdict": "inconclusive", "reasons": [str(error)], "gates": [], "notes": []}
        return said | findings([], settings)
    course = Course(
        rebuilt=found,
        settings=settings,
        folder=str(folder),
        device=device.name,
        threads=1 if _at_once(options, device) > 1 else os.cpu_count() or 1,
        end_id=mix.manifest["tokenizer"]["eos_id"],
    )
    return _judged(course, options, progress)


def _settings(mix: Mix, device: Device) -> Settings:
    """Return the GPU's settings where the mix's rows are as long as theirs, else the CPU's."""
    longest = mix.manifest["recipe"]["stages"][-1]["seq_len"]
    return GPU if device.name == "cuda" and longest >= GPU.long.length else CPU


def _check(mix: Mix, settings: Settings) -> None:
    """Raise InconclusiveError for short rows, VerificationError for a tokenizer of another mix."""
    name, told = "tokenizer/tokenizer.json", mix.manifest["tokenizer"]["sha256"]
    if not mix.folder.exists(name) or sha256(mix.folder.read(name)).hexdigest() != told:
        raise VerificationError(
            f"{mix.folder.path(name)} is not there, or not the tokenizer of this mix: its sha256 "
            f"should be {told}; copy the whole mix, or build it again"
        )
    stage = mix.manifest["recipe"]["stages"][-1]
    if stage["seq_len"] < settings.long.length:
        raise InconclusiveError(
            f"smoke: rows of stage {stage['name']!r} have {stage['seq_len']:,} tokens, and the "
            f"smoke training extends from {settings.short.length:,} to {settings.long.length:,}; "
            "shorter rows say nothing about long contexts"
        )


def _check_rows(rebuilt: Rebuilt, settings: Settings) -> None:
    """Raise InconclusiveError where there is too little to train on or to audit with."""
    from pipelines.verify.smoke.arms import kept_rows

    for what, name in (("mix rebuilt from this one", rebuilt.mix), ("control", rebuilt.control)):
        answers = _answers(name)
        kept = kept_rows(answers, settings)
        found, left = sum(answers[at] for at in kept), len(answers) - len(kept)
        if found < LEAST_ANSWERS or left < settings.long.rows:
            raise InconclusiveError(
                f"smoke: the {what} has {left} rows to train on and {found} answers for an audit "
                f"of its own; {settings.long.rows} and {LEAST_ANSWERS} are the least that says "
                "anything: take a mix of more text, or of longer samples"
            )
    for length, name in rebuilt.audits.items():
        if not any(_answers(name)):
            raise InconclusiveError(
                f"smoke: the text that was held out gives no sample of {length:,} tokens: take a "
                "mix of more text, or of longer documents"
            )


def _answers(name: str) -> list[int]:
    """Return how many answers each row of a mix has."""
    dataset = MixDataset(name, columns=("needles",))
    return [len(row["needles"]) for row in dataset.__getitems__(range(len(dataset)))]


def checked_folder(name: str, options: Options) -> Path:
    """Return where everything is kept. Raises RecipeError, before any work, for what cannot be."""
    if options.seeds < 1:
        raise RecipeError(f"--seeds {options.seeds}: train one seed at least; three are usual")
    system, path = resolve(options.folder or work_of(name))
    if system.type_name != "local":
        raise RecipeError(
            f"{options.folder or name}: a smoke training keeps its models in a folder of this "
            "machine; name one with --smoke-dir"
        )
    return Path(path) / OWNED


@dataclass(slots=True, kw_only=True)
class Found:
    """What the seeds came to."""

    pairs: list[tuple["Arm", "Arm"]] = field(default_factory=list)
    """(mix, control) of each seed whose base recalls."""
    left_out: list[str] = field(default_factory=list)
    """Bases that do not, for which other seeds are tried."""
    diverged: list[str] = field(default_factory=list)
    """Arms whose training diverged: what other seeds would say is no answer to that."""


def _judged(course: Course, options: Options, progress: Progress) -> dict[str, Any]:
    """Train the arms and judge them."""
    from pipelines.verify.smoke.findings import findings
    from pipelines.verify.smoke.gates import judge

    found = _seeds(course, options, progress)
    pairs, settings = found.pairs, course.settings
    wanted = options.seeds - len(found.diverged)
    judged = judge(pairs, settings, wanted=wanted)
    reasons = [*found.diverged, *judged.reasons]
    if len(pairs) < wanted:
        reasons += found.left_out
    notes = [*course.rebuilt.notes, *found.left_out]
    return {
        "verdict": "inconclusive" if found.diverged else judged.state,
        "reasons": reasons,
        "gates": list(judged.gates),
        "notes": notes + sorted({note for pair in pairs for arm in pair for note in arm.notes}),
        **findings(pairs, settings),
    }


def _seeds(course: Course, options: Options, progress: Progress) -> Found:
    """Train the arms of as many seeds as are wanted, and of others for bases that are no good."""
    found = Found()
    seeds = iter(range(options.seeds + SPARE_SEEDS))
    executor = _executor(course, options)
    try:
        while missing := options.seeds - len(found.pairs) - len(found.diverged):
            chosen = list(itertools.islice(seeds, missing))
            if not chosen:
                break
            _train(course, chosen, executor, progress=progress, found=found)
    finally:
        executor.close()
    return found


def _at_once(options: Options, device: Device) -> int:
    """Return how many arms are trained at once: several where Ray is to be had, one on a GPU."""
    wanted = options.workers or max(1, min(os.cpu_count() or 1, len(ARMS) * options.seeds))
    # A Ray cluster that the environment names may have neither this folder nor PyTorch.
    alone = device.name == "cuda" or options.executor == "local" or "RAY_ADDRESS" in os.environ
    if alone or (options.executor == "auto" and importlib.util.find_spec("ray") is None):
        return 1
    return wanted


def _executor(course: Course, options: Options) -> Executor:
    """Return a Ray of this machine where several arms are to be trained at once, else a loop."""
    several = _at_once(options, Device(name=course.device))
    if several == 1:
        return open_executor("local", workers=None, address=None, input_bytes=0)
    return open_executor("ray", workers=several, address=None, input_bytes=0)


def _train(
    course: Course, seeds: Sequence[int], executor: Executor, *, progress: Progress, found: Found
) -> None:
    """Train the bases of the seeds, then their arms, each once, and add what they came to."""
    told: dict[tuple[int, str], dict[str, Any]] = {}
    work = functools.partial(train_unit, course)
    done, total = 0, len(seeds) * (1 + len(ARMS))
    for names in (("base",), ARMS):
        alive = [seed for seed in seeds if "diverged" not in told.get((seed, "base"), {})]
        for outcome in executor.run(work, _units(alive, names)):
            seed, name = outcome.unit.description["seed"], outcome.unit.description["arm"]
            if outcome.error is not None or outcome.result is None:
                raise LongmixError(f"smoke: {name} of seed {seed}: {outcome.error}")
            done += 1
            progress.update("smoke", done, total, f"seed {seed}, {name}")
            told[seed, name] = outcome.result
    for seed in seeds:
        _add(course, seed, told, found)


def _add(
    course: Course, seed: int, told: dict[tuple[int, str], dict[str, Any]], found: Found
) -> None:
    """Add what the units of a seed came to."""
    from pipelines.verify.smoke.arms import Arm
    from pipelines.verify.smoke.gates import recalls

    if why := told[seed, "base"].get("diverged"):
        found.left_out.append(f"the base of seed {seed} diverged: {why}; left out")
        return
    whys = [(name, told[seed, name].get("diverged")) for name in ARMS]
    if lost := [f"the {name} diverged: {why}" for name, why in whys if why]:
        found.diverged.append(f"seed {seed}: {'; '.join(lost)}")
        return
    kept = [Path(course.folder) / told[seed, name]["arm"] for name in ARMS]
    control, mix = (Arm.from_json(json.loads(path.read_text())) for path in kept)
    if recalls(mix):
        found.pairs.append((mix, control))
    else:
        own = mix.base_own.exact.mean()
        found.left_out.append(f"the base of seed {seed} recalls {own:.0%}; left out")


def _units(seeds: Sequence[int], names: Sequence[str]) -> Iterator[Unit]:
    for index, (seed, name) in enumerate((seed, name) for seed in seeds for name in names):
        yield Unit(phase="smoke", index=index, description={"seed": seed, "arm": name})
