"""Progress is one live line on a terminal and JSON lines elsewhere, never mixed with the output."""

import io
import json
import time

import pytest

from pipelines.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def records(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_elsewhere_every_line_is_json_and_an_empty_note_is_left_out() -> None:
    stream = io.StringIO()
    progress = Progress(stream, every=0)
    progress.update("weave", 0, 2)
    progress.update("weave", 1, 2, "7 samples")
    assert records(stream) == [
        {"phase": "weave", "done": 0, "total": 2},
        {"phase": "weave", "done": 1, "total": 2, "note": "7 samples"},
    ]


def test_between_first_and_last_there_is_one_line_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """One unit a second, a line every five seconds."""
    stream = io.StringIO()
    progress = Progress(stream, every=5)
    clock = iter(range(100, 200))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    for done in range(13):
        progress.update("weave", done, 12)
    assert [record["done"] for record in records(stream)] == [0, 5, 10, 12]


def test_on_a_terminal_a_shorter_line_covers_the_longer_one() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.update("prepare", 10, 10, "many documents")
    progress.update("draw", 1, 1)
    first, second = stream.getvalue().split("\r")[1:]
    assert first.rstrip().endswith("10/10  many documents")
    assert second.startswith("draw")
    assert len(second) == len(first)


def test_a_line_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    Progress(stream).update("prepare", 1, 2, "x" * 200)
    assert len(stream.getvalue()) == 1 + 29


def test_closing_leaves_a_free_line_on_a_terminal_and_nothing_elsewhere() -> None:
    terminal, elsewhere = Terminal(), io.StringIO()
    for stream in (terminal, elsewhere):
        progress = Progress(stream)
        progress.update("draw", 1, 1, "x")
        before = len(stream.getvalue())
        progress.close()
        if stream is terminal:
            assert stream.getvalue()[before:].strip() == ""
            assert stream.getvalue().endswith("\r")
        else:
            assert len(stream.getvalue()) == before
