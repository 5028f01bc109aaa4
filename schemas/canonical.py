"""One spelling for every value, so that equal things have equal digests.

    {"b": 1, "a": [2.0]}  ->  {"a":[2.0],"b":1}  ->  sha256

Keys sorted, no spaces, UTF-8, no NaN. Used for recipes, units and plans.
"""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Return the one spelling of a JSON value. Raises ValueError for NaN and infinities."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def digest(value: Any) -> str:
    """Return the lower-case hexadecimal sha256 of the canonical spelling of a JSON value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_lines(lines: list[str]) -> str:
    r"""Return the sha256 of sorted lines, each ended by a newline.

    ["b", "a"] -> sha256(b"a\nb\n"). FORMAT: content_digest.
    """
    joined = "".join(f"{line}\n" for line in sorted(lines))
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()
