"""A sample of every task is sound, and a deliberately broken one is caught by `longmix verify`.

Every task, every thing that it can be asked: the answer is exchanged, a rival of the evidence is
written somewhere, the answer is given away, the mask is shifted, places are made constant, the
question is taken out. A task that is added is tested here without an edit.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generators import tasks
from generators.shortcuts.gates import Trial
from pipelines.progress import Progress
from pipelines.verify.findings import Findings
from pipelines.verify.mix import verify_mix
from pipelines.verify.shortcuts import Shortcuts
from tests.end_to_end.every_fault import (
    answered,
    idle,
    inserted,
    near,
    questions,
    quiet,
)
from tests.end_to_end.every_rival import contradicted
from tests.end_to_end.every_task import FEWEST, NAMES, OWN_USES, Sample, build, samples

Found = dict[str, list[Sample]]

NO_ROOM = {"chapters.first", "chapters.last"}
"""Where the answer is the first part, or the last one, no name elsewhere could change it."""
LEAKS = {"dialogue.nth", "dialogue.reply", "tally.least", "tally.list", "tally.most", "updates.at",
         "updates.first", "updates.latest"}  # fmt: skip
"""Of tasks whose answer is computed (`unique: solution`): where it must stand nowhere else, too.

Anywhere else the answer alone says nothing. A number or a letter (`chapters`, `counts`, `tally`,
`updates.count`) and a label (`knots`, `reorder`) stand in the text for other reasons; what stands
beside a definition is not its value (`code`); and a word that is asked for because it leads
(`counts.most`) leads by one more. What makes these unfair is a rival, as for all tasks.
"""
EVERY_CHECK = ("sample.solved", "sample.unique", "sample.loss", "needle.order", "row.first_token")
SAMPLES = 600
"""To which the samples of a task are repeated before guesses are judged."""
FEW = 40
"""Candidates; of more than these, the tenth in which the answer lies tells too little."""


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("every"))


@pytest.fixture(scope="module")
def found(mix: Path) -> Found:
    """The samples of each task; nobody writes into them."""
    by_task: Found = {name: [] for name in NAMES}
    for sample in samples(mix):
        by_task[sample.line["task"]].append(sample)
    return by_task


every_task = pytest.mark.parametrize("name", NAMES)


def answerable(samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.line["answerable"]]


def ask_of(sample: Sample) -> str:
    """Return the task and what is asked."""
    return f"{sample.line['task']}.{sample.params.get('ask', '')}".rstrip(".")


def missed(broken: Iterator[tuple[Sample, Sample]], *checks: str) -> list[str]:
    """Return the samples whose broken copies pass all of some checks."""
    return [
        f"{s.name}: {s.line['gold']!r}" for s, copy in broken if not copy.failures() & {*checks}
    ]


def test_the_mix_verifies_and_every_sample_is_solved_again(mix: Path, found: Found) -> None:
    verdict = verify_mix(str(mix), store=None, share=1.0, progress=Progress(every=1e9))
    assert (verdict["defects"], verdict["passed"]) == ([], True)
    checked = {entry["check"]: entry["checked"] for entry in verdict["checks"]}
    assert checked["sample.solved"] == sum(map(len, found.values()))
    assert checked["needle.target"] == sum(len(s.needles) for each in found.values() for s in each)


@every_task
def test_a_task_has_samples_as_it_declares_them(found: Found, name: str) -> None:
    task = tasks.load(name)
    assert len(found[name]) >= FEWEST
    for sample in found[name]:
        line = sample.line
        assert (line["depth_kind"], line["unique"]) == (task.depth_kind, task.unique)
        assert line["task_version"] == task.version
        planted = [n["target_depth"] is not None for n in sample.needles]
        assert any(planted) == (task.depth_kind == "planted" and line["answerable"])
        assert sample.needles or not line["answerable"]


def test_what_only_some_tasks_can_be_has_samples_too(found: Found) -> None:
    made = {sample.use: sample for each in found.values() for sample in each}
    assert OWN_USES.keys() <= made.keys()
    assert len(made["twice"].params["questions"]) == OWN_USES["twice"]["questions"]
    assert made["plain"].line["haystack"] == []
    assert not all(sample.line["answerable"] for sample in found["multidoc"])


@every_task
def test_unchanged_and_idly_changed_samples_pass(found: Found, name: str) -> None:
    """The control of all that follows: the ways of breaking a sample break nothing themselves."""
    for sample in found[name]:
        assert sample.failures() == set()
        assert answered(sample, sample.line["gold"]).failures() == set()
        at = next(quiet(sample, 12))
        assert not np.array_equal(sample.overwritten(at, idle(sample, 12)).row.ids, sample.row.ids)
        assert rolled(sample, 0).failures() == set()
        assert len(missed(iter([(sample, sample)]), *EVERY_CHECK)) == 1


@every_task
def test_a_wrong_answer_is_caught_by_the_solver_alone(found: Found, name: str) -> None:
    fair = answerable(found[name])
    for sample in fair:
        golds = [
            one.line["gold"] for one in sorted(fair, key=lambda one: ask_of(one) != ask_of(sample))
        ]
        for wrong in (
            near(sample.line["gold"]),
            next(g for g in golds if g != sample.line["gold"]),
        ):
            failures = answered(sample, wrong).failures()
            assert failures - {"sample.unique"} == {"sample.solved"}, (sample.name, wrong)


@every_task
def test_a_rival_of_the_evidence_is_caught(found: Found, name: str) -> None:
    asked: Counter[str] = Counter()
    for sample in answerable(found[name]):
        broken = contradicted(sample)
        asked[ask_of(sample)] += len(broken)
        assert missed(((sample, copy) for copy in broken), "sample.solved") == []
    assert asked
    assert {ask for ask, count in asked.items() if not count} <= NO_ROOM


@every_task
def test_an_answer_that_is_given_away_is_caught(found: Found, name: str) -> None:
    checks = ["sample.solved"]
    if tasks.load(name).unique == "value":
        checks = ["sample.unique"]
        told = answerable(found[name])
    else:
        told = [sample for sample in found[name] if ask_of(sample) in LEAKS]
    for sample in told:
        broken = inserted(sample, sample.needles[0]["answer"].strip())
        assert broken
        assert missed(((sample, copy) for copy in broken), *checks) == []


def rolled(sample: Sample, by: int) -> Sample:
    """Return the sample with its mask moved by so many tokens."""
    return sample.with_ids(sample.row.ids, np.roll(sample.row.targets(), by))


@every_task
def test_a_shifted_mask_is_caught(found: Found, name: str) -> None:
    checks = "row.first_token", "sample.answer_is_target", "sample.end_is_target"
    for by in (-1, 1):
        assert missed(((s, rolled(s, by)) for s in found[name]), *checks) == []
        answers = [s for s in found[name] if s.line["loss"] == "answer"]
        assert missed(((s, rolled(s, by)) for s in answers), "sample.loss", "row.first_token") == []


@every_task
def test_a_question_that_is_missing_is_caught(found: Found, name: str) -> None:
    for sample in answerable(found[name]):
        for start, stop in questions(sample):
            broken = sample.overwritten(start, idle(sample, stop - start))
            assert "sample.solved" in broken.failures(), sample.name


def behind(sample: Sample) -> Sample:
    """Return the sample with its evidence said to stand where the answer is asked for."""
    start = sample.answer[0]
    moved = {"evidence_start": start - 1, "evidence_end": start}
    if sample.line["question"] == "first":
        moved = {"evidence_start": 1, "evidence_end": 2}
    return sample.with_needles([needle | moved for needle in sample.needles])


@every_task
def test_evidence_on_the_wrong_side_of_the_question_is_caught(found: Found, name: str) -> None:
    assert missed(((s, behind(s)) for s in answerable(found[name])), "needle.order") == []


@every_task
@pytest.mark.parametrize("edge", ["evidence_start", "evidence_end", "answer_start", "answer_end"])
def test_a_needle_off_by_a_token_is_caught(found: Found, name: str, edge: str) -> None:
    checks = "needle.depth", "needle.distance", "needle.answer", "needle.order"
    for sample in answerable(found[name]):
        first, *rest = sample.needles
        off = [sample.with_needles([first | {edge: first[edge] + by}, *rest]) for by in (-1, 1)]
        assert missed(((sample, broken) for broken in off), *checks) == []


def trials(samples: list[Sample]) -> list[Trial]:
    """Return what a guesser makes of the samples, over and over up to SAMPLES."""
    shortcuts = Shortcuts()
    for sample in samples:
        placed = sample.placed(Findings())
        assert placed
        shortcuts.add(placed, sample.text(0, sample.answer[0]), sample.tokenizer)
    return [trial for _, trial in shortcuts.trials]


def repeated(read: list[Trial]) -> list[Trial]:
    return [trial for _ in range(SAMPLES // len(read)) for trial in read] if read else []


def failed(samples: list[Sample], moved: list[Trial]) -> set[str]:
    """Return the gates that fail where the trials of one use of a task are these."""
    findings = Findings()
    shortcuts = Shortcuts(trials=[(samples[0].name, trial) for trial in moved])
    shortcuts.judge(samples[0].rules.recipe, findings)
    return {check.removeprefix("shortcut.") for check in findings.failed}


@every_task
def test_evidence_that_is_always_in_one_place_is_caught(found: Found, name: str) -> None:
    made = repeated(trials(found[name]))
    even = [
        replace(trial, depths=((number + 0.5) / len(made),) * len(trial.depths))
        for number, trial in enumerate(made)
    ]
    constant = [replace(trial, depths=(0.42,) * len(trial.depths)) for trial in made]
    assert "depth" not in failed(found[name], even)
    chosen = tasks.load(name).depth_kind == "planted"
    assert ("depth" in failed(found[name], constant)) == chosen


def ranked(trial: Trial, rank: int) -> Trial:
    """Return the trial with its answer in another place among its candidates."""
    ends = {"first": float(rank == 0), "last": float(rank == trial.size - 1)}
    return replace(trial, rank=rank, credit={**trial.credit, **ends})


@every_task
def test_an_answer_that_is_always_the_first_of_its_kind_is_caught(found: Found, name: str) -> None:
    read = [trial for trial in trials(found[name]) if trial.size > 1]
    made = list(enumerate(repeated(read)))
    even = [ranked(trial, number // len(read) % trial.size) for number, trial in made]
    assert not {"slot", "first", "last"} & failed(found[name], even)
    first = failed(found[name], [ranked(trial, 0) for _, trial in made])
    last = failed(found[name], [ranked(trial, trial.size - 1) for _, trial in made])
    assert ("first" in first, "last" in last) == (bool(made), bool(made))
    if made and all(trial.size <= FEW for trial in read):
        assert "slot" in first
