"""From a plan in words and a haystack to one sample in tokens.

`sample` weaves: it measures, masks and checks what `draft` has laid out and encoded, with the
plants where `places` has found room for them.
"""


class Redraw(Exception):  # noqa: N818 - an order to the caller rather than a fault
    """A plan and a haystack that make no good sample; draw again. The message says why."""
