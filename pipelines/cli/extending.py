"""The command that takes a model's config.json: rope, the planner of a longer context."""

import argparse
import json

from schemas.errors import EXIT_OK


def rope(arguments: argparse.Namespace) -> int:
    """Show what each scaling would do to a model's frequencies, and what to write where."""
    from pipelines.report.rope import rope_facts, rope_text
    from pipelines.report.rope_plot import rope_plot

    facts = rope_facts(
        arguments.config,
        arguments.target,
        words=arguments.overrides,
        mix=arguments.mix,
        trained=arguments.trained,
        from_scaled=arguments.from_scaled,
        methods=tuple(filter(None, (arguments.methods or "").split(","))),
        inference=arguments.inference,
        gamma=arguments.gamma,
    )
    if arguments.plot:
        with open(arguments.plot, "w", encoding="utf-8") as file:
            file.write(rope_plot(facts))
    print(json.dumps(facts, indent=1) if arguments.json else rope_text(facts))
    return EXIT_OK
