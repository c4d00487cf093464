"""Which modules a cold start imports, what each costs, who asked for it, and whether it had to be compiled.

The process is a real `python -m awslambdaric`; a hook in it (imports_probe/sitecustomize.py) starts before anything else
and puts a clock around the import system's own functions. It sees what `-X importtime` does not: what is imported with
importlib.import_module() (the handler itself, and much of Django), where the import statement stands, what was compiled, and
which bytecode was there before; and it adds as little, about 1.3 microseconds for each module (3.11). A module's own time is
without that of the modules that it imports, and includes finding its file and compiling it.

    environment = imports.environment(os.environ, output)    # of the process to start
    tree = imports.read(output)                              # when it has answered; it may have been killed

What the interpreter itself and .pth files import before that is not in the tree: it belongs to the interpreter's start. On
3.15 a lazy import stands where it was first used: below the module that was being imported then, or at the top of the tree.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from lambdabridge.coldpath.imports_owner import Kind, Owners
from lambdabridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROBE = Path(__file__).with_name("imports_probe")
_OUTPUT = "LAMBDABRIDGE_IMPORTS"

Code = Literal["bytecode", "missing", "stale", "extension", "built in", "namespace", "not found", "there"]
"""Where a module's code came from: bytecode that was valid; source, because bytecode was missing, or stale; compiled C; the
interpreter; nowhere, a namespace package. "there": its package imports it, so that it was there when the package was, and
has a place of its own below that. "not found": or it failed; mostly a module that is optional."""


class Import(TypedDict):
    """One module, with those that were imported while it was: the tree in the document (results.py)."""

    name: str
    self_us: int
    cumulative_us: int
    compile_us: int
    """Of self_us: what compiling its source took."""
    from_source: bool
    code: Code
    failed: bool
    """Whether the import raised."""
    file: str
    """"": no file (built in, frozen, namespace)."""
    distribution: str
    """What was installed, such as "Flask 3.1.3"; "": nothing that has metadata."""
    kind: Kind
    importer: str
    """The module whose code asked for it first; on 3.15 the one that first used it."""
    line: int
    """Where, in the importer's file."""
    phase: Literal["runtime", "init", "request"]
    """awslambdaric's own start; the handler's import; an invocation."""
    children: list[Import]


def environment(inherited: Mapping[str, str], output: str | Path) -> dict[str, str]:
    """Return the environment of a process whose imports go to a file, which must not be there yet."""
    path = os.pathsep.join([str(_PROBE), *filter(None, [inherited.get("PYTHONPATH")])])
    return {**inherited, "PYTHONPATH": path, _OUTPUT: str(Path(output).absolute())}


def read(output: str | Path) -> Import:
    """Return the tree of what a process imported; its root is no module, and has the name "".

    Raise ConfigurationError where the process has written nothing: its Python was told to ignore PYTHONPATH.
    """
    try:
        text = Path(output).read_text(encoding="utf-8")
    except OSError:
        text = ""
    lines = text.splitlines()
    if not text.endswith("\n"):
        del lines[-1:]  # killed while it wrote
    if not lines:
        raise ConfigurationError(
            "The process did not say what it imported: its Python has to read PYTHONPATH (no -E, no -I, no -S)."
        )
    start, *rows = map(ast.literal_eval, lines)
    return _tree(start[3], sorted(rows))


def _tree(stdlib: str, rows: list[Any]) -> Import:
    """Put together what begin() numbered: a module's number is above its parent's.

    A parent that is not there did not end: the process was killed in it. Its modules stand at the top then.
    """
    owners = Owners(stdlib)
    root = _import("", 0, 0)
    made: dict[int, Import] = {}
    for number, parent, name, _, took, own, compiled, bytecode, failed, importer, line, phase, origin, loader in rows:
        above = made.get(parent, root)
        found = made[number] = _import(name, own // 1000, took // 1000)
        file = origin if origin and os.path.isabs(origin) else ""
        found["compile_us"] = compiled // 1000
        found["from_source"] = bool(bytecode)
        found["code"] = "not found" if failed else bytecode or _code(origin, loader)
        found["failed"] = failed
        found["file"] = file
        found["kind"], found["distribution"] = owners.of(name, origin, (above["kind"], above["distribution"]))
        found["importer"], found["line"] = importer, line
        found["phase"] = phase
        above["children"].append(found)
    root["cumulative_us"] = sum(child["cumulative_us"] for child in root["children"])
    return root


def _import(name: str, own: int, cumulative: int) -> Import:
    return {
        "name": name,
        "self_us": own,
        "cumulative_us": cumulative,
        "compile_us": 0,
        "from_source": False,
        "code": "there",
        "failed": False,
        "file": "",
        "distribution": "",
        "kind": "runtime",
        "importer": "",
        "line": 0,
        "phase": "runtime",
        "children": [],
    }


def _code(origin: str | None, loader: str) -> Code:
    if origin in ("built-in", "frozen"):
        return "built in"
    if loader in ("ExtensionFileLoader", "AppleFrameworkLoader"):
        return "extension"
    if not loader:
        return "there"
    return "namespace" if origin is None else "bytecode"
