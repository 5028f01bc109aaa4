r"""Language: the natural language of a text, and how sure that is.

    "Call me Ishmael. Some years ago ..."  ->  language "en", language_confidence 1.0

`language` is the code of ISO 639-1, or of 639-3 where there is none of two letters; None where
fewer than `LEAST_LETTERS` letters are found, where the likeliest language has less than half of the
probability, and where the likeliest is no language at all (numbers, markup). The classifier is
py3langid (BSD-3-Clause; naive Bayes over byte n-grams, 140 languages; its model comes with it).

It reads `slices` pieces spread evenly from the beginning to the end, `sample` bytes together, since
books begin with title pages and files with licences. Sixteen times as much text changed the answer
for no document that was tried. Source code is not a natural language: the language of its names
and comments comes out, English mostly, at any confidence; a recipe should not judge kind `repo` by
it.

Confidence has two decimals, because the library adds in single precision, in an order that depends
on the machine. Cost: half a millisecond a document, whatever its length; a second and 110 MB for
the model, once in each process.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
from pydantic import Field

from generators.scoring._codes import beyond_ascii, letters
from schemas.errors import RecipeError
from schemas.knobs import Strict
from schemas.selection import Subject

if TYPE_CHECKING:
    from generators.scoring import Value

FOILS = False
COLUMNS = {"language": pa.string(), "language_confidence": pa.float64()}

LEAST_LETTERS = 40
"""Letters of the sample, those beyond ASCII by their bytes. Our choice: half a line."""
LEAST_CONFIDENCE = 0.5
NO_LANGUAGE = "zxx"
"""ISO 639-2: no linguistic content."""


class Options(Strict):
    """How much of the text is read."""

    needs: ClassVar[dict[str, str]] = {"py3langid": "select"}
    slices: int = Field(default=8, ge=1, le=1024)
    """Pieces, evenly spread."""
    sample: int = Field(default=1024, ge=256, le=1 << 20)
    """Bytes of all pieces together. With 512 to 16,384 the language of ten books, sixty packages
    and 300 dialogues is the same; the confidence for code falls to 0.5 with 512."""


def score(subject: Subject, options: Options) -> dict[str, "Value"]:
    """Return the language's code and its probability among all, from 0.5 to 1; or None for both."""
    none: dict[str, Value] = dict.fromkeys(COLUMNS)
    sample = _sample(subject.data, options)
    if _num_letters(sample) < LEAST_LETTERS:
        return none
    language, confidence = _classifier().classify(sample)
    confidence = round(confidence, 2)
    if language == NO_LANGUAGE or confidence < LEAST_CONFIDENCE:
        return none
    return {"language": language, "language_confidence": confidence}


def _sample(data: bytes, options: Options) -> str:
    """Return the pieces, one a line; characters cut at an edge are left out."""
    size = options.sample // options.slices
    if len(data) <= options.sample or size < 1:
        return data.decode("utf-8")
    last = len(data) - size
    starts = [last * at // max(1, options.slices - 1) for at in range(options.slices)]
    return "\n".join(data[start : start + size].decode("utf-8", "ignore") for start in starts)


def _num_letters(sample: str) -> int:
    codes = np.frombuffer(sample.encode(), np.uint8)
    return int(np.count_nonzero(letters(codes) | beyond_ascii(codes)))


@cache
def _classifier() -> Any:
    """Return the classifier with its own model. Raises RecipeError where it is not installed."""
    try:
        from py3langid import langid
    except ImportError as error:
        raise RecipeError(
            "the score 'language' needs the package py3langid, which is not installed; "
            "run `pip install 'longmix[select]'`, or leave `language` out of `scores`"
        ) from error
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
