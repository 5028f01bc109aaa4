"""The rules of the house that no linter knows: tests mirror the source, and files stay readable."""

import ast
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "generators", "pipelines")
LONGEST_BODY = 40
LONGEST_FILE = 300


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def has_code(path: Path) -> bool:
    """Say whether a module acts; what only describes and names things has nothing to test."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def mirrors(path: Path) -> list[Path]:
    """Return where a module's test may stand: a/_b.py in test_b.py, a/__init__.py in test_a.py."""
    folder = ROOT / "tests" / path.relative_to(ROOT).parent
    if path.stem == "__init__":
        return [folder / f"test_{path.parent.name}.py", folder / "test_init.py"]
    return [folder / f"test_{path.stem.removeprefix('_')}.py"]


def test_no_folder_of_tests_is_passed_over(pytestconfig: pytest.Config) -> None:
    """By default pytest never looks into a folder called `build`, here or anywhere."""
    passed_over = pytestconfig.getini("norecursedirs")
    folders = {path.name for path in (ROOT / "tests").rglob("*") if path.is_dir()}
    assert "build" in folders
    found = {name for name in folders for pattern in passed_over if fnmatch(name, pattern)}
    assert found <= {"__pycache__"}


@pytest.mark.parametrize("path", [p for p in modules() if has_code(p)], ids=name_of)
def test_a_module_has_its_test_in_the_mirrored_place(path: Path) -> None:
    assert any(mirror.exists() for mirror in mirrors(path)), f"expected {mirrors(path)[0]}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_file_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it does and why"
    assert len(text.splitlines()) <= LONGEST_FILE


def body_lines(function: ast.FunctionDef) -> int:
    """Return the lines of a function's body, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_functions_fit_on_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long = {node.name: body_lines(node) for node in found if body_lines(node) > LONGEST_BODY}
    assert long == {}


def test_every_folder_with_tests_is_a_package() -> None:
    """Else tests/generators would shadow generators."""
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [name_of(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_installed_packages_are_exactly_three() -> None:
    """`tests` and `benchmarks` stay at home: as top-level names they would collide with others'."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert sorted(patterns) == sorted(f"{package}*" for package in PACKAGES)
    packages = {path.parent for pattern in patterns for path in ROOT.glob(f"{pattern}/__init__.py")}
    assert {package.name for package in packages} == set(PACKAGES)


def test_no_room_is_called_utils() -> None:
    names = {"utils", "util", "helpers", "common", "misc"}
    assert [name_of(path) for path in modules() if path.stem in names] == []
