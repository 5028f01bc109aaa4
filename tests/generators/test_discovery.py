"""A member is found by its file name alone; an unknown one is answered with the nearest name."""

import pytest

from generators import discovery
from schemas.errors import RecipeError


def test_members_are_files_without_an_underscore():
    assert discovery.names("generators.packing") == (
        "best_fit",
        "buckets",
        "concatenate",
        "related",
        "single",
    )


def test_a_member_is_its_module():
    assert discovery.load("generators.packing", "best_fit", what="packer").pack is not None


def test_a_name_that_is_nearly_right():
    expected = r"no packer named 'bestfit'; known: best_fit, .*\. Did you mean 'best_fit'\?"
    with pytest.raises(RecipeError, match=expected):
        discovery.load("generators.packing", "bestfit", what="packer")


def test_what_members_share_is_no_member():
    with pytest.raises(RecipeError, match=r"no packer named '_bound'"):
        discovery.load("generators.packing", "_bound", what="packer")


def test_a_member_that_was_asked_for_is_not_looked_for_again(monkeypatch):
    """A hundred thousand documents ask for each of their cleaners."""
    first = discovery.load("generators.packing", "best_fit", what="packer")
    monkeypatch.setattr(discovery, "names", lambda room: pytest.fail("the folder was listed"))
    assert discovery.load("generators.packing", "best_fit", what="packer") is first
