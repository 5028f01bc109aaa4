"""A recipe: a mix as data. Every knob of longmix is written once, here.

Unknown keys are errors. The words are those of docs/format.md; `longmix config schema` prints the
JSON schema of `Recipe` for editors.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from schemas.cluster_spec import ClusterSpec, ModelSpec
from schemas.document import Kind
from schemas.knobs import Name, Open, Share, Strict, Tokens
from schemas.mixture_spec import OriginalSpec, ShareSpec, Upsample
from schemas.positions_spec import PositionsSpec
from schemas.task_spec import StageTaskSpec, TaskSpec


class Part(Open):
    """A cleaner or a score by its name: `unwrap`, or `{name: secrets, policy: drop}`."""

    name: Name

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class Bounds(Strict):
    """What a column of the documents table must be like; a document without a value is kept."""

    min: float | None = None
    max: float | None = None
    percentiles: tuple[float, float] | None = None
    """Two-sided, such as [1, 99]: within documents of the same kind and power of two of length."""
    among: tuple[str, ...] | None = None
    """For a column of words, such as `language`: the values that are kept."""

    @model_validator(mode="after")
    def _can_be_met(self) -> "Bounds":
        low, high = self.percentiles or (0, 100)
        if not 0 <= low < high <= 100:  # noqa: PLR2004 - percent
            raise ValueError("percentiles must be two rising numbers of 0 to 100")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is more than max, so nothing would be kept")
        about_numbers = (self.min, self.max, self.percentiles) != (None, None, None)
        if about_numbers == bool(self.among):
            raise ValueError(
                "give min, max or percentiles for a column of numbers, or among for one of words"
            )
        return self


class DecontaminateSpec(Strict):
    """What must not be in the mix: the prompts of benchmarks, found word for word."""

    prompts: str | None = None
    """Folder or URI that `files` are relative to; null takes `inputs`."""
    files: tuple[str, ...] = ()
    """Globs of prompts: .txt (a prompt a file), .jsonl (a prompt a line; .gz, .zst), .parquet.
    None leaves the built-in list alone."""
    prompt_fields: tuple[str, ...] = ()
    """Fields of lines and tables that count; empty takes every text."""
    known: bool = True
    """Also look for the wordings of RULER, NIAH, BABILong, lost-in-the-middle, InfiniteBench,
    HELMET and MRCR, by the built-in list of their 8-grams."""
    ngram: int = Field(default=13, ge=1)
    """Words (or tokens) in a row that make a hit."""
    shortest: int = Field(default=8, ge=1)
    """Shorter prompts count as a whole, down to this many words; below, they are skipped."""
    unit: Literal["word", "token"] = "word"
    policy: Literal["cut", "drop"] = "cut"
    """`cut` takes out the paragraphs (of repositories the lines) that overlap; `drop` rejects the
    document as `contaminated`."""
    min_hits: int = Field(default=1, ge=1)
    """n-grams in common that make a document contaminated."""
    max_cut: Share = 0.5
    """A document that would lose more of its characters is rejected as `contaminated`."""
    common: Share | None = 0.1
    """An n-gram in this share of a file's prompts is their frame and counts for nothing."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> "DecontaminateSpec":
        if self.shortest > self.ngram:
            raise ValueError("shortest must not be more than ngram")
        if not self.files and not self.known:
            raise ValueError("give files of prompts, or leave `known` on")
        return self


LongDocuments = Literal["paragraph", "section", "fixed", "overlap", "drop_tail", "larger_bucket"]


class SourceSpec(Open):
    """One source of documents: which files, how to read, clean and judge them."""

    reader: Name = "text"
    """How files become documents: a module of generators/sources. Its own keys stand beside."""
    kind: Kind = "page"
    """What one document is."""
    files: str = "**/*"
    """Glob under `inputs`: files, or for `reader: repo` the folders that are one repository each.
    For `reader: hub` a data set's name or a local data set folder."""
    required: bool = True
    """Whether it is an error when `files` finds nothing."""
    license: str | None = None
    """Licence of all documents of this source, where the input itself does not say."""
    bad_utf8: Literal["reject", "replace", "latin-1"] = "reject"
    """A document with bytes that are not UTF-8: reject it, put U+FFFD for each, or read just those
    bytes as Latin-1."""
    broken_file: Literal["quarantine", "prefix"] = "quarantine"
    """A cut or corrupt file: leave the whole file out, or keep the documents before the fault."""
    clean: tuple[Part, ...] = ()
    """Modules of generators/cleaning, in the order in which they work."""
    scores: tuple[Part, ...] = ()
    """Modules of generators/scoring: what is measured of each document."""
    keep: dict[str, Bounds] = Field(default_factory=dict)
    """By column of `scores` or of a cleaner's count: what a document must be like."""
    min_tokens: int = Field(default=1, ge=1)
    """Documents with fewer tokens are rejected as `short`."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Documents with more tokens are rejected as `long`."""
    long_documents: LongDocuments = "paragraph"
    """Where a document longer than a row is cut: between paragraphs, between sections, at the
    row's end (`fixed`), at paragraphs with a repeat (`overlap`); or only its beginning is used
    (`drop_tail`); or it waits for a stage whose rows hold it (`larger_bucket`)."""
    overlap: float = Field(default=0.1, ge=0.01, le=0.5)
    """For `long_documents: overlap`: share of a row that repeats the end of the piece before."""
    max_epochs: int = Field(default=1, ge=1)
    """How often the mix may pass over this source."""
    share: Share | None = None
    """Share of the natural tokens; null shares what is left by supply."""
    filler: bool = False
    """Documents of this source may be cut to fill rows, even when shorter than a row."""


