"""The flags of each command, few on purpose: a new flag needs a better reason than a new key."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from pipelines.cli import extending, making, proving, reading

Command = Callable[[argparse.Namespace], int]


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what was typed.

    Overrides stand anywhere: argparse alone gives up on `build FILE --out MIX key=value`.
    """
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

    _plan_arguments(commands)
    _ask_arguments(commands)
    build = _add(commands, "build", making.build, "build a mix; run again to resume")
    _recipe_arguments(build)
    build.add_argument("--out", required=True, help="folder or URI of the mix")
    build.add_argument("--overwrite", action="store_true", help="throw away what --out holds")
    status = _add(commands, "status", reading.status, "what is done, what failed, what is left")
    status.add_argument("mix")
    inspect = _add(commands, "inspect", reading.inspect, "summary of a mix, or one row of it")
    inspect.add_argument("mix")
    inspect.add_argument("--row", type=int, help="show this row with its needles")
    inspect.add_argument("--sample", metavar="ID", help="show the row that holds this sample")
    inspect.add_argument("--documents", action="store_true", help="what was kept or not, and why")
    inspect.add_argument("--texts", metavar="DIR", help="write each used document's cleaned text")
    inspect.add_argument("--store", help="where the cleaned texts are, if not in <mix>.work/store")
    _verify_arguments(commands)
    _add(
        commands, "diff", reading.diff, "what changed between two mixes, or two recipes"
    ).add_argument("pair", nargs=2, metavar="MIX", help="folder or URI of a mix, or a recipe")
    _rope_arguments(commands)
    config = _add(
        commands, "config", reading.config, "schema: JSON schema; resolve: with all defaults"
    )
    config.add_argument("what", choices=["schema", "resolve"])
    config.add_argument("recipe", nargs="?")
    config.add_argument("overrides", nargs="*", metavar="key=value")
    return parser


def _add(commands: Any, name: str, command: Command, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(command=command)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _plan_arguments(commands: Any) -> None:
    plan = _add(
        commands, "plan", making.plan, "show what a build would make, before weaving anything"
    )
    _recipe_arguments(plan)
    plan.add_argument("--out", help="the mix that the plan is for; keeps what PREPARE does")
    plan.add_argument(
        "--sample", type=int, metavar="N", help="read about N documents a source; estimate the rest"
    )
    plan.add_argument(
        "--scale", metavar="TOKENS", help="what as many tokens would take, such as 20B"
    )


def _ask_arguments(commands: Any) -> None:
    ask = _add(
        commands, "ask", making.ask, "write requests for questions that a model of yours answers"
    )
    _recipe_arguments(ask)
    ask.add_argument("--out", required=True, help="the file of requests, JSON lines")
    ask.add_argument("--count", type=int, default=1000, metavar="N", help="requests to write")


def _verify_arguments(commands: Any) -> None:
    verify = _add(commands, "verify", proving.verify, "re-read the mix and prove every rule of it")
    verify.add_argument("mix")
    verify.add_argument("--store", help="where the cleaned texts are, if not in <mix>.work/store")
    verify.add_argument(
        "--sample", type=float, default=1.0, metavar="SHARE", help="check a share, drawn at random"
    )
    verify.add_argument(
        "--sample-by",
        choices=["shard", "row", "sample"],
        default="shard",
        help="what is drawn: shards, rows, or the samples that are solved again",
    )
    verify.add_argument(
        "--defects", metavar="FILE", help="write all defects: .parquet, .csv or .jsonl"
    )
    verify.add_argument(
        "--device",
        choices=["auto", "cpu", "cuda"],
        default="auto",
        help="where arrays are checked and models trained; auto: a GPU where there is one",
    )
    verify.add_argument(
        "--smoke", action="store_true", help="then train small models on the mix, and judge them"
    )
    verify.add_argument("--seeds", type=int, help="of --smoke: how many, by default 3")
    verify.add_argument(
        "--smoke-dir",
        metavar="DIR",
        help="where models are kept, in longmix-smoke/; by default in <mix>.work",
    )
    _executor_arguments(verify)


def _rope_arguments(commands: Any) -> None:
    rope = _add(
        commands, "rope", extending.rope, "plan a longer context: what each RoPE scaling does"
    )
    rope.add_argument("config", help="a model's config.json")
    rope.add_argument(
        "overrides",
        nargs="*",
        metavar="METHOD.KEY=VALUE",
        help="change a key of a method, such as base.base=8e6",
    )
    rope.add_argument("--target", type=int, required=True, metavar="TOKENS")
    rope.add_argument("--methods", metavar="A,B", help="by default all that need no search")
    rope.add_argument("--mix", help="count what training on the rows of this mix takes")
    rope.add_argument(
        "--trained", type=int, metavar="TOKENS", help="of training, where the config cannot tell"
    )
    rope.add_argument(
        "--from-scaled", action="store_true", help="undo the scaling that the model has"
    )
    rope.add_argument("--inference", action="store_true", help="also what cannot be trained")
    rope.add_argument(
        "--gamma", action="store_true", help="show the gamma rule, an open hypothesis"
    )
    rope.add_argument("--plot", metavar="FILE", help="write a picture, SVG")


def _recipe_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", help="a YAML recipe")
    parser.add_argument(
        "overrides", nargs="*", metavar="key=value", help="change keys of the recipe"
    )
    parser.add_argument("--store", help="folder or URI of the store, by default <mix>.work/store")
    _executor_arguments(parser)


def _executor_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--executor", choices=["auto", "local", "ray"], default="auto")
    parser.add_argument("--workers", type=int, help="cores of a local Ray cluster")
    parser.add_argument("--ray-address", help="a running Ray cluster (or RAY_ADDRESS)")


def _version() -> str:
    from importlib.metadata import version

    return f"longmix {version('longmix')}"
