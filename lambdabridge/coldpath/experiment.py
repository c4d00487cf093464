"""The whole of `lambdabridge cold`: look at the application once, measure it as it would be deployed, and what cuts it.

1. inspect: what TARGET is; whether it can be imported at all                                  (target.py)
2. observe: one run with the imports' probe: the modules, their files, the response's status   (imports.py)
3. bytecode as it is deployed, and as a build makes it, in folders of their own                (bytecode.py)
4. measure: all configurations in interleaved rounds                                           (engine.py, advice.py)
5. results                                                                                     (summary.py)
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lambdabridge.coldpath import advice, bytecode, imports, summary
from lambdabridge.coldpath.engine import DELAYED, Configuration, Progress, measure, observe
from lambdabridge.coldpath.imports_figures import middle, walk
from lambdabridge.coldpath.invocation import FailedError, Run, part_waited
from lambdabridge.coldpath.surroundings import Surroundings, make, of_another_machine
from lambdabridge.coldpath.target import Target, inspect, locate
from lambdabridge.coldpath.throttle import share_of

if TYPE_CHECKING:
    from lambdabridge.coldpath.results import Results

TREES = 3
"""Processes whose imports are watched: each module's time is the median."""


@dataclass(frozen=True)
class Options:
    """What is asked for."""

    event: Any
    request: str
    """The event in words."""
    runs: int = 15
    warm: int = 50
    memory: tuple[int, ...] = ()
    python: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    with_advice: bool = True
    init_timeout: float = 60.0
    timeout: float = 30.0
    progress: Progress | None = None
    say: Callable[[str], None] = lambda _: None
    """Told what is being done, in a few words."""

    @property
    def limits(self) -> dict[str, Any]:
        """What each run gets."""
        return {"event": self.event, "init_timeout": self.init_timeout, "timeout": self.timeout}


@dataclass
class Subject:
    """An application that was looked at, and can be measured."""

    target: Target
    where: Surroundings
    environment: dict[str, str]
    tree: imports.Import
    first: Run
    code: list[str]
    """Sources that are deployed, and were loaded."""
    prefix: str
    """The folder with its bytecode as deployed; "": that beside the sources is."""
    prepared: str
    """The same as a build makes it."""
    tag: str

    def configuration(self, name: str, prefix: str, **changes: Any) -> Configuration:
        """Return a configuration of it, with the bytecode of a folder."""
        variables = {**self.environment, **self.target.environment, **changes.pop("environment", {})}
        if prefix:
            variables["PYTHONPYCACHEPREFIX"] = prefix
        handler = changes.pop("handler", self.target.handler)
        return Configuration(name, handler, self.where.path, variables, self.where.python, **changes)


def explain(text: str, folder: str, options: Options) -> Results:
    """Return the results for one target; raise FailedError or ConfigurationError where there are none."""
    with tempfile.TemporaryDirectory(prefix="lambdabridge-cold-") as scratch:
        subject = look(text, folder, options, scratch)
        found = advice.find(subject, options) if options.with_advice else []
        base = [
            subject.configuration("deployed", subject.prefix),
            subject.configuration("control", subject.prefix),
            subject.configuration("probed", subject.prefix, probed=True),
        ]
        variants = [step.configuration for step in found]
        last = next((step.configuration for step in reversed(found) if not step.alternative_to), base[0])
        shares = [one for at in options.memory for one in at_memory(at, base[0], last, options.runs)]
        options.say("measuring")
        measured = measure(
            [*base, *variants, *shares], options.runs, warm=options.warm, progress=options.progress, **options.limits
        )
        if "deployed" in measured.failures:
            raise FailedError(measured.failures["deployed"])
        return summary.of_one(subject, found, measured, options)


def compare(first: tuple[str, str], second: tuple[str, str], options: Options) -> Results:
    """Return the results for two (target, folder), measured in the same rounds."""
    with tempfile.TemporaryDirectory(prefix="lambdabridge-cold-") as scratch:
        subjects = []
        for name, (text, folder) in (("A", first), ("B", second)):
            os.mkdir(os.path.join(scratch, name))
            try:
                subjects.append(look(text, folder, options, os.path.join(scratch, name)))
            except FailedError as error:
                raise FailedError({**error.failure, "message": f"{name}: {error.failure['message']}"}) from error
        a, b = subjects
        base = [a.configuration("A", a.prefix), b.configuration("B", b.prefix), a.configuration("control", a.prefix)]
        base += [
            a.configuration("A probed", a.prefix, probed=True),
            b.configuration("B probed", b.prefix, probed=True),
        ]
        shares = [one for at in options.memory for one in at_memory(at, base[0], base[1], options.runs)]
        options.say("measuring")
        measured = measure(
            [*base, *shares], options.runs, warm=options.warm, progress=options.progress, **options.limits
        )
        for name in ("A", "B"):
            if name in measured.failures:
                raise FailedError(measured.failures[name])
        return summary.of_two(a, b, measured, options)


