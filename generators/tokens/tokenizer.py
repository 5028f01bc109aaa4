"""The tokenizer: text to ids and back, offsets in bytes, and the proof that its engine is right.

One adapter for every tokenizer.json. Text never yields an id flagged special: `<|endoftext|>` in
source code is text. Nothing is added before or after the text. For byte-level vocabularies (nearly
all of today's) decoding and offsets are exact tables; for others (WordPiece, Unigram) the library
decodes and measures, at its own speed and to its own rules.

    tokenizer = load_tokenizer(data).for_job(first_text)
    text = tokenizer.normalise(text)            # once; from here decoding gives the text back
    ids = tokenizer.encode(text)                # int32[T]
    ends = tokenizer.byte_ends(ids)             # int64[T]; ends[-1] == len(text.encode())

Cost: that of the engine; decoding by table some hundred MB/s, offsets a cumulative sum.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from generators.tokens import bytelevel
from generators.tokens.engines import (
    Engine,
    EngineName,
    IntArray,
    Oracle,
    oracle_ends,
    oracle_ids,
)
from generators.tokens.gate import OWN_TEXT_CHARS, choose_engine, difference, engines_after
from schemas.errors import RecipeError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tokenizer:
    """A tokenizer.json and the engine that was proved on it. Made by `load_tokenizer`."""

    data: bytes = field(repr=False)
    """The tokenizer.json, byte for byte."""
    sha256: str
    """Of `data`, hexadecimal."""
    vocab_size: int
    """Tokens, added ones included."""
    table_size: int
    """Largest id + 1; more than `vocab_size` where ids have holes."""
    eos_id: int | None
    bos_id: int | None
    pad_id: int | None
    """As it was given; None pads with the end id."""
    special_ids: IntArray = field(repr=False)
    """int32[S], sorted: ids of added tokens that are flagged special."""
    is_byte_level: bool
    engine: EngineName
    """`fastokens` or `tokenizers`."""
    engine_version: str
    passed_over: tuple[str, ...] = ()
    """Why each engine that was tried before this one is not used."""
    _requested: EngineName = field(repr=False)
    _cases: Mapping[str, str] = field(repr=False)
    _run: Engine = field(repr=False)
    _oracle: Oracle = field(repr=False)
    _normalise: Callable[[str], str] = field(repr=False)
    _bytes: bytelevel.ByteTable | None = field(repr=False)
    _forbidden: npt.NDArray[np.bool_] = field(repr=False)
    """bool[table_size]: the special ids, but for the one that stands for what cannot be spelt."""

    def normalise(self, text: str) -> str:
        """Return the text in the tokenizer's own normal form; doing it twice changes nothing."""
        return self._normalise(text)

    def encode(self, text: str) -> IntArray:
        """Return the ids of the text, int32[T], without start or end ids.

        Raises RecipeError when the model itself spells text by a special token.
        """
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[IntArray]:
        """Return the ids of each text, int32[T]; the same as encoding them one by one."""
        encoded = self._run(texts)
        self._refuse_special(encoded.ids)
        return np.split(encoded.ids, encoded.offsets[1:-1]) if texts else []

    def encode_reference(self, text: str) -> IntArray:
        """Return int32[T] by the oracle, `tokenizers` 0.23 on the whole text: slow and right."""
        return oracle_ids(self._oracle.open(), text)

    def decode(self, ids: npt.NDArray[Any]) -> str:
        """Return the text of int[T] ids; special tokens as they are spelt, U+FFFD for cut bytes.

        Raises ValueError naming an id that no token has.
        """
        if self._bytes is not None:
            return bytelevel.decode_bytes(self._bytes, ids).decode("utf-8", "replace")
        oracle = self._oracle.open()
        for index in np.unique(ids).tolist():
            if index < 0 or oracle.id_to_token(index) is None:
                raise ValueError(f"{index} is not an id of this tokenizer")
        text: str = oracle.decode(ids.tolist(), skip_special_tokens=False)
        return text

    def decode_bytes(self, ids: npt.NDArray[Any]) -> bytes:
        """Return the UTF-8 bytes of int[T] ids; slices of a byte-level text join to the whole."""
        if self._bytes is not None:
            return bytelevel.decode_bytes(self._bytes, ids)
        return self.decode(ids).encode("utf-8")

    def byte_ends(self, ids: npt.NDArray[Any], text: str | None = None) -> npt.NDArray[np.int64]:
        """Return int64[T], the end of every token in UTF-8 bytes of the text that gave `ids`.

        The text must be in normal form. Byte-level vocabularies do not need it, and check it when
        it is given; others need it, and their tokens that share a character end where it ends.
        Raises ValueError when the text is missing or is not the text of these ids.
        """
        if self._bytes is not None:
            ends = bytelevel.byte_ends(self._bytes, ids)
            if text is not None and (ends[-1] if len(ends) else 0) != _size(text):
                raise ValueError("the text is not the one that these ids spell")
            return ends
        if text is None:
            raise ValueError("this tokenizer is not byte-level: byte_ends needs the text")
        return oracle_ends(self._oracle.open(), ids, text)

    def num_bytes(self, ids: npt.NDArray[Any]) -> int:
        """Return the bytes that int[T] ids of a byte-level vocabulary stand for, all together.

        The last of `byte_ends`, without the others. Raises ValueError for other vocabularies.
        """
        if self._bytes is None:
            raise ValueError("this tokenizer is not byte-level: an id alone has no size")
        return int(self._bytes.num_bytes[ids].sum())

    def for_job(self, own_text: str) -> "Tokenizer":
        """Return a tokenizer whose engine is proved on the job's own first text as well.

        From here the oracle is open only while it is used.

        With `engine="auto"` the next engine takes over where this one differs, and `passed_over`
        says why. Raises RecipeError naming the place for an engine that was asked for by name.
        """
        own = {"the job's own text": own_text[:OWN_TEXT_CHARS]}
        fault = difference(self._run, self.encode_reference, own)
        if fault is None:
            self._oracle.close()
            return self
        choice = choose_engine(
            engines_after(self.engine) if self._requested == "auto" else (),
            data=self.data,
            oracle=self._oracle.open(),
            cases={**self._cases, **own},
            passed_over=(*self.passed_over, f"{self.engine}: {fault}"),
        )
        return replace(
            self,
            engine=choice.name,
            engine_version=version(choice.name),
            passed_over=choice.passed_over,
            _run=choice.run,
        )

    def _refuse_special(self, ids: IntArray) -> None:
        """Raise RecipeError when text came out as a special token (a word of its very spelling)."""
        hits = self._forbidden[ids]
        if hits.any():
            index = int(ids[int(np.argmax(hits))])
            raise RecipeError(
                f"tokenizer: its model spells text by the special token "
                f"{self.decode(ids[hits][:1])!r} (id {index}), so a text could forge a boundary; "
                "leave that text out, or take a tokenizer that splits special tokens up"
            )


def _size(text: str) -> int:
    """Return the bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8"))
