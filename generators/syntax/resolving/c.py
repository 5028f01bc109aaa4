"""C and C++: included names to files.

    #include "x.h"      in a/b.c  -> a/x.h, else the nearest file whose path ends with /x.h
    #include <lib/x.h>  in a/b.c  -> the nearest file whose path ends with lib/x.h
    #include <string.h>           -> string.h or .../include/string.h, never some/string.h

Which folders a compiler searches is said in build files, in as many ways as there are builders; the
end of the path says it well enough. A single name in angle brackets is the system's, unless it
stands where headers are published.

Source: the C standard leaves the search to the compiler; ours is a choice. Cost: an entry for each
folder of a header's path, sixteen at most.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.imports import Reference
from generators.syntax.resolving.nearest import index, nearest

_LONGEST_INCLUDE = 16
"""Parts of an include that are looked up; deeper ones are found from the includer's folder only."""


def resolve(
    said: Mapping[str, Sequence[Reference]], texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (path, path that it includes); `generators/syntax/resolving` has the contract."""
    del texts
    endings = index((ending, path) for path in said for ending in _endings(path))
    for path, references in said.items():
        folder = posixpath.dirname(path)
        for reference in references:
            target = posixpath.normpath(reference.target)
            beside = posixpath.normpath(posixpath.join(folder, target))
            found = beside if reference.kind == "path" and beside in said else None
            found = found or nearest(endings.get(target, []), path)
            if found and (reference.kind == "path" or _is_published(found, target)):
                yield path, found


def _endings(path: str) -> list[str]:
    """Return the ends of a path that an include may say: a/b/c.h -> c.h, b/c.h, a/b/c.h."""
    parts = path.split("/")[-_LONGEST_INCLUDE:]
    return ["/".join(parts[k:]) for k in range(len(parts))]


def _is_published(path: str, target: str) -> bool:
    return "/" in target or posixpath.dirname(path).split("/")[-1] in ("", "include")
