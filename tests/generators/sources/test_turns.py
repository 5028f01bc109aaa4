"""Turns become text by a template; what cannot be rendered is named with its turn."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from generators.sources._turns import Script, Spoken, Unusable, label, moment, spoken, turns_of


def script(
    *,
    template: str = "{role}: {content}\n\n",
    title: str = "",
    roles: Mapping[str, str | None] | None = None,
) -> Script:
    return Script(template=template, title=title, roles=roles or {}, bad_utf8="reject")


def say(*turns: Any, **options: Any) -> str:
    return spoken({"turns": list(turns)}, script(**options)).text


USER = {"role": "user", "content": "Hi"}
BOT = {"role": "assistant", "content": "Hello\n"}


def test_turns_follow_each_other() -> None:
    assert say(USER, BOT) == "user: Hi\n\nassistant: Hello\n"
    assert say(USER, BOT, template="<{role}> {content}\n") == "<user> Hi\n<assistant> Hello\n"
    assert say(USER, BOT, template="{content} ") == "Hi Hello\n \n"


def test_common_names_of_keys_are_tried() -> None:
    for turns, role, content in (
        ("messages", "role", "content"),
        ("conversations", "from", "value"),
        ("conversation", "speaker", "text"),
    ):
        value = {turns: [{role: "human", content: "Hi"}]}
        assert spoken(value, script()) == Spoken(text="human: Hi\n")


def test_named_keys_are_taken_and_no_other() -> None:
    chosen = Script(
        turns_field="log",
        role_field="who",
        content_field="what",
        roles={},
        template="{role}: {content}\n",
        title="",
        bad_utf8="reject",
    )
    turn = {"who": "A", "what": "one", "role": "B", "content": "two"}
    assert spoken({"log": [turn], "turns": [USER]}, chosen).text == "A: one\n"
    with pytest.raises(Unusable, match=r"^missing_turns$"):
        spoken({"turns": [USER]}, chosen)


def test_a_title_stands_above() -> None:
    value = {"turns": [USER], "id": 7, "topics": ["a", "b"]}
    found = spoken(value, script(title="Dialogue {id}: {topics}"))
    assert found.text == "Dialogue 7: a, b\n\nuser: Hi\n"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "missing_field 'id'"),
        ({"a": 1}, "field_not_text 'id'"),
        (True, "field_not_text 'id'"),
    ],
)
def test_a_title_without_its_field(value: object, reason: str) -> None:
    with pytest.raises(Unusable, match=f"^{reason}$"):
        spoken({"turns": [USER], "id": value}, script(title="{id}"))


def test_roles_get_names_and_may_be_left_out() -> None:
    names = {"user": "Reader", "assistant": "Author", "system": None}
    system = {"role": "system", "content": "Be brief."}
    assert say(system, USER, BOT, roles=names) == "Reader: Hi\n\nAuthor: Hello\n"
    with pytest.raises(Unusable, match=r"^unknown_role 'tool' at turn 1$"):
        say(USER, {"role": "tool", "content": "3"}, roles=names)


def test_a_turn_that_says_nothing_is_left_out() -> None:
    empty = [{"role": "x", "content": content} for content in (None, "", " \n", [])]
    assert say(*empty, USER, {}) == "user: Hi\n"
    with pytest.raises(Unusable, match=r"^no_usable_turn$"):
        say(*empty, title="")
    with pytest.raises(Unusable, match=r"^no_usable_turn$"):
        spoken({"turns": [], "id": "a"}, script(title="{id}"))


def test_content_in_parts() -> None:
    parts = [{"type": "text", "text": "one"}, "two", {"type": "text", "text": b"three"}]
    assert say({"role": "user", "content": parts}) == "user: one\ntwo\nthree\n"


def test_calls_of_tools() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    turn = {"role": "assistant", "content": None, "tool_calls": [call, {"name": "stop"}]}
    assert say(turn) == 'assistant: add({"a": 1})\nstop()\n'
    old = {
        "role": "assistant",
        "content": "Well:",
        "function_call": {"name": "f", "arguments": [1]},
    }
    assert say(old) == "assistant: Well:\nf([1])\n"


NESTED: list[Any] = []
for _ in range(2000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        ("Hi", "turn_not_an_object"),
        ({"content": "Hi"}, "missing_role"),
        ({"role": " ", "content": "Hi"}, "missing_role"),
        ({"role": "user", "content": 7}, "content_not_text"),
        ({"role": "user", "content": {"a": "b"}}, "content_not_text"),
        ({"role": "user", "content": [{"type": "image", "url": "x"}]}, "content_not_text"),
        ({"role": "user", "content": b"caf\xe9"}, "bad_utf8 at byte 3"),
        ({"role": "user", "tool_calls": ["x"]}, "bad_tool_call"),
        ({"role": "user", "tool_calls": [{"function": {"arguments": "x"}}]}, "bad_tool_call"),
        ({"role": "user", "tool_calls": [{"name": "f", "arguments": NESTED}]}, "bad_tool_call"),
        ({"role": NESTED, "content": "Hi"}, "missing_role"),
        ({"role": "user", "content": NESTED}, "content_not_text"),
    ],
)
def test_what_cannot_be_rendered(turn: object, reason: str) -> None:
    with pytest.raises(Unusable, match=f"^{reason} at turn 1$"):
        say(USER, turn)


@pytest.mark.parametrize(
    ("value", "reason"), [({}, "missing_turns"), ({"turns": "Hi"}, "turns_not_a_list")]
)
def test_turns_must_be_a_list(value: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unusable, match=f"^{reason}$"):
        turns_of(value, None)


def test_bytes_are_replaced_by_policy_and_counted() -> None:
    value = {"turns": [{"role": "a", "content": b"caf\xe9"}, {"role": "b", "content": b"\xff!"}]}
    loose = Script(template="{content}\n", title="", roles={}, bad_utf8="latin-1")
    assert spoken(value, loose) == Spoken(text="café\nÿ!\n", num_replaced=2)


def test_labels() -> None:
    assert [label(one) for one in ("a", b"a", 7, 1.5, ["a", 7], date(2024, 5, 1))] == [
        *("a", "a", "7", "1.5", "a, 7", "2024-05-01")
    ]
    assert [label(one) for one in (None, True, {}, b"\xff", ["a", {}], [["a"]])] == [None] * 6


def test_times_are_numbers_to_sort_by() -> None:
    for second in ("1970-01-01T00:00:01Z", "1970-01-01 01:00:01+01:00", b"1970-01-01T00:00:01", 1):
        assert moment(second) == 1
    assert moment(datetime(1970, 1, 1, 0, 0, 1)) == moment(datetime(1970, 1, 1, 0, 0, 1, 0, UTC))
    assert moment("1970-01-02") == moment(date(1970, 1, 2)) == 86_400
    assert moment(2**60 + 1) == 2**60 + 1
    assert moment(None) is None


@pytest.mark.parametrize("value", ["yesterday", "", b"\xff", True, float("nan"), float("inf"), []])
def test_what_is_no_time(value: object) -> None:
    with pytest.raises(Unusable, match=r"^bad_time$"):
        moment(value)
