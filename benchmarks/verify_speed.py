"""How fast the parts of `longmix verify` that need no text and no tokenizer are.

    python -m benchmarks.verify_speed MIX [--device cpu] [--groups 16] [--repeats 3]
    python -m benchmarks.verify_speed MIX --device cuda
    python -m benchmarks.verify_speed MIX --whole WORK

Row groups are read first and then checked, part by part: CPU seconds of this process on numpy with
one thread, wall seconds with the device made to finish on a GPU; the smallest of the repeats. The
last line is all of it from the file on: reading Parquet, digests in threads, uploads, checks,
sketches, the search for answers. `--whole` times the command itself, in a process of its own, on a
link to the mix in WORK: without the store of its build, so that no document is encoded again.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import cost_of, row, table
from generators.tokens.tokenizer import Tokenizer
from pipelines.shards.mix import Mix, find_mix
from pipelines.verify.findings import Findings
from pipelines.verify.known import Context, known_of
from pipelines.verify.rows import Rules, check_row, read_rows
from pipelines.verify.segments import check_segments
from pipelines.verify.tensors.answers import patterns_of, search
from pipelines.verify.tensors.arrays import Arrays, open_arrays
from pipelines.verify.tensors.checks import check_group, upload_group
from pipelines.verify.tensors.contamination import find_hits, open_indices
from pipelines.verify.tensors.digests import digests_of
from pipelines.verify.tensors.group import TensorGroup
from pipelines.verify.tensors.needles import Samples, check_needles, placed_of
from pipelines.verify.tensors.overlaps import judge_sketches
from pipelines.verify.tensors.sketches import rate_for, sketch_group


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A mix, and where it is checked."""

    mix: Mix
    tokenizer: Tokenizer
    rules: Rules
    samples: Samples
    arrays: Arrays
    device: str

    @property
    def rate(self) -> int:
        """What sketches of this mix keep."""
        return rate_for(self.mix.manifest["totals"]["tokens"])


def open_job(name: str, device: str) -> Job:
    """Read what all rows are checked against."""
    known = known_of(Context(mix=name, store=None))
    return Job(
        mix=known.mix,
        tokenizer=known.tokenizer,
        rules=known.rules,
        samples=known.samples,
        arrays=open_arrays(device),
        device=device,
    )


def tables_of(mix: Mix, most: int) -> list[pa.Table]:
    """Return the first row groups of a mix."""
    tables: list[pa.Table] = []
    for shard in mix.manifest["shards"]:
        with mix.folder.open(shard["path"]) as source:
            file = pq.ParquetFile(source)
            wanted = min(file.num_row_groups, most - len(tables))
            tables += [file.read_row_group(k) for k in range(wanted)]
    return tables


def finished(device: str) -> None:
    """Wait until a GPU has done all that it was asked."""
    if device.startswith("cuda"):
        import torch  # noqa: TID251 - only with --device cuda

        torch.cuda.synchronize()


