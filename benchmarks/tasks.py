"""The page of tasks: what each is, and one real sample of it as it stands in a finished mix.

    longmix build recipes/tasks.yaml --out MIX inputs=BOOKS tokenizer=FILE
    python -m benchmarks.tasks MIX --out docs/tasks.md

A task is told in the first words of its own file; of its samples the first short one is shown: the
planted lines with their depths, the question, and the answer.
"""

import argparse
import importlib
import inspect
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from pipelines.report.row import row_facts
from pipelines.shards.mix import open_mix

HEAD = """# Tasks

What a synthetic sample may ask. Evidence is planted in natural text at chosen depths, or is the
text's own; a solver that shares no code with the task answers the decoded sample again in `longmix
verify`. Every task has more wordings than a mix for training uses: one in four, chosen by the hash
of its words, is held out. What all tasks share is told in [samples.md](samples.md). This page is
made from a mix:

    longmix build recipes/tasks.yaml --out MIX inputs=DIR tokenizer=FILE
    python -m benchmarks.tasks MIX --out docs/tasks.md

`written` needs files of its own and stands in [written.md](written.md).
"""
MOST = 6
"""Pieces of evidence that are shown of one sample."""
LONGEST = 320
"""Characters of a piece of evidence, and of an answer, that are shown."""


def told(task: str) -> str:
    """Return the first paragraphs of a task's own words, up to its example."""
    module = importlib.import_module(f"generators.tasks.{task}")
    text = inspect.getdoc(module) or ""
    kept = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith(" "):
            break
        kept.append(paragraph)
    words = "\n\n".join(kept)
    return f"{words[:-1]}." if words.endswith(":") else words  # an example would follow


def sample_lines(name: str, line: dict[str, Any]) -> list[str]:
    """Return a sample as a block: each piece of evidence with its depth, question and answer."""
    row = row_facts(name, line["row_id"])
    needles = [n for n in row["needles"] if n["sample_id"] == line["sample_id"]]
    lines = [f"{needle['depth']:.3f} {short(needle['evidence_text'])}" for needle in needles[:MOST]]
    lines += [f"      and {len(needles) - MOST} more"] if len(needles) > MOST else []
    question = needles[-1]["question_text"].strip()
    return ["```text", *lines, "", question, f"-> {short(line['gold'], '   ')}", "```"]


def short(text: str, indent: str = "      ") -> str:
    """Return the beginning of a text, its further lines set in."""
    text = text.strip()
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]} …").replace("\n", f"\n{indent}")


def page(name: str) -> str:
    """Return the text of the page."""
    samples = open_mix(name).table("samples")
    parts = [HEAD]
    for task in sorted(pc.unique(samples["task"]).to_pylist()):
        mine = samples.filter(pc.equal(samples["task"], task)).sort_by("num_tokens").to_pylist()
        mine = [line for line in mine if line["answerable"]]
        line = mine[0]
        parts += [
            f"## {task}",
            "",
            told(task),
            "",
            f"One of {line['num_tokens']:,} tokens (the number is the depth of the evidence):",
            "",
            *sample_lines(name, line),
            "",
        ]
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mix")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.write_text(page(arguments.mix), encoding="utf-8")


if __name__ == "__main__":
    main()
