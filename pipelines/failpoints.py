"""Named moments at which a test may kill this process.

`LONGMIX_KILL_AT=assemble.shard:written` kills the process with SIGKILL when it first reaches that
moment; with `LONGMIX_KILL_ONCE=PATH` only the first process that gets there dies, and PATH
remembers it (for workers that are started again). Unset, a moment costs one dictionary look-up.

A moment is `<what is written>:<step>`, so every durable write of longmix is covered by the two
tuples below, and a new write cannot forget its moments: `pipelines/files.py` asks for its name.
"""

import os
import signal

WRITES = (
    "train.tokenizer",
    "train.marker",
    "plan.identity",
    "decontaminate.index",
    "prepare.text",
    "prepare.ids",
    "prepare.breaks",
    "prepare.documents",
    "prepare.marker",
    "score.scores",
    "score.marker",
    "weave.ids",
    "weave.mask",
    "weave.samples",
    "weave.marker",
    "plan.spans",
    "assemble.shard",
    "assemble.marker",
    "publish.documents",
    "publish.samples",
    "publish.plan",
    "publish.tokenizer",
    "publish.card",
    "publish.manifest",
    "texts.text",
    "ask.requests",
    "reports.smoke",
)
"""In the order in which a build comes to them."""
STEPS = ("opened", "written", "synced", "renamed")


def reach(write: str, step: str) -> None:
    """Die here if the environment asks for it. Raises KeyError for a moment without a name."""
    wanted = os.environ.get("LONGMIX_KILL_AT")
    if wanted is None:
        return
    if write not in WRITES or step not in STEPS:
        raise KeyError(f"{write}:{step} is no named moment; add it to pipelines/failpoints.py")
    if wanted != f"{write}:{step}":
        return
    once = os.environ.get("LONGMIX_KILL_ONCE")
    if once is not None:
        try:
            os.close(os.open(once, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    os.kill(os.getpid(), signal.SIGKILL)
