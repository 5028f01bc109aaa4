"""One use of a task, and the laws of depth: what a recipe says of synthetic samples."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from schemas.document import Kind
from schemas.knobs import Name, Open, Share, Strict, Tokens

Depth = Annotated[float, Field(ge=0, le=1)]


class Cell(Strict):
    """One cell of a joint law: samples of these lengths have evidence here, this often."""

    lengths: tuple[Tokens, Tokens] | None = None
    """Least and greatest length of a sample; null means all."""
    depths: tuple[Depth, Depth] = (0.0, 1.0)
    """Evidence lies between these shares of the context."""
    distance: tuple[int, Tokens] | None = None
    """And at least and at most so many tokens before the end of the sample; null means any."""
    weight: float = Field(default=1.0, gt=0)
    """How much evidence of a length falls into this cell, beside its other cells."""

    @model_validator(mode="after")
    def _is_a_range(self) -> "Cell":
        for name in ("lengths", "depths", "distance"):
            pair = getattr(self, name)
            if pair is not None and not 0 <= pair[0] <= pair[1]:
                raise ValueError(f"{name}: {list(pair)} is no range; give the lower number first")
        if self.depths[0] == self.depths[1]:
            raise ValueError(f"depths: {list(self.depths)} has no room; give a range")
        return self


class DepthLaw(Strict):
    """Where evidence should lie: `middle`, `{law: beta, a: 2, b: 5}`, or a list of depths."""

    law: Literal[
        "uniform", "grid", "middle", "cream", "edges", "beta", "inverse_u", "list", "joint"
    ]
    mean: float = Field(default=0.5, ge=0, le=1)
    sigma: float = Field(default=0.2, gt=0)
    """Of `middle`, a truncated normal law."""
    factor: float = Field(default=8.0, gt=1)
    """Of `cream`: target length over native length."""
    a: float = Field(default=2.0, gt=0)
    b: float = Field(default=2.0, gt=0)
    """Of `beta`."""
    points: int = Field(default=10, ge=1)
    """Of `grid`."""
    values: tuple[Annotated[float, Field(ge=0, lt=1)], ...] = ()
    """Of `list`."""
    cells: tuple[Cell, ...] = ()
    """Of `joint`, the law of length, depth and distance together. The answer ends the sample, so a
    distance is a range of depths that the length decides."""

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"law": data}
        return {"law": "list", "values": data} if isinstance(data, list | tuple) else data

    @model_validator(mode="after")
    def _has_its_values(self) -> "DepthLaw":
        if (self.law == "list") != bool(self.values):
            raise ValueError("give depths as a list, such as [0.1, 0.5], or name another law")
        if (self.law == "joint") != bool(self.cells):
            raise ValueError("the law `joint` has `cells`, such as [{depths: [0.2, 0.8]}]")
        return self


class TaskSpec(Open):
    """One use of a task: how much of it, how long, how deep. Other keys are the task's own."""

    task: Name | None = None
    """Module of generators/tasks; null takes the key under `tasks:` as its name."""
    share: Share = 0.05
    """Share of the stage's tokens, or of its targets (`count`)."""
    targets: int | None = Field(default=None, ge=1)
    """For `count: targets`: tokens of a sample that bear the loss. Null counts the whole sample,
    but with loss `answer`, where it must be given."""
    lengths: tuple[Tokens, ...] | None = None
    """Largest sample lengths, each given equal tokens; null takes the powers of two from an
    eighth of the row to the row."""
    haystack: Literal["one", "several", "gather", "noise"] | None = None
    """A piece of one document, equal pieces of `documents` of them, whole documents one after the
    other, or sentences of invented words (a sanity setting); null takes what the task is for."""
    documents: int = Field(default=8, ge=2, le=1024)
    """Of `haystack: several`."""
    kinds: tuple[Kind, ...] | None = None
    """Kinds of documents that haystacks are taken from; null takes what the task is for."""
    question: Literal["first", "last", "both"] = "last"
    """Where the question stands."""
    questions: int = Field(default=1, ge=1, le=8)
    """Questions of one sample, asked together, each with statements of its own; only of tasks that
    plant."""
    loss: Literal["answer", "answer+context", "all"] = "answer"
    """Which tokens of a sample are targets."""
    depths: DepthLaw = DepthLaw(law="uniform")
    """Law of the target depths, stratified within each length."""
    shortcuts: tuple[str, ...] = ()
    """Gates of docs/gates.md that may fail, because this use is easy on purpose: [last]."""
    split: Literal["train", "held-out"] = "train"
    """Which templates; a mix for training uses `train` only."""

    def changed(self, change: "StageTaskSpec | None") -> "TaskSpec":
        """Return this use as a stage has it."""
        changes = {} if change is None else dict(change)
        return self.model_copy(update={k: v for k, v in changes.items() if v is not None})


class StageTaskSpec(Strict):
    """What a stage changes in one entry of `tasks`; null leaves it as it is."""

    share: Share | None = None
    lengths: tuple[Tokens, ...] | None = None
    depths: DepthLaw | None = None
