"""Engines: who turns text into ids, all of them behind one call.

An engine takes a list of texts and returns their ids in one array with the offset of each text, so
that nothing is made per token in Python. Special tokens inside the text are text to every engine.

* fastokens   the bulk engine: 50 to 200 MB/s, n log n in the length of one word: a second and 40
              MB for a word of a million letters; longer ones are rejected (generators/text.py)
* tokenizers  0.23, the oracle's own library, at 2 MB/s: text is cut where that is proved exact,
              else it stays whole, and a whole text costs the library about 600 bytes a token

The oracle is `tokenizers` 0.23 on the whole text, and one text at a time, so it uses one thread.
It is as large as the engine, so a tokenizer opens it again when it is asked for (`Oracle`).
fastokens shares a long text among threads of its own; FASTOKENS_BPE_THREADS, set by whoever starts
the process, bounds them. The ids are the same with any number.

tokenizers 1.0 is no engine: it takes its tokenizer from a file only, and cannot be installed beside
0.23, whose training, normalisers and offsets are needed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import fastokens
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer as HFTokenizer

from generators.tokens.cuts import pieces, safe_cut
from schemas.errors import RecipeError

IntArray = npt.NDArray[np.int32]
OffsetArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoded:
    """The ids of N texts, back to back."""

    ids: IntArray
    """int32[T]."""
    offsets: OffsetArray
    """int64[N + 1]; text i owns ids[offsets[i]:offsets[i + 1]]."""


_CONTINUATION = 0x80
"""The two top bits of a byte inside a UTF-8 character."""

Engine = Callable[[Sequence[str]], Encoded]
EngineName = Literal["auto", "fastokens", "tokenizers"]


class Oracle:
    """The oracle of a tokenizer.json, open while it is used.

    Closed, a build with a vocabulary of 100,000 peaked 40 MB lower; to open it again takes 0.3 s.
    """

    def __init__(self, data: bytes, opened: HFTokenizer | None = None) -> None:
        self._data = data
        self._opened = opened

    def open(self) -> HFTokenizer:
        """Return the library's tokenizer."""
        if self._opened is None:
            self._opened = load_oracle(self._data)
        return self._opened

    def close(self) -> None:
        """Let go of it until it is needed."""
        self._opened = None


def load_oracle(data: bytes) -> HFTokenizer:
    """Return the `tokenizers` library's tokenizer, set to take special tokens in text as text.

    Truncation and padding that the file may ask for are off: they would lose or invent tokens.
    Raises RecipeError when the library cannot read the bytes.
    """
    try:
        oracle = HFTokenizer.from_buffer(data)
    except Exception as error:  # the library raises nothing more precise
        raise RecipeError(
            f"tokenizer: the `tokenizers` library cannot read the file ({error}); "
            "give a tokenizer.json that it can load"
        ) from error
    oracle.no_truncation()
    oracle.no_padding()
    oracle.encode_special_tokens = True
    return oracle


def oracle_ids(oracle: HFTokenizer, text: str) -> IntArray:
    """Return int32[T], the ids that every engine must give: the text whole, without extra ids."""
    # The batch call with one text is the one that computes no offsets.
    [encoding] = oracle.encode_batch_fast([text], add_special_tokens=False)
    return np.array(encoding.ids, dtype=np.int32)


def oracle_ends(oracle: HFTokenizer, ids: npt.NDArray[Any], text: str) -> OffsetArray:
    """Return int64[T], where each token ends in the UTF-8 bytes of the text, by the library.

    Its offsets count characters, so tokens that share a character all end where it ends.
    Raises ValueError when the text does not give these ids.
    """
    encoding = oracle.encode(text, add_special_tokens=False)
    if not np.array_equal(encoding.ids, ids):
        raise ValueError("the text is not the one that gave these ids")
    # Every byte but a continuation (0b10xxxxxx) begins a character: "aé漢" -> 0, 1, 3, 6.
    raw = np.frombuffer(text.encode("utf-8"), np.uint8)
    boundaries = np.append(np.flatnonzero((raw & 0xC0) != _CONTINUATION), len(raw))
    ends = np.array([end for _, end in encoding.offsets], dtype=np.int64)
    return boundaries[ends].astype(np.int64)


def open_fastokens(data: bytes, oracle: HFTokenizer) -> Engine:
    """Return the fastokens engine. Raises ValueError for models that it does not know."""
    library = fastokens.Tokenizer.from_json_str(data.decode("utf-8"))
    library.no_truncation()
    library.no_padding()

    def encode(texts: Sequence[str]) -> Encoded:
        ids, offsets = library.encode_batch_flat(list(texts), split_special_tokens=True)
        return Encoded(
            ids=np.frombuffer(ids, "<i4"),  # of uint32, but no vocabulary has 2**31 tokens
            offsets=np.frombuffer(offsets, "<u8").astype(np.int64),
        )

    return encode


def open_tokenizers(data: bytes, oracle: HFTokenizer) -> Engine:
    """Return the engine of the oracle's library, on pieces where cutting is proved exact."""
    vocabulary = oracle.get_vocab(with_added_tokens=True)
    cut = safe_cut(lambda text: oracle_ids(oracle, text), vocabulary)

    def encode(texts: Sequence[str]) -> Encoded:
        parts = [[oracle_ids(oracle, piece) for piece in pieces(text, cut)] for text in texts]
        lengths = [sum(map(len, part)) for part in parts]
        return Encoded(
            ids=np.concatenate([np.empty(0, np.int32), *(ids for part in parts for ids in part)]),
            offsets=np.cumsum([0, *lengths], dtype=np.int64),
        )

    return encode


ENGINES: dict[EngineName, Callable[[bytes, Any], Engine]] = {
    "fastokens": open_fastokens,
    "tokenizers": open_tokenizers,
}
"""In the order in which `auto` tries them. The names are those of the installed packages."""
