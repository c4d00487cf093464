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
    there = next(path for path in (output.absolute(), *output.absolute().parents) if path.is_dir())
    if not os.access(there, os.W_OK):  # told before the packages are installed
        raise ConfigurationError(f"--output {output} can't be written: {there} is not yours to write.")


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
    given = os.environ.get("SOURCE_DATE_EPOCH") or str(EARLIEST)
    if not given.isdecimal():
        raise ConfigurationError(f"SOURCE_DATE_EPOCH is {given!r}; expected a number of seconds.")
    date = max(int(given), EARLIEST)  # before it, sam and cdk fail to zip
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
    old = made.with_name("old")
    try:
        output.mkdir(parents=True, exist_ok=True)
        old.mkdir()
        for entry in sorted(output.iterdir(), key=lambda entry: entry.name == MARK):
            shutil.move(entry, old / entry.name)  # the mark last: an interrupted exchange can be done again
        for entry in sorted(made.iterdir(), key=lambda entry: entry.name != MARK):
            if (output / entry.name).exists():  # into which it would be moved
                raise ConfigurationError(f"--output {output} is being written by another build: build it again.")
            shutil.move(entry, output / entry.name)
    except OSError as error:
        raise ConfigurationError(f"--output {output} can't be written: {error.strerror or error}.") from error
