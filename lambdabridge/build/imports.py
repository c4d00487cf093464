"""Who imports whom, by the syntax tree: which modules of a folder name a module, and from where.

Names that are put together at run time can't be seen; a string that is a module's whole name can, and counts if it has a dot
in it or import_module() gets it.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from lambdabridge.build.syntax import origin, parse


def module_name(path: str) -> str:
    """Return the name of a file's module: "a/b/__init__.py" is a.b."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def named_in(source: bytes, path: str) -> Iterator[str]:
    """Yield the names of modules that a source imports, or has as a string."""
    try:
        tree = parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    package = module_name(path).split(".")
    if not path.endswith("/__init__.py") and path != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = origin(node, package)
            yield base
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", node.value[:200]):
                yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (str(first.value) for first in node.args[:1] if isinstance(first, ast.Constant))


def importers(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Return {path: names of modules} for the sources below a folder that have one of the words in them at all."""
    wanted = [word.encode() for word in words]
    found = {}
    for base, folders, files in os.walk(folder):
        folders.sort()
        for name in files:
            if name.endswith(".py"):
                source = Path(base, name).read_bytes()
                if any(word in source for word in wanted):
                    path = Path(base, name).relative_to(folder).as_posix()
                    found[path] = set(named_in(source, path))
    return found
