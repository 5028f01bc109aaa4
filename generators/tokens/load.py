"""Loading: from the bytes of a tokenizer.json to a tokenizer whose engine is proved.

The file is read, the oracle and the engine are opened, the engine must give the oracle's ids on the
hard cases (`gate`), and the byte table must give every case back, else the tokenizer is treated as
one that is not byte-level.

Cost for a vocabulary of 100 000 tokens: 1.5 s, of which fastokens takes 1.0, the oracle 0.3, the
file and the byte table 0.2; 0.6 s for one of 50 000.
"""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version

import numpy as np
from tokenizers import Tokenizer as HFTokenizer

from generators.tokens.bytelevel import ByteTable, byte_table, decode_bytes
from generators.tokens.engines import ENGINES, Engine, EngineName, Oracle, load_oracle
from generators.tokens.facts import Facts, read_facts
from generators.tokens.gate import choose_engine, hard_cases
from generators.tokens.normal import normaliser
from generators.tokens.tokenizer import Tokenizer
from schemas.errors import RecipeError

END_TOKENS = (
    "<|endoftext|>",  # GPT-2, GPT-NeoX, OLMo, Qwen, Phi, StarCoder
    "<|end_of_text|>",  # Llama 3
    "<\uff5cend\u2581of\u2581sentence\uff5c>",  # DeepSeek
    "</s>",  # SentencePiece: Llama 2, Mistral, T5
    "<eos>",  # Gemma
    "<EOS_TOKEN>",  # Command R
    "[EOS]",
    "<|im_end|>",  # ends a turn rather than a document: only where nothing else does
    "[SEP]",  # BERT
)
"""Contents that end a document, in the order in which they are looked for. dolma2 has the first
and `<|im_end|>`; its documents end with the first."""
START_TOKENS = (
    "<|begin_of_text|>",
    "<|startoftext|>",
    "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
    "<s>",
    "<bos>",
    "<BOS_TOKEN>",
    "[BOS]",
    "[CLS]",
)
"""Contents that start a document, likewise."""


def load_tokenizer(
    data: bytes,
    *,
    eos_id: int | None = None,
    bos_id: int | None = None,
    pad_id: int | None = None,
    engine: EngineName = "auto",
) -> Tokenizer:
    """Return the tokenizer of the bytes of a tokenizer.json, its engine proved on hard cases.

    `eos_id` and `bos_id` that are not given are found by the contents above among the tokens
    flagged special, and stay None where there is none. Raises RecipeError for a file that is no
    tokenizer, an id that no token has, and an engine asked for by name that is wrong on it.
    """
    facts = read_facts(data)
    _check_ids(facts, {"eos_id": eos_id, "bos_id": bos_id, "pad_id": pad_id})
    oracle = load_oracle(data)
    _check_added(facts, oracle)
    cases = hard_cases(token.content for token in facts.added)
    choice = choose_engine(_names(engine), data=data, oracle=oracle, cases=cases)
    normalise = normaliser(facts.normalizer)
    table = _proved_table(facts, choice.run, map(normalise, cases.values()))
    special = np.array(sorted({t.id for t in facts.added if t.special}), dtype=np.int32)
    numbers = np.arange(max(facts.ids()) + 1)
    return Tokenizer(
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        vocab_size=len(facts.ids()),
        table_size=len(numbers),
        eos_id=_find(facts, END_TOKENS) if eos_id is None else eos_id,
        bos_id=_find(facts, START_TOKENS) if bos_id is None else bos_id,
        pad_id=pad_id,
        special_ids=special,
        is_byte_level=table is not None,
        engine=choice.name,
        engine_version=version(choice.name),
        passed_over=choice.passed_over,
        _requested=engine,
        _cases=cases,
        _run=choice.run,
        _oracle=Oracle(data, oracle),
        _normalise=normalise,
        _bytes=table,
        _forbidden=np.isin(numbers, special) & (numbers != facts.unk_id),
    )


def _names(engine: EngineName) -> tuple[EngineName, ...]:
    """Return the engines to try; raise RecipeError for a name that is none."""
    if engine == "auto":
        return tuple(ENGINES)
    if engine not in ENGINES:
        raise RecipeError(f"engine: no engine named {engine!r}; use auto, {' or '.join(ENGINES)}")
    return (engine,)


def _check_ids(facts: Facts, given: dict[str, int | None]) -> None:
    """Raise RecipeError for an id that no token has."""
    known = facts.ids()
    for key, index in given.items():
        if index is not None and index not in known:
            raise RecipeError(
                f"{key}: no token of this tokenizer has the id {index}; its ids go from "
                f"{min(known)} to {max(known)}; name one of them or leave {key} out"
            )


def _check_added(facts: Facts, oracle: HFTokenizer) -> None:
    """Raise RecipeError where the library gives an added token another id than the file."""
    for token in facts.added:
        found = oracle.token_to_id(token.content)
        if found != token.id:
            raise RecipeError(
                f"tokenizer: the file gives {token.content!r} the id {token.id}, but the "
                f"`tokenizers` library takes it as {found}; renumber its added_tokens so that they "
                "follow the model's vocabulary"
            )


def _find(facts: Facts, contents: Iterable[str]) -> int | None:
    """Return the id of the first content that is a special token here, or None."""
    special = {token.content: token.id for token in facts.added if token.special}
    return next((special[content] for content in contents if content in special), None)


def _proved_table(facts: Facts, run: Engine, texts: Iterable[str]) -> ByteTable | None:
    """Return the byte table when the ids of every text spell that very text, else None."""
    if not facts.looks_byte_level:
        return None
    normalise = normaliser(facts.normalizer)
    literal = {
        # A token that is matched in normalised text stands there in its normal form.
        (normalise(token.content) if token.normalized else token.content): token.id
        for token in facts.added
    }
    table = byte_table(facts.model_tokens, literal)
    normal = list(texts)
    spelt = b"".join(text.encode("utf-8") for text in normal)
    return table if decode_bytes(table, run(normal).ids) == spelt else None
