"""What a command costs: CPU seconds of it and its children, wall seconds, peak memory.

The kernel's own account of a finished process (`wait4`), so nothing that a benchmark does itself is
in it. The peak that a process reports is never below that of the process which started it: scripts
that measure memory stay small themselves.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

RECIPE = """\
name: benchmark
inputs: .
tokenizer: train
seq_len: 32768
sources:
  long: {kind: book, files: "*.txt"}
tasks:
  needle: {share: 0.03, keys: 4, distractors: 4}
"""
"""Natural rows, and three per cent of planted needles: every part of a build has work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one finished process came to."""

    cpu: float
    wall: float
    peak_mb: float
    """Largest resident size, 10**6 bytes."""


def cost_of(command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Run a command at the project's root, its output in `log`; SystemExit when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - commands of this folder alone
            command, stdout=output, stderr=output, cwd=ROOT, env={**os.environ, **(env or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} ... failed; see {log}")
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.perf_counter() - start,
        peak_mb=usage.ru_maxrss * 1024 / 1e6,
    )


def build_command(python: str, documents: Path, tokenizer: Path, out: Path) -> list[str]:
    """Return `longmix build` of a folder of documents; the store is fresh when `out` is."""
    recipe = out.parent / "recipe.yaml"
    recipe.parent.mkdir(parents=True, exist_ok=True)
    recipe.write_text(RECIPE, encoding="utf-8")
    program = "import sys; from pipelines.cli import main; sys.exit(main())"
    return [
        *(python, "-c", program, "build", str(recipe), "--out", str(out), "--executor", "local"),
        *(f"inputs={documents.resolve()}", f"tokenizer={tokenizer.resolve()}"),
    ]


def row(*cells: object) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def table(*names: str) -> str:
    """Return the head of a Markdown table."""
    return f"{row(*names)}\n{row(*('---' for _ in names))}"
