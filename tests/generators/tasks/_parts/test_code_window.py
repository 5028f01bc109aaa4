"""Windows: files in a new order, the definition at its depth, the use's line among them."""

import pytest

from generators.tasks._parts.code_cases import Limits, reader
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
    depth: float, *, room: int = 300, salt: int = 0, far: int = 0, text: str = TEXT
) -> tuple[Window | None, Offer]:
    limits = Limits(cross_file=True, parameters=3, salt=salt)
    (case,) = reader(text).cases("constant", limits)
    given = offer(text, room=room)
    return window(given, reader(text).text, case, depth=depth, far=far, salt=salt), given


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


def test_a_rival_is_never_in_the_window() -> None:
    text = TEXT.replace("# 3 0 one", "# 7741 one")
    for salt in range(20):
        made, given = cut(0.5, salt=salt, text=text)
        assert made is not None
        assert "===== f3.py" not in read(made, given)
        assert read(made, given).count("7741") == 1


def test_larger_files_are_counted_but_not_that_of_the_use() -> None:
    for depth in (0.3, 0.6):
        made, given = cut(depth)
        assert made is not None
        # The file of the definition is smaller than any filler; that of the use is smaller too.
        runs = [given.text[run.start : run.stop] for run in made.body]
        whole = [run for run in runs if run.startswith("===== f")]
        assert made.num_larger in {len(whole), len(whole) - 1}
        assert made.num_larger > 0
    long = DEFINED.replace("# end", "# end of all that is here\n" * 40)
    longest, _ = cut(0.3, room=600, text=TEXT.replace(DEFINED, long))
    assert longest is not None
    assert longest.num_larger == 0


def test_a_file_without_a_path_comes_first_or_not_at_all() -> None:
    text = f"{WORDS}\n" * 20 + "FEED_RATE = 7741\n" + f"{WORDS}\n" * 20 + filler(1) + filler(2)
    limits = Limits(cross_file=False, parameters=3, salt=0)
    (case,) = reader(text).cases("constant", limits)
    given = offer(text, room=300)
    early = window(given, reader(text).text, case, depth=0.5, far=0, salt=0)
    assert early is not None
    assert read(early, given).startswith("one two")
    assert abs(read(early, given).split().index("FEED_RATE") - 150) < 12
    assert window(given, reader(text).text, case, depth=0.9, far=0, salt=0) is None
