"""Imports that can wait: dear ones of the application's own code that nothing needs until the first response.

Each candidate is tried by a run in which stand-ins take its place, and whose use ends the process
(phases_probe/sitecustomize.py). What is imported for its effect (`import views`, which registers routes) would pass that: so
the importing file has to use a name that the import binds.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdabridge.build.syntax import parse
from lambdabridge.coldpath.engine import Configuration, observe
from lambdabridge.coldpath.imports_figures import walk
from lambdabridge.coldpath.invocation import FailedError

if TYPE_CHECKING:
    from lambdabridge.coldpath.experiment import Options, Subject
    from lambdabridge.coldpath.imports import Import

_SHARE = 0.02
"""Of all imports: a module that costs less is not looked at."""
_TRIES = 8


def that_can_wait(subject: Subject, current: Configuration, options: Options) -> list[Import]:
    """Return imports of the application's that nothing needs until the first response: each one is tried by a run without."""
    options.say("looking for imports that can wait")
    kept: list[Import] = []
    tried = 0
    for module, above in candidates(subject.tree, subject.target.module):
        if tried == _TRIES:
            break
        if any(one in kept for one in above):  # it waits with what imports it
            continue
        tried += 1
        names = [module["name"] for module in [*kept, module]]
        try:
            found = observe(replace(current, left_out=names), **options.limits)
        except FailedError:
            continue
        if _status(found.result) == _status(subject.first.result):
            kept.append(module)
    return kept


def candidates(tree: Import, target: str) -> list[tuple[Import, tuple[Import, ...]]]:
    """Return dear modules that the application's own code imports at init, the dearest first, with those above them.

    The application is what has no distribution, or the same as the target's module (a released application).
    """
    modules = list(walk(tree))
    own = {module["distribution"] for module, _ in modules if module["name"] == target}
    application = {m["name"] for m, _ in modules if m["kind"] == "application" or (m["distribution"] or None) in own}
    files = {module["name"]: module["file"] for module, _ in modules}
    least = tree["cumulative_us"] * _SHARE
    found = [
        (module, above)
        for module, above in modules
        if module["phase"] == "init"
        and not module["failed"]
        and module["kind"] in ("dependency", "standard library", "application")
        and module["importer"] in application
        and module["name"] != target
        and module["cumulative_us"] >= least
        and is_used_by_name(files.get(module["importer"], ""), module["line"])
    ]
    return sorted(found, key=lambda one: -one[0]["cumulative_us"])


def is_used_by_name(file: str, line: int) -> bool:
    """Return whether an import statement in a file binds a name that the file uses: only these can be moved to their use."""
    bound, used = _names(file)
    return bool(bound.get(line, set()) & used)


@cache
def _names(file: str) -> tuple[dict[int, set[str]], set[str]]:
    """Return {line: names that an import statement there binds}, and the names that a source uses."""
    try:
        nodes = list(ast.walk(parse(Path(file).read_bytes())))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}, set()
    bound: dict[int, set[str]] = {}
    for node in nodes:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                bound.setdefault(line, set()).update(names)
    return bound, {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _status(result: Any) -> Any:
    return result.get("statusCode") if isinstance(result, dict) else None
