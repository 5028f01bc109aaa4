"""Prove a mix after the fact: every rule of docs/format.md, read back from the files alone.

Nothing here asks the builder what it meant. `files` looks at bytes and digests, `rows` at tokens
and boundaries, `samples` decodes and re-solves, `documents` compares natural text with its own
encoding, `mix` adds it all up.
"""
