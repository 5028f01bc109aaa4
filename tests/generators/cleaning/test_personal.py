"""Every kind is found where it is wanted, and nothing in ordinary prose and code."""

import sys

import pytest

from generators.cleaning import _numbers
from generators.cleaning.personal import Kind, Options, clean
from schemas.errors import RecipeError
from schemas.selection import Cleaned

TEXT = (
    "jo@mail.org, (212) 265-1040, 4111 1111 1111 1111, GB82 WEST 1234 5698 7654 32, "
    "93.184.216.34, 2a00:1450:4001::200e"
)


def test_all_kinds() -> None:
    assert clean(TEXT, Options()) == Cleaned(
        text="<redacted:email>, <redacted:phone>, <redacted:card>, <redacted:iban>, "
        "<redacted:ip>, <redacted:ip>",
        count=6,
    )


@pytest.mark.parametrize(
    ("kind", "count"), [("email", 1), ("phone", 1), ("card", 1), ("iban", 1), ("ip", 2)]
)
def test_one_kind(kind: Kind, count: int) -> None:
    cleaned = clean(TEXT, Options(kinds=(kind,)))
    assert cleaned.count == count
    assert cleaned.text.count(f"<redacted:{kind}>") == count


def test_the_other_policies() -> None:
    assert clean(TEXT, Options(policy="drop")) == Cleaned(text=TEXT, count=6, reason="personal")
    assert clean(TEXT, Options(policy="count")) == Cleaned(text=TEXT, count=6)


@pytest.mark.parametrize(
    "text",
    [
        "In July 1805, at 12:30, page 1234-1240, cost 1,234,567.89 on 2018-12-01 10:20:30.123456",
        "x = [100, 200, 300, 400]; y = 0x1234567890; z = 1.2345678901234567; a @ b.T",
        "version 1.2.3.4, >=10.20.30.40, http://127.0.0.1:8080/, me@example.com, 192.168.1.17",
        "id 550e8400-e29b-41d4-a716-446655440000, md5 0cc175b9c0f1b6a831c399e269772661",
    ],
)
def test_prose_and_code_are_nobodys(text: str) -> None:
    assert clean(text, Options()).text is text


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _numbers._phonenumbers.cache_clear()
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(RecipeError, match=r"pip install 'longmix\[select\]'"):
        clean("call 408-247-8880", Options())
    _numbers._phonenumbers.cache_clear()
