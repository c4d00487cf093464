"""An interpreter of a given version on this machine: bytecode is made by the Python that loads it.

The magic number in a .pyc belongs to one minor version, and to one pre-release before the final one. Found where people have
interpreters: this one, PATH, uv's, pyenv's, the Windows launcher's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lambdabridge.errors import ConfigurationError

_ASK = """
import importlib.util, json, sys
json.dump([sys.implementation.name, "%d.%d" % sys.version_info[:2], sys.version_info.releaselevel,
           "%d.%d.%d" % sys.version_info[:3], sys.implementation.cache_tag, importlib.util.MAGIC_NUMBER.hex()], sys.stdout)
"""


@dataclass(frozen=True)
class Interpreter:
    """A CPython.

    version    "3.13"
    full       "3.13.0"
    cache_tag  "cpython-313", in the names of its .pyc files
    magic      the first four bytes of these
    final      whether it is no pre-release: those have magic numbers of their own
    """

    path: str
    version: str
    full: str
    cache_tag: str
    magic: bytes
    final: bool = True


@cache
def find(version: str) -> Interpreter | None:
    """Return an interpreter of this version ("3.13"), a final release; None if there is none on this machine."""
    for path in _candidates(version):
        found = ask(path)
        if found is not None and found.version == version and found.final:
            return found
    return None


def examine(path: str) -> Interpreter:
    """Return what an interpreter is; raise ConfigurationError for what is no CPython."""
    found = ask(path)
    if found is None:
        raise ConfigurationError(f"{path} does not run as CPython; expected an interpreter's path.")
    return found


def ask(path: str) -> Interpreter | None:
    """Return what an interpreter says of itself; None for what does not run as CPython (a pyenv shim without a version)."""
    try:
        done = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
        )
        name, version, level, full, tag, magic = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if name != "cpython":
        return None
    return Interpreter(path, version, full, tag, bytes.fromhex(magic), level == "final")


def find_uv() -> str | None:
    """Return uv's command: on PATH, or beside this interpreter, where `pip install uv` puts it."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


def _candidates(version: str) -> Iterator[str]:
    """Yield paths that may be one, cheap ones first."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield sys.executable
    folders = [folder for folder in os.get_exec_path() if "shims" not in folder]  # pyenv's own are found below
    yield from (path for folder in folders if (path := shutil.which(f"python{version}", path=folder)))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from (str(path) for path in sorted(pyenv.glob(f"versions/{version}*/bin/python"), reverse=True))
    uv = find_uv()
    if uv:
        yield from _said([uv, "python", "find", "--no-python-downloads", "--no-project", version])
    launcher = shutil.which("py")
    if launcher:
        yield from _said([launcher, f"-{version}", "-c", "import sys; print(sys.executable)"])
    yield from (
        path for folder in folders for name in ("python3", "python") if (path := shutil.which(name, path=folder))
    )


def _said(command: list[str]) -> Iterator[str]:
    """Yield the one line that a command says, if it can."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            yield done.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        pass
