"""A task: what a synthetic sample plants, asks and answers, before anyone knows its tokens.

A task never sees a token or a length. It returns a `Plan` in text; `generators/weaving` turns
the plan and a haystack into ids and says which depths came out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one sample says: everything but the haystack and the tokens."""

    plants: tuple[Plant, ...]
    """In any order; of two with the same depth the earlier one stands earlier in the text."""
    question: str
    """One paragraph."""
    lead: str
    parts: tuple[str, ...]
    """The answer's parts in the order in which they are given."""
    template: str
    """Name of the template that worded it."""
    joiner: str = ", "
    answerable: bool = True
    params: dict[str, Any] = field(default_factory=dict)
    """Stored with the sample; what a solver or a reader wants to know (JSON values), never the
    answer nor where it lies."""

    @property
    def gold(self) -> str:
        """The whole answer."""
        return self.joiner.join(self.parts)


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
    """Pieces of evidence that one sample plants at chosen depths."""
    plan: Callable[..., Plan]
    """plan(rng, spec, *, haystack: str, depths: tuple[float, ...], template: Template) -> Plan."""
    depth_kind: Literal["planted", "natural", "spread"] = "planted"
    unique: Literal["value", "solution"] = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a solver is given: the decoded sample and nothing that the task knew."""

    text: str
    """The whole decoded segment up to the answer, start id left out."""
    params: dict[str, Any]
    """The sample's `params`, among them `question`: first, last or both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a solver found by reading."""

    answers: tuple[str, ...]
    """Every whole answer that the text supports; exactly one makes the question fair."""


Solver = Callable[[Problem], Solution]
"""What a file of `generators/solvers` offers under the name `solve`."""
