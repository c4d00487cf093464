"""What to do next: each cut is tried on this very application, on top of the ones before it, in the same rounds as itself.

Which is first is free, but for lazy imports, which need the handler: so a few runs of each cut alone decide, and the one that
gains the most is first. A step is advice only where its gain is sure (95 %). Its promise is the median of the paired
differences.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lambdabridge.coldpath import bytecode
from lambdabridge.coldpath.deferral import that_can_wait
from lambdabridge.coldpath.engine import measure
from lambdabridge.coldpath.statistics import is_sure, paired
from lambdabridge.coldpath.target import APP, OURS
from lambdabridge.coldpath.variables import version_of

if TYPE_CHECKING:
    from lambdabridge.coldpath.engine import Configuration, Measurement
    from lambdabridge.coldpath.experiment import Options, Subject
    from lambdabridge.coldpath.imports import Import
    from lambdabridge.coldpath.results import Advice, Difference

_LAZY = (3, 15)
_ALTERNATIVE = 7
TRIALS = 3
"""Runs of each cut alone, which decide what is first."""


@dataclass
class Step:
    """One cut, on top of those before it."""

    configuration: Configuration
    title: str
    """Of the configuration."""
    advice: str
    why: str
    how: str
    risk: str = ""
    alternative_to: str = ""
    """The configuration that it could take the place of: it is tried for comparison alone, and nothing is built on it."""


@dataclass
class Found:
    """What the cuts are about: sources that are compiled at each cold start, imports that can wait."""

    stale: list[str]
    left_out: list[Import]


Cut = Callable[["Subject", "Configuration", Found], "Step | None"]  # names that type checkers alone know
"""Makes a step on top of a configuration; None where there is nothing to cut, or it is cut already."""


def find(subject: Subject, options: Options) -> list[Step]:
    """Return what is worth trying, in the order in which it is done: what gains the most alone is first."""
    current = subject.configuration("deployed", subject.prefix)
    stale = [source for source in subject.code if _is_compiled(source, subject)]
    prepared = subject.configuration("bytecode", subject.prepared) if stale else current
    found = Found(stale, that_can_wait(subject, prepared, options))
    steps: list[Step] = []
    for cut in _in_order(subject, current, found, options):
        step = cut(subject, current, found)
        if step is not None:
            steps.append(step)
            current = step.configuration
    is_there = any(bytecode.state_of(source, subject.tag) == "timestamp" for source in stale)
    if stale and _has_bridge(subject) and (is_there or not subject.where.complete):
        steps.append(_repaired(subject))
    return steps


def _in_order(subject: Subject, deployed: Configuration, found: Found, options: Options) -> list[Cut]:
    """Return the cuts, by what a few runs say that each gains alone; lazy imports stand behind the handler they need."""
    free: tuple[Cut, ...] = (_bytecode, _imported_first, _deferred)
    alone = [(cut, step) for cut in free if (step := cut(subject, deployed, found))]
    cuts = [cut for cut, _ in alone]
    if len(alone) > 1:
        options.say("trying each cut alone")
        tried = [deployed, *(step.configuration for _, step in alone)]
        measured = measure(
            tried, min(TRIALS, options.runs), warm=0, retries=1, progress=options.progress, **options.limits
        )
        base = measured.samples[deployed.name]
        differences = {cut: paired(measured.samples[step.configuration.name], base) for cut, step in alone}
        cuts.sort(key=lambda cut: one["median"] if (one := differences[cut]) else 0.0)
    return [*cuts, _lazy]


def _bytecode(subject: Subject, current: Configuration, found: Found) -> Step | None:
    if not found.stale:
        return None
    compile_it = "python -m compileall -q --invalidation-mode unchecked-hash FOLDER"
    environment = {**current.environment, "PYTHONPYCACHEPREFIX": subject.prepared}
    return Step(
        replace(current, name="bytecode", environment=environment),
        "with bytecode that Lambda accepts",
        "Ship bytecode that Lambda accepts",
        f"{len(found.stale)} of the modules that it loads are compiled from source at each cold start: their bytecode is "
        "missing, or names a time that their source does not have once it has been through the zip of SAM, CDK or "
        "Serverless.",
        "lambdabridge build --output build    # and deploy that folder\n"
        f"{compile_it}    # or this, as the last step before the zip, with the function's Python",
    )


def _version(subject: Subject) -> tuple[int, ...]:
    return tuple(map(int, version_of(subject.where.python).split(".")))


def _imported_first(subject: Subject, current: Configuration, found: Found) -> Step | None:
    if current.handler == OURS or not _has_bridge(subject):
        return None
    environment = {**current.environment, APP: subject.target.app}
    if _version(subject) >= _LAZY:  # a step of their own, below
        environment["LAMBDABRIDGE_LAZY_IMPORTS"] = "0"
    return Step(
        replace(current, name="first", handler=OURS, environment=environment),
        "with lambdabridge.handler",
        "Let lambdabridge.handler import the application",
        "The collector looks again and again at what an import allocates, and finds nothing; imported first, the handler has "
        "it off until init ends, and freezes what is there then (LAMBDABRIDGE_GC=0 undoes it). Where Python is safe for it, "
        "some modules of the standard library wait until they are used (LAMBDABRIDGE_LAZY_IMPORTS=0 undoes that).",
        f"Handler: {OURS}\nEnvironment: {APP}={subject.target.app}",
    )


def _lazy(subject: Subject, current: Configuration, found: Found) -> Step | None:
    """Return Python 3.15's lazy imports, which the handler makes by itself: where it was there already they are no advice."""
    if _version(subject) < _LAZY or current.handler != OURS or subject.target.handler == OURS:
        return None
    environment = {name: value for name, value in current.environment.items() if name != "LAMBDABRIDGE_LAZY_IMPORTS"}
    return Step(
        replace(current, name="lazy", environment=environment),
        "with lazy imports",
        "Let Python import lazily",
        "A module of the frameworks is loaded when a name of it is first used (Python 3.15, PEP 810).",
        "lambdabridge.handler does it (LAMBDABRIDGE_LAZY_IMPORTS=0 undoes it, LAMBDABRIDGE_EAGER=a,b limits it).",
        "What the first request needs is loaded in that request.",
    )


