"""Positions that no longer are what was drawn are named by the rule that they break."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generators.positions import draw, options_of
from pipelines.verify.findings import Findings
from pipelines.verify.positions import Numbered, check_scheme, check_seams, runs, seams
from tests.pipelines.verify.broken import Broken, Row, recount
from tests.pipelines.verify.conftest import Variant, build

POSE = {"positions": {"scheme": "pose"}, "pos_target_len": 4096}
CREAM = {"positions": {"scheme": "cream"}, "pos_target_len": 4096}


@pytest.fixture(scope="module")
def posed(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(texts, tmp_path_factory.mktemp("posed") / "posed", **POSE)


@pytest.fixture
def mix(posed: Path, tmp_path: Path) -> Broken:
    shutil.copytree(posed, tmp_path / "posed")
    return Broken(tmp_path / "posed", f"{posed}.work/store")


def whole(row: Row) -> bool:
    """One segment that fills the row, in two runs."""
    numbers = row["position_ids"]
    return numbers is not None and len(row["seq_lengths"]) == 1 and numbers[-1] > 600


def test_a_mix_of_a_scheme_is_sound_and_most_rows_have_positions(mix: Broken) -> None:
    assert mix.verdict()["passed"]
    entries = {entry["check"]: entry["checked"] for entry in mix.verdict()["checks"]}
    assert entries["row.position_draw"] > 20
    assert entries["row.position_shape"] > 20


@pytest.mark.parametrize("scheme", [{"scheme": "cream"}, {"scheme": "randpos"}], ids=str)
def test_mixes_of_other_schemes_are_sound(variant: Variant, scheme: dict[str, Any]) -> None:
    mix = variant(positions=scheme, pos_target_len=4096)
    assert mix.verdict()["passed"]
    mix.edit_rows(whole, lambda row: row.update(position_ids=None))
    assert mix.failures() >= {"row.position_draw"}


def shifted(row: Row) -> None:
    row["position_ids"] = [number + 1 for number in row["position_ids"]]


def repeated(row: Row) -> None:
    row["position_ids"][3] = row["position_ids"][2]


def too_large(row: Row) -> None:
    row["position_ids"][-1] = 4096


def foreign(row: Row) -> None:
    """Another seed's draw: right in every way but that it is not this row's."""
    rng = np.random.default_rng(99)
    drawn = draw(rng, "pose", 512, target=4096, options=options_of("pose", {}))
    row["position_ids"] = drawn.tolist()


def three_runs(row: Row) -> None:
    numbers = row["position_ids"]
    row["position_ids"] = [*numbers[:-1], 4095]


def gone(row: Row) -> None:
    row["position_ids"] = None


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (shifted, {"row.position_start"}),
        (repeated, {"row.positions", "row.position_shape"}),
        (too_large, {"row.position_bound", "row.position_shape"}),
        (foreign, set()),
        (three_runs, {"row.position_shape"}),
        (gone, set()),
    ],
)
def test_what_was_not_drawn_is_found(
    mix: Broken, change: Callable[[Row], None], checks: set[str]
) -> None:
    mix.edit_rows(whole, change)
    assert mix.failures() == {"row.position_draw", *checks}


def test_positions_where_the_recipe_asks_for_none_are_found(mix: Broken) -> None:
    mix.edit_manifest(lambda manifest: manifest["recipe"].update(positions=None))
    assert "row.positions" in mix.failures()


def test_a_scheme_that_nobody_knows_is_a_finding(mix: Broken) -> None:
    mix.edit_manifest(lambda manifest: manifest["recipe"].update(positions={"scheme": "posse"}))
    assert "row.position_draw" in mix.failures()


def checked(values: list[int], recipe: dict[str, Any]) -> dict[str, int]:
    """Return the failures of one row of one segment."""
    findings = Findings()
    found = Numbered(
        where="here",
        values=np.array(values, np.int32),
        lengths=np.array([len(values)], np.int32),
        pad=0,
        row_id=0,
        stage="main",
        original=False,
    )
    common = {"fragment_positions": "restart", "seed": 0}
    check_scheme(found, {**common, **recipe}, {}, findings)
    return findings.failed


@pytest.mark.parametrize(
    ("tail", "sound"), [(range(43, 48), True), (range(42, 47), False), (range(44, 48), False)]
)
def test_creams_tail_is_as_long_as_its_head_and_ends_the_target(tail: range, sound: bool) -> None:
    """15 tokens, thirds: 5, 5 and 5 below 48."""
    values = [*range(5), *range(20, 30 - len(tail)), *tail]  # a middle of what is left
    recipe = {"positions": {"scheme": "cream", "heads": "thirds"}, "pos_target_len": 48}
    wrong = checked(values, recipe)
    assert ("row.position_shape" not in wrong) is sound


def test_the_runs_of_a_segment() -> None:
    assert runs(np.array([0, 1, 2, 7, 8], np.int32)) == [(0, 3), (7, 2)]


def span(doc_id: str, start: int, **changes: Any) -> dict[str, Any]:
    basis = {"segment": 0, "length": 4, "doc_offset": 0, "epoch": 0}
    return {**basis, "doc_id": doc_id, "start": start, **changes}


def test_seams_are_seen_in_the_spans_alone() -> None:
    """a goes on behind its start id, then leaves text out; b follows; c has its own segment."""
    spans = [
        span("a", 0),
        span("a", 4, doc_offset=3),
        span("a", 8, doc_offset=20),
        span("b", 12),
        span("c", 16, segment=1),
    ]
    assert seams(spans) == [8, 12]
    findings = Findings()
    check_seams(spans, np.ones(20, bool), "here", findings)
    assert findings.failed == {"row.seams": 1}


def test_a_mix_with_masked_seams_is_sound_and_a_target_at_one_is_found(variant: Variant) -> None:
    mix = variant(
        boundaries="none", positions={"scheme": "pose"}, pos_target_len=4096, segment_multiple=1
    )
    assert mix.verdict()["passed"]

    def joined(row: Row) -> bool:
        return bool(seams(row["spans"]))

    def unmask(row: Row) -> None:
        row["target_mask"][seams(row["spans"])[0]] = True
        recount(row)

    mix.edit_rows(joined, unmask)
    assert mix.failures() >= {"row.seams", "span.targets"}


def test_seams_stay_targets_where_nobody_asks(variant: Variant) -> None:
    mix = variant(boundaries="none", positions={"scheme": "restart", "mask_seams": False})
    assert mix.verdict()["passed"]
