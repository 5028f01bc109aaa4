"""secrets: keys, tokens and passwords that someone left in code, configuration or a chat.

    aws_id = "AKIA" + 16 capitals and digits   ->  aws_id = "<redacted:aws_key>"
    https://joe:correct-horse@host/            ->  https://joe:<redacted:password>@host/
    -----BEGIN RSA PRIVATE KEY----- ... END    ->  <redacted:private_key>

What a provider's tokens look like is taken from detect-secrets (Yelp); its line scanner, which runs
every rule on every line, is not. A rule runs only on a text that contains one of its literals, such
as "AKIA", and only at that speed does a clean text cost anything: a search for each literal. Rules
of our own: whole blocks of private keys (the library marks their first line), tokens that are newer
than its rules, and web tokens, whose rule there takes quadratic time on "eyJeyJeyJ...".

Not a secret: a value with fewer than 8 different characters or with the word EXAMPLE or a blank to
fill in ("xxx", "{token}"); of passwords in addresses, those that are words of manuals ("password")
and those of hosts that cannot exist elsewhere (localhost, example.com).
Left out, because on real code they mostly find what is none: rules by entropy (hashes of lock files
and test data), by keyword (`password = ...`), and of the library those with "key = 44 letters".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import ClassVar

import numpy as np

from generators.cleaning._policy import Place, Policy, apply
from schemas.errors import RecipeError
from schemas.knobs import Strict
from schemas.selection import Cleaned

COUNTS = "secrets"
"""Places found."""

_MIN_DISTINCT = 8
"""Different characters of a token. Our choice: AKIA and
16 random characters hardly ever have fewer."""

_MIN_RUN = 20
"""Characters of the shortest token that a rule with literals finds: AKIA and 16 more."""

_GITLAB = (
    *("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-", "glagent-"),
    *("gloas-", "GR1348941"),
)
_LIBRARY: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # kind, class in the module of detect-secrets, literals of which a token has one
    ("aws_key", "aws.AWSKeyDetector", ("AKIA", "ASIA", "ABIA", "ACCA", "A3T")),
    ("azure_key", "azure_storage_key.AzureStorageKeyDetector", ("AccountKey=",)),
    ("discord_token", "discord.DiscordBotTokenDetector", ()),
    ("github_token", "github_token.GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("gitlab_token", "gitlab_token.GitLabTokenDetector", _GITLAB),
    ("mailchimp_key", "mailchimp.MailchimpDetector", ("-us",)),
    ("pypi_token", "pypi_token.PypiTokenDetector", ("pypi-AgE",)),
    ("sendgrid_key", "sendgrid.SendGridDetector", ("SG.",)),
    ("slack_token", "slack.SlackDetector", ("xox", "hooks.slack.com")),
    ("square_key", "square_oauth.SquareOAuthDetector", ("sq0csp-",)),
    ("stripe_key", "stripe.StripeDetector", ("k_live_",)),
    # Every token of a bot has AA behind the colon; the library's rule does not ask for it.
    ("telegram_token", "telegram_token.TelegramBotTokenDetector", (":AA",)),
)
_OWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # kind, rule, literals; of rules with a group, the group is the secret
    ("artifactory_key", r"(?<!\w)AKC[a-zA-Z0-9]{60,100}(?!\w)", ("AKC",)),
    (
        "private_key",
        r"-----BEGIN (?:[A-Z0-9]{2,9} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?!-----)[\w+/=\s:;,.()\\\"'-]){64,20000}+"
        r"-----END (?:[A-Z0-9]{2,9} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
        ("PRIVATE KEY",),
    ),
    ("jwt", r"(?<![\w-])eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{16,}+", (".eyJ",)),
    ("github_token", r"(?<![\w-])github_pat_\w{60,100}(?![\w-])", ("github_pat_",)),
    ("google_key", r"(?<![\w-])AIza[\w-]{35}(?![\w-])", ("AIza",)),
    ("huggingface_token", r"(?<![\w-])hf_[A-Za-z]{34}(?![\w-])", ("hf_",)),
    ("openai_key", r"(?<![\w-])sk-[\w-]{16,200}?T3BlbkFJ[\w-]{16,200}", ("T3BlbkFJ",)),
    ("anthropic_key", r"(?<![\w-])sk-ant-[\w-]{80,200}(?![\w-])", ("sk-ant-",)),
    ("npm_token", r"(?<![\w-])npm_[A-Za-z0-9]{36}(?![\w-])", ("npm_",)),
    # The library's second rule for AWS, which asks for quotes but not for a word's beginning.
    (
        "aws_secret",
        r"(?i:aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?[\"'])([0-9a-zA-Z/+]{40})[\"']",
        ("aws", "AWS", "Aws"),
    ),
    ("npm_token", r":_authToken=[ \t]{0,9}([\w-]{36})(?![\w-])", (":_authToken=",)),
    (
        "password",
        r"://[^\s:/?#@\[\]\"'<>`]{1,100}+:([^\s:/?#@\[\]\"'<>`(){}$%*,;|\\]{4,100}+)@([\w.-]{1,100})",
        ("://",),
    ),
)
_WHOLE = {"private_key", "password", "aws_secret"}
"""Kinds whose literal may stand apart from the token, and is looked for in the whole text."""

_COMMON = {"mailchimp_key"}
"""Kinds whose literals are common in words: the rule itself looks at the runs first."""

_TOKEN = np.zeros(256, dtype=np.bool_)
_TOKEN[list(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+/=.:-")] = True

_BLANKS = re.compile(
    r"example|xxx|\.\.\.|\*\*\*|placeholder|your[-_]|dummy|redacted", re.IGNORECASE
)
_WORDS = re.compile(
    r"(?:my|your|the|db|some|user|proxy|test|super)?[-_]?"
    r"(?:pass(?:word|wd|phrase)?|pwd?|secret|token|user(?:name)?|login|hunter2|changeme|admin|root|"
    r"guest|api[-_]?key|key|foo|bar|test(?:ing)?|1234(?:5678?)?)(?:[-_]?\d{0,3})",
    re.IGNORECASE,
)
_NOWHERE = re.compile(
    r"(?:localhost|127\.|0\.0\.0\.0|host(?:name)?\b|server\b|proxy\b|.*\bexample\b|"
    r".*\.(?:test|invalid|local)$)",
    re.IGNORECASE,
)


class Options(Strict):
    """The cleaner's own keys in a recipe."""

    needs: ClassVar[dict[str, str]] = {"detect_secrets": "select"}
    policy: Policy = "redact"
    """`redact` puts <redacted:KIND> for each; `drop` rejects the document; `count` changes
    nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One look of a secret."""

    kind: str
    pattern: re.Pattern[str]
    literals: tuple[str, ...]
    """A token has one of them; empty where no literal is common to all."""
    group: int = 0
    """The group that holds the value."""


