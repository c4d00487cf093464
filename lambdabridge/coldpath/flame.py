"""The tree of imports for the page's script: a row for each module, after its parent's; the phases on top."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lambdabridge.coldpath.report_html import clean

if TYPE_CHECKING:
    from lambdabridge.coldpath.imports import Import

PHASES = {
    "runtime": ("AWS's runtime client", "What awslambdaric imports before the handler, and between events."),
    "init": ("the handler's import", "What importing the handler brings: the application, its framework, the bridge."),
    "request": ("the first requests", "What is imported while the function answers."),
}


def rows(root: Import) -> list[list[Any]]:
    """Return [parent, name, self, cumulative, compile, code, kind, importer, line, distribution, file, phase] for each.

    page.js has the same list of columns.
    """
    found: list[list[Any]] = [[-1, "all imports", 0, root["cumulative_us"], 0, "", "phase", "", 0, "", "", ""]]
    for phase, (title, what) in PHASES.items():
        modules = [module for module in root["children"] if module["phase"] == phase]
        if modules:
            total = sum(module["cumulative_us"] for module in modules)
            found.append([0, title, 0, total, 0, "", "phase", "", 0, "", what, phase])
            number = len(found) - 1
            for module in modules:
                _add(found, module, number)
    return found


def _add(found: list[list[Any]], module: Import, parent: int) -> None:
    waiting = [(module, parent)]
    while waiting:
        one, above = waiting.pop()
        number = len(found)
        found.append(
            [
                above,
                clean(one["name"]),
                one["self_us"],
                one["cumulative_us"],
                one["compile_us"],
                one["code"],
                one["kind"],
                clean(one["importer"]),
                one["line"],
                clean(one["distribution"]),
                clean(one["file"]),
                one["phase"],
            ]
        )
        waiting += [(child, number) for child in reversed(one["children"])]


def script_data(root: Import) -> str:
    """Return the rows as JSON that may stand within a <script> element."""
    return json.dumps(rows(root), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
