"""Every error that a person can meet has its exit code, and survives a trip between processes."""

import pickle

import pytest

from schemas.errors import (
    BrokenFile,
    IdentityError,
    LocalResourceError,
    LongmixError,
    RecipeError,
    RemoteError,
    VerificationError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LongmixError, 1),
        (RecipeError, 2),
        (IdentityError, 2),
        (BrokenFile, 3),
        (LocalResourceError, 4),
        (RemoteError, 5),
        (VerificationError, 6),
    ],
)
def test_exit_codes(error: type[LongmixError], code: int) -> None:
    assert error.exit_code == code
    assert issubclass(error, LongmixError)


def test_a_broken_file_says_which_and_why_after_pickling_too() -> None:
    error = pickle.loads(pickle.dumps(BrokenFile("a.gz", "cut at byte 9")))  # noqa: S301 - ours
    assert (error.uri, error.reason, str(error)) == (
        "a.gz",
        "cut at byte 9",
        "a.gz: cut at byte 9",
    )