def clean(text: str, options: Options) -> Cleaned:
    """Return the text as the policy wants it, and how many secrets it had; see the module."""
    return apply(text, _places(text), policy=options.policy, reason="secrets")


def _places(text: str) -> Iterator[Place]:
    runs = _runs(text)
    for rule in _rules():
        if not _may_hold(rule, text, runs):
            continue
        for match in rule.pattern.finditer(text):
            if _is_value(rule.kind, match, match.group(rule.group)):
                yield Place(*match.span(rule.group), rule.kind)


def _runs(text: str) -> str:
    """Return the runs of at least 20 characters that tokens are made of, one after the other."""
    encoded = text.encode()
    data = np.frombuffer(encoded, dtype=np.uint8)
    others = np.concatenate([[-1], np.flatnonzero(~_TOKEN[data]), [len(data)]])
    long = np.flatnonzero(np.diff(others) > _MIN_RUN)
    places = zip((others[long] + 1).tolist(), others[long + 1].tolist(), strict=True)
    return b"\n".join([encoded[start:end] for start, end in places]).decode("ascii")


def _may_hold(rule: _Rule, text: str, runs: str) -> bool:
    """Say whether a look at the whole text is worth its time."""
    if rule.kind in _WHOLE:
        return any(literal in text for literal in rule.literals)
    if not runs:
        return False
    if any(literal in runs for literal in rule.literals):
        return rule.kind not in _COMMON or rule.pattern.search(runs) is not None
    return not rule.literals and rule.pattern.search(runs) is not None


def _is_value(kind: str, match: re.Match[str], value: str) -> bool:
    """Say whether this is a value, and not an example of one."""
    if kind == "private_key":
        return True
    if _BLANKS.search(value):
        return False
    if kind == "password":
        user = match.group()[3:].partition(":")[0]
        manual = _WORDS.fullmatch(value) or _NOWHERE.match(match.group(2))
        return not manual and value.lower() != user.lower() and len(set(value)) > 3  # noqa: PLR2004
    return len(set(value)) >= _MIN_DISTINCT


@cache
def _rules() -> tuple[_Rule, ...]:
    """Return all rules. Raises RecipeError when detect-secrets is not installed."""
    rules = []
    for kind, source, literals in _OWN:
        pattern = re.compile(source)
        group = min(pattern.groups, 1)
        rules.append(_Rule(kind=kind, pattern=pattern, literals=literals, group=group))
    for kind, place, literals in _LIBRARY:
        module, _, name = place.partition(".")
        try:
            plugin = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
        except ModuleNotFoundError as error:
            raise RecipeError(
                "the cleaner `secrets` needs detect-secrets; run pip install 'longmix[select]'"
            ) from error
        for pattern in plugin.denylist:
            # Inside a longer word it is none: base64 contains every short token.
            bounded = f"(?<![A-Za-z0-9_])(?:{pattern.pattern})(?![A-Za-z0-9])"
            rules.append(
                _Rule(kind=kind, pattern=re.compile(bounded, pattern.flags), literals=literals)
            )
    return tuple(rules)
