"""The command that proves a mix: verify, and the smoke training where it is asked for."""

import argparse
import json
from typing import Any

from schemas.errors import EXIT_OK, VerificationError


def verify(arguments: argparse.Namespace) -> int:
    """Prove every rule of a mix, then train on it where `--smoke` says so."""
    from pipelines.files import open_folder
    from pipelines.progress import Progress
    from pipelines.verify.mix import Options, verify_mix
    from pipelines.verify.verdict import verdict_text
    from schemas.errors import RecipeError

    if arguments.store and not open_folder(arguments.store).exists("prepare"):
        raise RecipeError(f"--store {arguments.store}: holds no texts; name the store of the build")
    smoke = _smoke(arguments)
    options = Options(
        by=arguments.sample_by,
        device=arguments.device,
        executor=arguments.executor,
        workers=arguments.workers,
        address=arguments.ray_address,
        defects=arguments.defects,
    )
    progress = Progress()
    verdict = verify_mix(
        arguments.mix,
        store=arguments.store,
        share=arguments.sample,
        progress=progress,
        options=options,
    )
    progress.close()
    if not arguments.json:  # before the training, which may be ended
        print(verdict_text(verdict), flush=True)
    if smoke is not None:
        text = _trained(arguments, verdict, smoke, progress)
        if not arguments.json:
            print(text)
    if arguments.json:
        print(json.dumps(verdict, indent=1))
    return EXIT_OK if verdict["passed"] else VerificationError.exit_code


def _smoke(arguments: argparse.Namespace) -> Any:
    """Return the options of the smoke training, None without one; refuse before any work."""
    from schemas.errors import RecipeError

    if not arguments.smoke:
        if arguments.seeds is not None or arguments.smoke_dir is not None:
            raise RecipeError("--seeds and --smoke-dir are for the smoke training; add --smoke")
        return None
    import importlib.util

    if importlib.util.find_spec("torch") is None:
        raise RecipeError("--smoke trains with PyTorch; run: pip install 'longmix[torch]'")
    from pipelines.verify.smoke.mix import Options, checked_folder

    options = Options(
        store=arguments.store,
        folder=arguments.smoke_dir,
        seeds=3 if arguments.seeds is None else arguments.seeds,
        executor=arguments.executor,
        workers=arguments.workers,
    )
    checked_folder(arguments.mix, options)
    return options


def _trained(
    arguments: argparse.Namespace, verdict: dict[str, Any], options: Any, progress: Any
) -> str:
    """Train on a mix that is whole, add what was found to the verdict, and return it as text."""
    if not verdict["passed"]:
        return "smoke: not begun, since what is wrong above must be mended first"
    from pipelines.verify.device import resolve
    from pipelines.verify.smoke.mix import smoke_mix
    from pipelines.verify.smoke.reports import write_reports
    from pipelines.verify.smoke.text import smoke_text

    device = resolve(arguments.device)
    found = smoke_mix(arguments.mix, options, device=device, progress=progress)
    progress.close()
    verdict["smoke"] = found
    verdict["passed"] = found["verdict"] in ("pass", "warn")
    places = write_reports(arguments.mix, found)
    return f"figures and pictures: {', '.join(places)}\n{smoke_text(found)}"
