"""longmix plan | ask | build | status | inspect | verify | diff | rope | config: the command line.

Flags choose a file and a place; what a mix is stands in its recipe. Here every ending gets its exit
code and its sentence; `parser.py` has the flags, `making.py` the commands that take a recipe,
`reading.py` those that take a mix, `extending.py` the one that takes a model. Rooms are imported by
the command that needs them, so `longmix --help` loads neither ray, torch, datasets nor tokenizers.
"""

import os
import sys
from collections.abc import Sequence

from pipelines.cli.parser import parse
from schemas.errors import EXIT_INTERRUPTED, EXIT_OK, LocalResourceError, LongmixError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (schemas/errors.py lists them)."""
    arguments = parse(argv)
    try:
        code: int = arguments.command(arguments)
        print(end="", flush=True)  # a full disk shows here, and not when Python ends
        return code
    except LongmixError as error:
        print(f"longmix: {error}", file=sys.stderr)
        return error.exit_code
    except MemoryError:
        print("longmix: out of memory; see docs/format.md for units", file=sys.stderr)
        return LocalResourceError.exit_code
    except KeyboardInterrupt:
        print("\nlongmix: interrupted; run the same command again to go on", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return EXIT_OK
    except OSError as error:  # a full disk behind stdout, a folder that is a file, no permission
        print(f"longmix: {error}", file=sys.stderr)
        _drop_output()
        return LocalResourceError.exit_code


def _drop_output() -> None:
    """Let what stdout cannot take go nowhere, or Python tries once more while it ends."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
