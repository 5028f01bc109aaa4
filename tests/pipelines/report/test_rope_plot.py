"""The picture is well-formed XML with a line for each method in each panel."""

from xml.etree import ElementTree as Tree

import pytest

from pipelines.report.rope import rope_facts
from pipelines.report.rope_plot import rope_plot
from tests.pipelines.plan.models import CONFIGS, TARGETS

NAME = "{http://www.w3.org/2000/svg}"


def plot(name: str = "llama-3-8b", **asked) -> str:
    return rope_plot(rope_facts(CONFIGS / f"{name}.json", **{"target": 131072, **asked}))


@pytest.mark.parametrize("name", TARGETS)
def test_two_lines_a_method_within_the_frame(name: str) -> None:
    tree = Tree.fromstring(plot(name, methods=("none", "ntk", "yarn"), **TARGETS[name]))  # noqa: S314 - ours
    lines = tree.findall(f"{NAME}polyline")
    assert len(lines) == 6
    width, height = (float(tree.attrib[side]) for side in ("width", "height"))
    for line in lines:
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height


def test_names_and_the_shade_of_slow_pairs_are_explained() -> None:
    tree = Tree.fromstring(plot())  # noqa: S314 - ours
    words = [text.text for text in tree.findall(f"{NAME}text")]
    assert "llama: 8,192 to 131,072 tokens, 64 pairs, 29 of them slow" in words
    assert {"none", "yarn", "llama3", "slow pairs"} <= set(words)


def test_the_same_plan_is_the_same_bytes() -> None:
    assert plot() == plot()


def test_one_flat_line_has_a_scale_too() -> None:
    """Linear alone: 1 everywhere below."""
    Tree.fromstring(plot(methods=("linear",)))  # noqa: S314 - ours


def test_nothing_slow_and_no_method_but_none() -> None:
    facts = rope_facts(CONFIGS / "llama-3-8b.json", 131072, methods=("none",))
    facts["dimensions"]["slow"] = [False] * 64
    assert "0 of them slow" in rope_plot(facts)
