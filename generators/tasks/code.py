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
with the definition at the wished depth. Only Python is asked about; files of other languages stay
in the text. The name is bound once in all that was offered, and values like None or 0, which one
could guess, are not asked for. Names of methods that every library has are left alone too.

Cost: a regex over the text, the parsing of the few files that are looked into (0.3 s a MB), and a
search in the text for each name that is tried.
"""

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
from pydantic import Field

from generators.syntax.mentions import repository
from generators.tasks._parts.code_cases import Ask, Case, Limits, Reader
from generators.tasks._parts.code_window import Window, window
from schemas.errors import UnfitError
from schemas.recipe import Strict
from schemas.task import Mark, Offer, Plan, Task, Template

ASKS: tuple[Ask, ...] = get_args(Ask)
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


class CodeSpec(Strict):
    """How hard one sample is."""

    ask: Ask | Literal["mixed"] = "mixed"
    """What is asked; `mixed` draws it for each sample, of what the text supports."""
    cross_file: bool = True
    """Quote a use of the name in another file; else the question gives the name alone."""
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
    asks = [ASKS[index] for index in rng.permutation(len(ASKS))]
    # One number decides all that follows, so that an offer a little larger changes little.
    salt = int(rng.integers(1 << 32))
    limits = Limits(cross_file=spec.cross_file, parameters=spec.parameters, salt=salt)
    reader = Reader(repository(haystack.text), limits)
    for ask in asks if spec.ask == "mixed" else [spec.ask]:
        for case in reader.cases(ask):
            made = window(haystack, reader.text, case, depth=depths[0], far=spec.far, salt=salt)
            if made is not None and made.num_files >= (_FEWEST_FILES if ask == "file" else 0):
                return _composed(case, made, ask=ask, spec=spec, template=template)
    raise UnfitError(f"no definition that a question of {spec.ask!r} could be asked of fairly")


def _composed(case: Case, made: Window, *, ask: Ask, spec: CodeSpec, template: Template) -> Plan:
    what = WHAT[ask].format(name=case.name, parameter=case.parameter)
    parameter = {"parameter": case.parameter} if case.parameter else {}
    use = ""
    if made.use:
        use = template.statement.format(path=made.use.path, line=made.use.line) + " "
    return Plan(
        body=made.body,
        marks=tuple(Mark(start=start, stop=stop, part=0) for start, stop in case.spans),
        question=f"{use}{template.question.format(what=what)} {FORM[ask]}",
        lead=template.lead,
        parts=(case.answer,),
        template=template.name,
        params={**spec.model_dump(), "ask": ask, "name": case.name, **parameter},
    )


WORDINGS = """\
File `{path}` has `{line}` in it.
  Turn back to where that name comes from and report {what}.
  Reported:
Somewhere in `{path}` we meet `{line}`.
  From the sources printed here, find {what}.
  Found:
On one line of `{path}` stands `{line}`.
  Look up {what} at the place of definition.
  Looked up:
A reviewer stops in `{path}` at `{line}`.
  He asks for {what}. Tell him.
  Tell him:
Open point in `{path}`, at `{line}`:
  TODO before merging: note down {what}.
  Note:
Reading `{path}`, a new colleague comes upon `{line}`.
  She cannot go on without knowing {what}. Help her.
  It is this:
The debugger halted in `{path}`, its cursor on `{line}`.
  Step into the definition and print {what}.
  Printed:
`{path}` contains the statement `{line}`.
  Give {what}, as these sources define it.
  Given:
Take the caller `{line}`, which lives in `{path}`.
  Trace it: the repository settles {what}. State that.
  Settled:
Suppose `{path}` were open in your editor at `{line}`.
  With "go to definition" you would see {what}. Write it out.
  You would see:
An audit quotes `{line}` out of `{path}`.
  For the audit's table, enter {what}.
  Entry:
In the traceback one frame is `{path}`, and its code reads `{line}`.
  To explain the crash we must know {what}. Which is it?
  We know now:
Search hit: `{path}`, with `{line}`.
  Follow the hit to its source, then answer with {what}.
  Source says:
We are porting `{path}`, and `{line}` has to be rewritten.
  The port depends on {what}. What does the original have?
  Original:
During a code reading somebody points at `{line}` in `{path}`.
  The group would like to hear {what}. Read it to them.
  They hear:
Line of interest: `{line}`, file `{path}`.
  Wanted: {what}.
  Wanted:
A linter complained about `{line}` when it checked `{path}`.
  Its rule compares this against {what}. Supply the latter.
  Supplied:
Our handbook cites `{path}` for the example `{line}`.
  The footnote under that example should give {what}. Complete the footnote.
  Footnote:
You are asked to stub out what `{line}` relies upon in `{path}`.
  Your stub has to agree with the real code on {what}. Recall it.
  Real code:
Between other things, `{path}` does this: `{line}`.
  Say {what}; the definition is elsewhere among the files above or below.
  Elsewhere:
Exam sheet. Given is `{line}` from the listing named `{path}`.
  Name {what}, going only by the listings.
  Candidate's reply:
The commit touches `{path}` near `{line}`.
  Its author claims to remember {what}. Check the claim and put the true one here.
  True:
Grep shows `{line}`; that was `{path}`.
  Now the other half of the work: dig out {what}.
  Dug out:
For documentation of `{path}` the phrase `{line}` was picked as a sample.
  Readers will want {what} beside the sample, so provide it.
  Beside it:
Ticket: "what does `{line}` mean in `{path}`?"
  Close the ticket with {what}.
  Closed with:
Imagine tracing by finger from `{line}` on the pages of `{path}`.
  Your finger ends on a definition that reveals {what}. Copy this down.
  The finger shows:
A test fails; the suspicious part is `{line}`, and `{path}` is the file.
  Confirm {what} before anybody edits a thing.
  Confirmed:
Two interns argue over `{line}` as found in `{path}`.
  They bet on {what}. Who reads the definition wins; so what does it give?
  It gives:
"""
"""Our own: how a use is quoted, then the question, then what stands before the answer."""


def _read(wordings: str) -> Iterator[Template]:
    lines = [line.strip() for line in wordings.splitlines()]
    for statement, question, lead in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        yield Template(statement=statement, question=question, lead=lead)


TEMPLATES = tuple(_read(WORDINGS))

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
    offered=4.0,
    kinds=("repo",),
    shortest=16384,
)
