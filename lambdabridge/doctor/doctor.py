"""What `lambdabridge doctor` looks at, and every check on each of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lambdabridge.build.output import MARK
from lambdabridge.doctor import checks, missing
from lambdabridge.doctor.findings import SEVERITIES, Check, Finding, Seen, finding
from lambdabridge.doctor.machine import Machine
from lambdabridge.doctor.package import Package
from lambdabridge.doctor.reading import is_build, read
from lambdabridge.doctor.subject import FUNCTIONS, Function, Subject
from lambdabridge.errors import ConfigurationError

NAMES = ("template.yaml", "template.yml", "template.json")


@dataclass
class Report:
    """What was looked at, a line each, and what was found."""

    looked_at: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def count(self, severity: str) -> int:
        """Return how many findings are of a severity."""
        return sum(one.severity == severity for one in self.findings)


def examine(
    place: Path, parameters: dict[str, str], environment: Mapping[str, str], today: date, ignored: Iterable[str] = ()
) -> Report:
    """Return the report on a template, a folder with one, a cdk.out or a package; raise ConfigurationError if it is none.

    ignored: names of checks.
    """
    unknown = sorted(set(ignored) - {check.name for check in checks.CHECKS})
    if unknown:
        raise ConfigurationError(f"There is no check {unknown[0]!r}; --checks lists them.")
    rows = {check.name: check for check in checks.CHECKS if check.name not in set(ignored)}
    report = Report()
    templates = _templates(place)
    if not templates:
        _examine_package(report, _loose_package(place.resolve()), rows)
    subjects = [read(path, parameters, today) for path in templates]
    if subjects and not any(one.functions for one in subjects):
        raise ConfigurationError(_without_functions(subjects))
    for one in subjects:
        if one.functions:
            _examine_template(report, one, environment, rows)
    report.findings = list(dict.fromkeys(report.findings))  # the machine is the same for each template
    report.findings.sort(key=lambda one: SEVERITIES.index(one.severity))
    return report


def _templates(place: Path) -> list[Path]:
    """Return the templates at a place; none if it is a package."""
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise ConfigurationError(f"There is no file or folder {str(place)!r}.")
    for name in NAMES:
        if (place / name).is_file():
            return [place / name]
    apps = [file.parent for file in (place / "cdk.json", *sorted(place.glob("*/cdk.json"))) if file.is_file()]
    for folder in (place, place / "cdk.out", *(app / "cdk.out" for app in apps)):
        found = sorted(folder.glob("*.template.json"))
        if found:
            return [file for file in found if not file.name.endswith(".nested.template.json")]
    if is_build(place):
        return []
    if apps:
        raise ConfigurationError(f"{apps[0]} is a CDK app without cdk.out: run `npx -y aws-cdk@2 synth` there first.")
    raise ConfigurationError(
        f"There is no template in {place}: looked for {', '.join(NAMES)}, *.template.json, cdk.out, and a package that "
        "`lambdabridge build` or pip made. `lambdabridge init` writes a template."
    )


def _without_functions(subjects: list[Subject]) -> str:
    names = " and ".join(str(one.path) for one in subjects)
    nested = [
        name for one in subjects for name in one.of_kind("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
    ]
    more = f" Its nested stack {nested[0]} is a template of its own: give that file." if nested else ""
    return f"{names} has no Python function from a folder or a .zip archive.{more}"


def _examine_template(report: Report, one: Subject, environment: Mapping[str, str], rows: dict[str, Check]) -> None:
    report.looked_at += _looked_at(one)
    for check in checks.TEMPLATE:
        _run(report, check, one, rows, one)
    for function in one.functions:
        if function.built is not None:
            _examine_package(report, _package(one, function), rows)
    for check in checks.MACHINE:
        _run(report, check, Machine(one, environment), rows, one)


def _examine_package(report: Report, package: Package, rows: dict[str, Check]) -> None:
    size = f"{package.size / 1024 / 1024:.1f} MB in {len(package.files)} files"
    report.looked_at.append(
        f"package {_shown(package.folder)}" + (f" of {package.function}" if package.function else "") + f": {size}"
    )
    for check in checks.PACKAGE:
        _run(report, check, package, rows, None, _shown(package.folder))


def _run(
    report: Report, check: Check, looked_at: Any, rows: dict[str, Check], one: Subject | None, file: str = ""
) -> None:
    if check.name not in rows:
        return
    for seen in check.look(looked_at):
        if seen.file:
            place, line = _shown(Path(seen.file)), seen.line
        elif check in checks.MACHINE:
            place, line = "this machine", None
        else:
            place = _shown(one.path) if one else file
            line = _line(one, seen) if one and seen.subject else None
        report.findings.append(finding(check, seen, place, line))


def _line(one: Subject, seen: Seen) -> int | None:
    """Return the line of what a fault is on; an API that SAM makes has that of a function's events."""
    line = one.lines.of(seen.subject, seen.member)
    routed = [api.routes[0].function for api in one.apis if api.name == seen.subject and api.routes]
    return one.lines.of(routed[0], "Events") if line is None and routed and routed[0] else line


def _package(one: Subject, function: Function) -> Package:
    folder = function.built or Path()
    return Package(
        folder,
        function.name,
        function.python,
        function.architecture,
        function.uses_lambdabridge(folder),
        str(function.environment.get("LAMBDABRIDGE_REPAIR_BYTECODE")) == "1",
        bool(function.properties.get("Layers") or function.environment.get("PYTHONPATH")),
        tuple(missing.starts(function)),
    )


def _loose_package(folder: Path) -> Package:
    """Return a package that no template names; `lambdabridge build` notes what it was made for."""
    try:
        made = json.loads((folder / MARK).read_text())
        major, minor = map(int, made["python"].split("."))
        return Package(folder, python=(major, minor), architecture=str(made["architecture"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Package(folder)


_TOOLS = {"sam": "SAM template", "cdk": "stack that CDK synthesised", "cloudformation": "CloudFormation template"}
_KINDS = {"rest": "REST API", "http": "HTTP API", "function-url": "function URL"}


def _looked_at(one: Subject) -> list[str]:
    """Return what a template has, and which packages are not there yet."""
    lines = [f"{_shown(one.path)}: {_TOOLS[one.tool]}"]
    for function in one.functions:
        lines.append(
            f"function {one.name(function.name)}: {function.handler}, {function.runtime}, {function.architecture}"
        )
        if function.built is None:
            why = "is not built yet (sam build)" if function.source else "is not here"
            lines.append(f"  its package {why}: size, bytecode and native modules were not looked at")
    left_out = [name for name in one.of_kind(*FUNCTIONS) if name not in {function.name for function in one.functions}]
    left_out += [name for name in one.template.data["Resources"] if name.startswith("Fn::")]
    if left_out:
        lines.append(f"not looked at, as no Python from a folder or an archive: {', '.join(left_out)}")
    if not one.apis:
        lines.append("no API and no function URL with a function behind it")
    for api in one.apis:
        keys = ", ".join(route.key for route in api.routes[:4]) + (", ..." if len(api.routes) > 4 else "")
        lines.append(f"{_KINDS[api.kind]} {one.name(api.name)}: {keys}")
    return lines


def _shown(path: Path) -> str:
    """Return a path as it is shortest from here."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix() or "."
    except ValueError:
        return str(path)
