"""Addresses of people are found; operators, decorators and examples are not."""

import pytest

from generators.cleaning._emails import emails


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to jo.fox@mail.org.", ["jo.fox@mail.org"]),
        ("<Jo_Fox+x@a.b-c.co.uk>, b@c.de", ["Jo_Fox+x@a.b-c.co.uk", "b@c.de"]),
        ("mailto:jo@mail.info?subject", ["jo@mail.info"]),
        ("caf\u00e9 jo@mail.fr", ["jo@mail.fr"]),
        ("@property", []),
        ("a@b.T x@y.shape w@v.mean()", []),
        ("me@example.com you@mail.example.org a@b.test root@host.local", []),
        ("git@github.com:a/b noreply@mail.org", []),
        ("load@module.py", []),
        ("package@1.2.3 @a.com a@@b.com", []),
        ("x" * 65 + "@mail.org", []),
    ],
)
def test_by_eye(text: str, found: list[str]) -> None:
    places = list(emails(text))
    assert [text[place.start : place.end] for place in places] == found
    assert {place.kind for place in places} <= {"email"}
