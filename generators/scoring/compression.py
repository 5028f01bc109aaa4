r"""Compression: how much of a text is foretold by what stands just before it, or far before it.

Compressed bytes divided by bytes, once with a window of 32 KiB, which is what gzip can see, and
once with a window over the whole document. 100 KB of random letters, five times in a row:

    compression_short 0.67   the repeats lie beyond the window
    compression_long  0.13   and are found by the long one
    compression_far   0.80   1 - long / short: what the distant text gives away

Olmo 3 keeps the middle 60 per cent by gzip (arXiv 2512.13961). Ratios differ by kind and length of
text, so compare documents with their like. Text below `LEAST_BYTES` gives None: the frame's own
bytes and the missing history would be measured, not the text.

Both windows are zstandard's, level 1: deflate at level 6 costs seven to sixteen times the CPU.
Ranks agree with it (Spearman's rho in docs/selection.md). The same library version gives the same
bytes on every machine. Cost: 9 CPU s a GB, and memory of about the document and 30 MB.
"""

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from schemas.knobs import Strict
from schemas.selection import Subject

if TYPE_CHECKING:
    from generators.scoring import Value

FOILS = False
COLUMNS = {
    "compression_short": pa.float64(),
    "compression_long": pa.float64(),
    "compression_far": pa.float64(),
}

LEAST_BYTES = 1024
"""Our choice: of 1 KiB of prose, zstandard's frame and its tables take a twentieth."""
SHORT_WINDOW_LOG = 15
"""32 KiB, deflate's window (RFC 1951, section 2)."""
LONG_WINDOW_LOG = 27
"""128 MiB, the largest that zstandard's readers take without being told to."""
LEVEL = 1
"""Our choice: higher levels cost up to twice the CPU for the same order of documents."""


class Options(Strict):
    """No keys of its own."""


def score(subject: Subject, options: Options) -> dict[str, "Value"]:
    """Return the two ratios, from 0 to about 1, and what the long window saves of the short."""
    data = subject.data
    if len(data) < LEAST_BYTES:
        return dict.fromkeys(COLUMNS)
    short = _ratio(data, window_log=SHORT_WINDOW_LOG)
    long = _ratio(data, window_log=LONG_WINDOW_LOG, enable_ldm=True)
    return {
        "compression_short": short,
        "compression_long": long,
        "compression_far": 1 - long / short,
    }


def _ratio(data: bytes, **settings: Any) -> float:
    """Return compressed bytes per byte. Settings are zstandard's compression parameters."""
    import zstandard

    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, source_size=len(data), write_checksum=False, **settings
    )
    return len(zstandard.ZstdCompressor(compression_params=parameters).compress(data)) / len(data)
