"""The commands that look at a mix, and `config`: status, inspect, diff."""

import argparse
import json

from schemas.errors import EXIT_OK


def status(arguments: argparse.Namespace) -> int:
    """Show what is done, what failed and what is left."""
    from pipelines.report.status import status_facts, status_text

    facts = status_facts(arguments.mix)
    print(json.dumps(facts, indent=1) if arguments.json else status_text(facts))
    return EXIT_OK


def inspect(arguments: argparse.Namespace) -> int:
    """Show a mix, a row of it or its documents, or write their texts."""
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


def diff(arguments: argparse.Namespace) -> int:
    """Show what changed between two mixes or recipes."""
    from pipelines.report.diff import diff_facts
    from pipelines.report.diff_text import diff_text

    facts = diff_facts(*arguments.pair)
    print(json.dumps(facts, indent=1) if arguments.json else diff_text(facts))
    return EXIT_OK


def config(arguments: argparse.Namespace) -> int:
    """Print the schema of recipes, or a recipe with all defaults."""
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
