"""The gate: an engine is used only after it gave the oracle's ids on cases that break engines.

Some loaders of tokenizer.json are wrong on a few per cent of odd text, so a fast engine is proved
on these cases when it is opened, and on the job's own first text before the job begins.
Cost: a tenth of a second for the cases, another for 200 000 characters of own text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generators.tokens.engines import ENGINES, Engine, EngineName, IntArray, oracle_ids
from schemas.errors import RecipeError

OWN_TEXT_CHARS = 200_000
"""Of the job's own text, how much is compared: about 0.1 s for the oracle."""

_CASES = {
    "empty text": "",
    "plain words": "The quick brown fox, jumping; over 13 lazy dogs.",
    "runs of spaces": " a  b   c    d" + " " * 70 + "e" + " " * 200,
    "leading and trailing white space": "  \n\t x \t\n  ",
    "tabs and indentation": "def f():\n\tif x:\n\t\treturn  1\n        pass\n",
    "runs of newlines": "a\n\nb\n\n\nc\n \n \nd\n\n\n\n",
    "CRLF and lone CR": "a\r\nb\r\n\r\nc\rd\r\r\n",
    "odd white space": "a\u00a0b\u2003c\u3000d\u2028e\u2029f\u0085g\u200bh\ufeffi\u1680j\x0bk\x0cl",
    "contractions": "I'm you're he's we'll they'd can't I've DON'T it\u2019s \u2019tis 'S 's' 'll'",
    "long s in a contraction": "it'\u017f '\u017f \u017f'd \u212a'd \u0130'm",
    "digits": "1 12 123 1234 12345 3.14159 1,000,000 ٣٤٥ ४५६ ²³ ½ Ⅷ \uff11\uff12",
    "combining marks": "e\u0301 n\u0303o q\u0307\u0323 \u0301x Z\u0351\u0343\n>\u0338",
    "decomposed and compatibility forms": "Å \u212b ﬁ ① \u1e9b\u0323 \u0344 \u2126 \uf900",
    "CJK": "漢字とかな、カタカナ。中文句子\uff01\u304b\u3099 𠀀𪜶",
    "Hangul": "한국어 문장 \u1112\u1161\u11ab \uac00\u11a8",
    "right to left": "שָׁלוֹם עולם العَرَبِيَّة ‏‎",
    "Indic and Thai": "हिन्दी नमस्ते தமிழ் ภาษาไทย ก็",
    "emoji": "🙂 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇫🇷🇩🇪 ✊🏿 ☃️ 1️⃣",
    "control characters": "a\x01b\x02\x07\x1b[0m\x7f\x80\x9f",
    "unassigned and private": "\u0378 \ue000 \U000e0001 \U0010fffd \uffff \ufffd",
    "punctuation": "...!?!? --- «a» “b” \u2018c\u2019 (d)[e]{f} $%^&*_+=~`|\\/<>@#",
    "code": "for(i=0;i<10;++i){a[i]+=*p++;} /* x */ // y\nSELECT * FROM t WHERE a='b';",
    "case changes": "camelCaseHTTPServer snake_case SCREAMING_CASE iPhone ǅ ß ẞ",
    "a long word": "a" * 3000 + " " + "ab" * 1500,
    "a long run of marks": "=" * 500 + "-" * 333 + "\n" + "#" * 65,
    "looks like markup": "<|x|> <| |> |> <s> </s> [INST] <0x0A> ▁a Ġb Ċ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The engine that passed, and why those before it did not."""

    name: EngineName
    run: Engine
    passed_over: tuple[str, ...]


def choose_engine(
    names: Sequence[EngineName],
    *,
    data: bytes,
    oracle: Any,
    cases: Mapping[str, str],
    passed_over: tuple[str, ...] = (),
) -> Choice:
    """Return the first engine of `names` that gives the oracle's ids on every case.

    Raises RecipeError with the reason of each when none does.
    """
    for name in names:
        try:
            run = ENGINES[name](data, oracle)
            fault = difference(run, lambda text: oracle_ids(oracle, text), cases)
        except ValueError as error:  # a model, or a text, that the engine says it cannot do
            fault = str(error)
        if fault is None:
            return Choice(name=name, run=run, passed_over=passed_over)
        passed_over = (*passed_over, f"{name}: {fault}")
    raise RecipeError(
        "engine: no engine gives the ids of the `tokenizers` library on this tokenizer ("
        f"{'; '.join(passed_over)}); use engine auto, or another tokenizer"
    )


def engines_after(name: EngineName) -> tuple[EngineName, ...]:
    """Return the engines that `auto` tries after this one."""
    names = list(ENGINES)
    return tuple(names[names.index(name) + 1 :])


def hard_cases(contents: Iterable[str]) -> dict[str, str]:
    """Return name -> text: the fixed cases, and one for each added token, plain and in company."""
    own = {
        f"the token {content!r} in text": f"{content} a{content}b\n{content * 2} {content[:-1]}"
        for content in contents
    }
    return _CASES | own


def difference(
    engine: Engine, oracle: Callable[[str], IntArray], cases: Mapping[str, str]
) -> str | None:
    """Return a sentence on the first case whose ids differ from the oracle's, or None.

    Every case is encoded alone and all of them in one call, which must come to the same.
    """
    together = engine(list(cases.values()))
    for index, (name, text) in enumerate(cases.items()):
        expected = oracle(text)
        alone = engine([text]).ids
        start, end = together.offsets[index], together.offsets[index + 1]
        for given in (alone, together.ids[start:end]):
            if not np.array_equal(given, expected):
                return f"{name}: {_first_difference(given, expected)}"
    return None


def _first_difference(given: IntArray, expected: IntArray) -> str:
    """Describe where two id arrays part: 'token 2 is 17 where `tokenizers` gives 19'."""
    shared = min(len(given), len(expected))
    parted = np.flatnonzero(given[:shared] != expected[:shared])
    if parted.size:
        at = int(parted[0])
        return f"token {at} is {given[at]} where `tokenizers` gives {expected[at]}"
    return f"{len(given)} tokens where `tokenizers` gives {len(expected)}"
