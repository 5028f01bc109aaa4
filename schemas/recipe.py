"""A recipe: a mix as data. Every knob of longmix is written once, here.

Unknown keys are errors. The words are those of docs/format.md; `longmix config schema` prints the
JSON schema of `Recipe` for editors.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.document import Kind

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
Share = Annotated[float, Field(ge=0, le=1)]


def _number(value: Any) -> Any:
    """Read 500M, 20B and 1.5T as numbers of tokens; leave everything else to pydantic."""
    units = {"M": 10**6, "B": 10**9, "T": 10**12}
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?[MBT]", value):
        return round(float(value[:-1]) * units[value[-1]])
    return value


Tokens = Annotated[int, Field(gt=0), BeforeValidator(_number)]
"""A number of tokens; 500M, 20B and 1.5T are understood, M = 10^6."""


class Strict(BaseModel):
    """Frozen, and without room for a key that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SourceSpec(Strict):
    """One source of documents: which files, how to read them, what to keep."""

    reader: Name = "text"
    """How files become documents: a module of generators/sources (text, repo, jsonl, parquet,
    hub)."""
    kind: Kind = "page"
    """What one document is."""
    files: str = "**/*"
    """Glob under `inputs`: files, or for `reader: repo` the folders that are one repository each.
    For `reader: hub` a data set's name or a local data set folder."""
    suffixes: tuple[str, ...] | None = None
    """For `reader: repo`: endings of the files that belong to the text; null takes the built-in
    list of source and documentation endings."""
    order: Literal["random", "path"] = "random"
    """For `reader: repo`: order of the files of a repository, by keyed shuffle or by path."""
    text_field: str = "text"
    """For tables: the column or key that holds the text."""
    id_field: str | None = None
    """For tables: the column or key that names the document; null takes the row number."""
    license_field: str | None = None
    """For tables: the column or key that holds a document's licence."""
    split: str = "train"
    """For `reader: hub`: the split to read."""
    license: str | None = None
    """Licence of all documents of this source, unless `license_field` says otherwise."""
    bad_utf8: Literal["reject", "replace", "latin-1"] = "reject"
    """A document with bytes that are not UTF-8: reject it, put U+FFFD for each, or read just those
    bytes as Latin-1."""
    broken_file: Literal["quarantine", "prefix"] = "quarantine"
    """A cut or corrupt file: leave the whole file out, or keep the documents before the fault."""
    min_tokens: int = Field(default=1, ge=1)
    """Documents with fewer tokens are rejected as `short`."""
    max_epochs: int = Field(default=1, ge=1)
    """How often the mix may pass over this source."""
    share: Share | None = None
    """Share of the natural tokens; null shares what is left by supply."""
    filler: bool = False
    """Documents of this source may be cut to fill rows, even when shorter than a row."""


class TaskSpec(Strict):
    """One use of a task: how much of it, how long, how deep. Other keys are the task's own."""

    task: Name | None = None
    """Module of generators/tasks; null takes the key under `tasks:` as its name."""
    share: Share = 0.05
    """Share of the stage's tokens."""
    lengths: tuple[Tokens, ...] | None = None
    """Largest sample lengths, each given equal tokens; null takes the powers of two from an
    eighth of the row to the row."""
    question: Literal["first", "last", "both"] = "last"
    """Where the question stands."""
    loss: Literal["answer", "answer+context", "all"] = "answer"
    """Which tokens of a sample are targets."""
    depths: Literal["uniform"] = "uniform"
    """Law of the target depths, stratified within each length."""
    split: Literal["train", "held-out"] = "train"
    """Which templates; a mix for training uses `train` only."""
    fields: dict[str, Any] = Field(default_factory=dict)
    """The task's own fields; written beside the others in YAML."""

    @model_validator(mode="before")
    @classmethod
    def _gather_fields(cls, data: Any) -> Any:
        """Collect the keys that are the task's own: {share: .1, keys: 4} -> fields {keys: 4}."""
        if not isinstance(data, dict):
            return data
        own = {k: v for k, v in data.items() if k not in cls.model_fields}
        common = {k: v for k, v in data.items() if k in cls.model_fields}
        return {**common, "fields": {**common.get("fields", {}), **own}}


class StageSpec(Strict):
    """One step of the length curriculum."""

    name: Name
    seq_len: Tokens
    tokens: Tokens | None = None
    """Ceiling of this stage; null takes what the sources supply."""
    rope_mode: Literal["rescaled", "original"] = "rescaled"


class TrainSpec(Strict):
    """How `tokenizer: train` trains a byte-level BPE."""

    vocab_size: int = Field(default=32768, ge=512)
    max_bytes: int = Field(default=32_000_000, gt=0)
    """Cap on the text that training reads, taken from files in the order of their hash."""


class Recipe(Strict):
    """A whole mix."""

    name: Name = "mix"
    inputs: str
    """Folder or URI that the sources' `files` are relative to."""
    tokenizer: str
    """A tokenizer.json, a hub name, or `train`."""
    engine: Literal["auto", "fastokens", "tokenizers"] = "auto"
    """What computes ids; `auto` takes the fastest that gives the same ids as `tokenizers`."""
    train: TrainSpec = TrainSpec()
    seed: int = Field(default=0, ge=0)
    seq_len: int = Field(default=32768, ge=256)
    """Tokens of a row, where `stages` does not say otherwise."""
    tokens: Tokens | None = None
    """Ceiling of the mix; null takes what the sources supply."""
    stages: tuple[StageSpec, ...] = ()
    """Empty means one stage, `main`, of `seq_len` and `tokens`."""
    sources: dict[Name, SourceSpec] = Field(min_length=1)
    tasks: dict[Name, TaskSpec] | Literal["all"] = Field(default_factory=dict)
    """`all` takes every task of generators/tasks with equal shares."""
    packer: Name = "best_fit"
    """A module of generators/packing."""
    eos: bool = True
    """Documents and samples end with the tokenizer's end id."""
    eos_id: int | None = None
    """The end id; null finds the tokenizer's own."""
    eos_on_fragments: bool = False
    """Fragments that are cut before their document ends carry an end id too."""
    bos: Literal["none", "document", "row"] = "none"
    bos_id: int | None = None
    pad_id: int | None = None
    """Null pads with the end id."""
    extra_token: bool = False
    """Rows hold `seq_len + 1` ids."""
    min_fragment: int = Field(default=64, ge=1)
    """Shortest fragment that a cut may leave, in tokens."""
    fragment_positions: Literal["restart", "continue"] = "restart"
    """`continue` numbers a fragment from its offset in the document (opt-in)."""
    pos_target_len: Tokens | None = None
    """Bound of the positions of `fragment_positions: continue`, which cannot do without it."""
    haystack_reuse: Literal["never", "shared"] = "never"
    """`shared` lets the haystack of a sample be natural text of the mix as well."""
    max_epochs: int | None = Field(default=None, ge=1)
    """Overrides `max_epochs` of every source; null leaves it to them."""
    shard_tokens: int = Field(default=67_108_864, gt=0)
    """Tokens of a shard, rounded up to whole rows; 64-128 M but in small trials."""
    unit_bytes: int = Field(default=64_000_000, gt=0)
    """Bytes of input that one unit of PREPARE reads: 5-20 s of work."""

    def resolved_stages(self) -> tuple[StageSpec, ...]:
        """Return the stages in order; one named `main` when the recipe lists none."""
        if self.stages:
            return self.stages
        return (StageSpec(name="main", seq_len=self.seq_len, tokens=self.tokens),)
