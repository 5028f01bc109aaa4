"""Bad texts one by one: each is told by its own name and reason, and nothing in them acts.

Without this, one stray byte would cost a file, a pickle would run, an archive would write where it
likes, and a key that somebody left in a repository would be learnt by heart.
"""

import io
import json
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import zstandard

from tests.end_to_end.conftest import Reference
from tests.end_to_end.runs import built, longmix, manifest, prose, write_recipe
from tests.end_to_end.test_bad_input import documents, source


class Bomb:
    """What unpickling it would do: write a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


def hostile_tar() -> bytes:
    """Return an archive of one sound file among what would write elsewhere if it was unpacked."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("top/ok.py", "../up.py", "/etc/abs.py"):
            header = tarfile.TarInfo(name)
            header.size = 6
            archive.addfile(header, io.BytesIO(b"x = 1\n"))
        for name, kind in {
            "link": tarfile.SYMTYPE,
            "hard": tarfile.LNKTYPE,
            "dev": tarfile.CHRTYPE,
        }.items():
            header = tarfile.TarInfo(f"top/{name}.py")
            header.type, header.linkname = kind, "../../../etc/passwd"
            archive.addfile(header)
    return packed.getvalue()


def write_texts(folder: Path, mark: Path) -> None:
    """Write files of which most are no text; `mark` appears where the pickle is loaded."""
    folder.mkdir(parents=True)
    crlf = b"\xef\xbb\xbf" + prose(4, 300).replace("\n", "\r\n").encode() + b"\0"
    files = {
        "again": prose(1, 900).encode(),
        "blank": b" \n\t\n",
        "crlf": crlf,
        "empty": b"",
        "ends": b"<|endoftext|> is text. " * 40,
        "latin": b"Le caf\xe9 noir.",
        "pickled": pickle.dumps(Bomb(mark)),
        "run": b"a" * 2_000_000,
        "two.zst": b"".join(zstandard.compress(prose(k, 400).encode()) for k in (2, 3)),
        "utf16": "Once.".encode("utf-16"),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)


def write_lines(path: Path) -> None:
    """Write lines of which two are sound and have the same id."""
    sound = [{"id": "a", "text": prose(1, 900)}, {"id": "a", "text": prose(5, 300)}]
    lines = [*map(json.dumps, [*sound, {"text": "a\ud800"}, {}, {"text": 5}]), "[1]", "{"]
    path.write_text("\n".join(lines), encoding="utf-8")


REASONS = {
    "all.jsonl#a": None,
    "all.jsonl#a~2": None,
    "all.jsonl#2": "lone_surrogate",
    "all.jsonl#3": "missing_text",
    "all.jsonl#4": "not_text",
    "all.jsonl#5": "not_an_object",
    "all.jsonl#6": "bad_json at character 1",
    "texts/again": "exact_duplicate",
    "texts/blank": "white_space",
    "texts/crlf": None,
    "texts/empty": "empty",
    "texts/ends": None,
    "texts/latin": "bad_utf8 at byte 6",
    "texts/pickled": "bad_utf8 at byte 0",
    "texts/run": "long_run: 2,000,000 characters",
    "texts/two.zst": None,
    "texts/utf16": "utf16",
}


def test_each_bad_text_is_rejected_by_its_name_and_what_is_sound_keeps_its_bounds(
    reference: Reference, tmp_path: Path
) -> None:
    """Boundaries do not move where a text spells the end token."""
    write_texts(tmp_path / "inputs/texts", tmp_path / "exploded")
    write_lines(tmp_path / "inputs/all.jsonl")
    sources = {
        "lines": source("all.jsonl", reader="jsonl", id_field="id"),
        "texts": source("texts/*"),
    }
    recipe = write_recipe(tmp_path / "recipe.yaml", tmp_path / "inputs", sources=sources, tasks={})
    built(recipe, f"tokenizer={reference.mix}/tokenizer/tokenizer.json", "--out", tmp_path / "mix")
    met = documents(tmp_path / "mix")
    assert {name.split(":")[1]: line["reason"] for name, line in met.items()} == REASONS
    assert met["texts:texts/crlf"]["num_bytes"] == len(prose(4, 300))
    assert met["texts:texts/two.zst"]["num_bytes"] == len(prose(2, 400) + prose(3, 400))
    assert not (tmp_path / "exploded").exists()
    assert num_ends(tmp_path / "mix") == list(REASONS.values()).count(None)
    assert longmix("verify", tmp_path / "mix").returncode == 0


def num_ends(mix: Path) -> int:
    """Return how many end ids stand in the rows of a mix; each of its segments has a token."""
    end, count = manifest(mix)["tokenizer"]["eos_id"], 0
    for path in (mix / "data/main").iterdir():
        for row in pq.read_table(path).to_pylist():
            assert min(row["seq_lengths"]) > 0
            count += row["input_ids"][: 1024 - row["num_pad"]].count(end)
    return count


def test_repositories_lead_nowhere_run_nothing_and_keep_no_secret(
    reference: Reference, tmp_path: Path
) -> None:
    """A folder that links to itself, a key in its code, and an archive that would leave its place.

    The key is put together here, so that no scanner takes this file for a leak.
    """
    key = "AKIA" + "Z7QK3M5NT2WX4B6J"
    tool = tmp_path / "inputs/tool"
    tool.mkdir(parents=True)
    (tool / "main.py").write_text(f"{prose(1, 900)}\nkey = '{key}'\n", encoding="utf-8")
    (tool / "loop").symlink_to("..")
    (tool / "model.pkl").write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    (tmp_path / "inputs/hostile.tar").write_bytes(hostile_tar())
    sources = {
        "code": source("tool", reader="repo", kind="repo", clean=["secrets"]),
        "packed": source("*.tar", reader="archive", kind="repo"),
    }
    recipe = write_recipe(tmp_path / "recipe.yaml", tmp_path / "inputs", sources=sources, tasks={})
    built(recipe, f"tokenizer={reference.mix}/tokenizer/tokenizer.json", "--out", tmp_path / "mix")
    met = documents(tmp_path / "mix")
    assert {name: line["reason"] for name, line in met.items()} == {
        "code:tool": None,
        "code:tool#*": "other_ending: 1 file (.pkl 1)",
        "packed:hostile.tar": None,
        "packed:hostile.tar#../up.py": "outside",
        "packed:hostile.tar#/etc/abs.py": "outside",
        "packed:hostile.tar#link.py": "link",
        "packed:hostile.tar#hard.py": "link",
        "packed:hostile.tar#dev.py": "device",
    }
    assert met["code:tool"]["secrets"] == 1
    longmix("inspect", tmp_path / "mix", "--texts", tmp_path / "texts")
    said = "".join(path.read_text("utf-8") for path in (tmp_path / "texts").iterdir())
    assert key not in said
    assert "<redacted:aws_key>" in said
    assert {path.name for path in tmp_path.iterdir()} == {
        *("inputs", "recipe.yaml", "mix", "mix.work", "texts")
    }
