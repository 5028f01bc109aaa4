"""Where the rooms meet: prepare, draw, weave, pack, assemble, publish."""
