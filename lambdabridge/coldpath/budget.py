"""--budget: a limit for one figure, for CI.

total<=400ms            a number, with its unit or without
total<=1.2x base.json   so many times the same figure in what --json wrote before
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdabridge.coldpath.results import read
from lambdabridge.errors import ConfigurationError

if TYPE_CHECKING:
    from lambdabridge.coldpath.results import Results

_FORM = re.compile(r"\s*(\w+)\s*<=\s*(\d+(?:\.\d+)?)\s*(x\s+(?P<file>\S.*?)|(?P<unit>[A-Za-z]*))\s*")


def _median(member: str) -> Callable[[Results], float | None]:
    def get(results: Results) -> float | None:
        spread = results["configurations"][0][member]  # type: ignore[literal-required]
        return None if spread is None else float(spread["median"])

    return get


def _package(results: Results) -> float | None:
    return None if results["package"] is None else results["package"]["size"] / 1024**2


METRICS: dict[str, tuple[str, str, Callable[[Results], float | None]]] = {
    "total": ("ms", "process start to the end of the first response", _median("total")),
    "init": ("ms", "process start until it asks for an event", _median("init_ms")),
    "first": ("ms", "the first request alone", _median("first")),
    "warm": ("ms", "a warm request", _median("warm")),
    "p99": ("ms", "99 % of warm requests", lambda results: results["configurations"][0]["warm_p99"]),
    "cpu": ("ms", "CPU time to the end of the first response", _median("cpu")),
    "memory": ("MB", "peak of resident memory", _median("peak")),
    "compiled": (
        "",
        "modules compiled from source",
        lambda results: results["configurations"][0]["compiled_from_source"],
    ),
    "package": ("MB", "size of the folder", _package),
}


@dataclass(frozen=True)
class Budget:
    """One limit: of the metric's unit, or times what a file has."""

    text: str
    metric: str
    number: float
    file: str = ""
    before: float = 0.0
    """The file's figure: read at first, as --json may write over the file."""

    def broken(self, results: Results) -> str:
        """Return how it was exceeded, in one sentence; "" if it was not. Raise ConfigurationError where it can't be told."""
        unit, what, get = METRICS[self.metric]
        value = get(results)
        limit = self.number * self.before if self.file else self.number
        if value is None:
            raise ConfigurationError(f"--budget {self.text!r}: {self.metric} can't be measured on this system.")
        if value <= limit:
            return ""
        of = f" ({self.number:g} times that of {self.file})" if self.file else ""
        return f"{self.metric} ({what}) is {_in(value, unit)}, over the budget of {_in(limit, unit)}{of}."


def parse(text: str) -> Budget:
    """Return the budget that a text says; raise ConfigurationError, in one sentence, for what says none."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ConfigurationError(f"--budget {text!r}: expected 'total<=400ms' or 'total<=1.2x baseline.json'.")
    metric, number = match[1], float(match[2])
    if metric not in METRICS:
        raise ConfigurationError(f"--budget {text!r}: there is no figure {metric!r}; there are {', '.join(METRICS)}.")
    unit = METRICS[metric][0]
    if match["file"] is None and (match["unit"] or "").lower() not in ("", unit.lower()):
        raise ConfigurationError(f"--budget {text!r}: {metric} is in {unit or 'modules'}, not in {match['unit']!r}.")
    file = match["file"] or ""
    return Budget(text, metric, number, file, _before(text, metric, file) if file else 0.0)


def _before(text: str, metric: str, file: str) -> float:
    """Return a baseline's figure: a mistake is told before minutes of measuring."""
    try:
        before = METRICS[metric][2](read(file))
    except (IndexError, KeyError, TypeError):
        before = None
    if before is None:
        raise ConfigurationError(f"--budget {text!r}: {file!r} has no figure for {metric}.")
    return before


def _in(value: float, unit: str) -> str:
    return f"{value:.4g} {unit}".rstrip() if value < 1000 else f"{value:.0f} {unit}".rstrip()
