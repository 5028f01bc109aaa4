"""Windows: files in a new order, the definition at its depth, the use's line among them."""

import pytest

from generators.syntax.mentions import repository
from generators.tasks._parts.code_cases import Limits, Reader
from generators.tasks._parts.code_window import Window, window
from schemas.task import Offer
from tests.generators.composed import offer

WORDS = "one two three four five six seven eight nine ten"


def filler(number: int) -> str:
    lines = "".join(f"# {number} {line} {WORDS}\n" for line in range(10))
    return f"===== f{number}.py =====\n{lines}"


DEFINED = "===== d.py =====\n# top\nFEED_RATE = 7741\n# end\n"
USED = "===== u.py =====\nspeed = FEED_RATE * hours\n"
TEXT = filler(1) + DEFINED + filler(2) + filler(3) + USED + filler(4) + filler(5) + filler(6)


def cut(
    depth: float, *, room: int = 300, salt: int = 0, far: int = 0
) -> tuple[Window | None, Offer]:
    text = repository(TEXT)
    limits = Limits(cross_file=True, parameters=3, salt=salt)
    (case,) = Reader(text, limits).cases("constant")
    given = offer(TEXT, room=room)
    return window(given, text, case, depth=depth, far=far, salt=salt), given


def read(made: Window, given: Offer) -> str:
    return "".join(run.text or given.text[run.start : run.stop] for run in made.body)


@pytest.mark.parametrize("depth", [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_the_definition_comes_to_its_depth(depth: float) -> None:
    sides = set()
    for salt in range(20):
        made, given = cut(depth, salt=salt)
        assert made is not None
        text = read(made, given)
        before, _, after = text.partition("FEED_RATE = 7741")
        assert abs(len(before.split()) / 300 - depth) < 0.06
        assert 270 <= len(text.split()) <= 300
        assert USED.strip() in text
        sides.add(USED.strip() in after)
    few = {0: {True}, 0.9: {False}, 0.99: {False}}
    assert sides == few.get(depth, {True, False})


def test_files_are_whole_but_for_the_edges() -> None:
    made, given = cut(0.5)
    assert made is not None
    middle = read(made, given).split("=====")
    assert made.num_files == sum(part.strip().endswith(".py") for part in middle)
    for run in made.body[1:-1]:
        assert given.text[run.start :].startswith("===== ")
        assert given.text[run.stop :].startswith("===== ") or run.stop == len(given.text)


def test_far_keeps_the_definition_from_the_end() -> None:
    made, given = cut(0.99, far=100)
    assert made is not None
    assert len(read(made, given).partition("FEED_RATE = 7741")[2].split()) >= 85


def test_no_window_is_too_small_for_both() -> None:
    assert cut(0.5, room=8)[0] is None
