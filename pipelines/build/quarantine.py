"""Run PREPARE, and when a unit keeps failing find the document that does it.

A failed unit is cut in half by its inputs; an input that fails alone is read document by document,
in steps that double while they succeed and halve when they fail. A single document that fails is
tried once more before it is judged: only then is it left out, by name. Where the reader itself does
not come past it, the rest of the file is left out as well. What succeeded on the way is kept, since
every step is a unit of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from generators import sources
from pipelines.executors import Executor, Outcome, Work
from pipelines.plan.documents import Quarantined
from pipelines.plan.inputs import prepare_unit
from schemas.errors import LongmixError
from schemas.recipe import Recipe
from schemas.unit import Item, Unit

MOST = 100
"""More documents than this that fail is no poison but a fault of ours or of the machine."""

Done = tuple[Unit, dict[str, Any]]


@dataclass(slots=True)
class Search:
    """A PREPARE phase: its units, and what came to light of the failing ones."""

    recipe: Recipe
    executor: Executor
    work: Work
    quarantined: list[Quarantined] = field(default_factory=list)

    def run(self, units: Iterable[Unit], tick: Callable[[Outcome], None]) -> list[Done]:
        """Return the finished units in the order of their inputs, failing documents left out."""
        finished: dict[int, list[Done]] = {}
        for outcome in self.executor.run(self.work, units):
            if outcome.result is None:
                finished[outcome.unit.index] = self._split(outcome.unit)
            else:
                finished[outcome.unit.index] = [(outcome.unit, outcome.result)]
            tick(outcome)
        return [done for index in sorted(finished) for done in finished[index]]

    def _try(self, unit: Unit) -> Outcome:
        return next(iter(self.executor.run(self.work, [unit])))

    def _split(self, unit: Unit) -> list[Done]:
        items = [Item(**item) for item in unit.description["items"]]
        if len(items) == 1:
            return self._walk(unit, items[0])
        half = len(items) // 2
        done = []
        for part in (items[:half], items[half:]):
            outcome = self._try(self._unit(unit, part))
            if outcome.result is not None:
                done.append((outcome.unit, outcome.result))
            else:
                done += self._split(outcome.unit)
        return done

    def _walk(self, unit: Unit, item: Item) -> list[Done]:
        """Read one input in windows of documents, leaving out each that fails twice alone."""
        done: list[Done] = []
        at, step = 0, 1
        while True:
            outcome = self._try(self._unit(unit, [item], (at, at + step)))
            if outcome.result is None and step == 1:
                outcome = self._try(outcome.unit)
            if outcome.result is not None:
                done.append((outcome.unit, outcome.result))
                if outcome.result["documents"] < step:
                    return done
                at, step = at + step, 2 * step
            elif step > 1:
                step //= 2
            else:
                self._leave_out(item, at, str(outcome.error))
                at += 1
                if not self._reaches(unit, item, at):
                    return done

    def _reaches(self, unit: Unit, item: Item, at: int) -> bool:
        """Say whether the reader comes past the first `at` documents; if not, say what is lost."""
        if self._is_one_document(item):
            return False
        # A window of no documents reads up to its start and encodes nothing.
        reached = self._try(self._unit(unit, [item], (at, at))).result is not None
        if not reached:
            reason = f"it cannot be read beyond document {at - 1}, and what follows is left out"
            self.quarantined.append(Quarantined(source=item.source, uri=item.uri, reason=reason))
        return reached

    def _is_one_document(self, item: Item) -> bool:
        return sources.load(self.recipe.sources[item.source].reader).ONE_DOCUMENT

    def _unit(
        self, unit: Unit, items: list[Item], documents: tuple[int, int] | None = None
    ) -> Unit:
        sha256 = unit.description["tokenizer"]
        return prepare_unit(
            self.recipe,
            unit.index,
            items,
            sha256,
            documents=documents,
            decontaminate=unit.description["decontaminate"],
        )

    def _leave_out(self, item: Item, number: int, error: str) -> None:
        suffix = "" if self._is_one_document(item) else f"#{number}"
        name = f"{item.source}:{item.uri}{suffix}"
        entry = Quarantined(source=item.source, uri=item.uri, reason=error, doc_id=name)
        self.quarantined.append(entry)
        if len(self.quarantined) > MOST:
            raise LongmixError(
                f"more than {MOST} documents fail in PREPARE; the last is {name}: {error}"
            )
