"""Shortcuts: no answer of a task may be guessed without reading (docs/gates.md).

Every sample that verify decodes is read once more, as one reads who does not understand: what in
it looks like the answer, and where does that stand? When all are read, the samples of each use of a
task together must not be solved by a rule of thumb, but where the recipe says that they may. How
odd planted evidence looks is reported and never fails.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generators.depth_laws import at_quantiles
from generators.shortcuts.candidates import find_choice
from generators.shortcuts.frames import Run, lines_like
from generators.shortcuts.gates import TENTHS, Gate, Trial, gates_of, mean_percentile, mean_search
from generators.shortcuts.guesses import credits_of, search
from generators.shortcuts.shapes import shape_of
from generators.shortcuts.surprise import Surprise
from generators.tokens.tokenizer import Tokenizer
from pipelines.verify.findings import Findings
from pipelines.verify.needles import Needle, Placed
from schemas.task_spec import DepthLaw

MEANING = {
    "prior": "the most frequent answer of the other samples",
    "abstain": "`it is not stated`",
    "depth": "the tenth of the text where most other evidence lies",
    "slot": "the candidate in the place where the others' answers mostly are",
    "length": "the candidate as long as most other answers",
    "first": "the first candidate in the text",
    "last": "the last candidate in the text",
    "frequent": "the candidate that stands most often",
    "rare": "the candidate that stands least often",
    "longest": "the longest candidate",
    "shortest": "the shortest candidate",
    "odd": "the candidate on the most surprising line",
}
"""What each rule guesses, for the sentence of a failure."""
_STEPS = 1000


@dataclass(slots=True)
class Shortcuts:
    """What was found in the samples so far."""

    trials: list[tuple[str, Trial]] = field(default_factory=list)
    """With the name of each sample."""

    def add(self, placed: Placed, text: str, tokenizer: Tokenizer) -> None:
        """Read one sample; `text` is the decoded segment up to the answer, start id left out."""
        self.trials.append((placed.line["sample_id"], _read(placed, text, tokenizer)))

    def judge(self, recipe: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
        """Return the gates of each use of a task as JSON values, and note the failures."""
        tables = []
        for use, trials in sorted(self._by_use(recipe).items()):
            gates = gates_of(trials, depth_chance=_depth_chance(recipe, use))
            meant = (recipe["tasks"].get(use) or {}).get("shortcuts") or ()
            for gate in gates:
                if gate.name not in meant:
                    _note(use, gate, findings)
            oddness, pieces = mean_percentile(trials)
            found, searches = mean_search(trials)
            tables.append(
                {
                    "task": use,
                    "samples": len(trials),
                    "gates": [_facts(gate, meant=gate.name in meant) for gate in gates],
                    "search": {"samples": searches, "accuracy": found},
                    "detectability": {"pieces": pieces, "auc": oddness},
                }
            )
        return tables

    def _by_use(self, recipe: dict[str, Any]) -> dict[str, list[Trial]]:
        """Return the trials by the recipe's key under `tasks`, which opens a sample's name."""
        openings = {
            f"{use}-{stage['name']}-": use for use in recipe["tasks"] for stage in recipe["stages"]
        }
        found: dict[str, list[Trial]] = {}
        for name, trial in self.trials:
            use = next((use for opens, use in openings.items() if name.startswith(opens)), name)
            found.setdefault(use, []).append(trial)
        return found


def _read(placed: Placed, text: str, tokenizer: Tokenizer) -> Trial:
    line = placed.line
    gold = line["gold"].strip()
    found = _evidence(placed, text, tokenizer)
    runs = sorted({run for _, run in found})
    asked = _asked(text, placed, tokenizer)
    surprise = Surprise(text, [*runs, *lines_like(text, runs), *asked])
    percentiles = [surprise.percentile(run) for run in runs]
    trial: dict[str, Any] = {
        "gold": gold,
        "answerable": line["answerable"],
        "kind": str(json.loads(line["params"]).get("ask", "")),
        "depths": tuple(n["depth"] for n in placed.needles if n["target_depth"] is not None),
        "percentiles": tuple(value for value in percentiles if value is not None),
    }
    stated = [run for n, run in found if n["extractive"] and n["answer"].strip() == gold]
    if line["answerable"] and stated:
        question = _question(placed, tokenizer)
        trial |= _look(text, gold=gold, evidence=stated[0], question=question, surprise=surprise)
    return Trial(**trial)


def _look(
    text: str, *, gold: str, evidence: Run, question: str, surprise: Surprise
) -> dict[str, Any]:
    """Return the fields of a trial that tell of the candidates; none for an answer of no look."""
    shape = shape_of(gold)
    if shape is None:
        return {}
    where: dict[str, Any] = {"gold": gold, "evidence": evidence, "question": question}
    choice = find_choice(text, shape.same, **where)
    wide = choice if shape.alike == shape.same else find_choice(text, shape.alike, **where)
    if choice is None or wide is None:
        return {}
    return {
        "rank": choice.gold,
        "size": len(choice.candidates),
        "credit": credits_of(choice, surprise.mean),
        "search": search(choice, text, question),
        "look": shape.same.pattern,
        "lengths": Counter(len(candidate.value) for candidate in wide.candidates),
    }


def _evidence(placed: Placed, text: str, tokenizer: Tokenizer) -> list[tuple[Needle, Run]]:
    """Return each needle with the characters of its evidence, where the text has them."""
    found, at = [], 0
    known: dict[int, Run] = {}
    for needle in sorted(placed.needles, key=lambda needle: int(needle["evidence_start"])):
        start, stop = int(needle["evidence_start"]), int(needle["evidence_end"])
        if start not in known:
            stated = placed.text(tokenizer, start, stop).strip()
            place = text.find(stated, at) if stated else -1
            if place < 0:
                continue
            known[start], at = (place, place + len(stated)), place + 1
        found.append((needle, known[start]))
    return found


def _asked(text: str, placed: Placed, tokenizer: Tokenizer) -> list[Run]:
    """Return where the question stands: it repeats what the evidence says, and is not the text."""
    question = _question(placed, tokenizer).strip() if placed.needles else ""
    if not question:
        return []
    places = {text.find(question), text.rfind(question)} - {-1}
    return [(place, place + len(question)) for place in sorted(places)]


def _question(placed: Placed, tokenizer: Tokenizer) -> str:
    needle = placed.needles[0]
    return placed.text(tokenizer, int(needle["question_start"]), int(needle["question_end"]))


def _depth_chance(recipe: dict[str, Any], use: str) -> float:
    """Return the share of the fullest tenth by the use's law; of several stages' the greatest."""
    uses = [recipe["tasks"], *(stage.get("tasks") or {} for stage in recipe["stages"])]
    found = [each[use] for each in uses if use in each]
    laws = [DepthLaw.model_validate(use["depths"]) for use in found if use.get("depths")]
    return max(map(_fullest, laws), default=1 / TENTHS)


def _fullest(law: DepthLaw) -> float:
    """Return the share of a law's fullest tenth; a joint law asks for other ones at each length."""
    if law.law == "joint":
        return 1.0
    depths = at_quantiles(law, (np.arange(_STEPS) + 0.5) / _STEPS, length=_STEPS)
    tenths = np.minimum((depths * TENTHS).astype(np.int64), TENTHS - 1)
    return float(np.bincount(tenths, minlength=TENTHS).max()) / _STEPS


