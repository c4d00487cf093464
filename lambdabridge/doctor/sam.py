"""Checks of what `sam build` needs on a machine: the SAM CLI, a Python with pip, make and a Makefile.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build.html

For runtime python3.13 it takes the first of python3.13, python and python3 on PATH that is of that version and has pip
(aws-lambda-builders, workflows/python_pip); with BuildMethod: makefile only make. `lambdabridge build` needs none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdabridge.doctor import requirements
from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.machine import Machine, dotted, numbers
from lambdabridge.doctor.own import own_modules
from lambdabridge.doctor.subject import Function, Subject

SAM_FOR = {"python3.13": (1, 129, 0)}
"""Runtime -> the first SAM CLI that builds it and lints it (aws-toolkit-vscode#6082). Of 3.14 and 3.15 none is on record."""


def no_sam(machine: Machine) -> Iterator[Seen]:
    """Find no SAM CLI."""
    if machine.subject.tool == "sam" and not machine.which("sam", "sam.cmd"):
        yield Seen(
            "sam", "sam is not on PATH.", "pip install aws-sam-cli, in an environment of its own, or pipx, or uv tool."
        )


def old_sam(machine: Machine) -> Iterator[Seen]:
    """Find a SAM CLI that does not know the runtime."""
    for path in machine.which("sam", "sam.cmd")[:1] if machine.subject.tool == "sam" else ():
        version = numbers(machine.version(path))
        for function in machine.subject.functions:
            least = SAM_FOR.get(function.runtime, ())
            if version and version < least:
                seen = f"{path} is {dotted(version)}; {function.runtime} needs {dotted(least)}."
                yield Seen("sam", seen, "pip install --upgrade aws-sam-cli")
                return


def no_python(machine: Machine) -> Iterator[Seen]:
    """Find no Python of the runtime's version for `sam build`."""
    for function in _built_by_pip(machine.subject):
        if not _pythons(machine, function):
            seen = f"python{_of(function)} is not on PATH, nor is a python or python3 of that version."
            yield Seen(function.name, seen, _build_cure(function))


def no_pip(machine: Machine) -> Iterator[Seen]:
    """Find a Python of the runtime's version, without pip."""
    for function in _built_by_pip(machine.subject):
        found = _pythons(machine, function)
        if found and not any(machine.version(path, "-c", "import pip; print(pip.__version__)") for path in found):
            seen = f"{', '.join(found)}: without pip."
            yield Seen(function.name, seen, f"{found[0]} -m ensurepip (uv: `uv venv --seed`). {_build_cure(function)}")


def no_make(machine: Machine) -> Iterator[Seen]:
    """Find BuildMethod: makefile without make."""
    if _by_make(machine.subject) and not machine.which("make", "make.exe"):
        name = _by_make(machine.subject)[0].name
        yield Seen(
            name,
            "Its BuildMethod is makefile, and make is not on PATH.",
            "Install make (Debian: apt-get install make).",
        )


def no_target(machine: Machine) -> Iterator[Seen]:
    """Find BuildMethod: makefile without the target."""
    for function in _by_make(machine.subject):
        file = machine.subject.makefile(function)
        target = f"build-{function.name}"
        recipe = f'{target}:\n\tlambdabridge build --function {function.name} --output "$(ARTIFACTS_DIR)"'
        if file is None or not file.is_file():
            where = file.parent.name if file else "the folder of its CodeUri"
            yield Seen(
                function.name,
                f"Its BuildMethod is makefile, and {where} has no Makefile.",
                f"A Makefile with\n{recipe}",
            )
        elif not re.search(
            rf"^[^\s#:]*\s*\b{re.escape(target)}\b[^:=]*:", file.read_text(errors="replace"), re.MULTILINE
        ):
            yield Seen(function.name, f"The Makefile has no target {target}.", recipe, "", str(file))


def no_lambdabridge(machine: Machine) -> Iterator[Seen]:
    """Find a Makefile that runs `lambdabridge build`, which is not on PATH."""
    for function in _by_make(machine.subject):
        if requirements.brings_lambdabridge(machine.subject, function) and not machine.which(
            "lambdabridge", "lambdabridge.exe"
        ):
            yield Seen(function.name, "The Makefile runs `lambdabridge build`, and lambdabridge is not on PATH.",
                       "Activate the environment that it is installed in, and then run sam build.")  # fmt: skip


def stale(machine: Machine) -> Iterator[Seen]:
    """Find a build that is older than what it was made of."""
    built = machine.subject.path.parent / ".aws-sam" / "build" / "template.yaml"
    if not built.is_file():
        return
    for function in machine.subject.functions:
        if function.source is None or function.built is None or function.source == function.built:
            continue
        newer = [
            file
            for file in (machine.subject.path, *own_modules(function.source))
            if file.stat().st_mtime > built.stat().st_mtime
        ]
        if newer:
            seen = f"{newer[0].name} is newer than .aws-sam/build, which sam deploy takes."
            yield Seen(function.name, seen, "sam build", "", str(newer[0]))


def _built_by_pip(subject: Subject) -> list[Function]:
    """Return the functions that `sam build` makes with pip."""
    return [
        function
        for function in subject.functions
        if subject.tool == "sam"
        and function.build in ("", function.runtime)
        and function.source is not None
        and function.source != function.built
        and function.python is not None
        and (function.source / "requirements.txt").is_file()
    ]


def _by_make(subject: Subject) -> list[Function]:
    if subject.tool != "sam" or subject.path.parent.parts[-2:] == (".aws-sam", "build"):
        return []
    return [function for function in subject.functions if function.build == "makefile"]


def _pythons(machine: Machine, function: Function) -> list[str]:
    wanted = _of(function)
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    names = (f"python{wanted}", "python", "python3")
    return [path for path in dict.fromkeys(machine.which(*names)) if machine.version(path, "-c", script) == wanted]


def _of(function: Function) -> str:
    return "{}.{}".format(*(function.python or (0, 0)))


def _build_cure(function: Function) -> str:
    return (
        f"Metadata: {{BuildMethod: makefile}} and lambdabridge build need no Python {_of(function)} here; "
        "else install it, or with Docker: sam build --use-container"
    )
