"""Checks that Handler and LAMBDABRIDGE_APP name something that is in the package. Nothing is imported.

https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from lambdabridge.doctor import requirements, syntax
from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.subject import OWN, Function, Subject
from lambdabridge.errors import TargetError
from lambdabridge.startup.application import APP
from lambdabridge.target import split


def code(subject: Subject) -> Iterator[Seen]:
    """Find a CodeUri that is no folder."""
    for function in subject.functions:
        given = function.properties.get("CodeUri")
        if not isinstance(given, str) or given.startswith(("s3:", "https:")):
            continue
        if not (subject.path.parent / given).exists():
            seen = f"Its CodeUri is {given}, which is no folder beside the template."
            yield Seen(
                function.name,
                seen,
                "CodeUri: the folder with the function's code, relative to the template.",
                "CodeUri",
            )


def handler(subject: Subject) -> Iterator[Seen]:
    """Find a Handler that names nothing."""
    for function in subject.functions:
        if not function.handler:
            yield Seen(function.name, "It has no Handler.", _proposal(function), "Handler")
            continue
        module, dot, attribute = function.handler.rpartition(".")
        if not (dot and module and attribute):
            if not subject.is_known(function.handler):
                continue
            seen = f"Its handler is {function.handler!r}, which is no file and name with a dot between."
            yield Seen(function.name, seen, _proposal(function), "Handler")
        elif function.handler != OWN:
            shown = f"Handler: {function.handler}"
            yield from _missing(
                subject, function, module.replace("/", "."), attribute, shown, "Handler", _proposal(function)
            )


def app_missing(subject: Subject) -> Iterator[Seen]:
    """Find `Handler: lambdabridge.handler` that is not told what to run."""
    for function in subject.functions:
        if function.handler == OWN and not function.environment.get(APP):
            yield Seen(
                function.name,
                f"Its handler is {OWN}, and {APP} is not in its environment.",
                f"Environment: {{Variables: {{{APP}: project.wsgi:application}}}}, or app:handler.",
                "Handler",
            )


def app(subject: Subject) -> Iterator[Seen]:
    """Find LAMBDABRIDGE_APP, or bridge("module:attribute") in the handler's module, that names nothing."""
    for function in subject.functions:
        given = function.environment.get(APP)
        if given and function.handler == OWN:
            yield from _target(subject, function, str(given), f"{APP}: {given}", f"Environment.Variables.{APP}")
        elif function.code is not None:
            file = syntax.find(function.code, function.handler.rpartition(".")[0].replace("/", "."))
            for line, text in (syntax.read_or_unknown(file).bridged if file and file.suffix == ".py" else {}).items():
                shown = f'{file.relative_to(function.code) if file else ""}:{line}: bridge("{text}")'
                yield from _target(subject, function, text, shown, "Handler")


def app_unused(subject: Subject) -> Iterator[Seen]:
    """Find LAMBDABRIDGE_APP that nothing reads."""
    for function in subject.functions:
        if function.environment.get(APP) and function.handler != OWN:
            yield Seen(
                function.name,
                f"{APP} is set, and the handler is {function.handler}.",
                f"Handler: {OWN}, or no {APP}.",
                f"Environment.Variables.{APP}",
            )


def broken(subject: Subject) -> Iterator[Seen]:
    """Find a module of the handler that the runtime's Python can't compile."""
    for function in subject.functions:
        names = [function.handler.rpartition(".")[0].replace("/", ".")]
        given = str(function.environment.get(APP) or "")
        names += [given.partition(":")[0]] if function.handler == OWN else []
        if function.code is None or (function.python or sys.version_info[:2]) > sys.version_info[:2]:
            continue  # it may know syntax that this Python does not
        for file in filter(None, (syntax.find(function.code, name) for name in names if name)):
            try:
                syntax.read(file) if file.suffix == ".py" else None
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None)
                yield Seen(function.name, f"{file.name} is no Python: {error}.", "Correct it.", "", str(file), line)


def _target(subject: Subject, function: Function, target: str, shown: str, member: str) -> Iterator[Seen]:
    if subject.is_known(target):
        try:
            module, attributes = split(target)
        except TargetError as error:
            yield Seen(function.name, f"{shown}: {error}", "module:attribute, such as project.wsgi:application", member)
            return
        cure = "module:attribute of a file that is there, such as project.wsgi:application or app:handler"
        yield from _missing(subject, function, module, attributes.partition(".")[0], shown, member, cure)


def _missing(
    subject: Subject, function: Function, module: str, attribute: str, shown: str, member: str, cure: str
) -> Iterator[Seen]:
    """Yield what is missing of module and attribute, as far as it has to be in this folder."""
    folder = function.code
    if folder is None or not _is_all(subject, function) or not subject.is_known(function.handler):
        return
    file = syntax.find(folder, module)
    if file is None:
        top = module.partition(".")[0]
        if function.built is None and top in requirements.modules(function):
            return  # comes with a requirement, when it is built
        where = f"{module.replace('.', '/')}.py"
        have = ", ".join(sorted(path.name for path in folder.glob("*.py"))[:6]) or "no .py file"
        yield Seen(
            function.name,
            f"{shown}: there is no {where} in {_shown(folder)}, which has {have}.",
            f"{cure}; or a CodeUri that has {where}.",
            member,
        )
    elif file.suffix == ".py":
        names = syntax.read_or_unknown(file).names
        if names is not None and attribute not in names and syntax.find(file.parent, attribute) is None:
            likely = [name for name in ("handler", "lambda_handler", "app", "application") if name in names]
            hint = f" It has {', '.join(likely)}." if likely else ""
            yield Seen(
                function.name,
                f"{shown}: {file.relative_to(folder)} has no {attribute}.{hint}",
                "handler = bridge(app), in that file; or the name that it has.",
                member,
            )


def _is_all(subject: Subject, function: Function) -> bool:
    """Whether nothing is put beside the folder that could have the module: a layer, what a Makefile copies."""
    if function.properties.get("Layers") or function.environment.get("PYTHONPATH"):
        return False
    is_made = function.built is None and function.build == "makefile"
    return not is_made or requirements.brings_lambdabridge(subject, function)


def _proposal(function: Function) -> str:
    """Return a Handler line that would do, from what the folder has."""
    for file in sorted(function.code.glob("*.py")) if function.code else ():
        names = syntax.read_or_unknown(file).names or ()
        for name in ("handler", "lambda_handler"):
            if name in names:
                return f"Handler: {file.stem}.{name}"
    return "Handler: app.handler (file, dot, name)"


def _shown(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}" if folder.parent.name else str(folder)