def _note(use: str, gate: Gate, findings: Findings) -> None:
    """Count a gate that was judged; a failure is a defect, too few samples are none."""
    check, bound = f"shortcut.{gate.name}", gate.bound
    if bound.verdict == "not applicable":
        return
    few = f"too few samples of a task to tell: {gate.name} of {use} needs {bound.needed:,}"
    findings.warn("shortcut.samples", bound.verdict != "inconclusive", few)
    if bound.verdict != "inconclusive":
        wording = (
            f"{MEANING[gate.name]} to be right in at most {bound.bound:.1%} of {gate.samples:,} "
            f"samples (chance is {gate.chance:.1%}), found {gate.accuracy:.1%}"
        )
        findings.need(check, bound.verdict == "pass", f"task {use}", wording)


def _facts(gate: Gate, *, meant: bool) -> dict[str, Any]:
    bound = gate.bound
    return {
        "gate": gate.name,
        "verdict": "meant" if meant else bound.verdict,
        "samples": gate.samples,
        "needed": bound.needed,
        "accuracy": gate.accuracy,
        "chance": gate.chance,
        "error": bound.error,
        "bound": bound.bound,
        "entropy": gate.entropy,
    }


def shortcut_lines(tables: list[dict[str, Any]]) -> list[str]:
    """Return a line for each task, for a terminal; all gates of all tasks stand in --json."""
    if not tables:
        return []
    rows = [
        ("task", "passed", "failed", "too few", "no use", "search", "odd", "nearest to its bound"),
        *(_row(table) for table in tables),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["guesses without reading, by task (docs/gates.md)"]
    for task, *numbers, close in rows:
        cells = [task.ljust(widths[0])]
        cells += [n.rjust(width) for n, width in zip(numbers, widths[1:-1], strict=True)]
        lines.append("  " + "  ".join([*cells, close]).rstrip())
    return lines


def _row(table: dict[str, Any]) -> tuple[str, ...]:
    """Return how many gates of a task have which verdict, and the one nearest to its bound."""
    gates = table["gates"]
    counts = Counter(gate["verdict"] for gate in gates)
    judged = [gate for gate in gates if gate["verdict"] not in ("not applicable", "meant")]
    close = ""
    if judged:
        gate = max(judged, key=lambda gate: gate["accuracy"] - gate["bound"])
        close = (
            f"{gate['gate']} {gate['accuracy']:.2f}, chance {gate['chance']:.2f}, "
            f"bound {gate['bound']:.2f}; {gate['samples']:,} of {gate['needed']:,} samples"
        )
    search, odd = table["search"], table["detectability"]
    return (
        table["task"],
        *(str(counts[name]) for name in ("pass", "fail", "inconclusive", "not applicable")),
        f"{search['accuracy']:.2f}" if search["samples"] else "-",
        f"{odd['auc']:.2f}" if odd["pieces"] else "-",
        close,
    )
