"""One corpus and one undisturbed build of it, which every other build is compared with."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.runs import built, digests, make_corpus, write_recipe


@dataclass(frozen=True)
class Reference:
    """What a build comes to when nothing happens to it: built once, changed by no test."""

    inputs: Path
    recipe: Path
    mix: Path
    bytes: dict[str, str]
    """sha256 of every file of the mix, its work folder and its store, by path beside the mix."""

    @property
    def mix_bytes(self) -> dict[str, str]:
        """Return the sha256 of the files of the mix alone, by path in it."""
        own = {path: sha256 for path, sha256 in self.bytes.items() if path.startswith("mix/")}
        return {path.removeprefix("mix/"): sha256 for path, sha256 in own.items()}


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    inputs = make_corpus(folder / "inputs")
    recipe = write_recipe(folder / "recipe.yaml", inputs)
    place = folder / "built"
    place.mkdir()
    built(recipe, "--out", place / "mix", "--executor", "local")
    return Reference(inputs=inputs, recipe=recipe, mix=place / "mix", bytes=digests(place))
