"""The Python files of a project, and the folder that each is imported from: the project's, src/, or its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from lambdabridge.deploy.syntax import Module
from lambdabridge.errors import TargetError

_OTHERS = frozenset(("build", "dist", "docs", "infra", "migrations", "node_modules", "site-packages", "test", "tests"))
"""Folders that have no application to deploy."""
_MOST = 3000
"""Files that are read: a home folder has more."""


def python_files(project: Path) -> Iterator[Path]:
    """Return the files that may have an application, relative to the project."""
    count = 0
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _OTHERS and name[0] not in "._" and not (Path(folder) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if name.endswith(".py") and not name.startswith("test_") and name not in ("conftest.py", "setup.py"):
                count += 1
                if count > _MOST:
                    raise TargetError(
                        f"{project} has more than {_MOST:,} Python files: run init in your project's folder, or name the "
                        "application: lambdabridge init module:name"
                    )
                yield (Path(folder) / name).relative_to(project)


def import_path(project: Path, file: Path, module: Module) -> tuple[Path, str]:
    """Return (the folder that goes on the import path, the module's name there) for a file."""
    folder = Path()
    for parent in file.parents:
        if (project / parent / "manage.py").is_file():
            folder = parent
            break
    else:
        if file.parts[0] == "src" and len(file.parts) > 1 and not (project / "src" / "__init__.py").exists():
            folder = Path("src")
        elif not (project / file.parent / "__init__.py").exists() and _imports_siblings(project, file, module):
            folder = file.parent
    parts = list(file.relative_to(folder).with_suffix("").parts)
    return folder, ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _imports_siblings(project: Path, file: Path, module: Module) -> bool:
    """Whether a file imports what is beside it as what `python file.py` finds, and the project's folder has not."""

    def has(folder: Path, name: str) -> bool:
        return (folder / f"{name}.py").is_file() or (folder / name).is_dir()

    modules = {whole.partition(".")[0] for whole in module.imported.values()} - {""}
    return any(has(project / file.parent, name) and not has(project, name) for name in modules)
