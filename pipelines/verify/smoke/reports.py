"""Keep what a smoke training found beside the mix: `reports/smoke.json` and `reports/smoke.html`.

Reports are derived: no manifest lists them, and no digest depends on them (docs/format.md).
"""

import json
from typing import Any

from pipelines.files import open_folder, work_of
from pipelines.verify.smoke.page import smoke_page

PLACES = ("reports/smoke.json", "reports/smoke.html")


def write_reports(name: str, found: dict[str, Any]) -> tuple[str, ...]:
    """Write both reports of `smoke_mix` into a mix and return where they are."""
    folder = open_folder(name, scratch=work_of(name))
    texts = (json.dumps(found, indent=1), smoke_page(found))
    for place, text in zip(PLACES, texts, strict=True):
        folder.write(place, text.encode(), moment="reports.smoke")
    return tuple(folder.path(place) for place in PLACES)
