"""The errors a user can meet, and the exit code of each.

* LongmixError
  x RecipeError          2  a recipe says something that cannot be done
  x IdentityError        2  what is on disk was made from something else
  x LocalResourceError   4  the disk or the memory of this machine
  x RemoteError          5  an object store or a hub
  x VerificationError    6  a mix does not keep its contract
  x BrokenFile           3  an input file is cut or corrupt; it is set aside, the rest goes on

* UnfitError                a text that supports no sample of a task; never reaches the user as such

Every message is a sentence: what was given, what is allowed, what to do.
"""

EXIT_OK = 0
EXIT_BUG = 1
EXIT_QUARANTINED = 3
EXIT_INTERRUPTED = 130


class LongmixError(Exception):
    """An error whose message is written for the person who typed the command."""

    exit_code = EXIT_BUG


class RecipeError(LongmixError):
    """The recipe, or an option of the command line, asks for what cannot be."""

    exit_code = 2


class NothingFoundError(RecipeError):
    """A source's pattern finds nothing; no error where the source is not required."""


class IdentityError(LongmixError):
    """The work on disk was made from another recipe, tokenizer or input."""

    exit_code = 2


class LocalResourceError(LongmixError):
    """The disk is full or the memory is not enough."""

    exit_code = 4


class RemoteError(LongmixError):
    """A file system behind the network did not answer as it should."""

    exit_code = 5


class VerificationError(LongmixError):
    """A mix breaks a rule of docs/format.md."""

    exit_code = 6


class BrokenFile(LongmixError):  # noqa: N818 - what it is, not what went wrong
    """An input file is cut or corrupt. Documents read before the fault are its good prefix."""

    exit_code = EXIT_QUARANTINED

    def __init__(self, uri: str, reason: str) -> None:
        super().__init__(uri, reason)
        self.uri = uri
        self.reason = reason

    def __str__(self) -> str:
        """Return the sentence. The arguments stay two, so the error survives pickling."""
        return f"{self.uri}: {self.reason}"


class UnfitError(Exception):
    """A haystack that supports no sample of this task, or not this draw. The message says why."""
