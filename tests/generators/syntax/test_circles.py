"""Circles: every member once, and at most half of the references point ahead."""

from hypothesis import given
from hypothesis import strategies as st

from generators.syntax.circles import order_circle

GRAPHS = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n).map(
        lambda rows: {str(k): sorted(str(t) for t in row if t != k) for k, row in enumerate(rows)}
    )
)


def ahead(order: list[str], graph: dict[str, list[str]]) -> int:
    """Count the references to what comes later."""
    place = {node: k for k, node in enumerate(order)}
    return sum(place[target] > place[node] for node in order for target in graph[node])


def test_the_most_wanted_goes_first_and_frees_others() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["b", "c"]}
    assert order_circle(["a", "b", "c", "d"], graph) == ["b", "a", "c", "d"]


def test_a_package_that_gathers_its_modules_comes_after_most_of_them() -> None:
    """Each module says `import pkg`, and pkg/__init__.py imports them all: path order is worst."""
    graph = {"__init__": ["x", "y", "z"], "x": ["__init__", "z"], "y": ["__init__", "x"]}
    graph["z"] = ["__init__"]
    order = order_circle(sorted(graph), graph)
    assert order == ["z", "x", "__init__", "y"]
    assert (ahead(order, graph), ahead(sorted(graph), graph)) == (3, 4)


def test_what_nobody_left_wants_goes_last() -> None:
    graph = {"a": ["b"], "b": ["c", "d"], "c": ["b", "d"], "d": ["b", "c"]}
    assert order_circle(sorted(graph), graph)[-1] == "a"


def test_of_two_that_go_last_the_first_found_is_the_very_last() -> None:
    graph = {"p": ["q"], "q": ["x"], "x": ["y"], "y": ["x"]}
    assert order_circle(sorted(graph), graph) == ["x", "y", "q", "p"]


def test_targets_outside_do_not_count() -> None:
    assert order_circle(["b", "a"], {"a": ["out"], "b": ["a", "out"]}) == ["a", "b"]


@given(GRAPHS)
def test_every_member_once_and_at_most_half_of_the_references_ahead(
    graph: dict[str, list[str]],
) -> None:
    order = order_circle(sorted(graph), graph)
    assert sorted(order) == sorted(graph)
    assert 2 * ahead(order, graph) <= sum(map(len, graph.values()))
    assert order == order_circle(sorted(graph, reverse=True), graph)
