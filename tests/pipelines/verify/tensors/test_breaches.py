"""Counting and naming, by eye."""

import numpy as np

from pipelines.verify.tensors.breaches import Log


def test_checks_are_counted_and_breaches_named_by_row() -> None:
    log = Log(np.arange(3))
    log.need("b", np.array([0, 1, 2]), np.array([True, True, False]), "two")
    log.equal("a", np.array([1, 2]), np.array([5, 6]), [5, 7], place=lambda k: f" segment {k}")
    log.need("a", np.array([0]), np.array([False]), lambda k: f"word {k}")
    checked = log.close(np.ones(3, bool), np.zeros(3, bool))
    assert checked.counts == {"b": 3, "a": 3}
    assert [(b.row, b.check, b.expected, b.place) for b in checked.breaches] == [
        (0, "a", "word 0", ""),
        (2, "b", "two", ""),
        (2, "a", "7, found 6", " segment 1"),
    ]


def test_rows_keep_their_names_when_others_are_left_out() -> None:
    log = Log(np.arange(3))
    log.narrow(np.array([True, False, True]))
    log.need("a", np.array([1]), np.array([False]), "x")
    assert log.breaches[0].row == 2


def test_a_check_of_nothing_is_not_made() -> None:
    log = Log(np.arange(3))
    log.need("a", np.zeros(0, np.int64), np.zeros(0, bool), "x")
    assert log.counts == {}
