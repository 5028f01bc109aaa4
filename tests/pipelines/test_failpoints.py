"""The moments at which tests kill a build: each has a name, and unasked nothing dies."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.failpoints import STEPS, WRITES, reach

ROOT = Path(__file__).parents[2]


def run(code: str, **environment: str) -> int:
    """Return the exit code of a process; a negative one is the signal that killed it."""
    program = f"from pipelines.failpoints import reach\n{code}"
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, check=False)
    return done.returncode


def test_unset_nothing_dies_and_no_name_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LONGMIX_KILL_AT", raising=False)
    reach("any", "moment")


def test_a_moment_without_a_name_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGMIX_KILL_AT", "assemble.shard:written")
    reach("assemble.shard", "opened")
    with pytest.raises(KeyError, match=r"assemble\.chard:written is no named moment"):
        reach("assemble.chard", "written")
    with pytest.raises(KeyError, match=r"assemble\.shard:wrote is no named moment"):
        reach("assemble.shard", "wrote")


def test_the_process_is_killed_at_its_moment_and_at_no_other() -> None:
    code = "reach('plan.spans', 'opened'); reach('plan.spans', 'synced')"
    assert run(code, LONGMIX_KILL_AT="plan.spans:synced") == -9
    assert run(code, LONGMIX_KILL_AT="plan.spans:renamed") == 0
    assert run(code, LONGMIX_KILL_AT="plan.identity:synced") == 0


def test_with_once_only_the_first_process_dies(tmp_path: Path) -> None:
    once = str(tmp_path / "died")
    codes = [
        run(
            "reach('plan.spans', 'opened')",
            LONGMIX_KILL_AT="plan.spans:opened",
            LONGMIX_KILL_ONCE=once,
        )
        for _ in range(2)
    ]
    assert codes == [-9, 0]


def test_every_moment_in_the_source_has_a_name_and_every_name_a_place() -> None:
    """Names made of parts, as a unit's phase and its file, are spelled out here."""
    text = "\n".join(path.read_text() for path in (ROOT / "pipelines").rglob("*.py"))
    written = set(re.findall(r'moment="([a-z]+\.[a-z]+)"', text))
    assert written <= set(WRITES)
    composed = {f"{phase}.marker" for phase in ("train", "prepare", "score", "weave")}
    composed |= {"prepare.text", "prepare.ids", "prepare.breaks", "prepare.documents"}
    composed |= {"score.scores"}
    composed |= {"weave.ids", "weave.mask", "weave.samples"}
    composed |= {
        f"publish.{kind}" for kind in ("documents", "samples", "plan", "tokenizer", "card")
    }
    assert written | composed == set(WRITES)
    assert len(set(WRITES)) == len(WRITES)
    assert STEPS == ("opened", "written", "synced", "renamed")
