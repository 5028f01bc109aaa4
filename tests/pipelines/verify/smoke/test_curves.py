"""Curves: a line an arm and seed, phase by phase, with what is missing told as missing."""

from xml.etree import ElementTree as Tree

import numpy as np
import pytest

from tests.pipelines.verify.smoke.told import early, emptied, told  # isort: skip - torch
from pipelines.verify.smoke.curves import POINTS, by_position, entropy, learning, thinned

NAME = "{http://www.w3.org/2000/svg}"


def tree(picture: str) -> Tree.Element:
    return Tree.fromstring(picture)  # noqa: S314 - ours


def lines(picture: str) -> list[str]:
    return [line.attrib["class"] for line in tree(picture).iter(f"{NAME}polyline")]


def said(picture: str) -> list[str]:
    return [text.text or "" for text in tree(picture).iter(f"{NAME}text")]


def test_losses_are_thinned_to_means() -> None:
    at, means = thinned(np.array([4.0, 2, 3, 1, 9]), 2 * POINTS)
    assert at.tolist() == [1, 3, 4.5], "parts of two steps, the last of one"
    assert means.tolist() == [3, 2, 9]
    assert [one.tolist() for one in thinned(np.array([]), 10)] == [[], []]


def test_the_base_is_drawn_once_and_the_extension_for_both_arms() -> None:
    picture = learning(told())
    assert (
        lines(picture) == ["line thin base"] * 6 + ["line thin mix"] * 3 + ["line thin control"] * 3
    )
    assert {
        "recall: 8 rows of 128 tokens a step",
        "short length: 2 rows of 256 tokens a step",
        "extension: 2 rows of 512 tokens a step",
        "loss, nats a target",
        "step of the phase",
    } <= set(said(picture))


def test_points_lie_within_the_picture() -> None:
    picture = tree(learning(told()))
    _, _, width, height = map(float, picture.attrib["viewBox"].split())
    for line in picture.iter(f"{NAME}polyline"):
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height


def test_loss_by_position_has_a_line_an_arm_and_marks() -> None:
    picture = by_position(told())
    assert lines(picture) == ["line mix", "line control"]
    titles = [title.text for title in tree(picture).iter(f"{NAME}title")]
    assert titles[0] == "mix: 5.000 nats"
    assert titles.count("control: 4.000 nats") == 1
    assert {"position in the text, tokens", "loss of text, nats a token", "512"} <= set(
        said(picture)
    )


def test_a_missing_part_breaks_the_line_and_is_named() -> None:
    found = told()
    for seed in found["seeds"]:
        seed["mix"]["by_position"][3] = None
    picture = by_position(found)
    assert lines(picture) == ["line mix", "line mix", "line control"]
    assert said(picture).count("mix n/a") == 1
    found["seeds"][0]["mix"]["by_position"][3] = 2.0
    assert "mix n/a" not in said(by_position(found)), "one seed has it"


def test_entropy_stands_beside_that_of_uniform_attention() -> None:
    picture = entropy(told())
    assert lines(picture) == ["line uniform", "line mix", "line control"]
    assert {"256", "512", "1,024", "uniform", "entropy of attention, nats"} <= set(said(picture))


@pytest.mark.parametrize("draw", [learning, by_position, entropy])
@pytest.mark.parametrize("found", [early(), emptied(told())], ids=["early", "empty"])
def test_nothing_to_draw_is_told(draw, found) -> None:
    if found.get("seeds"):
        for seed in found["seeds"]:
            for arm in ("mix", "control"):
                seed[arm]["losses"] = []
    picture = draw(found)
    assert any("n/a" in words for words in said(picture))
    assert "nan" not in picture
