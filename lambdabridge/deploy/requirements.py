"""requirements.txt for a project that has none: the framework that was found, or what pyproject.toml lists above the code.

What there is already, in any form, is the developer's: nothing is written then, and what has to be done is said.
"""

from __future__ import annotations

from pathlib import Path

from lambdabridge.build import requirements as build
from lambdabridge.deploy.application import Application
from lambdabridge.deploy.files import File
from lambdabridge.doctor.imports import of_others
from lambdabridge.errors import ConfigurationError

NAME = "requirements.txt"
_OTHERS = (
    "Pipfile",
    "poetry.lock",
    "environment.yml",
    "requirements/*.txt",
    "requirements*.txt",
    "requirements*.in",
    "setup.cfg",
    "setup.py",
)
"""Where projects list what they need, and the build does not look."""
_EXPORTS = {"Pipfile": "pipenv requirements > requirements.txt", "poetry.lock": "poetry export -o requirements.txt"}


def missing(project: Path, application: Application) -> tuple[list[File], list[str]]:
    """Return requirements.txt where it is written, and sentences on it; nothing where the build finds what it installs."""
    folder = application.folder
    if (project / NAME).is_file() or (project / folder / NAME).is_file() or _lines(project / folder) != []:
        return [], []
    path = (folder / NAME).as_posix()
    above = (_lines(project) or []) if folder != Path() else []
    if above:
        text = "# as in pyproject.toml, which the build does not see from here\n" + "".join(f"{one}\n" for one in above)
        return [File(path, text)], [f"{path} has the dependencies of pyproject.toml: keep it up to date."]
    other = _other(project, folder)
    if other:
        how = _EXPORTS.get(Path(other).name, f"make one of {other}")
        return [], [f"There is no {NAME}, which is what the build installs: {how}"]
    imported = list(of_others(project / folder, _starts(application), lambda top: True))
    framework = application.distribution
    if not framework:
        if not imported:
            return [], []
        needs = ", ".join(imported)
        return [], [f"There is no {NAME}: the build installs what it lists, so write one first, for {needs}."]
    brought = {framework, "starlette" if framework == "fastapi" else framework}
    more = [name for name in imported if name.lower() not in brought]
    note = f"{path} names {framework} alone: add what else your application needs"
    return [File(path, f"{framework}\nlambdabridge\n")], [note + (f", for {', '.join(more)}." if more else ".")]


def _starts(application: Application) -> list[str]:
    return [application.module, *([application.handler[0]] if application.handler else [])]


def _lines(folder: Path) -> list[str] | None:
    """Return what a folder's pyproject.toml lists; None where it has a list that the build says something about."""
    try:
        return build.find(folder).lines
    except ConfigurationError:
        return None


def _other(project: Path, folder: Path) -> str:
    """Return the file in which the project lists what it needs; "" if there is none."""
    for place in dict.fromkeys((project / folder, project)):
        for pattern in _OTHERS:
            for found in sorted(place.glob(pattern)):
                return found.relative_to(project).as_posix()
    return ""
