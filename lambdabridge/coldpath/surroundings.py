"""Where an application is measured: an interpreter and an import path that are as Lambda's, as far as can be had.

A build holds its dependencies: it gets an interpreter without site-packages, and beside it AWS's runtime client from here, as
/var/runtime is beside /var/task. A project is measured with the packages of its own virtual environment.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import lambdabridge
from lambdabridge.build.output import MARK
from lambdabridge.errors import ConfigurationError

_RUNTIME = ("awslambdaric", "simplejson", "snapshot-restore-py")
_PARTS = """
import importlib.metadata, json, os, sys
found = set()
for name in sys.argv[1:]:
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        continue
    for file in files:
        if file.parts[0] not in ("..", "__pycache__"):
            found.add(os.path.join(str(file.locate())[:-len(str(file))], file.parts[0]))
print(json.dumps(sorted(found)))
"""
_ASK = """
import importlib.util, json, sys
def has(name): return importlib.util.find_spec(name) is not None
print(json.dumps([has("awslambdaric"), has("lambdabridge"), sys.version_info[:2], getattr(sys, "_base_executable", ""),
                  [path for path in sys.path if path]]))
"""


@dataclass
class Surroundings:
    """An interpreter, and folders for its import path; the first is the task root."""

    python: str
    path: list[str]
    complete: bool
    """Whether the folder holds its dependencies."""
    notes: list[str]

    @property
    def folder(self) -> str:
        """The task root."""
        return self.path[0]


def make(folder: str, python: str, scratch: str) -> Surroundings:
    """Return the surroundings for a task root; raise ConfigurationError, in one sentence, if there can be none."""
    if os.pathsep in folder:
        raise ConfigurationError(f"{folder!r} can't be on an import path, as it has {os.pathsep!r} in it.")
    python = os.path.abspath(python) if os.sep in python else shutil.which(python) or python
    complete = any(Path(folder).glob("*.dist-info"))
    found = Surroundings(python, [folder], complete, [])
    version = _ask(python, [])[2]
    _check_version(folder, python, ".".join(map(str, version)) if isinstance(version, list) else "")
    if complete:
        clean = _clean(_ask(python, [])[3] or python, os.path.join(scratch, "python"))
        if clean:
            found.python = clean
        else:
            found.notes.append("No interpreter without packages could be made: imports are found in this one's, too.")
    has_client, has_bridge, *_ = _ask(found.python, found.path)
    if not has_client:
        is_ours = version == list(sys.version_info[:2])
        parts = _runtime_parts(python) or (_runtime_parts(sys.executable) if is_ours else [])
        if not parts:
            raise ConfigurationError(
                "`lambdabridge cold` needs AWS's runtime client, awslambdaric"
                + (
                    ": pip install 'lambdabridge[cold]'"
                    if is_ours
                    else f", for {python}: {python} -m pip install awslambdaric"
                )
            )
        found.path.append(_linked(os.path.join(scratch, "runtime"), parts))
    if not has_bridge and not complete:
        found.path.append(_linked(os.path.join(scratch, "bridge"), [Path(lambdabridge.__file__).parent]))
    found.notes += _hooks(found)
    return found


def _ask(python: str, path: list[str]) -> list[object]:
    """Return what an interpreter says of itself with an import path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONPATH"] = os.pathsep.join(path)
    try:
        done = subprocess.run(
            [python, "-c", _ASK], env=environment, cwd=os.sep, capture_output=True, text=True, timeout=60, check=True
        )
        told: list[object] = json.loads(done.stdout.splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or "it failed to start"
        raise ConfigurationError(f"{python!r} is no Python interpreter that can be run: {reason}.") from None
    return told


def _clean(base: object, folder: str) -> str:
    """Return an interpreter without packages; "" if none can be made."""
    done = subprocess.run([str(base), "-m", "venv", "--without-pip", folder], capture_output=True, check=False)
    python = os.path.join(folder, "bin", "python")
    return python if done.returncode == 0 and os.path.exists(python) else ""


def _check_version(folder: str, python: str, version: str) -> None:
    """Raise ConfigurationError for a build of another Python: its bytecode would count as missing."""
    try:
        wanted = json.loads(Path(folder, MARK).read_text(encoding="utf-8"))["python"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if wanted != version:
        raise ConfigurationError(
            f"{folder} was built for Python {wanted}, and {python} is {version}: give one of {wanted} that has awslambdaric "
            f"with --python, or measure a build for this one (`lambdabridge build --python {version}`)."
        )


def of_another_machine(folder: str) -> str:
    """Return a sentence for a build whose compiled code can't be loaded here; "" for any other folder."""
    try:
        wanted = str(json.loads(Path(folder, MARK).read_text(encoding="utf-8"))["architecture"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    here = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    if wanted == here:
        return ""
    return f" The build is for {wanted}, and this machine is {here}: `lambdabridge build --arch {here}` makes one to measure."


def _runtime_parts(python: str) -> list[Path]:
    """Return the packages and modules of the runtime client that is installed for an interpreter, and nothing else."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-c", _PARTS, *_RUNTIME], env=environment, cwd=os.sep, capture_output=True, text=True, check=False
    )
    return list(map(Path, json.loads(done.stdout))) if done.returncode == 0 else []


def _linked(folder: str, parts: list[Path]) -> str:
    os.makedirs(folder, exist_ok=True)
    for part in parts:
        os.symlink(part, os.path.join(folder, part.name))
    return folder


def _hooks(found: Surroundings) -> list[str]:
    """Return a note on .pth files that run code at each start of this interpreter, as Lambda's does not have."""
    told = _ask(found.python, [])[4]
    running = []
    for folder in told if isinstance(told, list) else []:
        for file in sorted(Path(folder).glob("*.pth")):
            try:
                lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
            if any(line.startswith(("import ", "import\t")) for line in lines):
                running.append(file.name)
    if not running:
        return []
    return [
        f"{', '.join(running)} in the packages of {found.python} runs code at its start, which Lambda does not have."
    ]
