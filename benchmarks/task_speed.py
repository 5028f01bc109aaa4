"""Weaving by task: megabytes of finished samples a CPU second, of every task, at one length.

    python -m benchmarks.task_speed --inputs DIR --tokenizer FILE [--length 131072]

DIR is that of recipes/tasks.yaml. Everything that WEAVE does to a sample is counted but writing it:
reading its haystack, planning it (again, where it was not good), laying it out, encoding it and
checking. `left out` are samples that their text did not support; what was spent on them counts.
"""

import argparse
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import row, table
from pipelines.build.job import Options
from pipelines.build.mix import Planned, plan_mix
from pipelines.build.weave import _weave_sample, weave_units
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress
from schemas.draw import SampleDraw
from schemas.sample import Woven

SAMPLES = 12
"""Of each task, spread over those that were drawn; the first is woven once before, to warm up."""
RECIPE = Path(__file__).parents[1] / "recipes" / "tasks.yaml"


def measure(planned: Planned, samples: list[SampleDraw]) -> tuple[int, int, int, float]:
    """Return how many samples were woven and left out, their bytes, and the CPU seconds."""
    job = planned.job
    (unit,) = weave_units(job.recipe, samples, planned.documents, job.tokenizer)
    work = unit.description
    _weave_sample(job.context, work, work["samples"][0], job.tokenizer)
    start = time.process_time()
    made = [_weave_sample(job.context, work, each, job.tokenizer) for each in work["samples"]]
    seconds = time.process_time() - start
    woven = [sample for sample in made if isinstance(sample, Woven)]
    num_bytes = sum(job.tokenizer.num_bytes(sample.ids[:-1]) for sample in woven)
    return len(woven), len(made) - len(woven), num_bytes, seconds


def main() -> None:
    """Weave some samples of each task and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", required=True, help="folder as recipes/tasks.yaml reads it")
    parser.add_argument("--tokenizer", required=True, help="a tokenizer.json")
    parser.add_argument("--length", type=int, default=131_072, help="tokens of a sample")
    parser.add_argument("--store", help="a store to read prepared documents from")
    given = parser.parse_args()
    changes = [
        f"inputs={given.inputs}",
        f"tokenizer={given.tokenizer}",
        f"seq_len={given.length}",
        f"tasks.all.lengths=[{given.length}]",
        "tasks.all.share=0.95",
        "haystack_reuse=shared",
        "seed=1",
    ]
    print(table("task", "samples", "left out", "MB", "CPU s", "MB a CPU s"))
    with TemporaryDirectory() as folder, ExitStack() as stack:
        options = Options(out=f"{folder}/mix", store=given.store, executor="local", dry=True)
        planned = plan_mix(load_recipe(str(RECIPE), changes), options, Progress(), stack)
        for use in planned.job.uses:
            mine = [sample for sample in planned.draw.samples if sample.use == use.name]
            if not mine:
                print(row(use.name, 0, 0, "", "", ""))
                continue
            some = mine[:: max(1, len(mine) // SAMPLES)][:SAMPLES]
            woven, left, num_bytes, seconds = measure(planned, some)
            size = num_bytes / 1e6
            cells = (f"{size:.1f}", f"{seconds:.2f}", f"{size / seconds:.1f}")
            print(row(use.name, woven, left, *cells), flush=True)


if __name__ == "__main__":
    main()