def seconds(work: Callable[[], object], device: str, repeats: int) -> float:
    """Return CPU seconds on the CPU, wall seconds on a GPU: the smallest of the repeats."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    took = []
    for _ in range(repeats):
        finished(device)
        start = clock()
        work()
        finished(device)
        took.append(clock() - start)
    return min(took)


def by_row(job: Job, tables: Sequence[pa.Table]) -> None:
    """Check row by row, as the structural checks do without this room."""
    findings = Findings()
    for part in tables:
        for one in read_rows(part, "", 0):
            if check_row(one, job.rules, findings):
                check_segments(one, job.rules, findings)


def answers(job: Job, groups: Sequence[TensorGroup]) -> int:
    """Search all answers of all groups; return the candidates."""
    found = 0
    for group in groups:
        placed = placed_of(group, job.rules, job.samples)
        patterns = patterns_of(group, placed, job.tokenizer.encode)
        ids = job.arrays.put(group.ids.values)
        found += len(search(group, ids, patterns, placed, arrays=job.arrays))
    return found


def parts_of(
    job: Job, tables: list[pa.Table], groups: list[TensorGroup]
) -> dict[str, Callable[[], object]]:
    """Return each part of the work by its name."""
    arrays, rules = job.arrays, job.rules
    uploaded = [upload_group(group, arrays) for group in groups]
    indices = open_indices(job.mix.manifest["recipe"], None, "")
    return {
        "rows one by one, digests and draws too": lambda: by_row(job, tables),
        "columns as arrays": lambda: [TensorGroup.from_table(part) for part in tables],
        "upload": lambda: [upload_group(group, arrays) for group in groups],
        "checks of rows": lambda: [check_group(group, rules, arrays) for group in groups],
        "checks of needles": lambda: [
            check_needles(group, placed_of(group, rules, job.samples)) for group in groups
        ],
        "search for answers": lambda: answers(job, groups),
        "sketches": lambda: [sketch_group(part, job.rate, arrays) for part in uploaded],
        "digests, one thread": lambda: [digests_of(group, threads=1) for group in groups],
        "built-in list of benchmarks, decoding": lambda: [
            find_hits(part, indices, job.tokenizer.decode, arrays) for part in uploaded
        ],
    }


def end_to_end(job: Job, most: int) -> None:
    """Read row groups and do all but what needs text."""
    sketches = []
    threads = os.cpu_count() or 1
    for part in tables_of(job.mix, most):
        group = TensorGroup.from_table(part)
        uploaded = upload_group(group, job.arrays)
        check_group(group, job.rules, job.arrays, uploaded=uploaded)
        placed = placed_of(group, job.rules, job.samples)
        check_needles(group, placed)
        search(group, uploaded.ids, patterns_of(group, placed), placed, arrays=job.arrays)
        sketches.append(sketch_group(uploaded, job.rate, job.arrays))
        digests_of(group, threads=1 if job.device == "cpu" else threads)
    judge_sketches(sketches)


def whole(name: str, work: Path, tokens: int) -> None:
    """Print what the command itself takes without a store."""
    program = "import sys; from pipelines.cli import main; sys.exit(main())"
    work.mkdir(parents=True, exist_ok=True)
    mix = work / "mix"  # by another name, and so without the store of its build
    mix.unlink(missing_ok=True)
    mix.symlink_to(Path(name).resolve(), target_is_directory=True)
    command = [sys.executable, "-c", program, "verify", str(mix), "--device", "cpu"]
    cost = cost_of(command, work / "verify.log")
    print(
        f"longmix verify without re-encoding: {tokens / cost.cpu / 1e6:.2f} M tokens a CPU s, "
        f"{cost.wall:.1f} s, peak {cost.peak_mb:.0f} MB"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mix")
    parser.add_argument("--device", default="cpu", help="cpu (numpy) or cuda")
    parser.add_argument("--groups", type=int, default=16, help="row groups, the first ones")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--whole", type=Path, metavar="WORK")
    given = parser.parse_args()
    if given.whole:
        tokens = find_mix(given.mix).manifest["totals"]["tokens"]
        whole(given.mix, given.whole, tokens)
        return
    job = open_job(given.mix, given.device)
    tables = tables_of(job.mix, given.groups)
    groups = [TensorGroup.from_table(part) for part in tables]
    tokens = sum(len(group.ids.values) for group in groups)
    print(f"{given.mix}: {len(groups)} row groups, {tokens:,} tokens, {given.device}\n")
    print(table("part", "ns a token", "M tokens a second"))
    parts = parts_of(job, tables, groups)
    parts["all but text, from the file on"] = lambda: end_to_end(job, given.groups)
    for name, work in parts.items():
        took = seconds(work, given.device, given.repeats)
        print(row(name, f"{1e9 * took / tokens:.1f}", f"{tokens / took / 1e6:.1f}"), flush=True)


if __name__ == "__main__":
    main()
