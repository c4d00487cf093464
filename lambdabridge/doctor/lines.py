"""Where a resource or one of its properties stands in a template: the line, counted from 1.

YAML keeps the place of each node. Of JSON, which is mostly written by a program, only a resource's own line is looked for.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


class Lines:
    """The lines of one template file."""

    def __init__(self, path: Path) -> None:
        self._text = path.read_text()
        self._is_json = path.suffix == ".json"
        self._tree: Any = None if self._is_json else _compose(self._text)

    def of(self, resource: str, member: str = "") -> int | None:
        """Return the line of a resource's property, else of that property in Globals, else of the resource itself."""
        if self._is_json:
            found = re.search(rf'^\s*"{re.escape(resource)}"\s*:\s*\{{', self._text, re.MULTILINE)
            return self._text.count("\n", 0, found.end()) + 1 if found else None
        places = [["Resources", resource, *keys] for keys in ([["Properties", *member.split(".")]] if member else [])]
        places += [["Globals", section, *member.split(".")] for section in ("Function", "Api", "HttpApi") if member]
        for place in (*places, ["Resources", resource]):
            line = self._line(place)
            if line is not None:
                return line
        return None

    def _line(self, keys: list[str]) -> int | None:
        node = self._tree
        line = None
        for key in keys:
            entries = node.value if getattr(node, "id", "") == "mapping" else ()
            found = next(((name, value) for name, value in entries if name.value == key), None)
            if found is None:
                return None
            line, node = found[0].start_mark.line + 1, found[1]
        return line


def _compose(text: str) -> Any:
    import yaml

    return yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
