"""A task: what a synthetic sample says, asks and answers, before anyone knows its tokens.

It returns a `Plan` in text; `generators/weaving` turns the plan and a haystack into ids and says
which depths came out. Most tasks plant: they write sentences, and the weaver finds their places. A
task that composes lays out the haystack's own text itself (whole, cut, or in another order) and
marks what in it is evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from schemas.canonical import digest

Split = Literal["train", "held-out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The wording of one way to state, ask and answer. Known by the hash of its own words."""

    statement: str
    """One planted sentence, with `{key}` and `{value}`."""
    question: str
    """With `{keys}` (one or several, already joined), worded for one and for many."""
    lead: str
    """What stands before the answer on the last line, for instance `Answer:`."""
    more: tuple[str, ...] = ()
    """Further sentences that the task states, each for a use of the task's own."""

    @property
    def name(self) -> str:
        """Eight hexadecimal digits; the same wording has the same name in every mix."""
        return digest([self.statement, self.question, self.lead, *self.more])[:8]

    @property
    def split(self) -> Split:
        """One wording in four, by its name alone, is held out; adding one moves no other."""
        return "held-out" if int(self.name, 16) % 4 == 0 else "train"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One text to plant in the haystack, on a line of its own."""

    text: str
    depth: float
    """Where it should begin: 0 = first token of the context, 1 = its end."""
    part: int | None = None
    """Index of the part of the answer that this is the evidence of; None for a distractor."""
    hidden: tuple[str, ...] = ()
    """Values inside `text` that cannot be guessed, so they are never targets where stated."""
    evidence: str = ""
    """Lines of `text`, met once in it, that alone are the evidence and begin at `depth`; empty
    means all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The text that a task may compose a sample of: runs of documents, parted by empty lines."""

    text: str
    starts: tuple[int, ...]
    """Where each document's run begins, in characters; the first is 0."""
    token_ends: npt.NDArray[np.int64]
    """int64[N]: the character at which each token of the text ends, as the documents have them."""
    room: int
    """Tokens that the body may have; the offered text has about `Task.offered` times as many."""
    opens: bool
    """Whether the question also stands before the body, where depths count it."""
    count: Callable[[str], int]
    """Tokens of a text of the task's own, encoded alone; dear, so not for the offered text."""

    def tokens(self, start: int, stop: int) -> int:
        """Return how many tokens end within characters [start, stop) of the offered text."""
        first, last = np.searchsorted(self.token_ends, [start, stop], side="right")
        return int(last - first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of a composed body: characters [start, stop) of the offer, or the task's own words."""

    start: int = 0
    stop: int = 0
    text: str = ""
    """The task's own words, line breaks included, where `start` and `stop` are 0."""
    hidden: tuple[str, ...] = ()
    """Values inside `text` that cannot be guessed, so they are never targets."""
    part: int | None = None
    """Index of the part of the answer that `text` is the evidence of."""
    depth: float | None = None
    """Where such evidence should begin; its place in the body must bring it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Evidence that is the haystack's own text: characters [start, stop) of the offer.

    It lies inside one passage of the body, and shares no token with another mark.
    """

    start: int
    stop: int
    part: int
    """Index of the part of the answer that it is the evidence of."""
    depth: float | None = None
    """Where it was moved to, for a passage whose depth was chosen; None in its own place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one sample says: everything but the haystack and the tokens."""

    plants: tuple[Plant, ...] = ()
    """In any order; of two with the same depth the earlier one stands earlier in the text."""
    body: tuple[Passage, ...] = ()
    """Of a task that composes: all that stands where a haystack with plants would stand."""
    marks: tuple[Mark, ...] = ()
    """Of a task that composes: its evidence."""
    quotes: tuple[tuple[int, int], ...] = ()
    """Runs of the offer that the answer spells and the body leaves out."""
    question: str
    """One paragraph."""
    lead: str
    parts: tuple[str, ...]
    """The answer's parts in the order in which they are given."""
    template: str
    """Name of the template that worded it."""
    joiner: str = ", "
    joiners: tuple[str, ...] = ()
    """What stands between each part and the next, where that is not always `joiner`."""
    answerable: bool = True
    licenses: tuple[str, ...] = ()
    """Of texts that the plan quotes and that are not the haystack's."""
    params: dict[str, Any] = field(default_factory=dict)
    """Stored with the sample; what a solver or a reader wants to know (JSON values), never the
    answer nor where it lies."""

    @property
    def between(self) -> tuple[str, ...]:
        """What stands before each part of the answer; nothing before the first."""
        return ("", *(self.joiners or [self.joiner] * (len(self.parts) - 1)))

    @property
    def gold(self) -> str:
        """The whole answer."""
        return "".join(map("".join, zip(self.between, self.parts, strict=True)))


Spec = TypeVar("Spec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[Spec]):
    """What a file of `generators/tasks` offers under the name TASK."""

    name: str
    version: int
    """Raised by hand when the same seed would give another sample."""
    spec: type[Spec]
    """A pydantic model: the fields that a recipe may set."""
    templates: tuple[Template, ...]
    num_evidence: Callable[[Spec], int]
    """Depths that one sample is given: those of its planted evidence; a task whose evidence is
    natural may take them as wishes, or take none."""
    plan: Callable[..., Plan]
    """plan(rng, spec, *, haystack: str, depths: tuple[float, ...], template: Template) -> Plan;
    `haystack: Offer` for a task that composes. Raises schemas.errors.UnfitError where this haystack
    supports no such sample."""
    depth_kind: Literal["planted", "natural", "spread"] = "planted"
    unique: Literal["value", "solution"] = "value"
    composes: bool = False
    """Whether it lays out the haystack's text itself."""
    offered: float = 1.0
    """Of a task that composes: tokens of haystack that it chooses from, for each of the sample."""
    shortest: int = 2048
    """Tokens of the shortest sample that is made where the recipe names no lengths: shorter text
    often supports none."""
    kinds: tuple[str, ...] = ()
    """Kinds of documents that it can use; empty means all."""
    paired: bool = False
    """Whether each sample asks about a pair of its own, which the build brings as fields."""
    haystack: Literal["one", "several", "gather"] = "one"
    """A piece of one document; equal pieces of several; or whole documents, one after the other,
    as many as there is room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a solver is given: the decoded sample and nothing that the task knew."""

    text: str
    """The whole decoded segment up to the answer, start id left out."""
    params: dict[str, Any]
    """The sample's `params`, among them `question`: first, last or both."""
    claim: str = ""
    """The decoded answer, for a solver that can judge an answer but not find it (`fim`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a solver found by reading."""

    answers: tuple[str, ...]
    """Every whole answer that the text supports; exactly one makes the question fair."""


Solver = Callable[[Problem], Solution]
"""What a file of `generators/solvers` offers under the name `solve`."""
