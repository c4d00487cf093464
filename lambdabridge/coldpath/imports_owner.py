"""Whose a module is: by its file, and by the metadata of what is installed beside it.

A file below the standard library's folder is the standard library's; one that a distribution's RECORD lists is that
distribution's, or without RECORD, which a build drops, one below a name in its top_level.txt. What is left is the
application's own, also below a folder that has lost its metadata.
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import csv
import importlib.metadata
import os
from typing import Literal

Kind = Literal["standard library", "runtime", "bridge", "dependency", "application"]

_BY_NAME: dict[str, Kind] = {
    "awslambdaric": "runtime",
    "runtime_client": "runtime",
    "simplejson": "runtime",
    "snapshot_restore_py": "runtime",
    "sitecustomize": "runtime",
    "lambdabridge": "bridge",
}
"""Top-level modules: the runtime has no metadata on Lambda, and this package may run from a clone."""


class Owners:
    """Answers for the modules of one process, in the order in which they were imported."""

    def __init__(self, stdlib: str) -> None:
        self._stdlib = os.path.join(stdlib, "")
        self._installed: dict[str, dict[str, str] | None] = {}
        self._named: dict[str, tuple[Kind, str]] = {}

    def of(self, name: str, origin: str | None, importer: tuple[Kind, str]) -> tuple[Kind, str]:
        """Return whose it is, and the distribution; a module without a file is its package's, or else its importer's."""
        top = name.partition(".")[0]
        if origin in ("built-in", "frozen"):
            return "standard library", ""
        if origin is None or not os.path.isabs(origin):
            return self._named.get(top, importer)
        found = self._of_file(top, origin)
        self._named.setdefault(top, found)
        return found

    def _of_file(self, top: str, file: str) -> tuple[Kind, str]:
        if file.startswith(self._stdlib):
            rest = file[len(self._stdlib) :].split(os.sep)
            if rest[0] not in ("site-packages", "dist-packages"):
                return "standard library", ""
        distribution = self._distribution(file)
        kind = _BY_NAME.get(top)
        if kind is None:
            kind = "dependency" if distribution else "application"
        return kind, distribution

    def _distribution(self, file: str) -> str:
        folder = os.path.dirname(file)
        while True:
            installed = self._in(folder)
            if installed is not None:
                path = os.path.relpath(file, folder).replace(os.sep, "/")
                return installed.get(path) or installed.get(path.partition("/")[0].partition(".")[0], "")
            above = os.path.dirname(folder)
            if above == folder:
                return ""
            folder = above

    def _in(self, folder: str) -> dict[str, str] | None:
        """Return what is installed in a folder, file by file; None for a folder without metadata."""
        if folder not in self._installed:
            try:
                names = os.listdir(folder)
            except OSError:
                names = []
            any_metadata = any(name.endswith((".dist-info", ".egg-info")) for name in names)
            self._installed[folder] = _files(folder) if any_metadata else None
        return self._installed[folder]


def _files(folder: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for distribution in importlib.metadata.distributions(path=[folder]):
        label = f"{distribution.name} {distribution.version}"
        record = distribution.read_text("RECORD") or ""  # .files makes an object of each line
        files.update((row[0], label) for row in csv.reader(record.splitlines()) if row)
        if not record:
            files.update((name, label) for name in (distribution.read_text("top_level.txt") or "").split())
    return files
