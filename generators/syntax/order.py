"""Order: the files of a repository, each after what it depends on.

    app.py -> store.py -> log.py, README.md
    by path: README.md, app.py, log.py, store.py     here: README.md, log.py, store.py, app.py

Files of no known language (documentation, data, settings) come first, by path: they lead to the
code, as a README does. Of the files that could come next the first by path comes. Files that depend
on each other in a circle stand together, as `generators/syntax/circles.py` orders them. So the
order follows from paths and texts alone.

Cost: that of parsing (`generators/syntax/dependencies.py`), and N log N in files and references.
The components of a graph are found by Tarjan's algorithm ("Depth-first search and linear graph
algorithms", SIAM Journal on Computing 1972), with a stack of its own instead of recursion.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence

from generators.syntax.circles import order_circle
from generators.syntax.dependencies import dependencies
from generators.syntax.languages import language

Graph = Mapping[str, Sequence[str]]


def dependency_order(files: Mapping[str, str]) -> list[str]:
    """Return all paths, each once, so that a file stands after those that it refers to.

    `files` gives the text of each path; paths are posix, from the top of the repository. Raises
    RecipeError when the parser of a language that occurs is not installed.
    """
    others = sorted(path for path in files if language(path) is None)
    graph = dependencies(files)
    in_order = (
        path for members in _sorted_components(graph) for path in order_circle(members, graph)
    )
    return others + [path for path in in_order if path in files and language(path) is not None]


def components(graph: Graph) -> Iterator[list[str]]:
    """Yield the strongly connected components of a graph, each sorted, targets before sources.

    Every target is a key of the graph. Each node and each edge is met once.
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}  # the earliest open node that is reached from here
    opened: list[str] = []
    is_open: set[str] = set()
    for root in graph:
        path = [] if root in order else [(root, iter(graph[root]))]
        while path:
            node, targets = path[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                opened.append(node)
                is_open.add(node)
            target = next((t for t in targets if t not in order or t in is_open), None)
            if target is None:
                path.pop()
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    yield sorted(_close(opened, is_open, node))
            elif target in order:
                low[node] = min(low[node], order[target])
            else:
                path.append((target, iter(graph[target])))


def _close(opened: list[str], is_open: set[str], first: str) -> list[str]:
    """Take a finished component off the open nodes: `first` and all opened after it."""
    members: list[str] = []
    while not members or members[-1] != first:
        members.append(opened.pop())
        is_open.remove(members[-1])
    return members


def _sorted_components(graph: Graph) -> Iterator[list[str]]:
    """Yield the components, targets before sources; of those that may come next the first by name.

    A component's name is that of its first member.
    """
    parts = {members[0]: members for members in components(graph)}
    name_of = {node: name for name, members in parts.items() for node in members}
    sources: dict[str, list[str]] = {name: [] for name in parts}
    waits = dict.fromkeys(parts, 0)
    for name, members in parts.items():
        targets = {name_of[target] for node in members for target in graph[node]} - {name}
        waits[name] = len(targets)
        for target in targets:
            sources[target].append(name)
    ready = sorted(name for name, count in waits.items() if count == 0)
    while ready:
        name = heapq.heappop(ready)
        yield parts[name]
        for source in sources[name]:
            waits[source] -= 1
            if waits[source] == 0:
                heapq.heappush(ready, source)
