"""What the samples of one run say: ratios first, each from pairs of the same round.

A ratio is the median of the rounds' ratios, because the two cold starts of one round ran within seconds of each other and
met the same machine; beside it stand the 10th and the 90th percentile: eight of ten rounds lie between. The best peer is
the one with the shortest median in the state that functions are deployed in today.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from benchmarks.cold.trees import FRAMEWORKS, OURS
from lambdabridge.coldpath.statistics import median, quantile


class Case(NamedTuple):
    """One configuration; again is "again" for the A/A control: the same as another, a second time."""

    framework: str
    adapter: str
    variant: str
    again: str = ""

    @property
    def name(self) -> str:
        """What the engine calls it."""
        return " ".join(word for word in self if word)


class Sample(NamedTuple):
    """One process: milliseconds from its start to the first answer, and microseconds of a warm invocation (p50).

    The engine sends no more requests to a process that had to wait for its CPU too much: then warm is None.
    """

    total: float
    warm: float | None


Times = Sequence[float | None]
Samples = dict[Case, list[Sample]]
"""In the order of the rounds: position n of every case is round n."""


class Ratio(NamedTuple):
    """The median of paired ratios, between what eight of ten lie, and how many there are; of none, all are 0."""

    median: float
    low: float
    high: float
    pairs: int

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})" if self.pairs else "not measured"


class Headline(NamedTuple):
    """One framework's line."""

    framework: str
    peer: str
    peer_ms: float
    rebuilt: Ratio
    """The same peer with the bytecode that our build makes."""
    rebuilt_ms: float
    ours: Ratio
    ours_ms: float
    warm_peer: str
    warm: Ratio
    """A warm invocation of ours against the fastest peer's."""


class Control(NamedTuple):
    """An A/A control: a configuration against itself."""

    name: str
    cold: Ratio
    warm: Ratio


def ratio(one: Times, other: Times) -> Ratio:
    """Return one/other, round by round, of the rounds that have both."""
    pairs = [a / b for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if not pairs:
        return Ratio(0, 0, 0, 0)
    return Ratio(median(pairs), quantile(pairs, 0.1), quantile(pairs, 0.9), len(pairs))


def middle(times: Times) -> float:
    """Return the median of what was measured; infinity, the worst, for nothing."""
    found = [time for time in times if time is not None]
    return median(found) if found else inf


def totals(samples: Samples, case: Case) -> Times:
    """Return a case's cold starts in milliseconds."""
    return [sample.total for sample in samples[case]]


def warms(samples: Samples, case: Case) -> Times:
    """Return a case's warm invocations in microseconds."""
    return [sample.warm for sample in samples[case]]


def headlines(samples: Samples) -> list[Headline]:
    """Return a line for each framework that was measured."""
    found = []
    for framework in FRAMEWORKS:
        peers = [case for case in samples if case.framework == framework and case.adapter != OURS and not case.again]
        if not peers:
            continue
        today = min((case for case in peers if case.variant == "today"), key=lambda case: middle(totals(samples, case)))
        warm_peer = min(
            (case for case in peers if case.variant == "built"), key=lambda case: middle(warms(samples, case))
        )
        built, ours = today._replace(variant="built"), Case(framework, OURS, "first")
        base = totals(samples, today)
        found.append(
            Headline(
                framework,
                today.adapter,
                middle(base),
                ratio(totals(samples, built), base),
                middle(totals(samples, built)),
                ratio(totals(samples, ours), base),
                middle(totals(samples, ours)),
                warm_peer.adapter,
                ratio(warms(samples, ours), warms(samples, warm_peer)),
            )
        )
    return found


def controls(samples: Samples) -> list[Control]:
    """Return, for each case that was run twice, the ratio of the two: it should be 1, and its spread is the noise."""
    pairs = [(case._replace(again=""), case) for case in samples if case.again]
    return [
        Control(
            one.name,
            ratio(totals(samples, other), totals(samples, one)),
            ratio(warms(samples, other), warms(samples, one)),
        )
        for one, other in pairs
    ]
