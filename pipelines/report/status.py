"""What a build has done and what is left, read from its work folder while it runs or after."""

from typing import Any

import pyarrow.parquet as pq

from pipelines.files import open_folder, work_of
from pipelines.report.bars import count
from pipelines.shards.mix import open_mix
from schemas.errors import IdentityError


def status_facts(name: str) -> dict[str, Any]:
    """Return the state of a build as JSON values. Raises IdentityError where nothing was begun."""
    work = open_folder(work_of(name))
    if open_folder(name).exists("manifest.json"):
        manifest = open_mix(name).manifest
        return {
            "mix": name,
            "state": "complete",
            "shards": {"done": len(manifest["shards"]), "total": len(manifest["shards"])},
            "rows": manifest["totals"]["rows"],
            "quarantined": manifest["quarantined"],
        }
    if not work.exists("identity.json"):
        raise IdentityError(f"{name}: nothing was begun here; run longmix build first")
    done = {
        phase: len([n for n in work.names(f"store/{phase}") if n.endswith("/done.json")])
        for phase in ("train", "prepare", "score", "weave")
    }
    shards: dict[str, int | None] = {"done": len(work.names("markers")), "total": None}
    if work.exists("plan/spans.parquet"):
        with work.open("plan/spans.parquet") as source:
            shards["total"] = pq.ParquetFile(source).num_row_groups
    return {"mix": name, "state": "unfinished", "units_done": done, "shards": shards}


def status_text(facts: dict[str, Any]) -> str:
    """Return the state for a terminal."""
    if facts["state"] == "complete":
        left_out = len(facts["quarantined"])
        note = f", {left_out} inputs quarantined" if left_out else ""
        return f"{facts['mix']}: complete, {count(facts['shards']['total'], 'shard')}{note}"
    units = ", ".join(count(n, f"{phase} unit") for phase, n in facts["units_done"].items())
    total = facts["shards"]["total"]
    shards = "not planned yet" if total is None else f"{facts['shards']['done']} of {total}"
    return (
        f"{facts['mix']}: unfinished; done: {units}; shards: {shards}. "
        "Run the same build command to go on"
    )
