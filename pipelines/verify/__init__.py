"""Prove a mix after the fact: every rule of docs/format.md, read back from the files alone.

Nothing here asks the builder what it meant. `manifest`, `files` and `shards` look at keys, bytes,
digests and how Parquet was written, `tables` at documents and samples line by line, `rows` at
tokens and boundaries; `samples`, `needles` and `haystacks` decode and re-solve, `documents`
compares natural text with its own encoding, `totals` adds it all up, and `mix` runs them.
"""
