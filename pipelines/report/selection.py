"""What became of every document: kept or rejected, by source and reason, with examples of each.

`longmix inspect MIX --documents` shows it for a mix, `longmix plan RECIPE --sample N` for a sample
of the inputs, with what the whole corpus would yield.

Examples are the least, the middle and the greatest by what decided: a rule's column, or the length.
So one of them lies beside the threshold, where a rule is right or wrong.
"""

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.report.bars import bar, count, table
from pipelines.shards.mix import open_mix
from schemas.document import DOCUMENTS, kind_of_reason

Flags = npt.NDArray[np.bool_]
QUANTILES = (0.05, 0.5, 0.95)
MOST_WORDS = 8
"""Values of a column of words that are counted one by one, the most frequent first."""
LONGEST = 60
"""Characters of a doc_id that are shown."""
TOLD_BY = {
    "exact_duplicate": "copy_of",
    "near_duplicate": "near_duplicate_of",
    "contaminated": "overlap_with",
}
"""The columns that explain a reason; those of rules stand in the reason itself."""
OURS = ("group", "copy_of")
"""Columns that are added to the documents table here."""


def documents_facts(name: str) -> dict[str, Any]:
    """Return the selection of a mix as JSON values."""
    mix = open_mix(name)
    return {"mix": name, "sources": selection_facts(mix.table("documents"))}


def selection_facts(documents: pa.Table) -> list[dict[str, Any]]:
    """Return one entry a source: verdicts with examples, lengths, and quantiles of each score."""
    groups = pa.array([_group(reason) for reason in documents["reason"].to_pylist()], pa.string())
    documents = documents.append_column("group", groups)
    documents = documents.append_column("copy_of", _originals(documents))
    names = pc.unique(documents["source"]).to_pylist()
    return [_source(name, documents.filter(pc.equal(documents["source"], name))) for name in names]


def _group(reason: str | None) -> str:
    """Return what documents are counted by."""
    return "kept" if reason is None else kind_of_reason(reason)


def _originals(documents: pa.Table) -> pa.ChunkedArray:
    """Return by document the one that was kept of the same text, for exact duplicates."""
    kept = documents.filter(documents["kept"])
    which = pc.index_in(documents["sha256"], value_set=kept["sha256"].combine_chunks())
    repeats = pc.equal(documents["group"], "exact_duplicate")
    return pc.if_else(repeats, kept["doc_id"].take(which), None)


def _source(name: str, documents: pa.Table) -> dict[str, Any]:
    tokens = documents["num_tokens"].to_numpy()
    groups = np.array(documents["group"].to_pylist(), object)
    verdicts = []
    for group in sorted(set(groups), key=lambda group: (group != "kept", group)):
        mine = documents.filter(pa.array(groups == group))
        verdicts.append(
            {
                "verdict": group,
                "documents": len(mine),
                "tokens": int(tokens[groups == group].sum()),
                "examples": _examples(mine, group),
            }
        )
    kept = groups == "kept"
    return {
        "source": name,
        "kind": documents["kind"][0].as_py(),
        "documents": len(documents),
        "tokens": int(tokens.sum()),
        "verdicts": verdicts,
        "lengths": _lengths(tokens, kept),
        "scores": _scores(documents, kept),
        "words": _words(documents, kept),
    }


