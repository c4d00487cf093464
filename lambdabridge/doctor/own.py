"""The application's own files, told from what was installed beside them.

`lambdabridge build` leaves out the records of installed files; then a distribution's name has to do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_NOT_ITS_OWN = frozenset(
    (
        ".venv",
        "venv",
        "node_modules",
        ".git",
        ".aws-sam",
        "cdk.out",
        "__pycache__",
        "site-packages",
        ".tox",
        ".mypy_cache",
    )
)


def own_modules(folder: Path) -> Iterator[Path]:
    """Yield the Python files of the application itself: not those of what was installed beside it."""
    installed = set(_NOT_ITS_OWN) | {"lambdabridge"}
    for info in folder.glob("*.dist-info"):
        record = info / "RECORD"  # `lambdabridge build` leaves it out: then the name has to do
        lines = record.read_text(errors="replace").splitlines() if record.is_file() else [info.name.partition("-")[0]]
        installed |= {line.partition(",")[0].partition("/")[0] for line in lines}
    for path, folders, names in os.walk(folder):
        is_top = path == str(folder)
        folders[:] = sorted(name for name in folders if name not in (installed if is_top else _NOT_ITS_OWN))
        for name in sorted(names):
            file = os.path.join(path, name)
            if name.endswith(".py") and not (is_top and name in installed) and os.path.isfile(file):
                yield Path(file)  # an editor's lock, .#app.py, is a link to nothing


def text_of(file: Path) -> bytes:
    """Return a file's content; nothing of one that may not be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
