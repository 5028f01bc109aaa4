"""A smoke training of some rows, for tests that build its mixes."""

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="settings name the model, which is torch's")

from pipelines.verify.smoke.settings import CPU

SMALL = replace(
    CPU,
    short=replace(CPU.short, length=256, rows=2, steps=6),
    long=replace(CPU.long, length=512, rows=2, steps=8),
    keys=2,
    audits=((256, 2), (512, 3), (1024, 1)),
    in_mix=4,
    text_rows=4,
    piece_tokens=1024,
    held_out=4,
)
"""20 rows of 512 tokens, and audits of 3 K tokens."""
