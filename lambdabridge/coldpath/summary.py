"""From samples to the results document."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge import __version__
from lambdabridge.coldpath import advice, bytecode
from lambdabridge.coldpath.imports_figures import compiled
from lambdabridge.coldpath.package import package_of
from lambdabridge.coldpath.phases import phases
from lambdabridge.coldpath.results import FORMAT
from lambdabridge.coldpath.statistics import paired, quantile, spread

if TYPE_CHECKING:
    from lambdabridge.coldpath.advice import Step
    from lambdabridge.coldpath.engine import Measurement
    from lambdabridge.coldpath.experiment import Options, Subject
    from lambdabridge.coldpath.results import Failure, Measured, Meta, Results, Sample, Spread


def of_one(subject: Subject, steps: list[Step], measured: Measurement, options: Options) -> Results:
    """Return the results of one target."""
    titles = {"deployed": "as it would be deployed"}
    shown = [_measured("deployed", titles["deployed"], measured, subject, "probed")]
    shown += [_measured(step.configuration.name, step.title, measured) for step in steps]
    last = [step.configuration.name for step in steps if not step.alternative_to][-1:]
    at_memory = {"deployed": titles["deployed"], **dict.fromkeys(last, "with all that can be done")}
    shown += _at_memory(at_memory, measured, options)
    return _results(subject, [one for one in shown if one is not None], measured, options, "probed", steps)


def of_two(a: Subject, b: Subject, measured: Measurement, options: Options) -> Results:
    """Return the results of two targets."""
    titles = {"A": _title(a, b), "B": _title(b, a)}
    shown = [
        _measured("A", titles["A"], measured, a, "A probed"),
        _measured("B", titles["B"], measured, b, "B probed"),
        *_at_memory(titles, measured, options),
    ]
    return _results(a, [one for one in shown if one is not None], measured, options, "A probed", [])


def _title(one: Subject, other: Subject) -> str:
    return one.target.text if one.target.text != other.target.text else one.where.folder


def _results(
    subject: Subject, shown: list[Measured], measured: Measurement, options: Options, probed: str, steps: list[Step]
) -> Results:
    base = shown[0]["name"]
    for one in shown:
        first = next(x for x in shown if (x["memory"], x["init"]) == (one["memory"], one["init"]))
        one["compared"] = None if one is first else paired(one["samples"], first["samples"])
    failures: list[Failure] = list(measured.failures.values())
    return {
        "format": FORMAT,
        "meta": _meta(subject, measured, options, base, probed),
        "configurations": shown,
        "imports": subject.tree,
        "package": package_of(subject),
        "advice": advice.given(steps, measured) if steps else [],
        "failures": failures,
    }


def _measured(
    name: str, title: str, measured: Measurement, subject: Subject | None = None, probed: str = "", **share: Any
) -> Measured | None:
    samples = measured.samples.get(name)
    if not samples:
        return None
    warm = [ms for sample in samples for ms in sample["warm_ms"]]
    from_source, modules = compiled(subject.tree) if subject is not None else (None, None)
    return {
        "name": name,
        "title": title,
        "memory": share.get("memory"),
        "init": share.get("init", "full"),
        "total": spread([sample["total_ms"] for sample in samples]),
        "init_ms": spread([sample["init_ms"] for sample in samples]),
        "first": spread([sample["first_ms"] for sample in samples]),
        "warm": spread(warm) if warm else None,
        "warm_p99": quantile(warm, 0.99) if warm else None,
        "cpu": _spread(samples, "cpu_ms"),
        "rss": _spread(samples, "rss_mb"),
        "peak": _spread(samples, "peak_mb"),
        "phases": phases(measured.samples.get(probed, [])),
        "samples": samples,
        "compared": None,
        "compiled_from_source": from_source,
        "modules": modules,
    }


def _at_memory(titles: dict[str, str], measured: Measurement, options: Options) -> list[Measured | None]:
    found = []
    for memory in options.memory:
        for init in ("throttled", "boosted"):
            for name, title in titles.items():
                at = f"{title}, {memory} MB, init {init}"
                found.append(_measured(f"{name} {memory} {init}", at, measured, memory=memory, init=init))
    return found


def _spread(samples: list[Sample], member: str) -> Spread | None:
    values = [sample[member] for sample in samples if sample[member] is not None]  # type: ignore[literal-required]
    return spread(values) if values else None


def _meta(subject: Subject, measured: Measurement, options: Options, base: str, probed: str) -> Meta:
    control = paired(measured.samples.get("control", []), measured.samples[base])
    probe = paired(measured.samples.get(probed, []), measured.samples[base])
    result = measured.results.get(base)
    status = result.get("statusCode") if isinstance(result, dict) else None
    notes = list(subject.where.notes)
    if not subject.where.complete:
        notes.append(
            f"{subject.where.folder} does not hold the dependencies: they are those of {subject.where.python}, with bytecode "
            "as it would be after `pip install` and the zip of SAM, CDK or Serverless."
        )
    elif any(bytecode.state_of(source, subject.tag) == "timestamp" for source in subject.code):
        notes.append(
            "Bytecode that names its source's time counts as stale, as it is after the zip of SAM, CDK or Serverless."
        )
    if not measured.pinned:
        notes.append("There are no two CPUs to be had: process and server shared one, and figures are less steady.")
    if not os.path.exists("/proc/self/schedstat"):
        notes.append(
            "This system has no /proc: waiting for a CPU is in the times, and memory and CPU time are not known."
        )
    delayed = [sample for sample in measured.samples[base] if sample["retries"] and _is_delayed(sample)]
    if delayed:
        notes.append(
            f"The machine was busy: {len(delayed)} of {len(measured.samples[base])} runs had to wait for their CPU."
        )
    if isinstance(status, int) and status >= 400:
        notes.append(f"The response was {status}: --request names another path.")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "target": subject.target.text,
        "handler": subject.target.handler,
        "folder": subject.where.folder,
        "python": _python(subject),
        "machine": machine(),
        "versions": {"lambdabridge": __version__, "awslambdaric": _version("awslambdaric")},
        "runs": options.runs,
        "warm_requests": options.warm,
        "throttle": measured.throttle,
        "pinned": measured.pinned,
        "request": options.request,
        "status": status if isinstance(status, int) else None,
        "probe_ms": None if probe is None else probe["median"],
        "noise_ms": None if control is None else max(abs(control["sure_low"]), abs(control["sure_high"])),
        "notes": notes,
    }


def _is_delayed(sample: Sample) -> bool:
    return (sample["delay_ms"] or 0) > 0.02 * sample["total_ms"]


def _python(subject: Subject) -> str:
    from lambdabridge.build.interpreter import examine

    return examine(subject.where.python).full


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def machine() -> str:
    """Return what measured: "AMD EPYC, 2 CPUs, Linux 6.1"."""
    return f"{_processor()}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
