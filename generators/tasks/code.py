"""Code: one definition of a real repository is asked for, from a use of it in another file.

The text is a repository's own files and nothing is added to it. The question quotes a line of one
file that uses a name, and asks what only the definition in another file tells: the names of the
parameters (`signature`), what one of them is when left out (`default`), what a `constant` is, the
classes that a class is made from (`base`), or the path of the `file` that defines a method.

    ===== tools/press.py =====
    def cut_sheet(sheet, times, margin=34): ...
    ===== app.py =====
    left = cut_sheet(paper, 2)

    "app.py" has the line "left = cut_sheet(paper, 2)".
    What is the default value of the parameter "margin" of "cut_sheet"?   ->   34

The sample is a window on the files in an order of its own, whole but for the first and the last,
with the definition at the wished depth. Files that tell the answer as well are left out. Only
Python is asked about; files of other languages stay in the text. The name is bound once in all that
was offered, and values like None or 0, which one could guess, are not asked for. Names of methods
that every library has are left alone too.

Few lines of a short piece of a repository use what another file of it defines: of samples of 16,384
tokens two in five quote a use where repositories are small, one in seven where they are large, and
of 65,536 tokens four in five. The others give the name alone.

Cost: a regex over the files that are looked into, the parsing of the 8 KB around each definition
that looks fair, and a search in the text for each name that is tried, once for all draws over the
same text.
"""

import zlib
from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field

from generators.tasks._parts.code_cases import Case, Limits, reader
from generators.tasks._parts.code_uses import Ask
from generators.tasks._parts.code_window import Window, window
from generators.tasks._parts.code_words import TEMPLATES
from schemas.errors import UnfitError
from schemas.knobs import Strict
from schemas.task import Mark, Offer, Plan, Task, Template

RARE: tuple[Ask, ...] = ("default", "constant", "base")
COMMON: tuple[Ask, ...] = ("signature", "file")
"""What can be asked. Of what was not drawn the rarest comes first, and of what is common one as
likely as the other, so that none prevails."""
VALUES = ("default", "constant")
WHAT = {
    "signature": "the parameters of the function `{name}`",
    "default": "the default value of the parameter `{parameter}` of the function `{name}`",
    "constant": "the value of the constant `{name}`",
    "base": "what the class `{name}` is derived from",
    "file": "the file that defines the method `{name}`",
}
FORM = {
    "signature": "Names alone and in order, with commas between; leave out self and cls, types, "
    "defaults, and a lone star or slash.",
    "default": "Copy it from the definition letter by letter, quotation marks too.",
    "constant": "Copy what its assignment has on the right, quotation marks too, remarks not.",
    "base": "Copy the names from the class statement in their order, dots too, commas between.",
    "file": "Give the whole path, as in the line with equals signs on top of that file.",
}
_FEWEST_FILES = 4
"""With fewer files that have a path, the one that is not quoted would be a good guess."""

_TURNS: dict[Ask, int] = {"file": 4, "default": 1, "constant": 1, "base": 1, "signature": 1}
"""Windows that are tried of one definition, with other files around it."""


class CodeSpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws it for each sample. Where the text has no such thing, another is
    asked for: a value rather than a base, and that rather than a signature or file."""
    cross_file: bool = True
    """Quote a use of the name in another file, where there is one; else, and where there is none,
    the question gives the name alone. The sample's `params` say which it was."""
    far: int = Field(default=256, ge=0)
    """Tokens at least between the definition and the end of the text."""
    parameters: int = Field(default=3, ge=3, le=8)
    """Parameters that a function must have for its signature to be asked, self and cls left out."""


def num_evidence(spec: CodeSpec) -> int:
    """Return 1: where the definition should lie."""
    return 1


def plan(
    rng: np.random.Generator,
    spec: CodeSpec,
    *,
    haystack: Offer,
    depths: tuple[float, ...],
    template: Template,
) -> Plan:
    """Return a window on the offered files, and a question on a definition at the wished depth.

    Raises UnfitError where nothing in the text can be asked for fairly, RecipeError where the
    parser of Python is not installed, and ValueError for another number of depths than one.
    """
    if len(depths) != num_evidence(spec):
        raise ValueError(f"{len(depths)} depths for 1 piece of evidence")
    asks = (*RARE, *COMMON[:: 1 if rng.integers(2) else -1])
    drawn = asks[int(rng.integers(len(asks)))] if spec.ask == "mixed" else spec.ask
    # One number decides all that follows, so that an offer a little larger changes little.
    salt = int(rng.integers(1 << 32))
    text = reader(haystack.text)
    others = [ask for ask in asks if spec.ask == "mixed" and ask != drawn]
    for ask, cross_file in _ways(drawn, others, cross_file=spec.cross_file):
        limits = Limits(cross_file=cross_file, parameters=spec.parameters, salt=salt)
        for case in text.cases(ask, limits):
            for turn in range(_TURNS[ask]):
                order = salt + turn
                made = window(haystack, text.text, case, depth=depths[0], far=spec.far, salt=order)
                if made is not None and (ask != "file" or _is_open(made, f"{order} {case.name}")):
                    return _composed(case, made, ask=ask, spec=spec, template=template)
    raise UnfitError(f"no definition that a question of {spec.ask!r} could be asked of fairly")


def _is_open(made: Window, salt: str) -> bool:
    """Say whether the file could be any of the window's, in particular not just the largest.

    Methods with names of their own are found in large files, and files around it are any: in two
    windows of three it is the largest. So many of those are left that it is no better guess.
    """
    if made.num_files < _FEWEST_FILES:
        return False
    return made.num_larger > 0 or zlib.crc32(salt.encode()) % (2 * made.num_files) == 0


def _ways(drawn: Ask, others: list[Ask], *, cross_file: bool) -> Iterator[tuple[Ask, bool]]:
    """Yield what may be asked, and whether with a use, the best first: the ask that was drawn.

    A value is drawn as often as anything and found seldom, and a use of it elsewhere hardly ever.
    So it is asked for by its name before anything else is asked from a use.
    """
    if cross_file:
        yield drawn, True
        if drawn in VALUES:
            yield drawn, False
        yield from ((ask, True) for ask in others)
    if not cross_file or drawn not in VALUES:
        yield drawn, False
    yield from ((ask, False) for ask in others)


def _composed(case: Case, made: Window, *, ask: Ask, spec: CodeSpec, template: Template) -> Plan:
    what = WHAT[ask].format(name=case.name, parameter=case.parameter)
    parameter = {"parameter": case.parameter} if case.parameter else {}
    asked = template.more[0].format(what=what)
    if made.use:
        use = template.statement.format(path=made.use.path, line=made.use.line)
        asked = f"{use} {template.question.format(what=what)}"
    return Plan(
        body=made.body,
        marks=tuple(Mark(start=start, stop=stop, part=0) for start, stop in case.spans),
        question=f"{asked} {FORM[ask]}",
        lead=template.lead,
        parts=(case.answer,),
        template=template.name,
        params={
            **spec.model_dump(),
            "ask": ask,
            "cross_file": made.use is not None,
            "name": case.name,
            **parameter,
        },
    )


TASK = Task(
    name="code",
    version=1,
    spec=CodeSpec,
    templates=TEMPLATES,
    num_evidence=num_evidence,
    plan=plan,
    depth_kind="natural",
    unique="solution",
    composes=True,
    offered=2.5,
    kinds=("repo",),
    shortest=16384,
)
