"""The table of depths, counted by eye."""

from pipelines.plan.depths import depth_table, expected_depths
from schemas.draw import Draw, SampleDraw


def sample(name: str, use: str, *depths: float) -> SampleDraw:
    return SampleDraw(sample_id=name, use=use, stage="main", length=4096, depths=depths)


DRAWN = Draw(
    samples=(sample("a", "needle", 0.05, 0.31), sample("b", "needle", 0.38), sample("c", "recall")),
    pieces={},
    supply=(),
)


def test_targets_are_counted_in_tenths() -> None:
    counts = expected_depths(DRAWN)
    assert counts["main", "needle", 4096].tolist() == [1, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert counts["main", "recall", 4096].sum() == 0


def test_what_was_meant_stands_beside_what_was_found() -> None:
    found = {"a": [0.06, 0.29], "b": [0.38], "c": [0.95]}
    lines = depth_table(DRAWN, found, ["needle"]).to_pylist()
    assert [(line["expected"], line["realised"]) for line in lines[:4]] == [
        (1, 1),
        (0, 0),
        (0, 1),
        (2, 1),
    ]
    assert [(line["task"], line["expected"], line["realised"]) for line in lines[19:]] == [
        ("recall", None, 1)
    ]
