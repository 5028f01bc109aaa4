"""Gather real long text that every machine has, as input for recipes/demo.yaml.

    python recipes/demo_inputs.py build/demo/inputs

`repos/` gets packages of the running Python's standard library and a few installed ones, each
folder a repository; `docs/` gets Python's language reference (`pydoc_data.topics`) and the long
text files that are installed with packages. Sources are copied, sorted by name, so the same Python
gives the same inputs.
"""

import argparse
import importlib.util
import shutil
import sysconfig
from pathlib import Path
from pydoc_data.topics import topics

PACKAGES = ("fsspec", "numpy", "pip", "pydantic", "setuptools", "yaml")
"""Installed packages that are taken as repositories where they are there."""
LEFT_OUT = {"__pycache__", "site-packages", "test", "tests", "idle_test", "config", "_vendor"}
LONG_BYTES = 16_000
"""Text files at least this long count as documentation."""


def main() -> None:
    """Copy everything into the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    shutil.rmtree(target, ignore_errors=True)
    standard = Path(sysconfig.get_path("stdlib"))
    for folder in sorted(standard.iterdir()):
        if folder.is_dir() and folder.name not in LEFT_OUT and (folder / "__init__.py").exists():
            _copy_sources(folder, target / "repos" / folder.name)
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            folder = Path(spec.submodule_search_locations[0])
            _copy_sources(folder, target / "repos" / name)
    docs = target / "docs"
    docs.mkdir(parents=True)
    reference = "\n\n".join(f"{name}\n\n{topics[name].strip()}" for name in sorted(topics))
    (docs / "python-language-reference.txt").write_text(reference, encoding="utf-8")
    for root in (standard, Path(sysconfig.get_path("purelib"))):
        for file in sorted(root.rglob("*")):
            inner = file.relative_to(root)
            long = file.suffix in (".txt", ".rst", ".md") and file.stat().st_size >= LONG_BYTES
            if long and not LEFT_OUT & set(inner.parts):
                shutil.copyfile(file, docs / "-".join(inner.parts))


def _copy_sources(source: Path, target: Path) -> None:
    """Copy the Python files of a package, its tests and caches left out."""
    for file in sorted(source.rglob("*.py")):
        inner = file.relative_to(source)
        if not LEFT_OUT & set(inner.parts):
            (target / inner).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / inner)


if __name__ == "__main__":
    main()
