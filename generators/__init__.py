"""Reads and computes: pure functions from text and numbers to text and numbers.

Randomness comes only as a `numpy.random.Generator` in the first argument. Nothing here writes,
schedules, trains, or looks at a clock, the environment or (but for `sources/hub.py`) the network.
The rooms do not know each other; they share a schema, or a helper room below them.
"""
