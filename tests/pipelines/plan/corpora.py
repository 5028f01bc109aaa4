"""Documents whose texts are letters with numbers, as if PREPARE had read and stored them."""

import hashlib
from typing import Any

import pyarrow as pa

from pipelines.plan.documents import Documents, judge
from pipelines.plan.recipe import check_recipe
from schemas.document import STORED_DOCUMENTS
from schemas.recipe import Recipe
from schemas.unit import Unit


def recipe_of(*, seq_len: int = 8, **changes: Any) -> Recipe:
    """Return a recipe of one tiny stage, as rows that a person can read."""
    basis = {
        "inputs": ".",
        "tokenizer": "train",
        "min_fragment": 2,
        "sources": {"books": {"filler": True}},
        "stages": [{"name": "main", "seq_len": seq_len}],
    }
    return check_recipe({**basis, **changes}, "r.yaml")


def unit_of(source: str, *lines: dict[str, Any]) -> tuple[Unit, str, pa.Table]:
    """Return a PREPARE unit with its folder and its table, one line a document."""
    blank = {"license": None, "num_bytes": 0, "num_chars": 0, "num_tokens": 0, "reason": None}
    blank |= {"sha256": None, "text_start": 0, "ids_start": 0, "num_nul": 0, "num_replaced": 0}
    blank |= {"breaks_start": 0, "num_breaks": 0}
    rows = [{**blank, "uri": line["doc_id"].split(":")[1], **line} for line in lines]
    table = pa.Table.from_pylist(rows, schema=STORED_DOCUMENTS)
    unit = Unit(phase="prepare", index=0, description={"items": [{"source": source}]})
    return unit, f"prepare/{source}", table


def sha256_of(text: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def documents_of(recipe: Recipe, **sizes: int) -> Documents:
    """Return books of these numbers of tokens, one behind the other in the store."""
    lines: list[dict[str, Any]] = []
    at = 0
    for name, size in sizes.items():
        line = {"doc_id": f"books:{name}", "num_tokens": size, "ids_start": at}
        lines.append({**line, "sha256": sha256_of(name)})
        at += size
    return judge(recipe, [unit_of("books", *lines)], [])
