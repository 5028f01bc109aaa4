"""Heat maps: the figures of the findings in every cell, and outlines where there are none."""

from xml.etree import ElementTree as Tree

from tests.pipelines.verify.smoke.told import early, emptied, told  # isort: skip - torch
from pipelines.verify.smoke.heat import heat

NAME = "{http://www.w3.org/2000/svg}"


def groups(found, measure: str) -> list[Tree.Element]:
    tree = Tree.fromstring(heat(found, measure))  # noqa: S314 - ours
    return tree.findall(f"{NAME}g")


def said(group: Tree.Element) -> str:
    return group.findtext(f"{NAME}text") or ""


def test_every_cell_says_its_figure() -> None:
    """Three maps of three lengths and ten depths; 512 tokens is the middle line of each."""
    exact, loss = groups(told(), "exact"), groups(told(), "nll")
    assert len(exact) == len(loss) == 90
    mix, control, less = ([said(g) for g in exact[start : start + 10]] for start in (10, 40, 70))
    assert mix == ["100%"] * 3 + ["0%"] * 4 + ["100%"] * 3
    assert control == ["100%"] * 10
    assert less == ["+0%"] * 3 + ["-100%"] * 4 + ["+0%"] * 3
    assert [said(g) for g in loss[70:80]] == ["+0.00"] * 3 + ["+3.00"] * 4 + ["+0.00"] * 3


def fill(group: Tree.Element) -> tuple[str, str]:
    rect = group.findall(f"{NAME}rect")[-1]
    return rect.attrib["class"], rect.attrib.get("fill-opacity", "")


def test_what_is_worse_is_worse_in_both_measures() -> None:
    assert fill(groups(told(), "exact")[74]) == ("heat worse", "1.000")
    assert fill(groups(told(), "nll")[74]) == ("heat worse", "1.000")
    found = told()
    found["together"]["mix"], found["together"]["control"] = (
        found["together"]["control"],
        found["together"]["mix"],
    )
    assert fill(groups(found, "exact")[74]) == ("heat better", "1.000")


def test_a_pointer_shows_counts_and_intervals() -> None:
    title = groups(told(), "exact")[0].findtext(f"{NAME}title")
    assert title == (
        "256 tokens, depth 0.0 to 0.1; mix: 4 answers, exact 100% (51% to 100%), "
        "loss 0.50 nats (0.50 to 0.50)"
    )
    both = groups(told(), "exact")[73].findtext(f"{NAME}title")
    assert both is not None
    assert "mix: 4 answers, exact 0%" in both
    assert "control: 4 answers, exact 100%" in both


def test_cells_without_answers_are_outlines() -> None:
    for group in groups(emptied(told()), "nll"):
        assert said(group) == "n/a"
        assert fill(group) == ("none", "")


def test_a_length_that_one_arm_lacks_is_missing_there() -> None:
    found = told()
    del found["together"]["control"]["1024"]
    assert [said(g) for g in groups(found, "exact")[50:60]] == ["n/a"] * 10


def test_no_findings_are_an_empty_picture() -> None:
    assert groups(early(), "exact") == []
