"""A packer is found by its file name alone; what packers are made of is not one."""

import pytest

from generators.packing import load, names
from generators.packing.best_fit import pack
from schemas.errors import RecipeError


def test_only_modules_that_define_pack_are_packers():
    assert names() == ("best_fit",)


def test_a_packer_is_loaded_by_name():
    assert load("best_fit") is pack


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match=r"'best_fti'; known: best_fit. Did you mean 'best_fit'"):
        load("best_fti")


def test_a_helper_is_not_a_packer():
    with pytest.raises(RecipeError, match="no packer named 'bound'"):
        load("bound")
