"""Windows for `code`: files of a repository in a new order, with a definition at a wished depth.

    offered   a.py b.py c.py d.py e.py f.py      definition in c.py, use in e.py
    ordered   d.py e.py b.py c.py a.py f.py
    window        [.py e.py b.py c.py a.]        as many tokens on each side as depth and room say

Files are whole but for the first, which may lack its top and so its path, and the last. Where that
leaves no room for both files, that of the definition and that of the use end after the top-level
statement that matters. So the definition comes as near to the wished depth as lines allow.
Cost: a sort of the files.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from generators.syntax.mentions import File, Repository
from generators.tasks._parts.code_cases import Case
from generators.tasks._parts.code_uses import Use
from schemas.task import Offer, Passage

_SHORT = 0.01
"""Share of the room that may stay empty."""
_TOP_LEVEL = re.compile(r"\n(?=[^\s)\]}#])")
"""Before a line that begins a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A body, and what in it a question may say."""

    body: tuple[Passage, ...]
    use: Use | None
    num_files: int
    """Files whose path stands in the body."""
    num_larger: int
    """Python files with a path that have more text in the body than that of the definition; the
    file of the use does not count."""


def window(
    offer: Offer, text: Repository, case: Case, *, depth: float, far: int, salt: int
) -> Window | None:
    """Return a body of `offer.room` tokens with the case's definition and one of its uses.

    None where it has no place for both, or for the path of the file where that is evidence too, and
    where a file without a path would not come first, as if it belonged to the file before it.
    """
    start, stop = case.spans[-1]
    before = int(min(depth * offer.room, offer.room - offer.tokens(start, stop) - max(far, 1)))
    own = text.file_at(start)
    left = before - offer.tokens(own.start, start)
    if before < 0 or (len(case.spans) > 1 and left < 0) or (not own.path and left > 0):
        return None
    fillers = [
        file
        for file in text.files
        if file.path and file is not own and file.start not in case.rivals
    ]
    fillers.sort(key=lambda file: (zlib.crc32(f"{salt} {file.path}".encode()), file.start))
    for whole in (True, False):
        mine = own if whole else _shortened(offer.text, own, stop)
        rooms = (left, offer.room - before - offer.tokens(start, mine.stop))
        for use in case.uses or (None,):
            its = None if use is None or whole else _shortened(offer.text, use.file, use.stop)
            given = use if use is None or its is None else replace(use, file=its)
            sides = _sides(offer, fillers, given, rooms=rooms, salt=salt)
            if sides is not None and _fill(offer, sides, rooms):
                runs = _laid(offer, mine, sides, rooms=rooms, span=(start, stop))
                return _window(text, runs, own=own, use=use)
    return None


def _fill(offer: Offer, sides: tuple[list[File], list[File]], rooms: tuple[int, int]) -> bool:
    """Say whether there are files enough on either side, or all that was offered."""
    sizes = [sum(offer.tokens(file.start, file.stop) for file in files) for files in sides]
    short = sum(max(room - size, 0) for room, size in zip(rooms, sizes, strict=True))
    return short <= _SHORT * offer.room or len(offer.token_ends) <= offer.room


def _shortened(text: str, file: File, place: int) -> File:
    """Return a file up to the end of the top-level statement that a character lies in."""
    found = _TOP_LEVEL.search(text, place, file.stop)
    return replace(file, stop=found.end()) if found else file


def _laid(
    offer: Offer,
    own: File,
    sides: tuple[list[File], list[File]],
    *,
    rooms: tuple[int, int],
    span: tuple[int, int],
) -> list[tuple[int, int]]:
    left, right = (_outward(offer, files, room) for files, room in zip(sides, rooms, strict=True))
    body = [_without_top(offer, file, room) for file, room in reversed(left)]
    body.append(_own(offer, own, span, rooms))
    body += [_without_end(offer, file, room) for file, room in right]
    return [run for run in body if run[0] < run[1]]


def _sides(
    offer: Offer, fillers: list[File], use: Use | None, *, rooms: tuple[int, int], salt: int
) -> tuple[list[File], list[File]] | None:
    """Return files to the left and to the right, from the inside out, with the use among them.

    Of its places on either side, as far as there is room, one is as likely as another.
    """
    if use is None:
        sizes = np.cumsum([offer.tokens(one.start, one.stop) for one in fillers])
        num_left = int(np.searchsorted(sizes, max(rooms[0], 0))) + 1 if rooms[0] > 0 else 0
        return fillers[:num_left], fillers[num_left:]
    # To the left its file must be whole, to the right as far as the line.
    file = use.file
    needs = offer.tokens(file.start, file.stop), offer.tokens(file.start, use.stop) + 1
    spare = [max(room - need, 0) for room, need in zip(rooms, needs, strict=True)]
    if not any(spare):
        return None
    place = zlib.crc32(f"{salt} {use.line}".encode()) % sum(spare)
    side = int(place >= spare[0])
    gap = place - spare[0] if side else place
    inner: list[File] = []
    outer: list[File] = []
    for one in (one for one in fillers if one.start != file.start):
        size = offer.tokens(one.start, one.stop)
        (inner if size <= gap else outer).append(one)
        gap -= size if size <= gap else 0
    mine = [*inner, file]
    # What the other side needs comes first: it has nothing yet.
    used, others = 0, []
    for one in outer:
        if used < rooms[1 - side]:
            others.append(one)
            used += offer.tokens(one.start, one.stop)
        else:
            mine.append(one)
    return (others, mine) if side else (mine, others)


def _outward(offer: Offer, files: Iterable[File], room: int) -> list[tuple[File, int]]:
    """Return the files that a side has room for, each with the tokens that it may have."""
    found = []
    for file in files:
        if room <= 0:
            break
        found.append((file, room))
        room -= offer.tokens(file.start, file.stop)
    return found


def _own(offer: Offer, own: File, span: tuple[int, int], rooms: tuple[int, int]) -> tuple[int, int]:
    """Return what the window has of the definition's own file: all of it, where there is room."""
    start, stop = own.start, own.stop
    if rooms[0] < 0:
        kept = offer.tokens(own.start, own.stop) + rooms[0]
        line = offer.text.rfind("\n", 0, span[0]) + 1
        start = min(_without_top(offer, own, kept)[0], line)
    if rooms[1] < 0:
        kept = offer.tokens(own.start, own.stop) + rooms[1]
        # The line of the head is whole: without its colon it is no Python.
        line = offer.text.find("\n", span[1], own.stop) + 1 or own.stop
        stop = max(_without_end(offer, own, kept)[1], line)
    return start, stop


