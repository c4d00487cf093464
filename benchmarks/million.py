"""The properties of tests/test_properties.py at length: a million generated cases by default.

    python benchmarks/million.py [--cases N] [--jobs N] [--seed N]

A case is one request or event that goes through a handler into one application, and is checked. A generated request is
sent through every front door: through each by one of the two senders (the package's gateway side, the builders that share
no line with it) into one of the two applications (WSGI, ASGI), which ones changes from door to door. So a generated
request or response makes as many cases as there are front doors; a mutated event makes two, one for each interface. The
last lines say how many different requests, responses and events there were.

Each round of a property is a run of Hypothesis of its own, with a seed that follows from --seed and the round's number. A
failure is shrunk and printed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import random
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple

import hypothesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mutations import answered_or_refused, mutated_events
from tests.properties import WAYS, requests_are_seen, responses_arrive
from tests.senders import DOORS
from tests.strategies import requests, responses


class Property(NamedTuple):
    """What is generated, how it is checked, how many cases one example makes, and its part of all cases."""

    strategy: st.SearchStrategy[Any]
    check: Callable[[Any], Counter[str]]
    cases: int
    part: float


turns = st.integers(0, len(WAYS) - 1)
PROPERTIES = {
    "requests": Property(st.tuples(requests(), turns), lambda drawn: requests_are_seen(*drawn), len(DOORS), 0.6),
    "responses": Property(st.tuples(responses(), turns), lambda drawn: responses_arrive(*drawn), len(DOORS), 0.25),
    "mutated events": Property(mutated_events(), answered_or_refused, 2, 0.15),
}
ROUND = 1000
"""Examples of one run of Hypothesis."""


class Round(NamedTuple):
    """The result of one round: cases by source, a hash of each example, and what failed."""

    name: str
    cases: Counter[str]
    examples: set[int]
    failure: str


def run(task: tuple[str, int, int]) -> Round:
    """Run one round: (property, examples, seed)."""
    name, count, seed = task
    property_ = PROPERTIES[name]
    cases: Counter[str] = Counter()
    examples: set[int] = set()

    @hypothesis.seed(seed)
    @settings(
        max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
    )
    @given(property_.strategy)
    def holds(drawn: Any) -> None:
        examples.add(
            int.from_bytes(blake2b(repr(drawn).encode(), digest_size=8).digest(), "big")
        )  # before the check: a handler may keep what it gets
        cases.update(property_.check(drawn))

    warnings.simplefilter("ignore")  # wsgiref's validator has one for each unusual method
    try:
        holds()
    except BaseException as error:
        notes = "\n".join(getattr(error, "__notes__", ()))
        return Round(
            name, cases, examples, f"{name}, seed {seed}:\n{''.join(traceback.format_exception(error))}\n{notes}"
        )
    return Round(name, cases, examples, "")


def plan(cases: int, seed: int) -> list[tuple[str, int, int]]:
    """Return the rounds, in an order that makes the estimate of the time that is left a fair one."""
    chance = random.Random(seed)
    rounds: list[tuple[str, int, int]] = []
    for name, property_ in PROPERTIES.items():
        left = -(-int(cases * property_.part) // property_.cases)  # upwards
        while left > 0:
            rounds.append((name, min(left, ROUND), chance.getrandbits(64)))
            left -= ROUND
    chance.shuffle(rounds)
    return rounds


def main() -> int:
    """Run from the command line and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    rounds = plan(options.cases, options.seed)
    print(f"Python {platform.python_version()}, Hypothesis {hypothesis.__version__}, seed {options.seed}")
    cases: dict[str, Counter[str]] = {name: Counter() for name in PROPERTIES}
    examples: dict[str, set[int]] = {name: set() for name in PROPERTIES}
    started = shown = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for number, done in enumerate(pool.imap_unordered(run, rounds), 1):
            cases[done.name] += done.cases
            examples[done.name] |= done.examples
            seconds = time.monotonic() - started
            if done.failure:
                print(f"FAILED after {seconds:.0f} s\n{done.failure}", flush=True)
                return 1
            if time.monotonic() - shown > 10 or number == len(rounds):
                shown = time.monotonic()
                total = sum(map(Counter.total, cases.values()))
                print(f"{total:>10,} cases  {seconds:>5.0f} s  {number} of {len(rounds)} rounds", flush=True)
    report(cases, examples, seconds)
    return 0


def report(cases: dict[str, Counter[str]], examples: dict[str, set[int]], seconds: float) -> None:
    """Print the cases by property and source, and the sum."""
    for name, by_source in cases.items():
        print(f"\n{name}: {by_source.total():,} cases of {len(examples[name]):,} different examples")
        for source, count in sorted(by_source.items(), key=lambda item: -item[1]):
            print(f"  {source:<36}{count:>10,}")
    total = sum(map(Counter.total, cases.values()))
    print(f"\n{total:,} cases, no failure, {seconds:.0f} s ({total / seconds:,.0f} a second)")


if __name__ == "__main__":
    sys.exit(main())
