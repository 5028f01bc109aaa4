"""A job: one recipe, one output folder, and everything that was opened to build it."""

import functools
import hashlib
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from generators.tokens.tokenizer import Tokenizer
from pipelines.build.decontaminate import describe, keep_index, prompt_files
from pipelines.build.identity import check_identity, identity, keep_identity
from pipelines.build.pairs import pair_files, written_pairs
from pipelines.build.prepare import Context, keep_tokenizer, prepare
from pipelines.build.quarantine import Search
from pipelines.build.score import FILE as SCORES
from pipelines.build.score import Prepared, score_unit, score_units
from pipelines.build.tokenizer import given_tokenizer, proved_tokenizer, train_tokenizer
from pipelines.build.workspace import (
    lock,
    open_folders,
    refuse_strangers,
    share,
    sweep,
    throw_away,
)
from pipelines.build.written import Survivors
from pipelines.executors import Executor, Outcome, Work, open_executor
from pipelines.files import Folder
from pipelines.plan.documents import Documents, Quarantined, judge
from pipelines.plan.inputs import list_inputs, prepare_units
from pipelines.plan.recipe import TaskUse, resolved, task_uses
from pipelines.progress import Progress
from pipelines.store import Store
from schemas.canonical import digest
from schemas.errors import LongmixError
from schemas.manifest import portable
from schemas.recipe import Recipe
from schemas.unit import Item, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says beside the recipe."""

    out: str
    store: str | None = None
    overwrite: bool = False
    dry: bool = False
    """Only PREPARE and DRAW."""
    executor: str = "auto"
    workers: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An open job. Folders are there, the identity is checked, the tokenizer is proved."""

    recipe: Recipe
    portable: dict[str, Any]
    """The resolved recipe as the manifest will show it."""
    uses: tuple[TaskUse, ...]
    items: tuple[Item, ...]
    mix: Folder
    work: Folder
    store: Store
    tokenizer: Tokenizer
    decontaminate: dict[str, Any] | None
    """What texts are compared with; None for nothing."""
    written: dict[str, Survivors]
    """By use of a paired task: the pairs of its files."""
    executor: Executor
    progress: Progress

    @property
    def context(self) -> Context:
        """Return what PREPARE and WEAVE workers must know."""
        return Context(
            store=self.store.folder.uri,
            inputs=self.recipe.inputs
            if "://" in self.recipe.inputs
            else os.path.abspath(self.recipe.inputs),
            tokenizer=self.tokenizer.sha256,
            engine=self.tokenizer.engine,
            eos_id=self.tokenizer.eos_id,
            bos_id=self.tokenizer.bos_id,
        )


def open_job(recipe: Recipe, options: Options, progress: Progress, stack: ExitStack) -> Job:
    """Open everything; `stack` closes it again. Writes only into the work folder and the store.

    A dry run takes no lock and leaves no identity behind: it begins nothing.
    """
    mix, work, store = open_folders(options.out, options.store)
    if not options.dry:
        lock(work, stack, options.out)
        stack.callback(sweep, work, store)
    share(store, stack)
    items = [item for part in list_inputs(recipe).values() for item in part]
    prompts = prompt_files(recipe)
    shown = portable(resolved(recipe))
    data = given_tokenizer(recipe)
    if options.overwrite:
        throw_away(mix, work, options.out)
    known_as = digest(shown["train"]) if data is None else hashlib.sha256(data).hexdigest()
    uses = task_uses(recipe)
    mine = identity(shown, known_as, items, {**prompts, **pair_files(uses)})
    if not options.dry:
        refuse_strangers(mix, work, options.out)
        check_identity(work, mine, options.out)
    if data is None:
        data = train_tokenizer(recipe, items, store)
    tokenizer = proved_tokenizer(data, recipe, items, store)
    if not options.dry:  # only now: a tokenizer that is refused has begun nothing
        keep_identity(work, mine)
    executor = _executor(options, items)
    stack.callback(executor.close)
    job = Job(
        recipe=recipe,
        portable=shown,
        uses=uses,
        items=tuple(items),
        mix=mix,
        work=work,
        store=store,
        tokenizer=tokenizer,
        decontaminate=describe(recipe, keep_index(recipe, [*prompts], tokenizer, store)),
        written=written_pairs(uses, tokenizer),
        executor=executor,
        progress=progress,
    )
    keep_tokenizer(job.context, tokenizer)
    return job


