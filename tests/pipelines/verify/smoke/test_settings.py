from pipelines.verify.smoke.settings import CPU, GPU, Settings


def test_a_phase_has_so_many_tokens() -> None:
    """150 steps of 4 rows of 1,024."""
    assert CPU.long.tokens == 614_400


def check(settings: Settings) -> None:
    """What one number says must hold for the others."""
    shape, lengths = settings.shape, [length for length, _ in settings.audits]
    assert settings.kept < shape.vocabulary - 1
    assert shape.width % shape.heads == 0
    assert (shape.width // shape.heads) % 2 == 0, "RoPE turns pairs"
    assert settings.short.length < settings.long.length
    assert lengths[:2] == [settings.short.length, settings.long.length]
    assert lengths[2] == 2 * settings.long.length
    assert 0 < settings.planted < 1


def test_the_numbers_fit_together() -> None:
    check(CPU)
    check(GPU)


def test_a_gpu_sees_at_least_as_many_answers() -> None:
    asked = {s: s.long.rows * s.long.steps * s.keys for s in (CPU, GPU)}
    assert asked[GPU] >= asked[CPU]