def _without_top(offer: Offer, file: File, room: int) -> tuple[int, int]:
    """Return the end of a file that has so many tokens, from the start of a line on."""
    surplus = offer.tokens(file.start, file.stop) - room
    if surplus <= 0:
        return file.start, file.stop
    place = _after(offer, file, surplus)
    return min(max(offer.text.find("\n", place, file.stop) + 1, place), file.stop), file.stop


def _without_end(offer: Offer, file: File, room: int) -> tuple[int, int]:
    """Return the beginning of a file that has so many tokens, up to the end of a line."""
    if offer.tokens(file.start, file.stop) <= room:
        return file.start, file.stop
    stop = offer.text.rfind("\n", file.start, _after(offer, file, room)) + 1
    # A path alone is no file.
    return file.start, stop if stop > file.body else file.start


def _after(offer: Offer, file: File, num_tokens: int) -> int:
    """Return the character at which so many tokens of a file end."""
    first = int(np.searchsorted(offer.token_ends, file.start, side="right"))
    return int(offer.token_ends[max(first + num_tokens - 1, 0)])


def _window(text: Repository, runs: list[tuple[int, int]], *, own: File, use: Use | None) -> Window:
    body: list[Passage] = []
    for start, stop in runs:
        if body and text.text[body[-1].stop - 1] != "\n":
            body.append(Passage(text="\n"))
        body.append(Passage(start=start, stop=stop))
    start, stop = runs[-1]
    body[-1] = Passage(start=start, stop=start + len(text.text[start:stop].rstrip("\n")))
    files = [(text.file_at(start), start, stop) for start, stop in runs]
    sizes = {file.start: stop - start for file, start, stop in files if file.start == start}
    paths = {file.start: file.path for file, _, _ in files if file.start in sizes and file.path}
    others = {start for start, path in paths.items() if path.endswith(".py")}
    others -= {use.file.start} if use else set()
    larger = [start for start in others if sizes[start] > sizes.get(own.start, 0)]
    return Window(body=tuple(body), use=use, num_files=len(paths), num_larger=len(larger))
