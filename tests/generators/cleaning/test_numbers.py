"""Checks decide: a sum, a registry, a country's numbering; versions and tables are no numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.cleaning import _numbers as numbers
from generators.cleaning._numbers import Cluster


@given(st.text(st.sampled_from("12 -ab\u00e9\u6f22"), max_size=60))
def test_clusters_are_digits_less_than_three_characters_apart(text: str) -> None:
    """Against a loop over bytes, with characters counted from the start."""
    expected, run = [], []
    data = text.encode()
    digits = [place for place, byte in enumerate(data) if chr(byte).isdigit()]
    for place in [*digits, 10**9]:
        if run and place - run[-1] > 3:
            if len(run) >= 5:
                start, end = (len(data[:at].decode()) for at in (run[0], run[-1] + 1))
                expected.append(Cluster(start, end, len(run)))
            run = []
        run.append(place)
    assert list(numbers.clusters(text)) == expected


def found(kind: str, text: str) -> list[str]:
    """Return what a finder finds in the clusters of a text."""
    finders = {"card": numbers.cards, "ip": numbers.addresses, "iban": numbers.ibans}
    places = [place for cluster in numbers.clusters(text) for place in finders[kind](text, cluster)]
    assert {place.kind for place in places} <= {kind}
    return [text[place.start : place.end] for place in places]


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("no 4111 1111 1111 1111.", ["4111 1111 1111 1111"]),
        ("5500-0055-5555-5559", ["5500-0055-5555-5559"]),
        ("(378282246310005)", ["378282246310005"]),
        ("6011000990139424 and 3530111333300000", ["6011000990139424", "3530111333300000"]),
        ("4111 1111 1111 1112", []),
        ("9111 1111 1111 1111", []),
        ("4111 1111-1111 1111", []),
        ("0.4111111111111111 x4111111111111111 4111111111111111.5", []),
        ("4111111111111111x 4111111111111111=1", []),
    ],
)
def test_cards_have_a_prefix_and_a_sum(text: str, cards: list[str]) -> None:
    assert found("card", text) == cards


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("from 93.184.216.34, 5.9.77.102:80", ["93.184.216.34", "5.9.77.102"]),
        ("127.0.0.1 0.0.0.0 10.1.200.3 192.168.10.20 172.16.254.1 169.254.10.10", []),
        ("192.0.2.44 198.51.100.77 203.0.113.99 224.100.100.100", []),
        ("8.8.8.8 1.1.1.1 9.9.9.9", []),
        ("1.2.3.4 10.12.4.31 v93.184.216.34 version 93.184.216.34 ==93.184.216.34", []),
        ("193.184.216.0/24 93.184.216.34.5 93.184.216 93.184.216.340 93.184.016.34", []),
    ],
)
def test_addresses_are_public_and_no_versions(text: str, addresses: list[str]) -> None:
    assert found("ip", text) == addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("at 2606:2800:220:1:248:1893:25c8:1946!", ["2606:2800:220:1:248:1893:25c8:1946"]),
        ("2a00:1450:4001::200e", ["2a00:1450:4001::200e"]),
        ("2001:db8::1:2 fe80::1:2:3 ::1 12:30:45 2a:bb:cc:dd:ee:ff", []),
        ("2a00:1450:4001::/48 2024:12:30:45", []),
    ],
)
def test_long_addresses_are_public(text: str, addresses: list[str]) -> None:
    places = numbers.long_addresses(text)
    assert [text[place.start : place.end] for place in places] == addresses


@pytest.mark.parametrize(
    ("text", "ibans"),
    [
        ("GB82 WEST 1234 5698 7654 32", ["GB82 WEST 1234 5698 7654 32"]),
        ("IBAN DE89370400440532013000.", ["DE89370400440532013000"]),
        ("MT84MALT011000012345MTLCAST001S", ["MT84MALT011000012345MTLCAST001S"]),
        ("GB82 WEST 1234 5698 7654 33", []),
        ("DE8937040044053201300", []),
        ("XX82 WEST 1234 5698 7654 32 xDE89370400440532013000", []),
    ],
)
def test_account_numbers_have_a_length_and_a_remainder(text: str, ibans: list[str]) -> None:
    assert found("iban", text) == ibans


@pytest.mark.parametrize(
    ("region", "text", "phones"),
    [
        ("US", "call 408-247-8880, (212) 265-1040", ["408-247-8880", "(212) 265-1040"]),
        ("US", "or 212.703.2001.", ["212.703.2001"]),
        ("US", "+44 20 8563 8692 or +61 1300 633 462", ["+44 20 8563 8692", "+61 1300 633 462"]),
        ("US", "4082478880 100-200-3000 123-456-7890 1408 247 888", []),
        ("US", "x=408-247-8880 2408-247-8880 408-247-88801 +1 23", []),
        ("GB", "ring 020 8563 8692", ["020 8563 8692"]),
        ("GB", "408-247-8880 in 1805 1806 1807", []),
    ],
)
def test_phones_are_valid_and_written_as_such(region: str, text: str, phones: list[str]) -> None:
    clusters = numbers.clusters(text)
    places = {place for cluster in clusters for place in numbers.phones(text, cluster, region)}
    assert [text[place.start : place.end] for place in sorted(places)] == phones
