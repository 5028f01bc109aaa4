"""Uses of tasks: short forms, ranges that make sense, and what a stage changes."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.task_spec import Cell, DepthLaw, StageTaskSpec, TaskSpec


def test_a_stage_changes_what_it_names() -> None:
    use = TaskSpec.model_validate({"share": 0.1, "depths": "edges", "keys": 4})
    assert use.changed(None) == use
    change = StageTaskSpec.model_validate({"depths": "middle"})
    assert use.changed(change) == use.model_copy(update={"depths": DepthLaw(law="middle")})


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ({"depths": [0.8, 0.2]}, r"depths: \[0.8, 0.2\] is no range"),
        ({"depths": [0.2, 0.2]}, "has no room"),
        ({"distance": [9000, 100]}, r"distance: \[9000, 100\] is no range"),
        ({"lengths": [4096, 1024]}, r"lengths: \[4096, 1024\] is no range"),
    ],
)
def test_a_cell_is_made_of_ranges(cell: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Cell.model_validate(cell)


@pytest.mark.parametrize("law", [{"law": "joint"}, {"law": "uniform", "cells": [{}]}])
def test_cells_belong_to_the_joint_law(law: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="the law `joint` has `cells`"):
        DepthLaw.model_validate(law)
