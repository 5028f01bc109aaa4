"""Solve a sample, each of its questions by itself.

Several questions stand in one paragraph and have one line of answers; a solver is shown the same
text with one of them alone.
"""

from dataclasses import replace

from generators import solvers
from schemas.task import Problem, Solution

JOINER = "; "


def solve(task: str, problem: Problem) -> Solution:
    """Return what the task's solver finds; of several questions one answer each, joined."""
    solver = solvers.load(task)
    if "questions" not in problem.params:
        return solver(problem)
    found = [solver(one) for one in apart(problem)]
    if any(len(solution.answers) != 1 for solution in found):
        return next(solution for solution in found if len(solution.answers) != 1)
    return Solution(answers=(JOINER.join(solution.answers[0] for solution in found),))


def apart(problem: Problem) -> list[Problem]:
    """Return one problem for each question: the text with that question and its lead alone."""
    asked = problem.params["questions"]
    place = problem.params["question"]
    head, _, rest = problem.text.partition("\n\n")
    body = problem.text if place == "last" else rest
    body, _, tail = body.rstrip().rpartition("\n\n")
    together = tail.rpartition("\n")[0] if place != "first" else head
    whole = all(entry["question"] in together for entry in asked)
    if not whole or (place == "both" and head != together):
        return [replace(problem, text="")]  # not what `params` tell of: nothing to solve
    problems = []
    for entry in asked:
        first = "" if place == "last" else f"{entry['question']}\n\n"
        last = "" if place == "first" else f"{entry['question']}\n"
        text = f"{first}{body}\n\n{last}{entry['lead']} "
        problems.append(Problem(text=text, params={**entry["params"], "question": place}))
    return problems
