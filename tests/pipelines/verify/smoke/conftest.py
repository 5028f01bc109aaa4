"""The mixes of one tiny smoke training, built once; what it trains goes into folders of tests."""

import io
from pathlib import Path

import pytest

from pipelines.progress import Progress
from pipelines.shards.mix import open_mix
from pipelines.verify.smoke.mix import OWNED
from pipelines.verify.smoke.rebuild import Rebuilt, rebuild


@pytest.fixture(scope="session")
def tiny_folder(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `tiny` is; a smoke training of `sound` with TINY's settings finds it built."""
    from tests.pipelines.verify.smoke.tiny import TINY

    folder = tmp_path_factory.mktemp("tiny") / OWNED
    folder.mkdir()
    rebuild(
        open_mix(str(sound)),
        store=None,
        folder=str(folder),
        settings=TINY,
        progress=Progress(io.StringIO()),
    )
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> Rebuilt:
    """The mixes, by name."""
    from tests.pipelines.verify.smoke.tiny import TINY

    return Rebuilt(
        mix=str(tiny_folder / "mix"),
        control=str(tiny_folder / "control"),
        audits={length: str(tiny_folder / f"audit-{length}") for length, _ in TINY.audits},
        text=str(tiny_folder / "text"),
        base_text=str(tiny_folder / "base_text"),
        factor=2.0,
        notes=(),
    )
