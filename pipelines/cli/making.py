"""The commands that take a recipe: plan, ask and build."""

import argparse
import json
import sys
from contextlib import ExitStack
from typing import Any

from schemas.errors import EXIT_OK, EXIT_QUARANTINED


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


def plan(arguments: argparse.Namespace) -> int:
    """Show what a build would make: all of it, a sample of its inputs, or another scale."""
    import tempfile

    from pipelines.plan.recipe import load_recipe
    from pipelines.progress import Progress

    scale = _check_plan(arguments)
    recipe = load_recipe(arguments.recipe, arguments.overrides)
    progress = Progress()
    with ExitStack() as stack:
        out = arguments.out
        if out is None:
            out = f"{stack.enter_context(tempfile.TemporaryDirectory())}/{recipe.name}"
        opened = (recipe, _options(arguments, out, dry=True), progress, stack)
        if arguments.sample is None:
            facts, text = _planned(*opened, scale=scale)
        else:
            facts, text = _sampled(*opened, documents=arguments.sample)
        progress.close()
    print(json.dumps(facts, indent=1) if arguments.json else text)
    return EXIT_QUARANTINED if facts["quarantined"] else EXIT_OK


def _check_plan(arguments: argparse.Namespace) -> int | None:
    """Refuse flags that cannot be, before any work; return the tokens of `--scale`."""
    from pydantic import TypeAdapter, ValidationError

    from schemas.errors import RecipeError
    from schemas.knobs import Tokens

    if arguments.sample is not None and arguments.sample < 1:
        raise RecipeError(f"--sample {arguments.sample}: read one document at least")
    if arguments.scale is None:
        return None
    if arguments.sample is not None:
        raise RecipeError("--scale lays rows out and --sample reads too little for that; give one")
    try:
        tokens: int = TypeAdapter(Tokens).validate_python(arguments.scale)
    except ValidationError:
        raise RecipeError(
            f"--scale {arguments.scale}: give the tokens of the whole mix, such as 500M, 20B or "
            "1.5T"
        ) from None
    return tokens


def _planned(
    recipe: Any, options: Any, progress: Any, stack: ExitStack, *, scale: int | None
) -> tuple[dict[str, Any], str]:
    from pipelines.build.ahead import look_ahead, scale_ahead
    from pipelines.build.mix import plan_mix
    from pipelines.report.planned import plan_facts, plan_text, scale_facts, scale_text

    planned = plan_mix(recipe, options, progress, stack)
    if scale is None:
        facts = plan_facts(planned, look_ahead(planned))
        return facts, plan_text(facts)
    facts = scale_facts(planned, scale_ahead(planned, scale))
    return facts, scale_text(facts)


def _sampled(
    recipe: Any, options: Any, progress: Any, stack: ExitStack, *, documents: int
) -> tuple[dict[str, Any], str]:
    from pipelines.build.mix import sample_mix
    from pipelines.report.sampled import sample_facts, sample_text

    facts = sample_facts(sample_mix(recipe, options, progress, stack, documents=documents))
    return facts, sample_text(facts)


def ask(arguments: argparse.Namespace) -> int:
    """Write requests for a language model."""
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


def build(arguments: argparse.Namespace) -> int:
    """Build a mix, or go on with it, and show its summary."""
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
    facts = summary_facts(arguments.out)
    print(json.dumps(facts, indent=1) if arguments.json else summary_text(facts))
    return EXIT_QUARANTINED if built.manifest["quarantined"] else EXIT_OK
