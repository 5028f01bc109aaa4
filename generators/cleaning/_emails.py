"""E-mail addresses in a text.

    "jo.fox@mail.org, @property, a@b.shape, me@example.com"  ->  jo.fox@mail.org

In code `@` is an operator and a decorator, so the last part of the host must be a country's code or
one of the common top-level domains, and no file's ending. Reserved names are those of RFC 2606 and
RFC 6761. The look is the usual part of RFC 5322: no quotes, no comments. Cost: one search for `@`;
65 characters are looked at before each, 254 after it.
"""

import re
from collections.abc import Iterator

from generators.cleaning._policy import Place

_LONGEST_USER = 64
"""Characters before the @ (RFC 5321, section 4.5.3.1)."""

_HOST = re.compile(r"@((?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,12}))(?![\w@])")
_USER = re.compile(r"(?<![\w.%+/=-])\w(?:[\w.%+-]{0,62}\w)?\Z", re.ASCII)
_COMMON = """
com org net edu gov mil int info biz name pro aero coop museum jobs mobi tel travel cat asia app dev
cloud online site tech store shop blog xyz club email live news media agency company digital global
group life network solutions space systems today top website work world
"""
_ENDINGS = "py md sh js ts rs hs ml so ps cc mm am"
_DOMAINS, _NO_DOMAINS = frozenset(_COMMON.split()), frozenset(_ENDINGS.split())
"""Common top-level domains (IANA), and codes of countries that are more often endings of files."""

_RESERVED = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|org|net|edu)|domain\.com|(?:email|company|yourdomain|mydomain|"
    r"foo|bar|test)\.(?:com|org|net))|.*\.(?:test|example|invalid|localhost|local)",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    ("git", "noreply", "no-reply", "donotreply", "do-not-reply", "user", "username")
)


def emails(text: str) -> Iterator[Place]:
    """Yield the addresses of people; see the module."""
    if "@" not in text:
        return
    for host in _HOST.finditer(text):
        at = host.start()
        user = _USER.search(text, max(at - _LONGEST_USER - 1, 0), at)
        if user and _is_real(user.group(), host.group(1), host.group(2).lower()):
            yield Place(user.start(), host.end(), "email")


def _is_real(user: str, host: str, domain: str) -> bool:
    """Say whether mail could reach a person there."""
    country = len(domain) == 2 and domain not in _NO_DOMAINS  # noqa: PLR2004 - ISO 3166
    known = country or domain in _DOMAINS
    return known and user.lower() not in _NOBODY and not _RESERVED.fullmatch(host)
