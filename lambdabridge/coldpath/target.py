"""What TARGET is, found out in a process of its own: an application, or a Lambda handler; and what Lambda would call it."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lambdabridge.coldpath.engine import Configuration
from lambdabridge.coldpath.invocation import FailedError
from lambdabridge.coldpath.process import Guard, Process
from lambdabridge.coldpath.variables import environment
from lambdabridge.errors import TargetError
from lambdabridge.target import split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdabridge.coldpath.surroundings import Surroundings

OURS = "lambdabridge.handler"
APP = "LAMBDABRIDGE_APP"
_INSPECT = Path(__file__).with_name("inspect_target.py")


@dataclass(frozen=True)
class Target:
    """A function to measure."""

    text: str
    """As it was given."""
    app: str
    """As LAMBDABRIDGE_APP would have it: "module:attribute"."""
    handler: str
    """As the function's configuration would have it: "module.attribute"."""
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def module(self) -> str:
        """The module that is imported first of the application's."""
        return split(self.app)[0]


def locate(text: str, folder: str) -> tuple[str, str, str]:
    """Return (folder, module, attribute) for a target; raise TargetError for what names nothing."""
    name, attribute = split(text)
    if not name.endswith(".py"):
        root = os.path.abspath(folder or os.getcwd())
        if not os.path.isdir(root):
            raise TargetError(f"There is no folder {folder!r}.")
        return root, name, attribute
    file = Path(folder, name).resolve()
    if not file.is_file():
        raise TargetError(f"There is no file {name!r} (for {text!r}).")
    return str(file.parent), file.stem, attribute


def inspect(
    text: str, module: str, attribute: str, where: Surroundings, own: Mapping[str, str], seconds: float
) -> Target:
    """Import a target where it would run, and return what it is; raise FailedError with what it printed."""
    app = f"{module}:{attribute}"
    with tempfile.TemporaryDirectory(prefix="lambdabridge-cold-") as scratch:
        told_file = os.path.join(scratch, "told")
        probe = Configuration("inspect", f"{module}.{attribute}", where.path, own, where.python)
        command = [where.python, str(_INSPECT), module, attribute, told_file]
        variables = environment(probe, "127.0.0.1:9")
        with Guard() as guard, Process(command, variables, where.folder, guard) as process:
            status = process.status(seconds)
            output = process.output()
        if not os.path.exists(told_file):
            raise _failed(text, status, seconds, output)
        told = json.loads(Path(told_file).read_text(encoding="utf-8"))
    if told["problem"]:
        raise TargetError(f"{text!r}: {told['problem']}")
    if f"{module}.{attribute}" == OURS:
        named = own.get(APP) or os.environ[APP]  # or its import would have failed
        return Target(text, named, OURS, {APP: named})
    if told["beside"]:
        return Target(text, f"{module}:{told['beside']}", f"{module}.{told['beside']}")
    if told["kind"] == "handler" and "." not in attribute:
        return Target(text, app, f"{module}.{attribute}")
    return Target(text, app, OURS, {APP: app})


def _failed(text: str, status: int | None, seconds: float, output: str) -> FailedError:
    if status is None:
        message = f"{text!r} was not imported within {seconds:g} seconds."
        return FailedError({"name": "", "kind": "timeout", "message": message, "output": output})
    if status == 1 and ("Traceback (most recent call last)" in output or "SyntaxError" in output):
        last = output.strip().rpartition("\n")[2]
        message = f"{text!r} can't be imported: {last}"
        own = _without_ours(output)
        return FailedError({"name": "", "kind": "import", "message": message, "output": own if "  File" in own else ""})
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    message = f"{text!r} ended the process while it was imported, with {how}."
    return FailedError({"name": "", "kind": "exit", "message": message, "output": output})


def _without_ours(output: str) -> str:
    """Return a traceback without the lines of the script that imported the target."""
    lines = output.splitlines(keepends=True)
    kept, skipping = [], False
    for line in lines:
        if line.startswith('  File "'):
            skipping = str(_INSPECT) in line or "importlib" in line.partition(", line")[0]
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            kept.append(line)
    return "".join(kept)
