"""The other side of `tokenise_and_pack`: datatrove from JSON lines to packed token files.

Runs in an environment of its own (`pip install datatrove==0.10.1 tokenizers orjson`) and imports
nothing of this project. Settings are datatrove's defaults, with an end token after each document.

    python datatrove_side.py DOCUMENTS.jsonl TOKENIZER.json WORK
"""

import argparse
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.tokens import DocumentTokenizer, DocumentTokenizerMerger


def main() -> None:
    """Tokenise, shuffle and merge one file of documents."""
    parser = argparse.ArgumentParser(description="datatrove: documents to packed token files")
    parser.add_argument("documents", type=Path)
    parser.add_argument("tokenizer")
    parser.add_argument("work", type=Path)
    parser.add_argument("--eos", default="<|endoftext|>")
    given = parser.parse_args()
    tokens, merged = str(given.work / "tokens"), str(given.work / "merged")
    read = JsonlReader(str(given.documents.parent), glob_pattern=given.documents.name)
    tokenise = DocumentTokenizer(tokens, given.tokenizer, eos_token=given.eos)
    merge = DocumentTokenizerMerger(tokens, merged, save_filename="packed")
    for name, pipeline in (("tokenise", [read, tokenise]), ("merge", [merge])):
        logs = str(given.work / "logs" / name)
        LocalPipelineExecutor(pipeline=pipeline, logging_dir=logs, tasks=1).run()


if __name__ == "__main__":
    main()
