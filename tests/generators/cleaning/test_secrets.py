"""Tokens are found by what their makers say of them; examples and words are none."""

import string
import sys

import numpy as np
import pytest

from generators.cleaning import secrets
from generators.cleaning.secrets import Options, clean
from generators.seeds import rng_for
from schemas.errors import RecipeError
from schemas.selection import Cleaned

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits


def draw(letters: str, length: int, key: str = "") -> str:
    """Return random characters; written here, they would be secrets to every scanner."""
    rng: np.random.Generator = rng_for(0, "secret", key, length)
    return "".join(letters[place] for place in rng.integers(len(letters), size=length))


TOKENS = {
    "aws_key": "AKIA" + draw(UPPER, 16),
    "azure_key": "AccountKey=" + draw(ALNUM, 86) + "==",
    "artifactory_key": "AKC" + draw(ALNUM, 70),
    "discord_token": "M" + draw(ALNUM, 23) + "." + draw(ALNUM, 6) + "." + draw(ALNUM, 27),
    "github_token": "ghp_" + draw(ALNUM, 36),
    "gitlab_token": "glpat-" + draw(ALNUM, 20),
    "google_key": "AIza" + draw(ALNUM, 35),
    "huggingface_token": "hf_" + draw(string.ascii_letters, 34),
    "jwt": "eyJ" + draw(ALNUM, 20) + ".eyJ" + draw(ALNUM, 40) + "." + draw(ALNUM, 43),
    "mailchimp_key": draw(LOWER, 32) + "-us12",
    "npm_token": "npm_" + draw(ALNUM, 36),
    "openai_key": "sk-" + draw(ALNUM, 20) + "T3BlbkFJ" + draw(ALNUM, 20),
    "anthropic_key": "sk-ant-" + draw(ALNUM, 95),
    "pypi_token": "pypi-AgEIcHlwaS5vcmc" + draw(ALNUM, 100),
    "sendgrid_key": "SG." + draw(ALNUM, 22) + "." + draw(ALNUM, 43),
    "slack_token": "xoxb-123456789012-" + draw(LOWER, 24),
    "square_key": "sq0csp-" + draw(ALNUM, 43),
    "stripe_key": "sk_live_" + draw(ALNUM, 24),
    "telegram_token": "123456789:AA" + draw(ALNUM, 33),
}
BLOCK = "-----BEGIN {0}PRIVATE KEY-----\n" + draw(ALNUM, 64) + "\n-----END {0}PRIVATE KEY-----"


@pytest.mark.parametrize("kind", sorted(TOKENS))
def test_a_token_of_each_kind_is_redacted(kind: str) -> None:
    around = "caf\u00e9 = '{}' # note\nurl?token={}\n"
    text = around.format(TOKENS[kind], TOKENS[kind])
    cleaned = clean(text, Options())
    placeholder = f"<redacted:{kind}>"
    assert cleaned == Cleaned(text=around.format(placeholder, placeholder), count=2)


@pytest.mark.parametrize("kind", sorted(set(TOKENS) - {"azure_key", "telegram_token", "jwt"}))
def test_inside_a_longer_word_it_is_none(kind: str) -> None:
    assert clean(f"{draw(ALNUM, 40)}{TOKENS[kind]}{draw(ALNUM, 300)}", Options()).count == 0


@pytest.mark.parametrize("name", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_a_private_key_goes_whole(name: str) -> None:
    text = f"a\n{BLOCK.format(name)}\nb"
    assert clean(text, Options()).text == "a\n<redacted:private_key>\nb"


def test_of_addresses_and_assignments_only_the_value_goes() -> None:
    secret = draw(ALNUM, 40)
    text = f'https://joe:correct-horse@db.host.org/x\naws_secret_key = "{secret}"\n'
    assert clean(text, Options()).text == (
        'https://joe:<redacted:password>@db.host.org/x\naws_secret_key = "<redacted:aws_secret>"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE and more of the same",
        "ghp_" + "x" * 36,
        "https://user:password@db.host.org/ and https://a:b@c",
        "https://joe:correct-horse@localhost:80/ http://joe:correct-horse@example.com",
        "http://joe:${PASSWORD}@db.host.org http://joe:{token}@db.host.org",
        "http://joe:joe@db.host.org",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "sha256 " + draw("0123456789abcdef", 64),
        'password = "correct-horse-battery-staple"',
        "glpat and xox and SG. and -us and sk_live_ and :AA",
    ],
)
def test_examples_words_and_hashes_are_no_secrets(text: str) -> None:
    assert clean(text, Options()).text is text


def test_the_other_policies() -> None:
    text = TOKENS["github_token"]
    assert clean(text, Options(policy="drop")) == Cleaned(text=text, count=1, reason="secrets")
    assert clean(text, Options(policy="count")) == Cleaned(text=text, count=1)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets._rules.cache_clear()
    monkeypatch.setitem(sys.modules, "detect_secrets.plugins.aws", None)
    with pytest.raises(RecipeError, match=r"pip install 'longmix\[select\]'"):
        clean("a", Options())
    secrets._rules.cache_clear()
