"""What a mix is being built from, written down first, compared on every later run.

A run that finds the work of another recipe, tokenizer or input refuses it and names the difference:
the same folder never holds parts of two mixes.
"""

import json
from typing import Any

from pipelines.files import Folder
from schemas.errors import IdentityError
from schemas.unit import Item

NAME = "identity.json"
SHOWN = 20
"""Differences named one by one."""
LONGEST = 60
"""Characters shown of a value."""


def identity(
    recipe: dict[str, Any], tokenizer: str, items: list[Item], prompts: dict[str, str]
) -> dict[str, Any]:
    """Return the identity of a build: the portable recipe, the tokenizer, inputs and prompts.

    `prompts` maps the files that texts are compared with to their sha256.
    """
    inputs = {f"{item.source}:{item.uri}": item.sha256 for item in items}
    return {"recipe": recipe, "tokenizer": tokenizer, "inputs": inputs, "prompts": prompts}


def keep_identity(work: Folder, mine: dict[str, Any]) -> None:
    """Write the identity into a fresh work folder: from here on the build is begun."""
    if not work.exists(NAME):
        data = json.dumps(mine, indent=1, sort_keys=True, ensure_ascii=False).encode()
        work.write(NAME, data, moment="plan.identity")


def check_identity(work: Folder, mine: dict[str, Any], mix_name: str) -> None:
    """Compare with the identity that a work folder has. Raises IdentityError for another one."""
    if not work.exists(NAME):
        return
    before = json.loads(work.read(NAME))
    differences = _differences(before, json.loads(json.dumps(mine)))
    if differences:
        shown = "\n  ".join(differences[:SHOWN])
        rest = len(differences) - SHOWN
        more = f"\n  and {rest} more" if rest > 0 else ""
        raise IdentityError(
            f"{mix_name} was begun from something else:\n  {shown}{more}\n"
            "Use another --out, or --overwrite to throw that work away"
        )


def _differences(before: Any, after: Any, place: str = "") -> list[str]:
    """Return one line for each leaf that differs, with its place and both values."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key in sorted({*before, *after})
            for line in _differences(
                before.get(key, "(absent)"),
                after.get(key, "(absent)"),
                f"{place}.{key}" if place else str(key),
            )
        ]
    if before == after:
        return []
    return [f"{place}: {_short(before)} then, {_short(after)} now"]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
