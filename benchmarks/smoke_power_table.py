"""How often each arm of `benchmarks.smoke_power` is caught, and by what.

    python -m benchmarks.smoke_power_table DIR [DIR ...] [--seeds 0-9]

A verdict is that of three bases, as `longmix verify --smoke` has it. All triples of the bases that
were trained are judged; they share bases, so the interval is Wilson's for as many triples as could
be drawn without sharing: a third of the bases.

    20 bases   1,140 triples, all caught   ->   100 %, interval as of 6.7 verdicts: 64 to 100 %
"""

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.verify.smoke.arms import Arm
from pipelines.verify.smoke.figures import wilson
from pipelines.verify.smoke.gates import GATES, Judged, judge, recalls
from pipelines.verify.smoke.settings import CPU

BASES = 3
"""Of one verdict."""

Arms = dict[tuple[int, int], Arm]
"""By folder and seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How the verdicts on one arm came out."""

    name: str
    bases: int
    states: Counter[str]
    gates: dict[str, float]
    """Share of the verdicts in which each gate fails."""
    values: dict[str, list[float]]
    """By gate: the figure of each base."""

    @property
    def verdicts(self) -> int:
        """Verdicts that were made."""
        return sum(self.states.values())

    def rate(self, state: str) -> float:
        """Share of the verdicts that are this one."""
        return self.states[state] / max(1, self.verdicts)


def read_arms(folders: Iterable[Path], seeds: range) -> dict[str, Arms]:
    """Return the arms by name and by folder and seed."""
    found: dict[str, Arms] = {}
    for number, folder in enumerate(folders):
        for path in sorted((folder / "arms").glob("*.json")):
            arm = Arm.from_json(json.loads(path.read_text()))
            if arm.seed in seeds:
                found.setdefault(arm.name, {})[number, arm.seed] = arm
    return found


def power(name: str, arms: Arms, control: Arms) -> Power:
    """Judge all triples of the bases that have this arm and a control, and that recall."""
    both = sorted(arms.keys() & control.keys())
    pairs = {at: (arms[at], control[at]) for at in both if recalls(arms[at])}
    judged = [
        judge([pairs[at] for at in three], CPU, wanted=BASES)
        for three in itertools.combinations(pairs, BASES)
        if len({folder for folder, _ in three}) == 1
    ]
    return Power(
        name=name,
        bases=len(pairs),
        states=Counter(each.state for each in judged),
        gates={gate.name: _failing(judged, gate.name) for gate in GATES},
        values={
            gate.name: [gate.of(*pair, CPU.long.length) for pair in pairs.values()]
            for gate in GATES
        },
    )


def _failing(judged: list[Judged], name: str) -> float:
    states = [g["verdict"] for each in judged for g in each.gates if g["gate"] == name]
    return float(np.mean([state == "fail" for state in states])) if states else float("nan")


def table(powers: list[Power]) -> str:
    """Return the table of docs/smoke.md: verdicts, and the share in which each gate fails."""
    names = [gate.name for gate in GATES]
    head = ["arm", "bases", "failed", "interval", "warned", "passed", "inconclusive", *names]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for each in powers:
        found = wilson(each.rate("fail"), max(1.0, each.bases / BASES))
        low, high = max(0.0, found.low), min(1.0, found.high)
        cells = [each.name, str(each.bases), f"{each.rate('fail'):.1%}", f"{low:.0%}-{high:.0%}"]
        cells += [f"{each.rate(state):.1%}" for state in ("warn", "pass", "inconclusive")]
        cells += ["" if np.isnan(each.gates[name]) else f"{each.gates[name]:.0%}" for name in names]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def ranges(powers: list[Power]) -> str:
    """Return least, median and greatest figure of every gate over the bases of every arm."""
    names = [gate.name for gate in GATES]
    lines = [f"| arm | {' | '.join(names)} |", f"|{'---|' * (1 + len(names))}"]
    for each in powers:
        cells = [each.name]
        for name in names:
            values = [value for value in each.values[name] if not np.isnan(value)]
            low, middle, high = np.quantile(values, [0, 0.5, 1]) if values else (np.nan,) * 3
            cells.append(f"{low:+.2f} {middle:+.2f} {high:+.2f}" if values else "")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seeds", default="0-99")
    arguments = parser.parse_args()
    first, last = map(int, arguments.seeds.split("-"))
    arms = read_arms(arguments.folders, range(first, last + 1))
    control = arms.get("control", {})
    powers = [power(name, arms[name], control) for name in arms if name != "control"]
    print(table(powers), ranges(powers), sep="\n\n")


if __name__ == "__main__":
    main()
