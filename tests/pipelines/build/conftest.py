"""The mix of tests/conftest.py just before WEAVE: documents, draw and tokenizer, from its store."""

import io
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipelines.build.job import Options
from pipelines.build.mix import Planned, plan_mix
from pipelines.plan.recipe import load_recipe
from pipelines.progress import Progress


@pytest.fixture(scope="module")
def planned(
    recipe_file: Path, mix: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planned]:
    out = tmp_path_factory.mktemp("planned") / "tiny"
    store = out.with_name("store")
    shutil.copytree(f"{mix}.work/store", store)  # what tests add stays theirs
    options = Options(out=str(out), store=str(store), executor="local", dry=True)
    with ExitStack() as stack:
        recipe = load_recipe(str(recipe_file))
        yield plan_mix(recipe, options, Progress(io.StringIO()), stack)
