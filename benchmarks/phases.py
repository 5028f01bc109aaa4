"""Where a build's CPU seconds go: one `longmix build` in this process, a stopwatch on each phase.

    python -m benchmarks.phases --books DIR --tokenizer FILE --work DIR

A phase has its own time alone: what other phases do within it is theirs. All threads count.
"""

import argparse
import functools
import importlib
import inspect
import shutil
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.corpus import gather, text_bytes
from benchmarks.measure import build_command, row, table

START, TOKENISE, WEAVE = "start: imports, tokenizer", "tokenise", "weave the samples"
OTHER = "everything else"
PHASES = (
    ("hash inputs", "pipelines.build.job", "list_inputs"),
    (START, "pipelines.build.job", "proved_tokenizer"),
    ("read and clean", "pipelines.build.prepare", "_batches"),
    (TOKENISE, "generators.tokens.tokenizer.Tokenizer", "encode_batch"),
    ("hash texts, write store", "pipelines.build.job", "prepare"),
    ("draw and pack", "pipelines.build.job", "judge"),
    ("draw and pack", "pipelines.build.mix", "draw"),
    ("draw and pack", "pipelines.build.mix", "lay_out"),
    ("draw and pack", "pipelines.build.mix", "table_digest"),
    (WEAVE, "pipelines.build.mix", "weave"),
    ("gather rows", "pipelines.build.assemble", "rows_table"),
    ("digests of rows", "pipelines.shards.rows", "row_digest"),
    ("write Parquet, zstd-3", "pipelines.build.assemble", "write_shard"),
    ("read back and check", "pipelines.build.assemble", "check_shard"),
    ("publish", "pipelines.build.mix", "publish"),
)
"""Phase, and the function (module or class, name) whose own time it is."""
WHOLE = (START, WEAVE)
"""Phases that keep the time of what they call, so that natural text stands by itself."""


class Stopwatch:
    """CPU seconds by phase; the innermost phase that is running gets them."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._running = [OTHER]
        self._since = time.process_time()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Give what is used inside the block to a phase."""
        self.charge()
        running = self._running[-1]
        self._running.append(running if running in WHOLE else name)
        try:
            yield
        finally:
            self.charge()
            self._running.pop()

    def charge(self) -> None:
        """Give what was used since the last call to the phase that is running."""
        now = time.process_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time, or that of each step of a generator, given away."""

        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            with self.phase(name):
                return function(*args, **options)

        @functools.wraps(function)
        def steps(*args: Any, **options: Any) -> Iterator[Any]:
            made = function(*args, **options)
            while True:
                with self.phase(name):
                    try:
                        value = next(made)
                    except StopIteration:
                        return
                yield value

        return steps if inspect.isgeneratorfunction(function) else call


def _owner(path: str) -> Any:
    """Return the module or class of a dotted path."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(importlib.import_module(module), name)


def measured(command: list[str]) -> Counter[str]:
    """Build in this process; return the CPU seconds of each phase, imports included."""
    before = time.process_time()
    from pipelines.cli import main

    watch = Stopwatch()
    for phase, owner, name in PHASES:
        setattr(_owner(owner), name, watch.timed(phase, getattr(_owner(owner), name)))
    watch.charge()
    watch.seconds = Counter({START: time.process_time() - before})
    code = main(command)
    if code:
        raise SystemExit(code)
    watch.charge()
    return watch.seconds


def main() -> None:
    """Gather the documents, build, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--books", type=Path, required=True, help="folder of .txt files")
    parser.add_argument("--tokenizer", type=Path, required=True, help="a tokenizer.json")
    parser.add_argument("--code", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--work", type=Path, required=True, help="folder for texts and mixes")
    parser.add_argument("--megabytes", type=int, default=128)
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="keys of the recipe")
    given = parser.parse_args()
    documents = gather(given.books, given.code, given.work, num_bytes=given.megabytes * 1_000_000)
    out = given.work / "phases" / "mix"
    shutil.rmtree(out.parent, ignore_errors=True)
    command = build_command(sys.executable, documents, given.tokenizer, out)
    seconds = measured([*command[3:], *given.overrides])
    gigabytes = text_bytes(documents) / 1e9
    print(f"\n{gigabytes * 1000:.1f} MB of text\n")
    print(table("phase", "CPU s", "CPU s per GB of text"))
    names = dict.fromkeys([START, *(phase for phase, _, _ in PHASES), OTHER])
    for name in names:
        print(row(name, f"{seconds[name]:.2f}", f"{seconds[name] / gigabytes:.1f}"))
    rest = seconds.total() - seconds[START] - seconds[TOKENISE] - seconds[WEAVE]
    print(row("all but start, tokenising, weaving", f"{rest:.2f}", f"{rest / gigabytes:.1f}"))
    print(row("all", f"{seconds.total():.2f}", f"{seconds.total() / gigabytes:.1f}"))


if __name__ == "__main__":
    main()
