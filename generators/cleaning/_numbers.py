"""Numbers that lead to a person: telephone, card and account numbers, addresses on the network.

    "4111 1111 1111 1111"  ->  Luhn's sum is 30  ->  card
    "4111 1111 1111 1112"  ->  31, no card

What these numbers have in common is many digits close together. Clusters of digits are found for
the whole text at once; only they are looked at one by one, so a text without them costs one pass.
Rules and sources stand at each function. A version number is not an address: all four parts below
32, or a word or sign of versions before it.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np

from generators.cleaning._policy import Place
from schemas.errors import RecipeError


class Cluster(NamedTuple):
    """Digits close together: characters from the first to behind the last."""

    start: int
    end: int
    num_digits: int


_GAP = 3
"""Between two digits of one number stand two characters at most, as in "(212) 265"."""

_MIN_DIGITS = 5
"""Digits of the shortest number that is looked for: an address such as 1.2.3.45."""

_CARD = re.compile(
    r"(?<![\w.+/=-])\d(?:\d{13,18}|\d{3}(?:([ -])\d{4}\1\d{4}\1\d{4}|([ -])\d{6}\2\d{5}))"
    r"(?![\w=/-]|\.\d)"
)
_NETWORKS = re.compile(
    r"4(?:\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|(?:6011|65\d\d|64[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}"
)
"""Visa, Mastercard, American Express, Discover, JCB, Diners Club: prefixes of ISO/IEC 7812."""

_ADDRESS = re.compile(r"(?<![\w.:/=@-])\d{1,3}(?:\.\d{1,3}){3}(?![\w/-]|\.\d)")
_VERSION = re.compile(
    r"(?:v|ver|version|release|revision|build|section|chapter|oid)[ .:\"'=]{0,3}\Z", re.I
)
_LONG_ADDRESS = re.compile(r"[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{4,34}(?![\w:./])")
_COLONS = re.compile(r":[0-9a-fA-F]{0,4}:[0-9a-fA-F]{0,4}:")
"""What every such address has; a search for a colon is fast."""

_RESOLVERS = frozenset(
    ["8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220"]
)
"""Addresses of Google's, Cloudflare's, Quad9's and OpenDNS's name servers."""

_VERSION_PART = 32
"""Parts of versions are smaller. Our choice: it keeps a few addresses,
such as 5.9.17.2, and spares nearly every version."""

_FOREIGN = re.compile(r"(?<![\w+])\+\d[\d ().-]{5,20}\d(?![\w-])")
_AMERICAN = re.compile(
    r"(?<![\w.+/=,:-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}([-. ]))\d{3}[-. ]\d{4}(?![\w=/-]|\.\d)"
)
_GROUPED = re.compile(r"(?<![\w.+/=,:-])\(?\d{2,5}\)?(?:[ -]\d{2,8}){1,4}(?![\w=/-]|\.\d)")
_IBAN = re.compile(r"[A-Z][A-Z]\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL",
        19: "MK SI",
        20: "AT BA EE KZ LT LU",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ",
        24: "AD CZ ES MD PK RO SA SE SK TN",
        25: "PT",
        26: "IS TR",
        27: "FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB PL",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT",
    }.items()
    for country in countries.split()
}
"""Characters of an account number by country: SWIFT's IBAN registry."""


def clusters(text: str) -> Iterator[Cluster]:
    """Yield where at least five digits stand close together."""
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    places = np.flatnonzero((data - np.uint8(ord("0"))) < 10)  # noqa: PLR2004 - smaller bytes wrap
    if len(places) < _MIN_DIGITS:
        return
    first = np.concatenate([[0], np.flatnonzero(np.diff(places) > _GAP) + 1])
    counts = np.diff(np.append(first, len(places)))
    many = np.flatnonzero(counts >= _MIN_DIGITS)
    if len(many) == 0:
        return
    starts, ends = places[first[many]], places[first[many] + counts[many] - 1] + 1
    if len(text) < len(data):
        # From bytes to characters: a byte 10xxxxxx continues one (RFC 3629).
        marks = ((data & 0xC0) == 0x80).view(np.uint8)  # noqa: PLR2004
        before = np.add.reduceat(marks, np.append(0, starts), dtype=np.int64)
        before = np.cumsum(before[:-1]) if starts[0] else np.cumsum(np.append(0, before[1:-1]))
        within = np.add.reduceat(
            marks, np.stack([starts, ends - 1], axis=1).ravel(), dtype=np.int64
        )
        ends = ends - before - np.where(ends - 1 > starts, within[::2], 0)
        starts = starts - before
    yield from map(Cluster, starts.tolist(), ends.tolist(), counts[many].tolist())


