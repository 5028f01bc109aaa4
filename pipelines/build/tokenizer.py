"""The tokenizer of a job: read, fetched or trained, proved on the job's own text, and kept.

`tokenizer: train` learns from whole inputs in the order of their hash: the order depends on what an
input contains and on the seed, never on names or listing, and stops at the recipe's cap.
"""

import os
from collections.abc import Iterator

from generators import sources
from generators.files import open_place
from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from generators.tokens.train import train_bpe
from pipelines.build.refine import cleaned
from pipelines.plan.inputs import reading_fields, sampling_order
from pipelines.store import Store
from schemas.errors import BrokenFile, LongmixError, RecipeError, RemoteError
from schemas.recipe import Recipe
from schemas.unit import Item, Unit

FIRST_TEXT_CHARS = 200_000
"""The job's own text on which the tokenizer's engine is proved."""


def given_tokenizer(recipe: Recipe) -> bytes | None:
    """Return the bytes of the recipe's tokenizer.json, None when it is to be trained."""
    name = recipe.tokenizer
    if name == "train":
        return None
    if os.path.isdir(name):
        raise RecipeError(f"tokenizer: {name} is a folder; name the tokenizer.json in it")
    if "://" in name or os.path.exists(name):
        place = open_place(os.path.dirname(name) or ".")
        return place.read_bytes(os.path.basename(name))
    if name.endswith(".json") or name.startswith((".", "/")):
        raise RecipeError(f"tokenizer: there is no file {name}")
    return _from_hub(name)


def _from_hub(name: str) -> bytes:
    """Return the tokenizer.json of a model of the Hugging Face hub."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        with open(hf_hub_download(name, "tokenizer.json"), "rb") as file:
            return file.read()
    except HFValidationError as error:
        raise RecipeError(
            f"tokenizer: {name!r} is neither a file here nor a name of the hub; name a "
            "tokenizer.json, a model of the hub, or `train`"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise RemoteError(
            f"tokenizer: {name!r} is no file here, and the hub does not give its tokenizer.json: "
            f"{error}"
        ) from error


def train_tokenizer(recipe: Recipe, items: list[Item], store: Store) -> bytes:
    """Return the tokenizer that the recipe's inputs train, from the store when it was done."""
    work = {
        "items": [[item.source, item.uri, item.sha256] for item in items],
        "sources": {name: reading_fields(spec) for name, spec in recipe.sources.items()},
        "train": recipe.train.model_dump(),
        "seed": recipe.seed,
    }
    unit = Unit(phase="train", index=0, description=work)
    name = f"{store.place(unit)}/tokenizer.json"
    if store.done(unit) is None:
        data = train_bpe(_training_texts(recipe, items), vocab_size=recipe.train.vocab_size)
        store.folder.write(name, data, moment="train.tokenizer")
        store.finish(unit, ("tokenizer.json",), {})
    return store.folder.read(name)


def _first_text(recipe: Recipe, items: list[Item]) -> str:
    """Return the beginning of the first document that reads well, "" where none does."""
    return next(_sound_texts(recipe, items), "")[:FIRST_TEXT_CHARS]


def _sound_texts(recipe: Recipe, items: list[Item]) -> Iterator[str]:
    """Yield the texts that read well. What does not is passed over: PREPARE judges it by name."""
    place = open_place(recipe.inputs)
    for item in items:
        spec = recipe.sources[item.source]
        try:
            for document in sources.load(spec.reader).read(item, spec, place, seed=recipe.seed):
                text, reason, _ = cleaned(document, spec)
                if reason is None:
                    yield text
        except BrokenFile:
            continue
        except (LongmixError, OSError, MemoryError):
            raise  # the machine's fault: it must not decide what a tokenizer learns from
        except Exception:  # noqa: S112 - the input's own fault, the same in every run
            continue


def proved_tokenizer(data: bytes, recipe: Recipe, items: list[Item], store: Store) -> Tokenizer:
    """Return the tokenizer, its engine proved on the job's first text, its file in the store."""
    tokenizer = load_tokenizer(
        data,
        eos_id=recipe.eos_id,
        bos_id=recipe.bos_id,
        pad_id=recipe.pad_id,
        engine=recipe.engine,
    ).for_job(_first_text(recipe, items))
    _check_ids(recipe, tokenizer)
    name = f"tokenizers/{tokenizer.sha256}.json"
    if not store.folder.exists(name):
        store.folder.write(name, tokenizer.data, moment="train.tokenizer")
    return tokenizer


def _check_ids(recipe: Recipe, tokenizer: Tokenizer) -> None:
    """Refuse a recipe that wants ids which the tokenizer does not have."""
    if recipe.eos and tokenizer.eos_id is None:
        raise RecipeError(
            "eos: the tokenizer names no end token; set eos_id=NUMBER, or eos=false to do without"
        )
    if recipe.bos != "none" and tokenizer.bos_id is None:
        raise RecipeError(
            f"bos: the recipe wants a start token ({recipe.bos}) and the tokenizer names none; set "
            "bos_id=NUMBER, or bos=none"
        )
    if recipe.fragment_positions == "continue" and recipe.pos_target_len is None:
        raise RecipeError(
            "pos_target_len: must be given with fragment_positions=continue: the longest position "
            "that your model is to see"
        )


def _training_texts(recipe: Recipe, items: list[Item]) -> Iterator[str]:
    """Yield texts of at most `recipe.train.max_bytes` characters in all."""
    left = recipe.train.max_bytes
    for text in _sound_texts(recipe, sampling_order(recipe, items)):
        yield text[:left]
        left -= len(text)
        if left <= 0:
            return