class StageSpec(Strict):
    """One step of the length curriculum."""

    name: Name
    seq_len: Tokens
    tokens: Tokens | None = None
    """Ceiling of this stage; null takes what the sources supply."""
    share: Share | None = None
    """In place of `tokens`: part of the recipe's `tokens`, or of what the sources supply if that is
    less."""
    claims: Tokens | None = None
    """Context length that the model will claim after this stage; null means `seq_len`. Rows may be
    longer: training beyond what is claimed makes the claim sound."""
    rope_mode: Literal["rescaled", "original"] = "rescaled"
    """Which positions the trainer gives this stage's rows."""
    original: OriginalSpec | None = None
    """Rows of short documents with `rope_mode: original` among the others."""
    positions: PositionsSpec | None = None
    """Replaces the recipe's `positions` in this stage; `restart` takes them back."""
    shares: tuple[ShareSpec, ...] | None = None
    """Replaces the recipe's `shares` in this stage."""
    upsample: Upsample | None = None
    """Replaces the recipe's `upsample` in this stage."""
    replay: Share = 0.0
    """Share of the natural tokens that repeats documents of earlier stages, as their next pass."""
    tasks: dict[Name, StageTaskSpec] = Field(default_factory=dict)
    """What this stage changes in the recipe's `tasks`, such as {needle: {depths: middle}}."""


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
    """Ceiling of the mix, of a single stage or of stages that have a `share`; null takes what the
    sources supply."""
    stages: tuple[StageSpec, ...] = ()
    """Empty means one stage, `main`, of `seq_len` and `tokens`."""
    preset: Name | None = None
    """A published mixture: what `shares` and `upsample` are where they are not given."""
    shares: tuple[ShareSpec, ...] = ()
    """Shares of the natural tokens by source, kind and length; what they leave is shared by supply.
    A source's own `share` is one of them."""
    upsample: Upsample = Field(default_factory=dict)
    """Such as {0: 0.1, 4096: 1}: within each source, documents of 4,096 tokens or more count ten
    times as much as shorter ones. Shares of the sources stay as they are."""
    count: Literal["tokens", "targets"] = "tokens"
    """What the shares of `tasks` count: tokens of a stage, or those that bear its loss."""
    sources: dict[Name, SourceSpec] = Field(min_length=1)
    near_duplicates: dict[Kind, Annotated[float, Field(gt=0, le=1)]] = Field(default_factory=dict)
    """By kind: documents whose words overlap this much (Jaccard, 0.8 is usual) are one document;
    the longest is kept."""
    decontaminate: DecontaminateSpec | None = None
    """Null looks for no prompts of benchmarks."""
    tasks: dict[Name, TaskSpec] | Literal["all"] = Field(default_factory=dict)
    """`all` takes every task of generators/tasks with equal shares."""
    packer: Name = "best_fit"
    """A module of generators/packing."""
    boundaries: Literal["document", "related", "none"] = "document"
    """What may attend to what: nothing across documents; related documents to each other, with
    `packer: related`; or all that stands between two samples of a row, as naive packing has it."""
    segment_multiple: int = Field(default=1, ge=1)
    """Every segment's length is a multiple of this: 2 * CP for context parallelism by documents."""
    segment_order: Literal["packed", "short_first", "long_first"] = "packed"
    """Segments of a row: as the packer laid them, or by length."""
    row_order: Literal["random", "balanced", "short_first", "long_first"] = "random"
    """Rows of a stage: drawn; drawn, and within each step of `cluster` dealt so that ranks wait
    little for each other; or by their longest segment."""
    model: ModelSpec = ModelSpec()
    """What costs are stated for."""
    cluster: ClusterSpec = ClusterSpec()
    """What costs are stated for, and `row_order: balanced` balances."""
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
    positions: PositionsSpec | None = None
    """Positions that train distances beyond the row, such as {scheme: pose} or {scheme: cream};
    null counts from 0 in every segment."""
    pos_target_len: Tokens | None = None
    """Bound of all positions where they do not just restart: the length that the model is to be
    extended to. `positions` and `fragment_positions: continue` cannot do without it."""
    haystack_reuse: Literal["never", "shared"] = "never"
    """`shared` lets the haystack of a sample be natural text of the mix as well."""
    max_epochs: int | None = Field(default=None, ge=1)
    """Overrides `max_epochs` of every source; null leaves it to them."""
    max_uses: int | None = Field(default=None, ge=1)
    """How often a document's text may be used in all where haystacks are shared: passes and
    haystacks together; null sets no bound."""
    window_tokens: Tokens = 20_000_000_000
    """Tokens that are packed together. A larger stage is packed window by window, each of its own
    units of input, so that a shard is gathered from few files."""
    shard_tokens: int = Field(default=67_108_864, gt=0)
    """Tokens of a shard, rounded up to whole rows; 64-128 M but in small trials."""
    unit_bytes: int = Field(default=64_000_000, gt=0)
    """Bytes of input that one unit of PREPARE reads: 5-20 s of work."""

    def resolved_stages(self) -> tuple[StageSpec, ...]:
        """Return the stages in order; one named `main` when the recipe lists none."""
        if self.stages:
            return self.stages
        return (StageSpec(name="main", seq_len=self.seq_len, tokens=self.tokens),)
