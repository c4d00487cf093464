"""measure(): cold starts of several configurations, in interleaved rounds, with AWS's own runtime client.

    from lambdabridge.coldpath.engine import Configuration, measure
    from lambdabridge.coldpath.statistics import paired, spread

    flask = Configuration("flask", "app.handler", path=["/tmp/flask-build"])
    bare = Configuration("bare", "bare.handler", path=["/tmp/bare"])
    found = measure([flask, bare], runs=20, event={"version": "2.0", ...})
    spread([sample["total_ms"] for sample in found.samples["flask"]])   # median, quartiles
    paired(found.samples["flask"], found.samples["bare"])               # the difference, round by round

Each run is a process `python -m awslambdaric app.handler`, from its start to the end of its first response and some warm
requests, against a Runtime API on loopback. Every round runs every configuration once, in a new random order: what the
machine does meanwhile meets all of them. Server and process have a CPU each where there are two. From /proc/<pid>/schedstat
comes how long the process had to wait for its CPU: that is subtracted, and a run that waited for more than 2 % of its time is
repeated, a few times at most. Under a throttle neither is done: waiting is its point.

A configuration that fails has its reason in `failures` and is left out of the rounds that follow.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lambdabridge.coldpath.invocation import Expired, FailedError, Run, part_waited, run
from lambdabridge.coldpath.process import Guard, Pinned, wait_for_quiet
from lambdabridge.coldpath.results import Failure, Sample
from lambdabridge.coldpath.throttle import Unthrottled, choose, share_of

RUNTIME_CLIENT = ("-m", "awslambdaric")
RETRIES = 3
DELAYED = 0.02
"""Part of its time that a run may have waited for its CPU without being repeated."""

Progress = Callable[[int, int, str], None]
"""Called before each run: how many are done, of how many, the configuration's name."""


@dataclass(frozen=True)
class Configuration:
    """One thing to measure. The first folder of `path` is LAMBDA_TASK_ROOT and the current folder."""

    name: str
    handler: str
    """As the function's configuration has it: "app.handler"."""
    path: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Over what the command's own environment has, except PYTHON*; Lambda's variables are set besides."""
    python: str = sys.executable
    """An interpreter that can import awslambdaric with `path`."""
    command: Sequence[str] = RUNTIME_CLIENT
    """What comes between the interpreter and the handler."""
    memory: int | None = None
    """MB, for its CPU share; None: a whole CPU."""
    init: Literal["full", "throttled", "boosted"] = "full"
    """Whether the share begins with the process or with the first event; see throttle.py."""
    event: object = None
    """In place of measure()'s."""
    runs: int | None = None
    """Only in the first rounds, so many."""
    probed: bool = False
    """Whether its samples have marks: see phases.py."""
    left_out: Sequence[str] = ()
    """Modules that are not imported with the handler: see phases_probe/sitecustomize.py."""
    prepare: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
    """What makes the process's environment of the one above, for a probe of one's own."""


@dataclass
class Measurement:
    """Samples of each configuration by its name, and why there are none of others."""

    samples: dict[str, list[Sample]]
    failures: dict[str, Failure]
    pinned: bool
    throttle: str
    """How CPU shares were made; "" where none was asked for."""
    results: dict[str, Any]
    """The first run's result of each, as the function returned it."""


def measure(
    configurations: Sequence[Configuration],
    runs: int = 20,
    *,
    event: object,
    warm: int = 50,
    init_timeout: float = 60.0,
    timeout: float = 30.0,
    seed: int | None = None,
    retries: int = RETRIES,
    progress: Progress | None = None,
) -> Measurement:
    """Run each configuration once a round, and return what was measured.

    warm: requests after the first, at most, and no longer than a second for each run.
    init_timeout, timeout: seconds that a process gets until it asks for an event, and for each of them.
    """
    names = [configuration.name for configuration in configurations]
    if len(set(names)) != len(names):
        raise ValueError(f"configurations need names of their own, not {names}")
    shares = any(configuration.memory is not None for configuration in configurations)
    throttle, how = choose() if shares else (Unthrottled, "")
    found = Measurement({name: [] for name in names}, {}, False, how, {})
    order = random.Random(seed)
    done, patience = 0, retries
    total = sum(runs if one.runs is None else min(one.runs, runs) for one in configurations)
    with Guard() as guard, Pinned() as pinned:
        found.pinned = pinned.is_possible
        for number in range(runs):
            turn = [one for one in configurations if one.name not in found.failures and number < (one.runs or runs)]
            order.shuffle(turn)
            for one in turn:
                if progress is not None:
                    progress(done, total, one.name)
                body = json.dumps(event if one.event is None else one.event).encode()
                try:
                    done_run = _steady(one, body, warm, init_timeout, timeout, patience, throttle, guard, pinned)
                except FailedError as error:
                    found.failures[one.name] = {**error.failure, "name": one.name}
                    found.samples[one.name] = []
                    continue
                finally:
                    done += 1
                done_run.sample["round"] = number
                # where the machine is never quiet, most repetitions are for nothing
                is_quiet = _waited(done_run.sample) <= DELAYED
                patience = min(patience + 1, retries) if is_quiet else max(patience - 1, min(retries, 1))
                found.samples[one.name].append(done_run.sample)
                found.results.setdefault(one.name, done_run.result)
    if progress is not None:
        progress(total, total, "")
    return found


def observe(
    configuration: Configuration,
    *,
    event: object,
    warm: int = 0,
    init_timeout: float = 60.0,
    timeout: float = 30.0,
) -> Run:
    """Run a configuration once, without statistics, and return also what it printed; raise FailedError."""
    body = json.dumps(event if configuration.event is None else configuration.event).encode()
    with Guard() as guard, Pinned() as pinned:
        return run(configuration, body, warm, Expired(init_timeout, timeout), Unthrottled(), guard, pinned)


def _steady(
    one: Configuration,
    body: bytes,
    warm: int,
    init_timeout: float,
    timeout: float,
    retries: int,
    throttle: type[Unthrottled],
    guard: Guard,
    pinned: Pinned,
) -> Run:
    """Run it until it had its CPU to itself, a few times at most, and return the run that waited the least."""
    limits = Expired(init_timeout, timeout)
    best: Run | None = None
    for attempt in range(retries + 1):
        if attempt:
            wait_for_quiet()
        share = share_of(one.memory)
        most = DELAYED if attempt < retries else 1.0
        found = run(one, body, warm, limits, Unthrottled() if share is None else throttle(), guard, pinned, most)
        if best is None or _waited(found.sample) < _waited(best.sample):
            best = found
        best.sample["retries"] = attempt
        best.sample["warm_ms"] = (
            best.sample["warm_ms"] or found.sample["warm_ms"]
        )  # which only the last one has for sure
        if _waited(best.sample) <= DELAYED:
            break
    if best is None:  # pragma: no cover - there is at least one attempt
        raise RuntimeError("there was no attempt")
    return best


def _waited(sample: Sample) -> float:
    """Return the part of its time that a run waited for a CPU."""
    return part_waited(sample["total_ms"], sample["delay_ms"])
