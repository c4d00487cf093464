"""Files onto the disk: all or nothing. One that exists and differs stops everything before the first is written."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from lambdabridge.errors import ConfigurationError


@dataclass(frozen=True)
class File:
    """A file that init wants.

    path     relative to the project
    text     what it has, or what is added to one that exists
    adds     what is added, in a word; "": the file is init's alone
    unless   a file with a line that begins with this is fine as it is; "": with the text as a line
    """

    path: str
    text: str
    adds: str = ""
    unless: str = ""


def write(project: Path, files: list[File], *, force: bool = False) -> list[str]:
    """Write the files and return one line for each; raise ConfigurationError before anything is written."""
    before = {file.path: _read(project / file.path) for file in files}
    differ = [file.path for file in files if not file.adds and before[file.path] not in (None, file.text)]
    if differ and not force:
        one = len(differ) == 1
        raise ConfigurationError(
            f"{', '.join(differ)} {'exists and differs' if one else 'exist and differ'} from what init would write. Nothing "
            "was written: --output FILE takes another name for the template, --force writes over, --print shows it."
        )
    lines, changed = [], {}
    for file in files:
        old = before[file.path]
        new = _merged(file, old)
        verb = "written" if old is None else f"{file.adds} added" if file.adds else "written over"
        lines.append(f"  {file.path}: {'as it was' if new == old else verb}")
        if new != old:
            changed[project / file.path] = new
    _write(changed)
    return lines


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:  # its line ends stay
            return file.read()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is no UTF-8 text, which init could add to or compare with.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from None


def _merged(file: File, before: str | None) -> str:
    """Return what a file shall have."""
    if before is None or not file.adds:
        return file.text
    lines = before.splitlines()
    if any(line.startswith(file.unless) if file.unless else line.strip() == file.text.strip() for line in lines):
        return before
    gap = "" if not before or before.endswith("\n") else "\n"
    return before + gap + ("\n" if lines and "\n" in file.text.rstrip("\n") else "") + file.text


def _write(files: dict[Path, str]) -> None:
    """Write each beside its place, then move all: what can't be written fails before the first one is moved."""
    beside = {path: path.with_name(f".{path.name}.init") for path in files}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_text(text, encoding="utf-8", newline="")
            if path.exists():
                shutil.copymode(path, beside[path])
        for path, temporary in beside.items():
            os.replace(temporary, path)
    except OSError as error:
        raise ConfigurationError(f"{error.filename} can't be written: {error.strerror}. Nothing was changed.") from None
    finally:
        for temporary in beside.values():
            if temporary.exists():
                temporary.unlink()
