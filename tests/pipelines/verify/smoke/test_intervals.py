"""Intervals and strips: every figure where its number says, and none outside."""

from xml.etree import ElementTree as Tree

from tests.pipelines.verify.smoke.told import early, emptied, told  # isort: skip - torch
from pipelines.verify.smoke.intervals import intervals, strip

NAME = "{http://www.w3.org/2000/svg}"
GATE = {"gate": "depth", "value": 0.3, "seeds": [0.1, 0.3, 0.5], "passes": 0.25, "fails": 0.4}


def tree(picture: str) -> Tree.Element:
    return Tree.fromstring(picture)  # noqa: S314 - ours


def said(picture: str) -> list[str]:
    return [text.text or "" for text in tree(picture).iter(f"{NAME}text")]


def test_a_line_a_seed_and_arm_with_its_figures() -> None:
    found = told()
    found["seeds"][0]["mix"]["middle_minus_ends"] = {"value": 1.0, "low": 0.5, "high": 1.5}
    words = said(intervals(found, "middle_minus_ends", "middle minus ends"))
    assert {f"seed {n}, {arm}" for n in range(3) for arm in ("mix", "control")} <= set(words)
    assert "+1.00 (+0.50 to +1.50)" in words
    assert words.count("+0.00 (+0.00 to +0.00)") == 3, "the controls"
    assert "nats an answer, 95 % interval" in words


def test_missing_figures_have_words_and_no_marks() -> None:
    picture = intervals(emptied(told()), "early_minus_late", "early minus late")
    assert said(picture).count("n/a") == 6
    legend_alone = 1
    assert len(list(tree(picture).iter(f"{NAME}circle"))) == legend_alone


def test_a_value_without_an_interval_is_a_mark_alone() -> None:
    found = told(seeds=1)
    found["seeds"][0]["mix"]["early_minus_late"] = {"value": 0.5, "low": None, "high": None}
    words = said(intervals(found, "early_minus_late", "early minus late"))
    assert "+0.50" in words


def test_no_seed_is_told() -> None:
    assert "n/a" in said(intervals(early(), "early_minus_late", "early minus late"))


def test_a_strip_has_three_zones_a_mark_a_seed_and_a_median() -> None:
    picture = tree(strip(GATE))
    zones = [rect.attrib for rect in picture.iter(f"{NAME}rect")]
    assert [zone["class"] for zone in zones] == ["zone pass", "zone warn", "zone fail"]
    marks = [float(circle.attrib["cx"]) for circle in picture.iter(f"{NAME}circle")]
    assert marks == sorted(marks)
    edges = [float(zone["x"]) for zone in zones]
    assert marks[0] < edges[1] < marks[1] < edges[2] < marks[2], "one seed in each zone"
    (median,) = (x for x in picture.iter(f"{NAME}line") if x.attrib["class"] == "median")
    assert float(median.attrib["x1"]) == marks[1]
    assert picture.attrib["aria-label"] == "depth: +0.300, passes up to 0.250"


def test_what_is_far_off_stands_on_the_edge_and_what_is_missing_nowhere() -> None:
    picture = tree(strip(GATE | {"value": 90.0, "seeds": [-90.0, None, 90.0]}))
    low, high = (float(circle.attrib["cx"]) for circle in picture.iter(f"{NAME}circle"))
    assert 0 < low < high < 230
    titles = [title.text for title in picture.iter(f"{NAME}title")]
    assert titles == ["-90.000", "+90.000"]
    nothing = tree(strip(GATE | {"value": None, "seeds": [None]}))
    assert not list(nothing.iter(f"{NAME}circle"))
    assert nothing.attrib["aria-label"] == "depth: n/a, passes up to 0.250"
