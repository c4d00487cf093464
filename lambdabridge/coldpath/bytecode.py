"""The same code with other bytecode, without a copy: PYTHONPYCACHEPREFIX names a folder with a .pyc for each module.

What pip writes names its source's modification time. The zips of SAM, CDK and Serverless change that, and on Lambda's
read-only task root nothing can be written: so such bytecode counts as stale, as it would be there. The standard library's and
the runtime client's bytecode is valid there, and is here. https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPYCACHEPREFIX
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lambdabridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal["unchecked-hash", "checked-hash", "timestamp", "none"]

_HEADER = 16
_OTHER_TIME = (315532800).to_bytes(4, "little")  # 1980, as in zips

_COMPILE = """
import json, os, py_compile, sys, warnings
warnings.simplefilter("ignore")
for source, made, mode in json.load(sys.stdin):
    os.makedirs(os.path.dirname(made), exist_ok=True)
    try:
        py_compile.compile(source, made, doraise=True, invalidation_mode=getattr(py_compile.PycInvalidationMode, mode))
    except (py_compile.PyCompileError, OSError, ValueError, RecursionError):
        pass  # whoever imports it will see why
"""
_ASK = """
import json, sys
files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
print(json.dumps([sys.implementation.cache_tag, [file for file in files if file.endswith(".py")]]))
"""


def state_of(source: str, tag: str) -> State:
    """Return which bytecode stands beside a source, by its header (PEP 552)."""
    try:
        with open(_beside(source, tag), "rb") as file:
            flags = int.from_bytes(file.read(8)[4:], "little")
    except OSError:
        return "none"
    if flags & 1:
        return "checked-hash" if flags & 2 else "unchecked-hash"
    return "timestamp"


def at_start(python: str) -> tuple[str, list[str]]:
    """Return an interpreter's cache tag, and the sources that it has loaded when it starts."""
    done = subprocess.run([python, "-c", _ASK], capture_output=True, text=True, check=False)
    try:
        tag, files = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise ConfigurationError(f"{python!r} can't be run: {done.stderr.strip()[-200:]}") from None
    return tag, files


def prepare(folder: str, python: str, tag: str, code: Sequence[str], runtime: Sequence[str]) -> None:
    """Fill a prefix: bytecode that is never checked for the deployed code, and what is valid here for the runtime."""
    rows = [(source, _below(folder, source, tag), "UNCHECKED_HASH") for source in code]
    for source in runtime:
        if is_valid(source, tag):
            _link(_beside(source, tag), _below(folder, source, tag))
        else:
            rows.append((source, _below(folder, source, tag), "TIMESTAMP"))
    subprocess.run([python, "-S", "-c", _COMPILE], input=json.dumps(rows), text=True, check=False)


def as_deployed(
    folder: str, prepared: str, tag: str, code: Sequence[str], runtime: Sequence[str], complete: bool
) -> None:
    """Fill a prefix from a prepared one: as a zip of SAM, CDK or Serverless has it on Lambda.

    complete: the code is a build, and is deployed with the bytecode that it has. A project is deployed with what pip writes.
    """
    for source in runtime:
        _link(_below(prepared, source, tag), _below(folder, source, tag))
    for source in code:
        state = state_of(source, tag) if complete else "timestamp"
        made, into = _below(prepared, source, tag), _below(folder, source, tag)
        if state == "none":
            continue
        if state != "timestamp":
            _link(_beside(source, tag), into)
            continue
        try:
            content = Path(made).read_bytes()
        except OSError:  # it could not be compiled
            continue
        size = os.path.getsize(source).to_bytes(8, "little")[:4]
        os.makedirs(os.path.dirname(into), exist_ok=True)
        Path(into).write_bytes(content[:4] + bytes(4) + _OTHER_TIME + size + content[_HEADER:])


def is_valid(source: str, tag: str) -> bool:
    """Return whether bytecode beside a source names its time and size."""
    try:
        with open(_beside(source, tag), "rb") as file:
            header = file.read(_HEADER)
        found = os.stat(source)
    except OSError:
        return False
    wanted = (0, int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF)
    return len(header) == _HEADER and struct.unpack("<III", header[4:]) == wanted


def _beside(source: str, tag: str) -> str:
    folder, name = os.path.split(source)
    return os.path.join(folder, "__pycache__", f"{name[: -len('.py')]}.{tag}.pyc")


def _below(prefix: str, source: str, tag: str) -> str:
    """Return where an interpreter looks for a source's bytecode below a prefix."""
    folder, name = os.path.split(os.path.abspath(source))
    return os.path.join(prefix + folder, f"{name[: -len('.py')]}.{tag}.pyc")


def _link(made: str, into: str) -> None:
    os.makedirs(os.path.dirname(into), exist_ok=True)
    if os.path.exists(made) and not os.path.lexists(into):
        os.symlink(made, into)
