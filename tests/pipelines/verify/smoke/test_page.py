"""The page: well-formed, alone in the world, with the numbers of the findings and no others."""

import re
from xml.etree import ElementTree as Tree

import pytest

from tests.pipelines.verify.smoke.told import DEARER, HOSTILE, early, emptied, told  # isort: skip - torch
from pipelines.verify.smoke.page import smoke_page
from pipelines.verify.smoke.style import CSS

SVG = "{http://www.w3.org/2000/svg}svg"
ALL = {
    "fail": told(),
    "pass": told(middle=0.5),
    "surprise": told(surprise=DEARER),
    "few seeds": told(wanted=4),
    "early": early(),
    "empty": emptied(told()),
    "no seed": told(seeds=0, wanted=3),
}


def tree(found) -> Tree.Element:
    return Tree.fromstring(smoke_page(found))  # noqa: S314 - ours


def tables(found) -> list[list[list[str]]]:
    """Return the words of every cell, by table and line, heads left out."""
    return [
        [["".join(cell.itertext()) for cell in line if cell.tag == "td"] for line in body]
        for body in tree(found).iter("tbody")
    ]


@pytest.mark.parametrize("found", ALL.values(), ids=ALL)
def test_every_verdict_has_a_page_without_nan_scripts_or_network(found) -> None:
    page = smoke_page(found)
    words = "".join(Tree.fromstring(page).itertext())  # noqa: S314 - ours
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)
    assert "None" not in words
    assert "null" not in words
    assert "<script" not in page
    own_name = 'xmlns="http://www.w3.org/2000/svg"'
    assert "://" not in page.replace(own_name, "")
    assert not re.search(r"(src|href|@import|url\()", page)
    assert page == smoke_page(found)


def test_the_verdict_and_its_reasons_stand_first() -> None:
    body = tree(ALL["few seeds"]).find("body")
    assert body is not None
    badge = next(element for element in body if element.attrib.get("class", "").startswith("badge"))
    assert (badge.text, badge.attrib["class"]) == ("? inconclusive", "badge inconclusive")
    assert "3 of 4 seeds have a base that recalls" in "".join(body.itertext())


def test_gates_have_their_figures_and_limits() -> None:
    gates = tables(told())[0]
    assert [line[0] for line in gates] == ["✗ fail", "✗ fail", "✓ pass"]
    assert gates[0][2:5] == ["+1.200", "0.200", "0.350"], "four tenths of the answers cost 3 more"
    assert gates[1][1].startswith("depthwhat depth asks")
    assert gates[1][2:5] == ["+3.000", "0.250", "0.400"]
    assert gates[1][5].endswith("+3.000 +3.000 +3.000")
    assert gates[2][2:5] == ["+0.0%", "3.0%", "5.0%"]


def test_seeds_have_a_line_each() -> None:
    lines = tables(told())[1]
    assert [line[:5] for line in lines] == [[str(n), "100%", "0%", "60%", "100%"] for n in range(3)]


def test_all_pictures_are_there() -> None:
    """Three gates, two heat maps, training, position, entropy, two intervals."""
    assert len(list(tree(told()).iter(SVG))) == 10
    assert len(list(tree(early()).iter(SVG))) == 0


def test_samples_that_surprise_are_a_table() -> None:
    found = told(surprise=DEARER)
    found["surprising"]["samples"][0]["depth"] = None
    found["surprising"]["dear"] = 7
    lines = tables(found)[2]
    assert [line[1:] for line in lines] == [[f"{DEARER:.2f}", depth] for depth in ("n/a", "0.05")]
    assert "And 5 more." in "".join(tree(found).itertext())


def test_names_of_others_are_words_and_nothing_else() -> None:
    found = told(surprise=DEARER)
    found |= {"mix": HOSTILE, "device": HOSTILE, "notes": [HOSTILE], "reasons": [HOSTILE]}
    found["settings"][HOSTILE] = HOSTILE
    page = tree(found)
    shown = "<script>alert(1)</script>&\"'\\x1b[2J\\x00\\udc80"
    assert not list(page.iter("script"))
    assert page.findtext("head/title") == f"smoke training of {shown}"
    assert page.findtext("body/h1") == f"Smoke training of {shown}"
    assert shown in [item.text for item in page.iter("li")]
    assert tables(found)[2][0][0] == f"{shown}-0", "a sample"
    smoke_page(found).encode()


def test_every_setting_is_told() -> None:
    found = told()
    names = [head.text for head in tree(found).iter("th")]
    assert set(found["settings"]) <= set(names)
    assert ["length 512, rows 2, steps 8, rate 0.03, warmup 5, decay 0.5"] in tables(found)[-1]
    assert ["(256 2) (512 3) (1024 1)"] in tables(found)[-1]


def test_colours_follow_the_readers_system() -> None:
    assert "@media (prefers-color-scheme: dark)" in smoke_page(told())
    assert CSS.count("--ground:") == 2, "light and dark"
    used = set(re.findall(r"var\((--[a-z]+)\)", CSS))
    assert used <= set(re.findall(r"(--[a-z]+):", CSS))
