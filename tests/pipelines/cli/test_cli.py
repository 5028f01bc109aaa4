"""Every ending has its code and its sentence, and help loads nothing heavy."""

import os
import subprocess
import sys
from typing import Any

import pytest

from pipelines.cli import main, reading
from schemas.errors import LocalResourceError, RemoteError

HEAVY = ("ray", "torch", "datasets", "tokenizers", "transformers", "pandas")


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["config", "schema"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\n"
        "from pipelines.cli import main\n"
        "try:\n"
        f"    main({words!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (LocalResourceError("the disk is full"), 4, "longmix: the disk is full"),
        (RemoteError("no answer"), 5, "longmix: no answer"),
        (MemoryError(), 4, "longmix: out of memory"),
        (NotADirectoryError(20, "Not a directory", "a/b"), 4, "longmix: [Errno 20] Not a dir"),
        (KeyboardInterrupt(), 130, "longmix: interrupted; run the same command again"),
    ],
)
def test_every_ending_has_its_code_and_its_sentence(
    monkeypatch, capsys, *, error: BaseException, code: int, words: str
) -> None:
    def fail(arguments: Any) -> int:
        raise error

    monkeypatch.setattr(reading, "status", fail)
    assert main(["status", "mix"]) == code
    assert words in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_output_that_a_full_disk_refuses_is_a_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", "config", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "No space left on device" in done.stderr


def test_a_bug_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uncaught, so Python prints where it happened and ends with 1."""
    monkeypatch.setattr(reading, "status", lambda arguments: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        main(["status", "mix"])