def look(text: str, folder: str, options: Options, scratch: str) -> Subject:
    """Return what can be measured of a target; raise FailedError for an application that fails."""
    options.say(f"looking at {text}")
    root, module, attribute = locate(text, folder)
    where = make(root, options.python or sys.executable, scratch)
    own = dict(options.environment)
    try:
        target = inspect(text, module, attribute, where, own, options.init_timeout)
    except FailedError as error:
        is_missing = any(name in error.failure["message"] for name in ("ImportError", "ModuleNotFoundError"))
        if error.failure["kind"] == "import" and is_missing and (why := of_another_machine(root)):
            raise FailedError({**error.failure, "message": f"{error.failure['message']}.{why}"}) from error
        raise
    if why := of_another_machine(root):
        where.notes.append(f"{why.strip()} Compiled modules of this one can't be loaded here, and do not count.")
    tag, started = bytecode.at_start(where.python)
    bare = Configuration("", target.handler, where.path, {**own, **target.environment}, where.python)
    first, tree = watched(bare, options, os.path.join(scratch, "imports"))
    code, runtime = _sources(tree)
    runtime = sorted({*runtime, *started, *_clients_own(runtime)})
    prepared, deployed = os.path.join(scratch, "prepared"), os.path.join(scratch, "deployed")
    states = {bytecode.state_of(source, tag) for source in code}
    # uv installs awslambdaric without bytecode; Lambda's own has it
    is_lacking = not all(bytecode.is_valid(source, tag) for source in runtime)
    if not where.complete or is_lacking or states & {"none", "timestamp"}:
        options.say(f"compiling {len(code)} modules")
        bytecode.prepare(prepared, where.python, tag, code, runtime)
    if not where.complete or is_lacking or "timestamp" in states:
        bytecode.as_deployed(deployed, prepared, tag, code, runtime, where.complete)
    else:
        deployed = ""
    subject = Subject(target, where, own, tree, first, code, deployed, prepared, tag)
    options.say("watching its imports")
    subject.tree = _steady_tree(subject.configuration("", deployed), options, scratch)
    return subject


def _steady_tree(configuration: Configuration, options: Options, scratch: str) -> imports.Import:
    """Return the medians of several processes, those that waited the least for their CPU."""
    seen: list[tuple[float, int, imports.Import]] = []
    for number in range(2 * TREES):
        run, tree = watched(configuration, options, os.path.join(scratch, f"imports-{number}"))
        seen.append((part_waited(run.sample["total_ms"], run.sample["delay_ms"]), number, tree))
        if sum(part <= DELAYED for part, _, _ in seen) >= TREES:
            break
    return middle([tree for _, _, tree in sorted(seen)[:TREES]])


def watched(configuration: Configuration, options: Options, output: str) -> tuple[Run, imports.Import]:
    """Return one run, and the tree of its imports."""
    probed = replace(configuration, prepare=lambda variables: imports.environment(variables, output))
    run = observe(probed, **options.limits)
    return run, imports.read(output)


def at_memory(memory: int, base: Configuration, last: Configuration, runs: int) -> list[Configuration]:
    """Return the configurations of one memory size: before and after, for both models of init."""
    if share_of(memory) is None:  # a whole CPU: the others are
        return []
    pairs = [base] if last is base else [base, last]
    return [
        replace(one, name=f"{one.name} {memory} {init}", memory=memory, init=init, runs=min(runs, 7))
        for init in ("throttled", "boosted")
        for one in pairs
    ]


def _sources(tree: imports.Import) -> tuple[list[str], list[str]]:
    """Return the loaded sources that are deployed, and those that Lambda brings."""
    code: set[str] = set()
    runtime: set[str] = set()
    for module, _ in walk(tree):
        if module["file"].endswith(".py"):
            (runtime if module["kind"] in ("runtime", "standard library") else code).add(module["file"])
    return sorted(code), sorted(runtime)


def _clients_own(runtime: list[str]) -> list[str]:
    """Return all of awslambdaric's sources: what `python -m` runs is not imported."""
    folders = {os.path.dirname(file) for file in runtime if os.path.basename(os.path.dirname(file)) == "awslambdaric"}
    return [os.path.join(folder, name) for folder in folders for name in os.listdir(folder) if name.endswith(".py")]
