"""A preset is shown with who published it and what speaks against it."""

import pytest

from generators.mixing.presets import PRESETS
from pipelines.report.presets import preset_facts, preset_text


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_two_lines(name: str) -> None:
    preset = PRESETS[name]
    shown = preset_text(preset_facts(name))
    assert shown == [f"preset {name}: {preset.source}", f"  {preset.trade_off}"]


def test_no_preset_has_none() -> None:
    assert preset_facts(None) is None
    assert preset_text(None) == []