def _matches(pattern: re.Pattern[str], text: str, cluster: Cluster) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds around a cluster; signs before it and behind it are seen."""
    return pattern.finditer(text, max(cluster.start - _GAP, 0), cluster.end + _GAP)


def cards(text: str, cluster: Cluster) -> Iterator[Place]:
    """Yield card numbers: prefix and length of a network, and Luhn's sum (ISO/IEC 7812-1)."""
    if cluster.num_digits < 14:  # noqa: PLR2004 - Diners Club has the shortest
        return
    for match in _matches(_CARD, text, cluster):
        digits = re.sub(r"\D", "", match.group())
        if _NETWORKS.fullmatch(digits) and len(set(digits)) > 1 and _luhn(digits) % 10 == 0:
            yield Place(*match.span(), "card")


def _luhn(digits: str) -> int:
    """Return the sum of digits, every second from the right doubled: "18" -> 8 + 2 = 10."""
    odd = sum(map(int, digits[-1::-2]))
    return odd + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])


def addresses(text: str, cluster: Cluster) -> Iterator[Place]:
    """Yield public IPv4 addresses (IANA's registries, as `ipaddress` has them)."""
    if text.find(".", cluster.start, cluster.end) < 0:
        return
    for match in _matches(_ADDRESS, text, cluster):
        value = match.group()
        parts = value.split(".")
        if max(map(int, parts)) > 255 or any(part != str(int(part)) for part in parts):  # noqa: PLR2004
            continue
        version = max(map(int, parts)) < _VERSION_PART or _VERSION.search(
            text, max(match.start() - 12, 0), match.start()
        )
        address = ipaddress.IPv4Address(value)
        public = address.is_global and not address.is_multicast and value not in _RESOLVERS
        if public and not version:
            yield Place(*match.span(), "ip")


def long_addresses(text: str) -> Iterator[Place]:
    """Yield public IPv6 addresses: those of 2000::/3, the only ones given out (RFC 4291)."""
    if _COLONS.search(text) is None:
        return
    for match in _LONG_ADDRESS.finditer(text):
        value = match.group()
        before = text[max(match.start() - 1, 0) : match.start()]
        if value.count(":") < 3 or before.isalnum() or before == ":":  # noqa: PLR2004
            continue
        try:
            address = ipaddress.IPv6Address(value)
        except ValueError:
            continue  # it only looked like one
        if address.is_global:
            yield Place(*match.span(), "ip")


def phones(text: str, cluster: Cluster, region: str) -> Iterator[Place]:
    """Yield telephone numbers that `phonenumbers` calls valid, as a person would write them."""
    if cluster.num_digits < 7:  # noqa: PLR2004 - the shortest that E.164 numbers have in practice
        return
    for match in _matches(_FOREIGN, text, cluster):
        if _is_phone(match.group(), None):
            yield Place(*match.span(), "phone")
    for match in _matches(_AMERICAN if region in ("US", "CA") else _GROUPED, text, cluster):
        if _is_phone(match.group(), region):
            yield Place(*match.span(), "phone")


def _is_phone(value: str, region: str | None) -> bool:
    library = _phonenumbers()
    try:
        return bool(library.is_valid_number(library.parse(value, region)))
    except library.NumberParseException:
        return False


@cache
def _phonenumbers() -> ModuleType:
    """Return the library. Raises RecipeError when it is not installed."""
    try:
        import phonenumbers
    except ModuleNotFoundError as error:
        raise RecipeError(
            "the cleaner `personal` needs phonenumbers; run pip install 'longmix[select]'"
        ) from error
    return phonenumbers


def ibans(text: str, cluster: Cluster) -> Iterator[Place]:
    """Yield account numbers whose remainder is 1 (ISO 13616; ISO 7064, MOD 97-10)."""
    if cluster.num_digits < 8:  # noqa: PLR2004 - all countries have eight digits in a row
        return
    for match in _IBAN.finditer(text, max(cluster.start - 16, 0), cluster.end + 24):
        before = text[max(match.start() - 1, 0) : match.start()]
        value = match.group().replace(" ", "")
        if before.isalnum() or _LENGTHS.get(value[:2]) != len(value):
            continue
        if int("".join(str(int(letter, 36)) for letter in value[4:] + value[:4])) % 97 == 1:
            yield Place(*match.span(), "iban")
