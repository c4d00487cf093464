"""Bytecode that holds on Lambda: unchecked-hash .pyc files, made by the Python that loads them.

A .pyc that pip wrote names its source's modification time. SAM, CDK and Serverless set another one in the zip, so that the
interpreter takes each .pyc for stale, and it can't write a new one on the read-only file system: it compiles every module
anew at each cold start. A .pyc with flags 0b01 names a hash of its source that nobody checks (PEP 552). Its code says that it
is from /var/task, where it will be: another name would be corrected while loading.
https://peps.python.org/pep-0552/
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lambdabridge.build.interpreter import Interpreter, examine
from lambdabridge.errors import ConfigurationError

TASK_ROOT = "/var/task/"
UNCHECKED_HASH = (1).to_bytes(4, "little")
_AT_ONCE = 300  # files for one process: not by the number of processors, which would make bytes differ between machines


@dataclass
class Compiled:
    """What compile_folder() did.

    python    version of the interpreter, "3.13"
    files     number of sources that have bytecode now
    failed    {path in the folder: why}, for what is no Python of this version
    """

    python: str
    files: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def compile_folder(folder: Path, python: str | Interpreter = sys.executable, prefix: str = TASK_ROOT) -> Compiled:
    """Compile every source in a folder for a Python, over the bytecode that is there; return what was done.

    python: the interpreter (its path), of the version that will load the files. prefix: where the folder will be.
    """
    interpreter = python if isinstance(python, Interpreter) else examine(python)
    names = list(sources(folder))
    parts = [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]
    compiled = Compiled(interpreter.version)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for failed in pool.map(lambda part: _compile(folder, interpreter, prefix, part), parts):
            compiled.failed.update(failed)
    compiled.files = len(names) - len(compiled.failed)
    return compiled


def stale(folder: Path, interpreter: Interpreter) -> list[str]:
    """Return the sources in a folder that this interpreter would compile anew on a read-only file system."""
    return [name for name in sources(folder) if not holds(folder, name, interpreter)]


def holds(folder: Path, name: str, interpreter: Interpreter) -> bool:
    """Whether a source has a .pyc that this interpreter takes without looking at the source."""
    source = folder / name
    try:
        with source.with_name("__pycache__").joinpath(f"{source.stem}.{interpreter.cache_tag}.pyc").open("rb") as file:
            return file.read(8) == interpreter.magic + UNCHECKED_HASH
    except OSError:
        return False


def sources(folder: Path) -> Iterator[str]:
    """Yield the paths of a folder's Python sources, with slashes, sorted."""
    for path, folders, files in os.walk(folder):
        folders.sort()
        base = os.path.relpath(path, folder)
        yield from (Path(base, name).as_posix() for name in sorted(files) if name.endswith(".py"))


def _compile(folder: Path, interpreter: Interpreter, prefix: str, names: list[str]) -> dict[str, str]:
    script = Path(__file__).with_name("compiling.py").read_text()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"  # sets of names are written in their order
    done = subprocess.run(
        [interpreter.path, "-S", "-s", "-c", script],
        input=json.dumps([str(folder), prefix, names]),
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode:
        said = done.stderr.strip().rpartition("\n")[2] or f"exit status {done.returncode}"
        raise ConfigurationError(f"{interpreter.path} failed to compile {folder}: {said}")
    failed: dict[str, str] = json.loads(done.stdout)
    return failed
