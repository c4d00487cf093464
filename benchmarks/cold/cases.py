"""Which configurations are measured, and how the rounds of the engine become samples.

today   bytecode as functions are deployed today (trees.py: stale), wrapped as the adapter's documentation says
none    the same without bytecode
built   the same with the bytecode that `lambdabridge build` makes
first   ours only: built, and `Handler: lambdabridge.handler` with LAMBDABRIDGE_APP, so that the cuts of lambdabridge/startup
        apply to the framework's import: what `lambdabridge init` writes
eager   on Python 3.15 and later: the same without lazy imports

The best peer as deployed today and ours are run twice in each round: the A/A control.
"""

from __future__ import annotations

from benchmarks.cold.table import Case
from benchmarks.cold.trees import CHOICES, OURS

STATE = {"today": "stale", "none": "none", "built": "unchecked", "first": "unchecked", "eager": "unchecked"}
"""Variant -> the state of its folder."""
BARE = Case("bare", "", "today")
_FIRST = {"LAMBDABRIDGE_APP": "app:app"}


def cases(frameworks: list[str], lazy: bool) -> list[Case]:
    """Return all that one run measures; lazy: whether this Python has lazy imports."""
    found = [BARE]
    for framework in frameworks:
        for adapter in CHOICES[framework]:
            found += [Case(framework, adapter, variant) for variant in ("today", "none", "built")]
        found += [Case(framework, OURS, variant) for variant in ("first", "eager")[: 2 if lazy else 1]]
        found += [Case(framework, OURS, "first", "again"), Case(framework, CHOICES[framework][1], "today", "again")]
    return found


def handler(case: Case) -> str:
    """Return the handler as the function's configuration has it."""
    return "lambdabridge.handler" if case.variant in ("first", "eager") else "lambda_function.handler"


def environment(case: Case) -> dict[str, str]:
    """Return what the function's configuration sets."""
    if case.variant == "eager":
        return {**_FIRST, "LAMBDABRIDGE_LAZY_IMPORTS": "0"}
    return dict(_FIRST) if case.variant == "first" else {}
