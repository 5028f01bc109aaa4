"""Costs in words, of rows that a person can count."""

from pipelines.report.costs import cost_text, targets_of
from tests.pipelines.plan.test_cost import costs_of


def test_the_lines_for_a_terminal() -> None:
    assert cost_text(costs_of("a0-8", "b0-3E")) == [
        "main  2 rows of 8, 75.00% full (4 padding; at best 75.00% in 2 rows)",
        "  loss: 10 of 12 tokens are targets",
        "  documents: 0 of 2 lie in several segments; 0 tokens come again",
        "  attention: 62.5% of rows of one document; a token's segment has 7 tokens on average",
        "  training: 1.2e+03 FLOPs, 0.0 billion a token, 40.0% of them attention",
        "  2 ranks at 2 rows a step work at most 83.3%, sorted in steps 83.3%, when they wait "
        "after every row; 83.3%, sorted in steps 83.3%, when they wait once a step",
        "passes: books 0.85 times, 11 of 13 tokens",
        "truncated: 1 document without 2 tokens of their text",
        "costs are those of a decoder with 1e-08 billion parameters, 1 layer of width 1",
    ]


def test_fewer_rows_than_a_step_wait_for_nothing() -> None:
    assert "  waiting: fewer rows than a step of 2" in cost_text(costs_of("a0-8"))


def test_targets_that_nobody_knows_yet_are_told() -> None:
    facts = costs_of("a0-2 n6")
    assert targets_of(facts["stages"][0]) == (1, ["task:needle"])
    line = "  loss: 1 of 8 tokens are targets, and some of task:needle, which weaving will tell"
    assert line in cost_text(facts)
    (stage,) = facts["stages"]
    tasks = {f"task:{k}": {"tokens": 1, "targets": None} for k in range(4)}
    many = {**facts, "stages": [{**stage, "by_source": tasks}]}
    assert any("some of 4 tasks, which" in line for line in cost_text(many))


def test_rows_that_are_longer_than_what_they_claim_say_so() -> None:
    facts = costs_of("a0-8")
    (stage,) = facts["stages"]
    (first, *_) = cost_text({**facts, "stages": [{**stage, "claims": 4}]})
    assert first.startswith("main  1 row of 8 to claim 4, ")
