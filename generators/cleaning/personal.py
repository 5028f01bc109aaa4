"""personal: e-mail addresses, telephone, card and account numbers, and addresses on the network.

    jo.fox@mail.org or (212) 265-1040        ->  <redacted:email> or <redacted:phone>
    93.184.216.34, GB82 WEST 1234 5698 7654 32  ->  <redacted:ip>, <redacted:iban>

What could be one is found by its look; a check decides:
* email: the part behind the last dot is a country's or a common top-level domain; not of a host of
  examples (example.com, .test, .local), nor an address nobody reads (noreply, git@).
* phone: valid for `phonenumbers` (Google's tables), read as of `region` without a +. It must be
  written as one: with a + or in groups. Its matcher for whole texts is too slow
  (290 s/GB were measured).
* card: prefix and length of a network, and Luhn's sum (ISO/IEC 7812-1).
* iban: the country's length, and the remainder 1 (ISO 13616, ISO 7064 MOD 97-10).
* ip: a public address (`ipaddress`), alone: no network (/24), no resolver known to all (8.8.8.8),
  no version number: four parts below 32, or "version", "v", "=" or "-" before it.

Presidio knows names and places too, through a language model: no tool for 100 GB of text. Names,
streets and dates are left as they are. Cost: a text without @ and without digits close together is
searched for those and no more.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from generators.cleaning import _numbers
from generators.cleaning._emails import emails
from generators.cleaning._policy import Place, Policy, apply
from schemas.knobs import Strict
from schemas.selection import Cleaned

COUNTS = "personal"
"""Places found."""

Kind = Literal["email", "phone", "card", "iban", "ip"]


class Options(Strict):
    """The cleaner's own keys in a recipe."""

    policy: Policy = "redact"
    """`redact` puts <redacted:KIND> for each; `drop` rejects the document; `count` changes
    nothing."""
    kinds: tuple[Kind, ...] = Field(default=("email", "phone", "card", "iban", "ip"), min_length=1)
    """What is looked for."""
    region: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    """Country (ISO 3166) of telephone numbers that are written without a +."""

    @property
    def needs(self) -> dict[str, str]:
        """Return what telephone numbers are judged by."""
        return {"phonenumbers": "select"} if "phone" in self.kinds else {}


def clean(text: str, options: Options) -> Cleaned:
    """Return the text as the policy wants it, and how many places it had; see the module."""
    return apply(text, _places(text, options), policy=options.policy, reason="personal")


def _places(text: str, options: Options) -> Iterator[Place]:
    """Yield what is found; a card's number goes before a telephone's at the same place."""
    if "email" in options.kinds:
        yield from emails(text)
    if "ip" in options.kinds:
        yield from _numbers.long_addresses(text)
    if options.kinds == ("email",):
        return
    for cluster in _numbers.clusters(text):
        if "iban" in options.kinds:
            yield from _numbers.ibans(text, cluster)
        if "card" in options.kinds:
            yield from _numbers.cards(text, cluster)
        if "ip" in options.kinds:
            yield from _numbers.addresses(text, cluster)
        if "phone" in options.kinds:
            yield from _numbers.phones(text, cluster, options.region)
