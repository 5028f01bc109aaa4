"""What a long command says while it works: one live line on a terminal, JSON lines elsewhere.

Everything goes to the error stream, so that `--json` output stays clean.
"""

import json
import shutil
import sys
import time
from typing import TextIO


class Progress:
    """A phase, how many of its units are done, and a short note."""

    def __init__(self, stream: TextIO | None = None, *, every: float = 5.0) -> None:
        """Write to `stream` (the error stream by default), a JSON line every `every` seconds."""
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._every = every
        self._last = 0.0
        self._width = 0

    def update(self, phase: str, done: int, total: int, note: str = "") -> None:
        """Say where the phase is; the first and the last unit are always said."""
        if self._live:
            share = f"{done}/{total}" if total else f"{done}"
            self._line(f"{phase:<9} {share:>13}  {note}")
            return
        now = time.monotonic()
        if 0 < done < total and now - self._last < self._every:
            return
        self._last = now
        record = {"phase": phase, "done": done, "total": total, "note": note}
        self._stream.write(json.dumps({k: v for k, v in record.items() if v != ""}) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """Leave the terminal's line free."""
        if self._live and self._width:
            self._line("")
            self._stream.write("\r")

    def _line(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + text.ljust(self._width))
        self._stream.flush()
        self._width = len(text)
