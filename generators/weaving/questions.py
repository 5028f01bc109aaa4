"""Several questions of one sample: plans that were made apart, asked and answered in one breath.

    (1) What stands beside "A"? (2) What stands beside "B"? Answer all 2 in turn, with semicolons
    between the answers.
    Answers: 1111111; 2222222

`params` keep each question in its own words, so that each can be solved by itself.
"""

from collections.abc import Sequence
from dataclasses import replace

from schemas.task import Plan, Plant

LEAD = "Answers:"
JOINER = "; "
_REQUEST = "Answer all {count} in turn, with semicolons between the answers."


def asked_together(plans: Sequence[Plan]) -> Plan:
    """Return one plan of them all; a single one as it is.

    Each was planned knowing what stands in those before it, so that no value is stated twice.
    """
    if len(plans) == 1:
        return plans[0]
    plants: list[Plant] = []
    parts: list[str] = []
    joiners: list[str] = []
    for plan in plans:
        first = len(parts)
        plants += [
            one if one.part is None else replace(one, part=one.part + first) for one in plan.plants
        ]
        joiners += [JOINER if parts else "", *plan.between[1:]]
        parts += plan.parts
    questions = [f"({number}) {plan.question}" for number, plan in enumerate(plans, 1)]
    return Plan(
        plants=tuple(plants),
        question=" ".join([*questions, _REQUEST.format(count=len(plans))]),
        lead=LEAD,
        parts=tuple(parts),
        joiners=tuple(joiners[1:]),
        template=plans[0].template,
        params={
            "questions": [
                {
                    "question": plan.question,
                    "lead": plan.lead,
                    "template": plan.template,
                    "params": plan.params,
                }
                for plan in plans
            ]
        },
    )
