"""Which requirements: files that are named, else requirements.txt, else pyproject.toml's [project.dependencies].

What stands in a requirements file is for uv or pip to read. Paths in it are relative to its folder.
https://packaging.python.org/en/latest/specifications/pyproject-toml/#dependencies-optional-dependencies
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError


@dataclass
class Requirements:
    """What is installed.

    files   requirements files
    lines   requirements that stand elsewhere
    folder  what paths are relative to
    origin  for people; "" if there is nothing to install
    """

    folder: Path
    files: list[Path] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    origin: str = ""


def find(folder: Path, given: tuple[Path, ...] = ()) -> Requirements:
    """Return the requirements of an application; raise ConfigurationError for a pyproject.toml that has them elsewhere."""
    if given:
        files = [file.resolve() for file in given]
        return Requirements(files[0].parent, files, origin=", ".join(file.name for file in files))
    file = folder.resolve() / "requirements.txt"
    if file.is_file():
        return Requirements(file.parent, [file], origin=file.name)
    file = file.with_name("pyproject.toml")
    if file.is_file():
        lines = _dependencies(file)
        return Requirements(file.parent, lines=lines, origin=file.name if lines else "")
    return Requirements(folder)


def _dependencies(file: Path) -> list[str]:
    whole = _toml(file)
    data = whole.get("project", {})
    poetry = whole.get("tool", {}).get("poetry", {})
    if "dependencies" in (data.get("dynamic") or ()):
        raise ConfigurationError(
            f"{file} leaves its dependencies to its build (dynamic): list them in a requirements.txt, or have `.` there."
        )
    if "dependencies" not in data and poetry.get("dependencies"):
        raise ConfigurationError(
            f"{file} has its dependencies under [tool.poetry]: `poetry export --output requirements.txt` writes them."
        )
    lines = data.get("dependencies") or []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ConfigurationError(f"The dependencies in {file} are {lines!r:.60}; expected a list of strings.")
    return lines


def _toml(file: Path) -> dict[str, Any]:
    try:
        tomllib = import_module("tomllib")
    except ImportError:
        raise ConfigurationError(
            f"Python 3.10 can't read {file.name} by itself: use a newer Python, or write a requirements.txt."
        ) from None
    try:
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return data
    except (ValueError, OSError) as error:
        raise ConfigurationError(f"{file} can't be read: {error}.") from error
