"""Turns are told from all else that stands in a conversation."""

from generators.tasks._parts.turns import alone, first_words, read
from tests.generators.composed import offer

CAB = """user: I need a taxi to the harbour.

assistant: Any taxi can take you there.

user: Then the taxi must be cheap.

assistant: Certainly, it is on its way."""
LATE = """user: The taxi never came to me.

assistant: That is a great pity."""


def test_joined_documents_are_parted_at_rules_and_keep_their_titles() -> None:
    joined = f"{CAB}\n\n-----\n\nDialogue 7\n\n{LATE}\n\n-----"
    talk = read(offer(joined, "no turn here"))
    assert [joined[start:stop] for start, stop in talk.conversations[:2]] == [
        CAB,
        f"Dialogue 7\n\n{LATE}",
    ]
    assert talk.home.tolist() == [0, 0, 0, 0, 1, 1]


def test_names_are_speakers_where_they_come_back_and_nothing_else_is() -> None:
    lines = [f"{name}: I say number {n} of them." for n in range(4) for name in ("Ann", "Bob")]
    clear, doubt = "\n\n".join(lines), "\n\n".join([*lines, "Note: nobody says this."])
    talk = read(offer(clear, doubt))
    assert set(talk.speakers) == {"Ann", "Bob"}
    assert set(talk.home.tolist()) == {0}
    roles = read(offer(CAB + "\n\nNote: a taxi is a car.", CAB))
    assert set(roles.speakers) == {"user", "assistant"}
    assert len(roles.starts) == 8


def test_first_words_end_with_the_turn_and_before_no_line() -> None:
    assert first_words("one two three", 4, 13, 5) == "two three"
    assert first_words("one two three", 0, 13, 2) == "one two"
    assert first_words("one\ntwo three", 0, 13, 2) is None
    assert first_words("one  two", 0, 8, 2) is None
    assert alone("a rose", "rose")
    assert not alone("a rose is a rose", "rose")
    assert not alone("a rose", "tulip")
