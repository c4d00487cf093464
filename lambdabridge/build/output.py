"""The folder that is made: only ours are ever replaced, and the same input gives the same bytes and dates.

https://reproducible-builds.org/specs/source-date-epoch/ - without that variable, dates are the earliest that a zip can have.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lambdabridge.errors import ConfigurationError

MARK = ".lambdabridge-build.json"
"""In each folder that was made here: what it was built for, and that it may be replaced."""
WORK = ".lambdabridge-work-"
"""What names of temporary folders begin with."""
EARLIEST = 315532800  # 1980-01-01T00:00:00Z


def check(output: Path) -> None:
    """Raise ConfigurationError for what may not be replaced: a file, and a folder that was not made here."""
    if output.exists() and not output.is_dir():
        raise ConfigurationError(f"--output {output} is a file; expected a folder, new or empty.")
    if output.is_dir() and any(output.iterdir()) and not (output / MARK).is_file():
        raise ConfigurationError(
            f"--output {output} has files that `lambdabridge build` did not make, and nothing is deleted there; "
            "expected a new or empty folder, or one that an earlier build made."
        )


@contextmanager
def workshop(output: Path) -> Iterator[Path]:
    """Make a temporary folder, beside the output where that can be: what is made there is moved, not copied."""
    try:
        folder = tempfile.mkdtemp(prefix=WORK, dir=output.resolve().parent)
    except OSError:
        folder = tempfile.mkdtemp(prefix=WORK)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def mark(folder: Path, said: dict[str, Any]) -> None:
    """Write the mark into a folder."""
    (folder / MARK).write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")


def level(folder: Path) -> None:
    """Give all files the same date, and modes that Lambda's user can read."""
    date = int(os.environ.get("SOURCE_DATE_EPOCH") or EARLIEST)
    for path, folders, files in os.walk(folder, topdown=False):
        for name in files:
            file = os.path.join(path, name)
            os.chmod(file, 0o755 if os.stat(file).st_mode & 0o100 else 0o644)
            os.utime(file, (date, date))
        for name in folders:
            os.chmod(os.path.join(path, name), 0o755)
            os.utime(os.path.join(path, name), (date, date))


def replace(made: Path, output: Path) -> None:
    """Put what was made in the place of what is there; the folder itself stays, as it may be sam's or cdk's."""
    check(output)  # again: it was some time ago
    try:
        output.mkdir(parents=True, exist_ok=True)
        for entry in list(output.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != MARK:
                entry.unlink()
        (output / MARK).unlink(missing_ok=True)  # last: an interrupted exchange can be done again
        for entry in sorted(made.iterdir(), key=lambda entry: entry.name != MARK):
            shutil.move(entry, output / entry.name)
    except OSError as error:
        raise ConfigurationError(f"--output {output} can't be written: {error.strerror or error}.") from error
