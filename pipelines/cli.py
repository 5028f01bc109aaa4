"""longmix plan | ask | build | status | inspect | verify | diff | config: the command line.

Flags choose a file and a place; what a mix is stands in its recipe. Rooms are imported by the
command that needs them, so `longmix --help` loads neither ray, torch, datasets nor tokenizers.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from schemas.errors import (
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_QUARANTINED,
    LocalResourceError,
    LongmixError,
    VerificationError,
)

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (schemas/errors.py lists them)."""
    arguments = _parse(argv)
    command: Command = arguments.command
    try:
        code = command(arguments)
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


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse, with overrides anywhere: argparse gives up on `build FILE --out MIX key=value`."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    strange = [word for word in rest if word.startswith("-") or "=" not in word]
    if strange or (rest and not hasattr(arguments, "overrides")):
        parser.error(f"unknown arguments: {' '.join(strange or rest)}")
    if rest:
        arguments.overrides = [*arguments.overrides, *rest]
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="longmix", description="Training mixes for the long-context stage of a language model."
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(required=True, metavar="command")

    plan = _add(commands, "plan", _plan, "show what a build would make, before weaving anything")
    _recipe_arguments(plan)
    plan.add_argument("--out", help="the mix that the plan is for; keeps what PREPARE does")
    plan.add_argument(
        "--sample", type=int, metavar="N", help="read about N documents a source; estimate the rest"
    )
    _ask_arguments(commands)
    build = _add(commands, "build", _build, "build a mix; run again to resume")
    _recipe_arguments(build)
    build.add_argument("--out", required=True, help="folder or URI of the mix")
    build.add_argument("--overwrite", action="store_true", help="throw away what --out holds")
    status = _add(commands, "status", _status, "what is done, what failed, what is left")
    status.add_argument("mix")
    inspect = _add(commands, "inspect", _inspect, "summary of a mix, or one row of it")
    inspect.add_argument("mix")
    inspect.add_argument("--row", type=int, help="show this row with its needles")
    inspect.add_argument("--sample", metavar="ID", help="show the row that holds this sample")
    inspect.add_argument("--documents", action="store_true", help="what was kept or not, and why")
    inspect.add_argument("--texts", metavar="DIR", help="write each used document's cleaned text")
    inspect.add_argument("--store", help="where the cleaned texts are, if not in <mix>.work/store")
    verify = _add(commands, "verify", _verify, "re-read the mix and prove every rule of it")
    verify.add_argument("mix")
    verify.add_argument("--store", help="where the cleaned texts are, if not in <mix>.work/store")
    verify.add_argument(
        "--sample", type=float, default=1.0, metavar="SHARE", help="share of the shards to read"
    )
    _add(commands, "diff", _diff, "what changed between two mixes, or two recipes").add_argument(
        "pair", nargs=2, metavar="MIX", help="folder or URI of a mix, or a recipe"
    )
    config = _add(commands, "config", _config, "schema: JSON schema; resolve: with all defaults")
    config.add_argument("what", choices=["schema", "resolve"])
    config.add_argument("recipe", nargs="?")
    config.add_argument("overrides", nargs="*", metavar="key=value")
    return parser


