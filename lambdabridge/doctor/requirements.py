"""Checks of requirements.txt, where a package is still to be built of it.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lambdabridge.build.distributions import normalised
from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.subject import Function, Subject

LOCAL_EXTRAS = frozenset(("local", "runtime", "testing", "dev", "examples", "frameworks", "browser"))
"""Extras of lambdabridge that are for a developer's machine."""
NEEDLESS = {
    "boto3": "the runtime has it",
    "botocore": "the runtime has it",
    "awslambdaric": "the runtime has it",
    "pip": "nothing is installed on Lambda",
    "setuptools": "nothing is installed on Lambda",
    "wheel": "nothing is installed on Lambda",
    "uvicorn": "no server runs on Lambda",
    "gunicorn": "no server runs on Lambda",
    "pytest": "no test runs on Lambda",
    "mypy": "no check runs on Lambda",
    "ruff": "no check runs on Lambda",
}
"""Distribution -> why it is packed for nothing, unless the application itself imports it."""


class Requirement(NamedTuple):
    """One line: the normalised name, the extras, the line's number."""

    name: str
    extras: frozenset[str]
    line: int


def read(folder: Path) -> list[Requirement] | None:
    """Return the requirements in a folder's requirements.txt, with those of -r; None if there is none."""
    return read_file(folder / "requirements.txt")


def read_file(file: Path) -> list[Requirement] | None:
    """Return the requirements in a file, with those of -r; None if there is none."""
    return _read(file, 0)


def _read(file: Path, depth: int) -> list[Requirement] | None:
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return None
    found: list[Requirement] = []
    for number, text in enumerate(lines, 1):
        included = re.match(r"\s*(?:-r|--requirement)[\s=]\s*(\S+)", text)
        if included and depth < 5:
            found += _read(file.parent / included[1], depth + 1) or []
        matched = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(?:$|[<>=!~;@,#]|\s)", text)
        wheel = re.match(r"\s*(?:-e\s+)?(?:\S*[/\\])?([A-Za-z0-9_.]+)-\d\S*\.whl", text)
        if wheel:
            found.append(Requirement(normalised(wheel[1]), frozenset(), number))
        elif matched:
            extras = frozenset(part.strip().lower() for part in (matched[2] or "").split(",") if part.strip())
            found.append(Requirement(normalised(matched[1]), extras, number))
    return found


def modules(function: Function) -> set[str]:
    """Return the modules that requirements may bring, by their distribution's name."""
    given = read(function.source) if function.source else None
    return {one.name.replace("-", "_") for one in given or ()}


def brings_lambdabridge(subject: Subject, function: Function) -> bool:
    """Whether the build puts lambdabridge in by itself: a Makefile that runs `lambdabridge build`."""
    makefile = subject.makefile(function)
    return bool(makefile and makefile.is_file() and "lambdabridge build" in makefile.read_text(errors="replace"))


def lambdabridge(subject: Subject) -> Iterator[Seen]:
    """Find code that imports lambdabridge, and a package that will be without it."""
    for function in _unbuilt(subject):
        folder = function.source
        if folder is None or not function.uses_lambdabridge(folder) or function.build not in ("", "makefile"):
            continue
        if (
            function.properties.get("Layers")
            or brings_lambdabridge(subject, function)
            or (folder / "lambdabridge").is_dir()
        ):
            continue
        given = read(folder)
        if function.build == "makefile" or (given is not None and not is_readable(folder / "requirements.txt")):
            continue  # what the Makefile does, or a URL brings, can't be told
        if given is None:
            seen = f"{folder.name}/ has no requirements.txt, and the function imports lambdabridge."
            yield Seen(function.name, seen, f"echo lambdabridge >> {folder.name}/requirements.txt", "CodeUri")
        elif "lambdabridge" not in {one.name for one in given}:
            seen = "The function imports lambdabridge, and requirements.txt does not have it."
            file = str(folder / "requirements.txt")
            yield Seen(function.name, seen, f"echo lambdabridge >> {folder.name}/requirements.txt", "", file)


def extras(subject: Subject) -> Iterator[Seen]:
    """Find lambdabridge[local] in what is deployed."""
    for function in _unbuilt(subject):
        for one in (read(function.source) if function.source else None) or ():
            local = sorted(one.extras & LOCAL_EXTRAS)
            if one.name == "lambdabridge" and local:
                file = str(function.source / "requirements.txt") if function.source else ""
                seen = f"requirements.txt has lambdabridge[{','.join(local)}]."
                cure = "lambdabridge, without extras; keep the other in a requirements-dev.txt."
                yield Seen(function.name, seen, cure, "", file, one.line)


def needless(subject: Subject) -> Iterator[Seen]:
    """Find requirements that the function never uses on Lambda."""
    for function in _unbuilt(subject):
        if function.source is None or brings_lambdabridge(subject, function):  # `lambdabridge build` leaves them out
            continue
        given = [one for one in read(function.source) or () if one.name in NEEDLESS]
        if given:
            shown = ", ".join(f"{one.name} ({NEEDLESS[one.name]})" for one in given)
            file = str(function.source / "requirements.txt")
            cure = "Remove them from requirements.txt, unless the application imports them."
            yield Seen(function.name, f"requirements.txt has {shown}.", cure, "", file, given[0].line)


def is_readable(file: Path) -> bool:
    """Whether each line has a distribution's name: a bare URL or folder has none."""
    lines = file.read_text(errors="replace").splitlines()
    return not any(re.match(r"\s*(?:-e\s|--editable|[./]|\w+://|git\+)", line) for line in lines)


def _unbuilt(subject: Subject) -> list[Function]:
    return [function for function in subject.functions if function.built is None]
