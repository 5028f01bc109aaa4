"""A small mix with samples of every task, each of which can be broken in memory.

Every task is used once for each thing that it can be asked, found in the fields of its `spec`, so a
new task is here without an edit. Of a sample its own segment is kept, as a row of one segment. A
test changes a copy of it, and the checks that `longmix verify` makes are made on what came of it.

The text of its documents is not compared (`haystack.text`): that check knows every overwritten
word, and what is to be shown here is that the sample's own checks do.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from generators import tasks
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.build.job import Options
from pipelines.build.mix import build_mix
from pipelines.plan.recipe import check_recipe
from pipelines.progress import Progress
from pipelines.shards.mix import find_mix
from pipelines.verify.findings import Findings
from pipelines.verify.needles import Needle, Placed
from pipelines.verify.rows import Row, Rules, check_row, read_rows
from pipelines.verify.samples import check_sample, placed_samples
from schemas.row import row_digest
from tests.end_to_end.every_corpus import write_corpus

NAMES = tuple(name for name in tasks.names() if not tasks.load(name).paired)
LENGTH = 4096
SHARE = 0.7
TIMES = 2
FEWEST = 4
"""Each task has TIMES samples for each thing that it can be asked, and FEWEST at least."""
PLACES = ("last", "first", "both")
RECIPE: dict[str, Any] = {
    "name": "every",
    "tokenizer": "train",
    "train": {"vocab_size": 2048},
    "seq_len": 2 * LENGTH,
    "sources": {
        "books": {"kind": "book", "files": "books/*", "filler": True},
        "code": {"kind": "repo", "reader": "repo", "files": "code/*", "filler": True},
        "talks": {
            "kind": "conversation",
            "reader": "conversations",
            "files": "talks/*",
            "filler": True,
        },
    },
}
OWN_USES: dict[str, Any] = {
    "twice": {"task": "needle", "questions": 2, "loss": "answer+context"},
    "plain": {"task": "lookup", "haystack": "noise", "loss": "all"},
    "absent": {"task": "multidoc", "unanswerable": 0.9},
}
"""What only some tasks can be; the others are one use for each thing that may be asked."""


def uses() -> dict[str, dict[str, Any]]:
    """Return the recipe's `tasks`: each question of each task, in equal parts of SHARE."""
    found: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        asks = _choices(name).pop("ask", [""])
        for number in range(max(TIMES, -(-FEWEST // len(asks)))):
            for ask in asks:
                place = PLACES[len(found) % len(PLACES)]
                use = {"task": name, "question": place, **_settled(name, number, ask)}
                found[f"{name}.{ask}{number}"] = use
    found |= OWN_USES
    common = {"share": round(SHARE / len(found), 6), "lengths": [LENGTH]}
    return {name: {**common, **use} for name, use in found.items()}


def _choices(name: str) -> dict[str, list[str]]:
    """Return what may be chosen for each field of a task that can be `mixed`."""
    found = {}
    for key, field in tasks.load(name).spec.model_fields.items():
        parts = [get_args(one) or (one,) for one in get_args(field.annotation)]
        values = [one for part in parts for one in part]
        if "mixed" in values:
            found[key] = [one for one in values if one != "mixed"]
    return found


def _settled(name: str, number: int, ask: str) -> dict[str, str]:
    """Return the fields of one use; of those that may be mixed each has its values in turn."""
    choices = _choices(name)
    fields = {key: values[number % len(values)] for key, values in choices.items()}
    return fields | {"ask": ask} if "ask" in choices else fields


@dataclass(frozen=True)
class Sample:
    """One sample, in a row of its own segment alone."""

    use: str
    row: Row
    line: dict[str, Any]
    rules: Rules
    tokenizer: Tokenizer

    @property
    def name(self) -> str:
        return str(self.line["sample_id"])

    @property
    def needles(self) -> list[Needle]:
        return self.row.needles

    @property
    def answer(self) -> tuple[int, int]:
        return self.line["answer_start"], self.line["answer_end"]

    @property
    def params(self) -> dict[str, Any]:
        return dict(json.loads(self.line["params"]))

    def text(self, start: int, stop: int) -> str:
        """Return the text of some tokens."""
        return self.tokenizer.decode(self.row.ids[start:stop])

    def encode(self, text: str) -> npt.NDArray[np.int32]:
        return np.asarray(self.tokenizer.encode(text), np.int32)

    def token_at(self, place: int) -> int:
        """Return the token that a character of the text before the answer belongs to."""
        size = len(self.text(0, self.answer[0])[:place].encode())
        return int(np.searchsorted(self.tokenizer.byte_ends(self.row.ids), size, side="right"))

    def changed(self, **line: Any) -> "Sample":
        """Return the sample with another line in the table of samples."""
        return replace(self, line=self.line | line)

    def with_params(self, **params: Any) -> "Sample":
        """Return the sample with some of its `params` changed."""
        return self.changed(params=json.dumps(self.params | params))

    def with_needles(self, needles: list[Needle]) -> "Sample":
        """Return the sample with other needles."""
        return replace(self, row=replace(self.row, needles=needles))

    def with_ids(self, ids: npt.NDArray[np.int32], mask: npt.NDArray[np.bool_]) -> "Sample":
        """Return the sample with other tokens, its sizes and digest made right."""
        lengths = np.array([len(ids)], np.int32)
        scalars = self.row.scalars | {
            "seq_len": len(ids),
            "num_targets": int(mask.sum()),
            "attn_cost": len(ids) ** 2,
            "max_doc_len": len(ids),
            "row_digest": row_digest(ids, lengths, mask, None),
        }
        spans = [{**self.row.spans[0], "length": len(ids)}]
        row = replace(self.row, ids=ids, lengths=lengths, mask=mask, scalars=scalars, spans=spans)
        stage = {scalars["stage"]: {**self.rules.stages[scalars["stage"]], "seq_len": len(ids)}}
        line = self.line | {"num_tokens": len(ids)}
        return replace(self, row=row, line=line, rules=replace(self.rules, stages=stage))

    def overwritten(self, at: int, ids: npt.NDArray[np.int32]) -> "Sample":
        """Return the sample with some tokens in the place of as many others."""
        new = self.row.ids.copy()
        new[at : at + len(ids)] = ids
        return self.with_ids(new, self.row.targets())

    def placed(self, findings: Findings) -> Placed | None:
        """Check the row as verify does, and return the sample where it stands."""
        check_row(self.row, self.rules, findings)
        found = placed_samples(self.row, {self.name: self.line}, findings)
        return found[0] if found else None

    def failures(self) -> set[str]:
        """Return the names of the checks of verify that do not hold."""
        findings = Findings()
        placed = self.placed(findings)
        if placed is not None:
            check_sample(placed, self.rules, self.tokenizer, findings)
        return set(findings.failed)


def build(folder: Path) -> Path:
    """Write the corpus, build the mix and return it."""
    recipe = {**RECIPE, "inputs": str(write_corpus(folder / "inputs")), "tasks": uses()}
    recipe["tokens"] = int(1.05 * LENGTH * len(uses()) / SHARE)
    options = Options(out=str(folder / "mix"), executor="local")
    build_mix(check_recipe(recipe, "recipe"), options, Progress(every=1e9))
    return folder / "mix"


def samples(path: Path) -> Iterator[Sample]:
    """Yield every sample of a mix, cut out of its row."""
    mix = find_mix(str(path))
    facts, recipe = mix.manifest["tokenizer"], mix.manifest["recipe"]
    data = (path / "tokenizer/tokenizer.json").read_bytes()
    tokenizer = load_tokenizer(data, eos_id=facts["eos_id"], engine="tokenizers")
    rules = _rules(recipe, facts, tokenizer)
    lines = {line["sample_id"]: line for line in mix.table("samples").to_pylist()}
    for shard in mix.manifest["shards"]:
        with mix.folder.open(shard["path"]) as source:
            table = pq.read_table(source)
        for row in read_rows(table, shard["path"], 0):
            for span in row.spans:
                if span["doc_id"] not in lines:
                    continue
                start, stop = span["start"], span["start"] + span["length"]
                sample = Sample(
                    use=span["doc_id"].rpartition("-main-")[0],
                    row=_alone(row, span),
                    line=_moved(lines[span["doc_id"]], -start) | {"segment": 0},
                    rules=rules,
                    tokenizer=tokenizer,
                )
                mask = row.targets()[start:stop].copy()
                yield sample.with_ids(row.ids[start:stop].copy(), mask)


def _rules(recipe: dict[str, Any], facts: dict[str, Any], tokenizer: Tokenizer) -> Rules:
    every = np.ones(tokenizer.table_size, bool)
    special = ~every
    special[list(tokenizer.special_ids)] = True
    return Rules(
        recipe=recipe,
        eos_id=facts["eos_id"],
        bos_id=facts["bos_id"],
        pad_id=facts["pad_id"],
        valid=every,
        special=special,
        stages={stage["name"]: stage for stage in recipe["stages"]},
        sentinels={},
    )


def _alone(row: Row, span: dict[str, Any]) -> Row:
    """Return the row of a sample without the row's other spans; its tokens are still all there."""
    own = [needle for needle in row.needles if needle["sample_id"] == span["doc_id"]]
    return replace(
        row,
        where="row",
        positions=None,
        spans=[{**span, "start": 0, "segment": 0}],
        needles=[_moved(needle, -span["start"]) | {"segment": 0} for needle in own],
        scalars=row.scalars | {"num_pad": 0, "num_docs": 1},
    )


def _moved(entry: dict[str, Any], by: int) -> dict[str, Any]:
    """Return a needle or a line with all its tokens moved."""
    places = [key for key in entry if key.endswith(("_start", "_end"))]
    return entry | {key: entry[key] + by for key in places}