def _add(commands: Any, name: str, command: Command, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(command=command)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _ask_arguments(commands: Any) -> None:
    ask = _add(commands, "ask", _ask, "write requests for questions that a model of yours answers")
    _recipe_arguments(ask)
    ask.add_argument("--out", required=True, help="the file of requests, JSON lines")
    ask.add_argument("--count", type=int, default=1000, metavar="N", help="requests to write")


def _recipe_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", help="a YAML recipe")
    parser.add_argument(
        "overrides", nargs="*", metavar="key=value", help="change keys of the recipe"
    )
    parser.add_argument("--store", help="folder or URI of the store, by default <mix>.work/store")
    parser.add_argument("--executor", choices=["auto", "local", "ray"], default="auto")
    parser.add_argument("--workers", type=int, help="cores of a local Ray cluster")
    parser.add_argument("--ray-address", help="a running Ray cluster (or RAY_ADDRESS)")


def _version() -> str:
    from importlib.metadata import version

    return f"longmix {version('longmix')}"


def _options(arguments: argparse.Namespace, out: str, *, dry: bool = False) -> Any:
    from pipelines.build.job import Options

    return Options(
        out=out,
        dry=dry,
        store=arguments.store,
        overwrite=getattr(arguments, "overwrite", False),
        executor=arguments.executor,
        workers=arguments.workers,
        address=arguments.ray_address,
    )


def _plan(arguments: argparse.Namespace) -> int:
    import tempfile

    from pipelines.build.mix import plan_mix, sample_mix
    from pipelines.plan.recipe import load_recipe
    from pipelines.progress import Progress
    from pipelines.report.planned import plan_facts, plan_text
    from pipelines.report.sampled import sample_facts, sample_text
    from schemas.errors import RecipeError

    if arguments.sample is not None and arguments.sample < 1:
        raise RecipeError(f"--sample {arguments.sample}: read one document at least")

    recipe = load_recipe(arguments.recipe, arguments.overrides)
    progress = Progress()
    with ExitStack() as stack:
        out = arguments.out
        if out is None:
            out = f"{stack.enter_context(tempfile.TemporaryDirectory())}/{recipe.name}"
        options = _options(arguments, out, dry=True)
        if arguments.sample is None:
            facts = plan_facts(plan_mix(recipe, options, progress, stack))
            text = plan_text(facts)
        else:
            number = arguments.sample
            facts = sample_facts(sample_mix(recipe, options, progress, stack, documents=number))
            text = sample_text(facts)
        progress.close()
    print(json.dumps(facts, indent=1) if arguments.json else text)
    return EXIT_QUARANTINED if facts["quarantined"] else EXIT_OK


def _ask(arguments: argparse.Namespace) -> int:
    from pipelines.build.requests import ask_text, ask_to_file
    from pipelines.plan.recipe import load_recipe
    from pipelines.progress import Progress

    recipe = load_recipe(arguments.recipe, arguments.overrides)
    progress = Progress()
    options = _options(arguments, arguments.out)
    facts = ask_to_file(recipe, options, progress, count=arguments.count)
    progress.close()
    print(json.dumps(facts, indent=1) if arguments.json else ask_text(facts, arguments.out))
    return EXIT_QUARANTINED if facts["quarantined"] else EXIT_OK


def _build(arguments: argparse.Namespace) -> int:
    from pipelines.build.mix import build_mix
    from pipelines.plan.recipe import load_recipe
    from pipelines.progress import Progress
    from pipelines.report.summary import summary_facts, summary_text

    recipe = load_recipe(arguments.recipe, arguments.overrides)
    progress = Progress()
    built = build_mix(recipe, _options(arguments, arguments.out), progress)
    progress.close()
    if not built.fresh:
        print(f"{arguments.out} is complete; nothing to do", file=sys.stderr)
    facts = {**summary_facts(arguments.out), "cost": built.cost}
    print(json.dumps(facts, indent=1) if arguments.json else summary_text(facts))
    return EXIT_QUARANTINED if built.manifest["quarantined"] else EXIT_OK


def _status(arguments: argparse.Namespace) -> int:
    from pipelines.report.status import status_facts, status_text

    facts = status_facts(arguments.mix)
    print(json.dumps(facts, indent=1) if arguments.json else status_text(facts))
    return EXIT_OK


def _inspect(arguments: argparse.Namespace) -> int:
    from pipelines.report.row import row_facts, row_of_sample, row_text
    from pipelines.report.selection import documents_facts, selection_text
    from pipelines.report.summary import summary_facts, summary_text
    from pipelines.report.texts import write_texts

    if arguments.documents:
        chosen = documents_facts(arguments.mix)
        text = json.dumps(chosen, indent=1) if arguments.json else selection_text(chosen["sources"])
        print(text)
    elif arguments.texts:
        count = write_texts(arguments.mix, arguments.texts, store=arguments.store)
        print(json.dumps({"texts": count}) if arguments.json else f"{count} texts written")
    elif arguments.row is not None or arguments.sample is not None:
        number = arguments.row
        if number is None:
            number = row_of_sample(arguments.mix, arguments.sample)
        row = row_facts(arguments.mix, number)
        print(json.dumps(row, indent=1) if arguments.json else row_text(row))
    else:
        facts = summary_facts(arguments.mix)
        print(json.dumps(facts, indent=1) if arguments.json else summary_text(facts))
    return EXIT_OK


def _verify(arguments: argparse.Namespace) -> int:
    from pipelines.files import open_folder
    from pipelines.progress import Progress
    from pipelines.verify.mix import verdict_text, verify_mix
    from schemas.errors import RecipeError

    if arguments.store and not open_folder(arguments.store).exists("prepare"):
        raise RecipeError(f"--store {arguments.store}: holds no texts; name the store of the build")
    progress = Progress()
    verdict = verify_mix(
        arguments.mix, store=arguments.store, share=arguments.sample, progress=progress
    )
    progress.close()
    print(json.dumps(verdict, indent=1) if arguments.json else verdict_text(verdict))
    return EXIT_OK if verdict["passed"] else VerificationError.exit_code


def _diff(arguments: argparse.Namespace) -> int:
    from pipelines.report.diff import diff_facts
    from pipelines.report.diff_text import diff_text

    facts = diff_facts(*arguments.pair)
    print(json.dumps(facts, indent=1) if arguments.json else diff_text(facts))
    return EXIT_OK


def _config(arguments: argparse.Namespace) -> int:
    from schemas.errors import RecipeError
    from schemas.recipe import Recipe

    if arguments.what == "schema":
        print(json.dumps(Recipe.model_json_schema(), indent=1))
        return EXIT_OK
    if arguments.recipe is None:
        raise RecipeError("config resolve: name a recipe")
    from pipelines.plan.recipe import load_recipe, resolved

    print(json.dumps(resolved(load_recipe(arguments.recipe, arguments.overrides)), indent=1))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