def _repaired(subject: Subject) -> Step:
    """Return the repair of bytecode at run time: in place of a build, for those who can't change theirs.

    The task root is the folder with the bytecode here, since that is where repair accepts it.
    """
    environment = {APP: subject.target.app, "LAMBDABRIDGE_REPAIR_BYTECODE": "1", "LAMBDA_TASK_ROOT": subject.prefix}
    return Step(
        subject.configuration("repaired", subject.prefix, handler=OURS, environment=environment, runs=_ALTERNATIVE),
        "with bytecode repaired at init, and lambdabridge.handler",
        "",
        "",
        f"or, where the build can't be changed: Handler: {OURS}, {APP}={subject.target.app}, LAMBDABRIDGE_REPAIR_BYTECODE=1",
        "An edit of a source that keeps its size would not be seen, unless it was compiled anew.",
        alternative_to="bytecode",
    )


def _deferred(subject: Subject, current: Configuration, found: Found) -> Step | None:
    left_out = found.left_out
    if not left_out:
        return None
    lines = [f"{module['name']}: {_place(module)}" for module in left_out]
    return Step(
        replace(current, name="deferred", left_out=[module["name"] for module in left_out]),
        f"without importing {', '.join(module['name'] for module in left_out)} at init",
        "Import these where they are used: in the function, not at the top of the file",
        f"Nothing used {'them' if len(left_out) > 1 else 'it'} until the end of the first response.",
        "\n".join(lines),
        "The first request that does need one imports it then.",
    )


def _place(module: Import) -> str:
    return f"imported by {module['importer']}, line {module['line']}" if module["importer"] else "imported at init"


def given(steps: list[Step], measured: Measurement) -> list[Advice]:
    """Return the advice: the steps whose gain is sure, in the order in which they build on each other.

    A step whose own gain is not sure is no advice of its own, but part of the next one, which was measured with it.
    """
    found: list[Advice] = []
    advice_with: dict[str, Advice] = {}
    base = before = measured.samples["deployed"]
    with_it: list[Step] = []
    for step in steps:
        samples = measured.samples[step.configuration.name]
        gain = paired(samples, base if step.alternative_to else before) if samples else None
        if gain is None:
            continue
        is_gain = is_sure(gain) and gain["median"] < 0
        if step.alternative_to:
            one = advice_with.get(step.alternative_to)
            if is_gain and one is not None:
                one["how"] += f"\n{step.how}    # {gain['median']:+.0f} ms here"
                one["risk"] = " ".join(filter(None, [one["risk"], f"Of the last one: {step.risk}"]))
            continue
        with_it.append(step)
        if is_gain:
            found.append(_advice(with_it, gain))
            advice_with.update((part.configuration.name, found[-1]) for part in with_it)
            before, with_it = samples, []
    return found


def _advice(steps: list[Step], gain: Difference) -> Advice:
    """Return the last step as advice, with those before it that are no advice of their own."""
    *others, step = steps
    return {
        "title": step.advice,
        "why": step.why,
        "how": "\n".join([*(f"{part.advice}:\n{part.how}" for part in others), step.how]),
        "promised_gain_ms": -gain["median"],
        "ratio": gain["ratio"],
        "measured": True,
        "gain": gain,
        "risk": step.risk,
    }


def _is_compiled(source: str, subject: Subject) -> bool:
    """Return whether a module is compiled at each cold start as it is deployed."""
    if not subject.where.complete:
        return True
    return bytecode.state_of(source, subject.tag) in ("none", "timestamp")


def _has_bridge(subject: Subject) -> bool:
    """Return whether lambdabridge can be imported there."""
    return any(os.path.isdir(os.path.join(folder, "lambdabridge")) for folder in subject.where.path) or (
        not subject.where.complete
    )
