"""Who published the mixture that a recipe names, and what speaks for it and against it."""

from generators.mixing.presets import PRESETS


def preset_facts(name: str | None) -> dict[str, str] | None:
    """Return what is known of a recipe's preset as JSON values, None where it names none."""
    if name is None:
        return None
    preset = PRESETS[name]
    return {"name": name, "source": preset.source, "trade_off": preset.trade_off}


def preset_text(facts: dict[str, str] | None) -> list[str]:
    """Return the lines for a terminal, none where there is no preset."""
    if facts is None:
        return []
    return [f"preset {facts['name']}: {facts['source']}", f"  {facts['trade_off']}"]
