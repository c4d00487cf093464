"""The Python files of a project, and the folder that each is imported from: the project's, src/, or one of several in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from lambdabridge.build.output import MARK
from lambdabridge.deploy.syntax import Module
from lambdabridge.errors import TargetError

_OTHERS = frozenset(("build", "dist", "docs", "infra", "migrations", "node_modules", "site-packages", "test", "tests"))
"""Folders that have no application to deploy."""
_MOST = 3000
"""Files that are read: a home folder has more."""


def python_files(project: Path, *, is_strict: bool = True) -> Iterator[Path]:
    """Return the files that may have an application, relative to the project; too many are an error if is_strict."""
    count = 0
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _OTHERS
            and name[0] not in "._"
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
            and not os.path.exists(os.path.join(folder, name, MARK))  # what `lambdabridge build` made
        )
        for name in sorted(files):
            if name.endswith(".py") and not name.startswith("test_") and name not in ("conftest.py", "setup.py"):
                count += 1
                if count > _MOST and not is_strict:
                    return
                if count > _MOST:
                    raise TargetError(
                        f"{project} has more than {_MOST:,} Python files: run init in your project's folder, or name the "
                        "application: lambdabridge init module:name"
                    )
                yield (Path(folder) / name).relative_to(project)


def import_path(project: Path, file: Path, module: Module) -> tuple[Path, str]:
    """Return (the folder that goes on the import path, the module's name there) for a file."""
    folder = _root(project, file, module)
    parts = list(file.relative_to(folder).with_suffix("").parts)
    return folder, ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _root(project: Path, file: Path, module: Module) -> Path:
    """Return the folder that a file's imports are relative to, as `python` or `manage.py` is run in it."""
    for parent in file.parents:
        if os.path.isfile(project / parent / "manage.py"):
            return parent
    imports = {whole.partition(".")[0] for whole in module.modules} - {""}
    for parent in file.parents[:-1]:  # the deepest first
        here = project / parent
        if os.path.exists(here / "__init__.py") or (parent == file.parent and module.is_relative):
            continue  # a package, or a folder that is used as one
        if any(_has(here, name) and not _has(project, name) for name in imports):
            return parent
        is_elsewhere = any(_has(project, name) and not _has(here, name) for name in imports)
        if not is_elsewhere and (parent.name == "src" or not parent.name.isidentifier() or _is_project(here)):
            return parent
    return Path()


def _is_project(folder: Path) -> bool:
    """Whether a folder is one of several projects in a repository."""
    return any(os.path.isfile(folder / name) for name in ("requirements.txt", "pyproject.toml", "Pipfile", "setup.py"))


def _has(folder: Path, name: str) -> bool:
    """Whether a folder has a module or a package of this name."""
    inner = os.path.join(folder, name)
    return os.path.isfile(f"{inner}.py") or (os.path.isdir(inner) and any(Path(inner).glob("*.py")))


def file_of(project: Path, path: str, modules: dict[Path, Module]) -> Path:
    """Return the file that a module's name or a path names, relative to the project."""
    if path.endswith(".py"):
        file = (project / path).resolve()
        if not file.is_file():
            raise TargetError(f"There is no file {path!r} in {project}.")
        if not file.is_relative_to(project.resolve()):
            raise TargetError(f"{path!r} is outside of {project}: run init in the project's folder.")
        return file.relative_to(project.resolve())
    for file, module in modules.items():
        if import_path(project, file, module)[1] == path:
            return file
    stem = path.replace(".", "/")
    for file in (Path(f"{stem}.py"), Path(stem, "__init__.py")):  # where nobody looks, such as tests/
        if (project / file).is_file():
            return file
    raise TargetError(f"There is no module {path!r} in {project}: expected module:name, such as app:app.")