def _executor(options: Options, items: list[Item]) -> Executor:
    found = None if options.executor == "local" else os.environ.get("RAY_ADDRESS")
    return open_executor(
        options.executor,
        workers=options.workers,
        address=options.address or found,
        input_bytes=sum(item.num_bytes for item in items),
    )


def run_units(
    job: Job, work: Work, units: list[Unit], note: Callable[[dict[str, Any]], str]
) -> dict[int, dict[str, Any]]:
    """Run one phase's units, whose failure stops the build; return their results by index."""
    results: dict[int, dict[str, Any]] = {}
    failures: list[Outcome] = []
    phase = units[0].phase
    job.progress.update(phase, 0, len(units))
    for outcome in job.executor.run(work, units):
        if outcome.result is None:
            failures.append(outcome)
        else:
            results[outcome.unit.index] = outcome.result
        done = len(results) + len(failures)
        job.progress.update(phase, done, len(units), note(outcome.result or {}))
    if failures:
        first = failures[0]
        raise LongmixError(
            f"{phase}: {len(failures)} of {len(units)} units failed, the mix is not published; "
            f"unit {first.unit.index}: {first.error}. What is done stays done: run the same "
            "command again when the reason is gone"
        )
    return results


def prepare_corpus(job: Job) -> tuple[Documents, list[Quarantined]]:
    """PREPARE and SCORE: return every document met, and what had to be left out of reading."""
    units = units_of(job, items_by_source(job))
    return judge_units(job, *prepare_some(job, units))


def units_of(job: Job, items: dict[str, list[Item]]) -> list[Unit]:
    """Return the PREPARE units of these items."""
    return prepare_units(job.recipe, items, job.tokenizer.sha256, decontaminate=job.decontaminate)


def items_by_source(job: Job) -> dict[str, list[Item]]:
    """Return the inputs of each source, in order."""
    by_source: dict[str, list[Item]] = {name: [] for name in job.recipe.sources}
    for item in job.items:
        by_source[item.source].append(item)
    return by_source


def prepare_some(job: Job, units: list[Unit]) -> tuple[list[Prepared], list[Quarantined]]:
    """Run these PREPARE units; return them with their documents, and what was left out."""
    search = Search(job.recipe, job.executor, functools.partial(prepare, job.context))
    count = {"units": 0, "documents": 0, "tokens": 0}
    job.progress.update("prepare", 0, len(units))

    def tick(outcome: Outcome) -> None:
        count["units"] += 1
        for key in ("documents", "tokens"):
            count[key] += (outcome.result or {}).get(key, 0)
        note = f"{count['documents']:,} documents, {count['tokens']:,} tokens"
        job.progress.update("prepare", count["units"], len(units), note)

    done = search.run(units, tick)
    quarantined = [
        Quarantined(**entry) for _, result in done for entry in result["quarantined"]
    ] + search.quarantined
    tables = [
        (unit, job.store.place(unit), job.store.table(job.store.place(unit), "documents.parquet"))
        for unit, _ in done
    ]
    return tables, quarantined


def judge_units(
    job: Job, prepared: list[Prepared], quarantined: list[Quarantined]
) -> tuple[Documents, list[Quarantined]]:
    """SCORE the documents of these units and judge them."""
    return judge(job.recipe, _scored(job, prepared), quarantined), quarantined


def _scored(job: Job, prepared: list[Prepared]) -> list[Prepared]:
    """SCORE: return the units with the columns of their scores joined to their documents."""
    units = score_units(job.recipe, prepared)
    if not units:
        return prepared
    run_units(
        job,
        functools.partial(score_unit, job.context),
        units,
        lambda result: f"{result.get('documents', 0):,} documents",
    )
    tables = {place: table for _, place, table in prepared}
    for unit in units:
        found = job.store.table(job.store.place(unit), SCORES)
        place = unit.description["prepared"]
        for name in found.column_names:
            tables[place] = tables[place].append_column(name, found[name])
    return [(unit, place, tables[place]) for unit, place, _ in prepared]
