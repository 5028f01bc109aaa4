"""The texts of a mix: its documents from a store, or what its rows say, and whose they are.

    store at hand        every kept document, whole           books:emma.txt
    rows alone           a fragment for each natural span     books:emma.txt@4096
    nothing but samples  their haystacks, without evidence, question and answer

Cost: the documents table and the names of the store; rows are decoded at some 100 MB/s.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generators.tokens.load import load_tokenizer
from generators.tokens.tokenizer import Tokenizer
from pipelines.files import open_folder, store_of
from pipelines.shards.mix import Mix
from pipelines.store.texts import StoredTexts
from schemas.canonical import digest

WIDTH = 16
"""Documents are looked at until they hold so many times what is needed of their source."""
DEPTH = 2
"""Rows are read until they hold so many times what is needed: their shares vary."""
PARTS = 20
"""Shares of sources are whole twentieths, so that a sample more or less moves no text."""
LEAD_TOKENS = 64
"""What is left out before the answer of a sample whose question stands first: its last line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document, or a part of one."""

    name: str
    tokens: int
    read: Callable[[], str | None]
    """None where the store does not have it."""


def source_shares(mix: Mix) -> dict[str, float]:
    """Return the part of each source in the text of the mix, haystacks included, in twentieths."""
    tokens = {s: float(n) for s, n in mix.manifest["totals"]["by_source"].items() if ":" not in s}
    chars: dict[str, int] = {}
    for haystack in mix.table("samples", ["haystack"])["haystack"].chunks:
        spans = haystack.flatten()
        sizes = pc.subtract(spans.field("end"), spans.field("start"))
        table = pa.table({"doc_id": spans.field("doc_id"), "chars": sizes})
        for line in table.group_by("doc_id").aggregate([("chars", "sum")]).to_pylist():
            source = line["doc_id"].partition(":")[0]
            chars[source] = chars.get(source, 0) + line["chars_sum"]
    samples = sum(mix.manifest["totals"]["by_task"].values())
    for source, size in chars.items():
        tokens[source] = tokens.get(source, 0.0) + samples * size / sum(chars.values())
    whole = sum(tokens.values())
    parts = {s: max(1, round(PARTS * n / whole)) for s, n in sorted(tokens.items()) if n}
    return {source: part / sum(parts.values()) for source, part in parts.items()}


def texts_in_store(mix: Mix, store: str | None, wanted: dict[str, float]) -> dict[str, list[Text]]:
    """Return the kept documents by source, in the order of a hash, as many as may be needed."""
    folder = open_folder(store_of(mix.folder.uri, store))
    if not folder.exists("prepare"):
        return {}
    texts = StoredTexts(folder)
    table = mix.table("documents", ["doc_id", "source", "num_tokens", "sha256", "kept"])
    names, sources, tokens, hashes = (
        table.filter(table["kept"])[column].to_pylist() for column in table.column_names[:-1]
    )
    found: dict[str, list[Text]] = {}
    given = dict.fromkeys(wanted, 0)
    for at in np.argsort([place_of(name) for name in names]).tolist():
        source = sources[at]
        if tokens[at] and given.get(source, 0) < WIDTH * wanted.get(source, 0):
            read = partial(_read, texts, hashes[at])
            found.setdefault(source, []).append(Text(name=names[at], tokens=tokens[at], read=read))
            given[source] += tokens[at]
    return found


def _read(texts: StoredTexts, sha256: str) -> str | None:
    data = texts.read(sha256)
    return None if data is None else data.decode("utf-8")


def texts_in_rows(mix: Mix, wanted: dict[str, float]) -> dict[str, list[Text]]:
    """Return fragments of documents by source, from as many rows as hold DEPTH times the wanted.

    A source that has less than is wanted of it has the haystacks of its samples beside.
    """
    facts = mix.manifest["tokenizer"]
    data = mix.folder.read("tokenizer/tokenizer.json")
    tokenizer = load_tokenizer(
        data, eos_id=facts["eos_id"], bos_id=facts["bos_id"], engine="tokenizers"
    )
    samples = mix.table("samples", ["sample_id", "answer_start", "haystack"])
    known = {line["sample_id"]: line for line in samples.to_pylist()}
    natural: dict[str, list[Text]] = {}
    woven: dict[str, list[Text]] = {}
    met = 0
    for row in _rows(mix):
        ids = np.asarray(row["input_ids"], np.int32)
        for span in row["spans"]:
            source, keep = span["source"], np.zeros(len(ids), bool)
            keep[span["start"] : span["start"] + span["length"]] = True
            into, name = natural, f"{span['doc_id']}@{span['doc_offset']}"
            if source.startswith("task:"):
                line, into = known[span["doc_id"]], woven
                if not line["haystack"]:
                    continue
                source = line["haystack"][0]["doc_id"].partition(":")[0]
                _leave_out(keep, row["needles"], line)
            text = _text(tokenizer, ids[keep], name)
            into.setdefault(source, []).append(text)
            met += text.tokens
        if met >= DEPTH * sum(wanted.values()):
            break
    for source, some in woven.items():
        mine = natural.setdefault(source, [])
        if sum(text.tokens for text in mine) < wanted.get(source, 0):
            mine += some
    return natural


def _rows(mix: Mix) -> Iterator[dict[str, Any]]:
    """Yield rows shard by shard, in the order of a hash of their paths."""
    columns = ["input_ids", "spans", "needles"]
    for shard in sorted(mix.manifest["shards"], key=lambda shard: place_of(shard["path"])):
        with mix.folder.open(shard["path"]) as source, pq.ParquetFile(source) as file:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group, columns=columns)
                for at in range(len(table)):
                    row = {name: table[name][at].as_py() for name in columns[1:]}
                    yield row | {"input_ids": table["input_ids"][at].values.to_numpy()}


def _leave_out(
    keep: npt.NDArray[np.bool_], needles: list[dict[str, Any]], line: dict[str, Any]
) -> None:
    """Clear evidence, question and answer of a sample; a question at the end with its last line."""
    answer = line["answer_start"]
    keep[max(answer - LEAD_TOKENS, 0) :] = False
    for needle in needles:
        if needle["sample_id"] == line["sample_id"]:
            keep[needle["evidence_start"] : needle["evidence_end"]] = False
            keep[needle["question_start"] : needle["question_end"]] = False


def _text(tokenizer: Tokenizer, ids: npt.NDArray[np.int32], name: str) -> Text:
    """Return what ids say, special tokens and characters that were cut through left out."""
    plain = ids[~np.isin(ids, tokenizer.special_ids)]
    text = tokenizer.decode_bytes(plain).decode("utf-8", "ignore")
    return Text(name=name, tokens=len(plain), read=lambda: text)


def place_of(name: str) -> float:
    """Return where the hash of a name falls, 0 to 1."""
    return int(digest(["smoke", name])[:13], 16) / 16**13
