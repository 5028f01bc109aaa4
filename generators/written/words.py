"""Words that say too little, to be an answer or to tell one passage of a long text from another."""

import re

WORD = re.compile(r"[^\W_]+")

_SAYS_LITTLE = """
about above across after again against ago all almost alone along already also although always am
among an and another any anybody anyone anything are around as asked at away back be became because
become been before began behind being below beside between both brought but by called came can
cannot come could day days did does doing done down during each either else enough even ever every
everybody everyone everything far few first for found four from full gave get give given go goes
going gone good got great had half has have having he held her here hers herself him himself his how
however if in indeed instead into is it its itself just kept kind know known last later least left
less let like little long made make makes man many may me men might mine more most much must my
myself near nearly neither never new next no nobody none nor not nothing now of off often old on
once one only or other others our out over own people perhaps place put quite rather said same saw
say says second see seem seemed seen several shall she should since so some somebody someone
something soon still such take taken tell ten than that the their them themselves then there these
they thing things think third this those though thought three through time times to together told
too took toward towards turned two under until up upon us use used very want wanted was way we well
went were what whatever when where whether which while who whole whom whose why will with within
without woman word words would year years yes yet you young your
"""
SAYS_LITTLE = frozenset(_SAYS_LITTLE.split())
"""English words that stand in any novel. In other languages no word is on the list, so that more
passes; our choice, by hand."""

_VERDICTS = frozenset(
    [
        "yes",
        "no",
        "true",
        "false",
        "both",
        "neither",
        "unknown",
        "nothing",
        "none",
        "nobody",
        "everyone",
        "correct",
        "incorrect",
    ]
)
SHORTEST_ANCHOR = 3
"""Letters; shorter words name nothing."""


def words_of(text: str) -> list[str]:
    """Return the words in lower case: "The ferry's 2 masts" -> the, ferry, s, 2, masts."""
    return WORD.findall(text.lower())


def anchors(question: str, passage: str, answer: str) -> tuple[str, ...]:
    """Return the words by which a question names its passage, each once, as the question has them.

    They say something, stand in the passage too, and are no part of the answer.
    """
    shared = set(words_of(passage)) - set(words_of(answer)) - SAYS_LITTLE
    return tuple(
        dict.fromkeys(
            word for word in words_of(question) if word in shared and len(word) >= SHORTEST_ANCHOR
        )
    )


def says_nothing(answer: str) -> bool:
    """Say whether an answer could be given by anybody: a yes, or words that stand everywhere."""
    words = words_of(answer)
    return len("".join(words)) < SHORTEST_ANCHOR - 1 or all(
        word in SAYS_LITTLE or word in _VERDICTS for word in words
    )
