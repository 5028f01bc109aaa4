"""Reports stand beside the mix: whole or not at all, and again after a run that died."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.failpoints import STEPS
from pipelines.verify.smoke import reports

SCRIPT = """
import sys
from pipelines.verify.smoke import reports
reports.smoke_page = lambda found: "a page"
reports.write_reports(sys.argv[1], {"verdict": "pass"})
"""


def test_both_reports_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "smoke_page", lambda found: f"page of {found['verdict']}")
    mix = tmp_path / "mix"
    places = reports.write_reports(str(mix), {"verdict": "warn"})
    assert places == (str(mix / "reports/smoke.json"), str(mix / "reports/smoke.html"))
    assert json.loads((mix / "reports/smoke.json").read_text()) == {"verdict": "warn"}
    assert (mix / "reports/smoke.html").read_text() == "page of warn"
    assert sorted(path.name for path in mix.iterdir()) == ["reports"]


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_died_leaves_no_half_report(step: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "mix")]
    killed = os.environ | {"LONGMIX_KILL_AT": f"reports.smoke:{step}"}
    assert subprocess.run(command, env=killed, check=False).returncode == -9
    left = tmp_path / "mix/reports/smoke.json"
    assert not left.exists() or json.loads(left.read_text()) == {"verdict": "pass"}
    assert subprocess.run(command, check=False).returncode == 0
    assert (tmp_path / "mix/reports/smoke.html").read_text() == "a page"
