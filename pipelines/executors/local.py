"""One unit after the other in this process: the reference that every executor must equal."""

import traceback
from collections.abc import Iterable, Iterator

from pipelines.executors import Outcome, Work
from schemas.errors import LongmixError
from schemas.unit import Unit


class Local:
    """A loop."""

    name = "local"

    def run(self, work: Work, units: Iterable[Unit]) -> Iterator[Outcome]:
        """Yield the outcomes in the order of the units."""
        for unit in units:
            try:
                yield Outcome(unit=unit, result=work(unit))
            except (LongmixError, MemoryError):
                raise
            except Exception as error:  # the unit's own fault: the caller judges it by name
                trace = traceback.format_exception_only(error)[-1].strip()
                place = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
                yield Outcome(unit=unit, error=f"{trace} ({where})")

    def close(self) -> None:
        """Nothing was started."""