def _examples(documents: pa.Table, group: str) -> list[dict[str, Any]]:
    """Return the least, the middle and the greatest document of a group, with what decided it."""
    rule = [*group.split(), ""][1]
    column = rule if rule in documents.column_names else TOLD_BY.get(group)
    order = rule if column == rule and documents[rule].type == pa.float64() else "num_tokens"
    ranks = pc.sort_indices(documents, [(order, "ascending")]).to_pylist()
    places = dict.fromkeys([ranks[0], ranks[len(ranks) // 2], ranks[-1]])
    examples = []
    for line in documents.take(list(places)).to_pylist():
        example = {"doc_id": line["doc_id"], "tokens": line["num_tokens"]}
        if line["reason"] not in (None, group):
            example["reason"] = line["reason"]
        if column is not None and line[column] is not None:
            example[column] = line[column]
        examples.append(example)
    return examples


def _lengths(tokens: np.ndarray, kept: Flags) -> list[dict[str, int]]:
    """Count documents, met and kept, by the power of two below their length."""
    some = tokens > 0
    powers = np.zeros(len(tokens), np.int64)
    powers[some] = np.floor(np.log2(tokens[some])).astype(np.int64)
    return [
        {
            "from": int(2**power),
            "documents": int((some & (powers == power)).sum()),
            "kept": int((some & kept & (powers == power)).sum()),
        }
        for power in np.unique(powers[some]).tolist()
    ]


def _scores(documents: pa.Table, kept: Flags) -> dict[str, dict[str, list[float]]]:
    """Return the quantiles of each column of numbers: of all that have a value, and of the kept."""
    found = {}
    for name in _columns(documents, pa.float64()):
        values = pc.fill_null(documents[name], float("nan")).to_numpy()
        known = ~np.isnan(values)
        parts = {"met": values[known], "kept": values[known & kept]}
        found[name] = {
            part: [round(float(x), 4) for x in np.quantile(chosen, QUANTILES)]
            for part, chosen in parts.items()
            if len(chosen)
        }
    return found


def _words(documents: pa.Table, kept: Flags) -> dict[str, list[dict[str, Any]]]:
    """Count the values of each column of words, met and kept, the most frequent first."""
    found = {}
    for name in _columns(documents, pa.string()):
        values = documents[name].to_pylist()
        met = Counter(value for value in values if value is not None)
        left = Counter(value for value, is_kept in zip(values, kept, strict=True) if is_kept)
        found[name] = [
            {"value": value, "documents": number, "kept": left[value]}
            for value, number in sorted(met.items(), key=lambda entry: (-entry[1], entry[0]))
        ]
    return found


def _columns(documents: pa.Table, kind: pa.DataType) -> list[str]:
    """Return the columns of cleaners and scores of one type that hold anything."""
    return [
        field.name
        for field in documents.schema
        if field.name not in (*DOCUMENTS.names, *OURS)
        and field.type == kind
        and documents[field.name].null_count < len(documents)
    ]


def selection_text(sources: list[dict[str, Any]]) -> str:
    """Return the selection for a terminal."""
    return "\n\n".join("\n".join(_source_lines(source)) for source in sources)


def _source_lines(source: dict[str, Any]) -> list[str]:
    met, tokens = count(source["documents"], "document"), count(source["tokens"], "token")
    return [
        f"{source['source']} ({source['kind']}): {met} met, {tokens}",
        *_verdict_lines(source["verdicts"]),
        *_length_lines(source["lengths"]),
        *_score_lines(source["scores"]),
        *(line for name, values in source["words"].items() for line in _word_lines(name, values)),
    ]


def _verdict_lines(verdicts: list[dict[str, Any]]) -> list[str]:
    most = max(verdict["documents"] for verdict in verdicts)
    heads = table(
        [
            [
                f"  {verdict['verdict']}",
                f"{verdict['documents']:,}",
                f"{verdict['tokens']:,} tokens",
                bar(verdict["documents"], most, 20),
            ]
            for verdict in verdicts
        ]
    )
    # One table of all examples, so that their columns stand below each other.
    examples = iter(table([_example(e) for v in verdicts for e in v["examples"]]))
    lines = []
    for head, verdict in zip(heads, verdicts, strict=True):
        lines += [head, *(f"      {next(examples)}" for _ in verdict["examples"])]
    return lines


def _example(example: dict[str, Any]) -> list[str]:
    told = [
        value if name == "reason" else f"{name} {_number(value) if _is_number(value) else value}"
        for name, value in example.items()
        if name not in ("doc_id", "tokens")
    ]
    return [_short(example["doc_id"]), f"{example['tokens']:,} tokens", "  ".join(told)]


def _length_lines(lengths: list[dict[str, int]]) -> list[str]:
    if not lengths:
        return []
    most = max(part["documents"] for part in lengths)
    rows = [
        [
            f"    {part['from']:,}",
            f"{part['kept']:,}",
            "of",
            f"{part['documents']:,}",
            bar(part["kept"], most, 20),
        ]
        for part in lengths
    ]
    return ["  kept of met, by tokens from", *table(rows, left=0)]


def _score_lines(scores: dict[str, dict[str, list[float]]]) -> list[str]:
    """Show quantiles in columns; columns of nothing but zeros are named together."""
    empty = [name for name, parts in scores.items() if not any(map(any, parts.values()))]
    first, *others = [f"{share:.0%}" for share in QUANTILES]
    blank = ["-"] * len(QUANTILES)
    rows = [["  quantiles", f"met {first}", *others, "", f"kept {first}", *others]]
    for name, parts in scores.items():
        if name not in empty:
            met, kept = ([*map(_number, parts.get(part, []))] for part in ("met", "kept"))
            rows.append([f"    {name}", *(met or blank), "", *(kept or blank)])
    lines = table(rows) if len(rows) > 1 else []
    return [*lines, *([f"    0 nearly everywhere: {', '.join(empty)}"] if empty else [])]


def _word_lines(name: str, values: list[dict[str, Any]]) -> list[str]:
    shown = [
        [f"    {_short(entry['value'])}", f"{entry['kept']:,}", "of", f"{entry['documents']:,}"]
        for entry in values[:MOST_WORDS]
    ]
    rest = len(values) - len(shown)
    more = [f"    and {count(rest, 'value')} more"] if rest else []
    return [f"  kept of met, by {name}", *table(shown), *more]


def _is_number(value: Any) -> bool:
    return isinstance(value, float)


def _number(value: float) -> str:
    """Return 19412.0 as `19,412`, 0.08263 as `0.0826`."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - 3 digits


def _short(name: str) -> str:
    """Return a long name by its end, which tells documents of one folder apart."""
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"
