"""Make `generators/decontam/firewall.grams` from a folder of prompt files.

    python -m benchmarks.firewall PROMPTS --out generators/decontam/firewall.grams

PROMPTS holds a file or a folder for each benchmark, named after it: `RULER.txt`, `HELMET/qa.txt`.
Wordings are paragraphs: what stands between blank lines, with `{name}` where something is filled
in. Only hashes are written. Whoever has other benchmarks adds their files and runs this again.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from generators.decontam.firewall import build_firewall
from generators.decontam.index import to_bytes


def wordings(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (benchmark, wording) of every paragraph below the folder, in the order of paths."""
    for path in sorted(folder.rglob("*.txt")):
        name = path.relative_to(folder).parts[0].removesuffix(".txt")
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            yield name, paragraph


def main() -> None:
    """Build the index, write it, say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prompts", type=Path, help="folder of prompt files")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    index = build_firewall(wordings(given.prompts))
    if not len(index.hashes):
        raise SystemExit(f"{given.prompts}: no .txt file with six words in a row")
    given.out.write_bytes(to_bytes(index))
    for owner, name in enumerate(index.benchmarks):
        print(f"{name}: {(index.owners == owner).sum()} grams")
    print(f"{index.num_short} pieces were too short; digest {index.digest}")


if __name__ == "__main__":
    main()
