"""Checks that what the application imports is installed: in the package, or by what the package will be made of.

Which distribution brings a module is on PyPI and not here. So a package is judged by the folder's content, and requirements
that are still to be installed in two cases only: there are none, or none has the name of the framework that is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lambdabridge.build.requirements import find as find_requirements
from lambdabridge.doctor import requirements
from lambdabridge.doctor.findings import Seen
from lambdabridge.doctor.imports import Place, of_others
from lambdabridge.doctor.own import own_modules
from lambdabridge.doctor.package import Package
from lambdabridge.doctor.subject import OWN, Function, Subject
from lambdabridge.errors import ConfigurationError
from lambdabridge.startup.application import APP

_BROUGHT_BY = {
    "flask": {"flask", "connexion", "dash", "eve", "mlflow", "moto", "superset"},
    "django": {"django", "djoser", "drf", "wagtail", "mezzanine", "channels", "feincms", "saleor"},
    "fastapi": {"fastapi", "gradio", "chainlit", "mlflow", "litellm"},
    "starlette": {"starlette", "fastapi", "gradio", "chainlit", "mlflow", "litellm", "connexion", "sse", "responder"},
    "quart": {"quart", "hypercorn"},
    "litestar": {"litestar"},
    "falcon": {"falcon"},
    "bottle": {"bottle"},
    "pyramid": {"pyramid", "cornice", "kinto"},
}
"""Framework's module -> parts of the names of distributions that bring it."""


def starts(function: Function) -> list[str]:
    """Return the modules that Lambda imports first."""
    named = str(function.environment.get(APP) or "") if function.handler == OWN else ""
    return [named.partition(":")[0] if named else function.handler.rpartition(".")[0].replace("/", ".")]


def packed(package: Package) -> Iterator[Seen]:
    """Find a module that the application imports, and the package has not."""
    if not package.starts or package.layers:
        return
    own = {path.relative_to(package.folder).parts[0].removesuffix(".py") for path in own_modules(package.folder)}
    for name, place in of_others(package.folder, package.starts, lambda top: top in own).items():
        where = f"{place.file.relative_to(package.folder).as_posix()}:{place.line}"
        yield Seen(
            package.subject,
            f"{where} imports {name}, which is not in the package.",
            f"What {name} comes with, in requirements.txt; then build anew.",
        )


def absent(subject: Subject) -> Iterator[Seen]:
    """Find imports, and nothing that installs anything."""
    for function in _judged(subject):
        listed = _listed(subject, function)
        if listed is not None and not listed - {"lambdabridge"}:  # which needs nothing
            given = _imports(function)
            if given:
                first = next(iter(given.values()))
                verb = "is" if len(given) == 1 else "are"
                seen = f"{_shown(first, function)} {', '.join(given)}, which {verb} installed by nothing: "
                yield Seen(
                    function.name,
                    seen + "there is no requirements.txt with a line in it.",
                    f"{_folder(function).name}/requirements.txt, with a line for each (`lambdabridge init` begins one).",
                    "",
                    str(first.file),
                    first.line,
                )


def unnamed(subject: Subject) -> Iterator[Seen]:
    """Find a framework that is imported, and that no requirement has the name of."""
    for function in _judged(subject):
        listed = _listed(subject, function)
        if not listed or listed == {"lambdabridge"}:
            continue
        for name, place in _imports(function).items():
            words = _BROUGHT_BY.get(name)
            if words and not any(word in one for word in words for one in listed):
                seen = f"{_shown(place, function)} {name}, and no requirement has its name."
                yield Seen(
                    function.name, seen, f"A line for {name} in requirements.txt.", "", str(place.file), place.line
                )


def _judged(subject: Subject) -> Iterator[Function]:
    """Yield the functions whose package is still to be made by pip or `lambdabridge build`, of this folder alone."""
    for function in subject.functions:
        if function.built is not None or function.source is None or subject.tool != "sam":
            continue
        if function.properties.get("Layers") or function.environment.get("PYTHONPATH"):
            continue
        if function.build in ("", function.runtime) or requirements.brings_lambdabridge(subject, function):
            yield function


def _listed(subject: Subject, function: Function) -> set[str] | None:
    """Return the names of the distributions that will be installed; None where that can't be told."""
    makefile = subject.makefile(function)
    recipe = makefile.read_text(errors="replace") if makefile and makefile.is_file() else ""
    given = re.findall(r"(?:\s-r|--requirements?)[ =]+['\"]?([^\s'\"]+)", recipe)
    folder = _folder(function)
    if makefile and given:
        files = [makefile.parent / name for name in given]
        lines = [requirements.read_file(file) for file in files]
        if not all(file.is_file() and requirements.is_readable(file) for file in files):
            return None
        return {one.name for some in lines for one in some or ()}
    file = folder / "requirements.txt"
    if file.is_file():
        names = {one.name for one in requirements.read(folder) or ()}
        return names if requirements.is_readable(file) else None
    if not makefile:
        return set()  # `sam build` with pip reads no other file
    try:
        found = find_requirements(folder)
    except ConfigurationError:
        return None  # the build says so itself
    return {match[0].lower().replace("_", "-") for line in found.lines if (match := re.match(r"[\w.-]+", line))}


def _imports(function: Function) -> dict[str, Place]:
    return of_others(_folder(function), starts(function), lambda top: True)


def _folder(function: Function) -> Path:
    return function.source or Path()


def _shown(place: Place, function: Function) -> str:
    return f"{place.file.relative_to(_folder(function)).as_posix()}:{place.line} imports"
