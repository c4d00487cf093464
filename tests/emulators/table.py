"""Collect what every engine made of the recorded cases, judge it, and print a table in Markdown.

    python -m tests.emulators.table [--details] ENGINE=PYTHON ...

PYTHON is the interpreter of the environment where ENGINE is installed; `python3 dev.py emulators` makes them and calls this.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from tests.emulators import CASES, SOURCES, Observed, judge
from tests.recorded import Case

_DIRECTIONS = {"event": "request → event", "response": "result → response"}
_MEASURES = {
    "whole": "Whole: every member of the event, every header of the response",
    "noticed": "What the application and the client notice",
}


@dataclass
class Column:
    """One engine: by case what differs, what of it is noticed, why the case does not apply, or how it failed."""

    label: str
    differing: dict[str, set[str]] = field(default_factory=dict)
    noticed: dict[str, set[str]] = field(default_factory=dict)
    lacks: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def collect(name: str, python: str) -> Column:
    """Run an engine in its environment and judge what came out."""
    done = subprocess.run([python, "-m", "tests.emulators", name], stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    column = Column(told["engine"])
    for case in CASES:
        outcome = told["outcomes"][case["id"]]
        if "lacks" in outcome:
            column.lacks[case["id"]] = outcome["lacks"]
        elif "failed" in outcome:
            column.failed[case["id"]] = outcome["failed"]
        else:
            observed = Observed.from_json(outcome)
            column.differing[case["id"]] = judge.differences(case, observed)
            column.noticed[case["id"]] = judge.notable(case, observed)
    return column


def table(columns: list[Column], measure: str) -> str:
    """Return how many cases pass by source, direction and engine."""
    lines = [f"| source | direction | {' | '.join(column.label for column in columns)} |"]
    lines.append("| --- | --- |" + " --- |" * len(columns))
    rows = [(source, kind) for source in SOURCES for kind in _DIRECTIONS]
    for source, kind in [*rows, ("all", "")]:
        cases = [case for case in CASES if source == "all" or (case["source"], case["kind"]) == (source, kind)]
        cells = " | ".join(_cell(column, cases, measure) for column in columns)
        lines.append(f"| {source} | {_DIRECTIONS.get(kind, '')} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(column: Column, cases: list[Case], measure: str) -> str:
    count: Counter[str] = Counter()
    for case in cases:
        count["n/a" if case["id"] in column.lacks else "passed" if _passes(column, case, measure) else "wrong"] += 1
    applicable = count["passed"] + count["wrong"]
    if not applicable:
        return "-"
    return f"{count['passed']} of {applicable}" + (f", {count['n/a']} n/a" if count["n/a"] else "")


def _passes(column: Column, case: Case, measure: str) -> bool:
    found = column.differing if measure == "whole" else column.noticed
    return case["id"] not in column.failed and not found[case["id"]]


def details(column: Column) -> str:
    """Return what differs, case by case; in brackets what nobody notices."""
    lines = [f"\n{column.label}:"]
    for case in CASES:
        name = case["id"]
        if name in column.failed:
            lines.append(f"  {name}: failed: {column.failed[name]}")
        elif column.differing.get(name):
            noticed = column.noticed[name]
            others = ", ".join(sorted(column.differing[name] - noticed))
            lines.append(f"  {name}: {', '.join(sorted(noticed))}" + (f" [{others}]" if others else ""))
    reasons = Counter(column.lacks.values())
    lines += [f"  n/a: {number} cases: {reason}" for reason, number in reasons.items()]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the tables."""
    pairs = [argument.split("=", 1) for argument in arguments if "=" in argument]
    if not pairs or not CASES:
        print("expected ENGINE=PYTHON ..., and the recorded cases beside the project", file=sys.stderr)
        return 2
    columns = [collect(name, python) for name, python in pairs]
    print(f"{len(CASES)} recorded cases, {datetime.now(timezone.utc):%Y-%m-%d}")
    for measure, title in _MEASURES.items():
        print(f"\n{title}:\n\n{table(columns, measure)}", end="")
    if "--details" in arguments:
        for column in columns:
            print(details(column))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
