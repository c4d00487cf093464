"""Medians with their spread, and differences paired within a round.

Cold starts have outliers on one side only (nothing makes a process faster by chance), so that means and standard deviations
tell little. Quartiles are by linear interpolation, as in `statistics.quantiles(method="inclusive")`. A difference is taken
between two runs of the same round, which share what the machine was doing; its confidence interval is that of the median by
order statistics: https://en.wikipedia.org/wiki/Median#Confidence_intervals (no assumption but independence).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdabridge.coldpath.results import Difference, Sample, Spread

CONFIDENCE = 0.95
SURE = 6
"""Rounds below which nothing is sure: all of five values may be on one side of the true median by chance (1 in 16)."""


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value below which a part of the values is; 0.5 is the median."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("there are no values")
    position = part * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(values: Sequence[float]) -> float:
    """Return the middle."""
    return quantile(values, 0.5)


def spread(values: Sequence[float]) -> Spread:
    """Return median and quartiles."""
    return {
        "median": quantile(values, 0.5),
        "low": quantile(values, 0.25),
        "high": quantile(values, 0.75),
        "count": len(values),
    }


def sure_range(values: Sequence[float]) -> tuple[float, float]:
    """Return the range in which the true median is with 95 % confidence; of fewer than six values, all of their range."""
    ordered = sorted(values)
    count = len(ordered)
    tail, rank = 0.0, 0  # the chance that at most `rank` of them are below the median
    for below in range(count // 2):
        tail += math.comb(count, below) / 2**count
        if tail > (1 - CONFIDENCE) / 2:
            break
        rank = below + 1
    rank = max(rank, 1)
    return ordered[rank - 1], ordered[count - rank]


def difference(values: Sequence[float], others: Sequence[float]) -> Difference:
    """Return how much longer the first took than the others, value by value: they have to be of the same rounds."""
    if len(values) != len(others):
        raise ValueError(f"{len(values)} values can't be paired with {len(others)}")
    deltas = [value - other for value, other in zip(values, others, strict=True)]
    low, high = sure_range(deltas)
    ratio = median([value / other for value, other in zip(values, others, strict=True)])
    return {**spread(deltas), "sure_low": low, "sure_high": high, "ratio": ratio}


def paired(samples: Sequence[Sample], others: Sequence[Sample]) -> Difference | None:
    """Return the difference of `total_ms` over the rounds that both have; None if there are none."""
    theirs = {sample["round"]: sample["total_ms"] for sample in others}
    pairs = [(sample["total_ms"], theirs[sample["round"]]) for sample in samples if sample["round"] in theirs]
    return difference([mine for mine, _ in pairs], [other for _, other in pairs]) if pairs else None


def is_sure(found: Difference) -> bool:
    """Return whether a difference is one, with 95 % confidence (fewer than six rounds never are)."""
    return found["count"] >= SURE and (found["sure_low"] > 0 or found["sure_high"] < 0)
