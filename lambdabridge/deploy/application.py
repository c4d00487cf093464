"""Which application a folder has: every Python file is read, none is run.

Several applications are a question for the developer, unless one of them has a handler already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from lambdabridge.deploy.places import file_of, import_path, python_files
from lambdabridge.deploy.syntax import FRAMEWORKS, Module, read
from lambdabridge.errors import TargetError

HANDLER_FILE = "lambda_function.py"


@dataclass(frozen=True)
class Application:
    """An application, or one with its handler.

    file     relative to the project
    folder   what goes on the import path, relative to the project: "." or "src"
    module   as it is imported from there
    name     of the application; "" where only its handler has one
    kind     the framework, "WSGI", "ASGI", or "" where reading does not tell
    handler  (module, name, import string in quotes or code) of what bridge() returned, if there is one
    """

    file: Path
    folder: Path
    module: str
    name: str
    kind: str = ""
    handler: tuple[str, str, str] | None = None

    @property
    def target(self) -> str:
        """The import string."""
        return f"{self.module}:{self.name}" if self.name else ":".join((self.handler or ("", "", ""))[:2])

    @property
    def label(self) -> str:
        """Its name, or its handler's."""
        return self.name or (self.handler or ("", "", ""))[1]

    @property
    def distribution(self) -> str:
        """The name on PyPI of what made it; "" if that is not known."""
        return self.kind.partition(" ")[0].lower() if self.kind in FRAMEWORKS.values() else ""

    @property
    def title(self) -> str:
        """What it is, to people."""
        return f"{self.kind} application" if self.kind else "Application"


def find(project: Path, target: str = "") -> Application:
    """Return the application of a folder; raise TargetError, in one sentence, if there is none or are several."""
    found = _named(project, target) if target else _only(project)
    _check(project, found)
    return found


def _check(project: Path, found: Application) -> None:
    """Raise TargetError for what Lambda could not import, or what no Makefile can name."""
    if "." in found.file.stem or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", found.module):
        raise TargetError(f"{found.file} can't be imported: its name has more than letters, digits and _. Rename it.")
    if not found.folder.as_posix().isprintable():
        raise TargetError(f"The folder {str(found.folder)!r} has what no Makefile can name: rename it.")
    package = found.module.rpartition(".")[0]
    if not package and found.file.name != "__init__.py" and read(project / found.file).is_relative:
        raise TargetError(
            f"{found.file} imports from its own package (`from .`), and {project.name} is that package: run init in the "
            "folder above."
        )


def _only(project: Path) -> Application:
    modules = {file: read(project / file) for file in python_files(project)}
    found = _applications(project, modules)
    with_handler = [one for one in found if one.handler]
    if len(with_handler) == 1:
        return with_handler[0]
    packages = {one.file.parent for one in found if one.kind == "Django"}
    found = [one for one in found if one.kind != "Django (ASGI)" or one.file.parent not in packages]
    if len(found) == 1:
        return found[0]
    if found:
        several = "; ".join(f"{one.target} ({one.kind or 'application'})" for one in found[:8])
        raise TargetError(
            f"There are several applications: {several}. Name the one to deploy: lambdabridge init {found[0].target}"
        )
    raise TargetError(_none(project, modules))


def _none(project: Path, modules: dict[Path, Module]) -> str:
    """Return the sentence for a folder without an application."""
    for file, module in modules.items():
        for factory in module.factories:
            return factory_needs_a_call(import_path(project, file, module)[1], factory)
    errors = [f" ({module.error.rstrip('.')}.)" for module in modules.values() if module.error]
    if not modules:
        return f"There is no Python file in {project}: run `lambdabridge init` in your project's folder."
    return (
        f"No application was found in {len(modules)} Python file{'s'[: len(modules) != 1]}: expected one made at a module's "
        "top level, such as `app = Flask(__name__)`; where it is made in another way, name it: "
        f"lambdabridge init module:name{errors[0] if errors else ''}"
    )


