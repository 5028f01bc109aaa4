"""Files, here or behind the network, by paths relative to one place.

`place.py` opens and reads, `walk.py` lists, `patterns.py` matches.
"""

from generators.files.place import Place, open_place

__all__ = ["Place", "open_place"]