def factory_needs_a_call(module: str, factory: str) -> str:
    """Return the sentence for an application that is made by a function."""
    return (
        f"{module}:{factory} makes an application and is none: Lambda needs one that is made when the module is imported. "
        f"Write wsgi.py with `from {module} import {factory}` and `app = {factory}()`, then: lambdabridge init wsgi:app"
    )


def _applications(project: Path, modules: dict[Path, Module]) -> list[Application]:
    """Return every application, with its handler if it has one; a handler of something else stands for itself."""
    places = {file: import_path(project, file, module) for file, module in modules.items()}
    by_name = {name: (file, modules[file]) for file, (_, name) in places.items()}
    found: dict[str, Application] = {}
    for file, module in modules.items():
        folder, name = places[file]
        for variable, called in module.calls.items():
            made = _origin(called, file, name, by_name)
            origin, _, factory = made.rpartition(".")
            kind = by_name[origin][1].factories.get(factory) if origin in by_name else None
            if kind or re.search(_FACTORY, called):
                module.applications[variable] = kind or ""
        for variable, kind in module.applications.items():
            found[f"{name}.{variable}"] = Application(file, folder, name, variable, kind)
    for file, module in modules.items():
        folder, name = places[file]
        for variable, given in module.handlers.items():
            whole = given.strip("'\"").replace(":", ".") if given[:1] in "'\"" else f"{name}.{given}"
            of = _origin(whole, file, name, by_name)
            application = found.get(of, Application(file, folder, name, ""))
            found[of if of in found else f"{name}.{variable}"] = replace(application, handler=(name, variable, given))
    return list(found.values())


_FACTORY = r"(^|[._])(create|make|build|get)_((wsgi|asgi)_)?app(lication)?$|\.ASGIApp$"
"""What makes an application, by its name, where its code is in another package."""


def _origin(whole: str, file: Path, module: str, by_name: dict[str, tuple[Path, Module]]) -> str:
    """Return the whole name of what a name in a module is, followed through imports."""
    for _ in range(5):
        whole = _absolute(whole, module, file)
        origin, _, name = whole.rpartition(".")
        if origin not in by_name or name not in by_name[origin][1].imported:
            break
        module, file = origin, by_name[origin][0]
        whole = by_name[origin][1].imported[name]
    return whole


def _absolute(name: str, module: str, file: Path) -> str:
    """Return a whole name for one that may be relative (".factory.create_app") in a module."""
    dots = len(name) - len(name.lstrip("."))
    if not dots:
        return name
    package = module.split(".")[: None if file.name == "__init__.py" else -1]
    return ".".join([*package[: len(package) - dots + 1], name[dots:]])


def _named(project: Path, target: str) -> Application:
    """Return the application that TARGET names."""
    path, _, name = target.partition(":")
    modules = {each: read(project / each) for each in python_files(project, is_strict=False)}
    file = file_of(project, path, modules)
    module = modules.setdefault(file, read(project / file))
    if module.error:
        raise TargetError(module.error)
    folder, module_name = import_path(project, file, module)
    known = _applications(project, modules)
    here = [one for one in known if one.file == file]
    if not name and len(here) == 1:
        return here[0]
    if not name:
        names = ", ".join(one.target for one in here) or "none"
        raise TargetError(f"{target!r} names a module; expected its application too, as module:name ({names} found).")
    for one in known:
        if (one.module, one.name) == (module_name, name) or (one.handler and one.handler[:2] == (module_name, name)):
            return one
    if name in module.factories:
        raise TargetError(factory_needs_a_call(module_name, name))
    if name.partition(".")[0] not in module.names:
        have = ", ".join(module.applications)
        raise TargetError(f"{file} has no {name!r} at its top level." + (f" It has {have}." if have else ""))
    return Application(file, folder, module_name, name)
