"""Which modules an application's own code imports for certain when it is imported itself: read (ast), never run.

From the handler's module on, through every module of its own that these import. For certain: not in `try` with an except, not
in `if`, not in a function; what is left is imported at every start.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lambdabridge.build.syntax import origin, parse
from lambdabridge.doctor import syntax
from lambdabridge.doctor.own import text_of

RUNTIME = frozenset(
    ("awslambdaric", "boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "simplejson",
     "snapshot_restore_py", "lambdabridge", "pip", "setuptools", "pkg_resources", "distutils", "_distutils_hack")
)  # fmt: skip
"""What is there without a requirement, at least on some runtimes, and lambdabridge, which has checks of its own."""
_NEWER = frozenset(("tomllib", "annotationlib", "compression", "profiling"))
"""Of the standard library of some runtime, and not of every Python that this runs on."""
STANDARD = frozenset(sys.stdlib_module_names) | _NEWER


class Place(NamedTuple):
    """Where an import stands."""

    file: Path
    line: int


def of_others(folder: Path, starts: Iterable[str], is_own: Callable[[str], bool]) -> dict[str, Place]:
    """Return {top-level module: its first import} of all that is neither the folder's, nor Python's, nor the runtime's.

    is_own: whether a top-level name in the folder is the application's, so that its imports count.
    """
    found: dict[str, Place] = {}
    waiting, seen = list(starts), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        file = syntax.find(folder, name)
        if file is None or file.suffix != ".py":
            continue
        for line, module in _imported(file, name):
            top = module.partition(".")[0]
            if top in STANDARD or top in RUNTIME:
                continue
            if not _is_there(folder, top, file):
                found.setdefault(top, Place(file, line))
            elif is_own(top):
                parts = module.split(".")
                waiting += [".".join(parts[: count + 1]) for count in range(len(parts))]
    return found


def _is_there(folder: Path, name: str, importer: Path) -> bool:
    """Whether a folder has a top-level module; for code that changes the import path, also in a folder of the folder."""
    patterns = [name, f"{name}.py", f"{name}.*.so", f"{name}.so", f"{name}.pyc", f"{name}.zip"]
    if any(next(folder.glob(pattern), None) for pattern in patterns):
        return True
    if not any(b"sys.path" in text_of(file) for file in (importer, *folder.glob("*.py"))):
        return False
    return any(next(folder.glob(f"{above}/{pattern}"), None) for above in ("*", "*/*") for pattern in patterns)


def _imported(file: Path, name: str) -> Iterator[tuple[int, str]]:
    """Yield (line, whole name of a module) of each certain import of a file; `from a import b` may name a.b."""
    try:
        tree = parse(file.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return
    package = name.split(".")[: None if file.name == "__init__.py" else -1]
    for node in _certain(tree.body):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level > len(package):
                continue  # beyond the top: its own kind of failure
            base = origin(node, package)
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names if alias.name != "*")
    for text in syntax.read_or_unknown(file).bridged.values():  # bridge("mysite.wsgi:application")
        yield 1, text.partition(":")[0]


def _certain(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        is_tried = isinstance(statement, ast.Try) and bool(statement.handlers)
        if isinstance(statement, (ast.With, ast.Try)) and not is_tried and not _suppresses(statement):
            yield from _certain(statement.body)


def _suppresses(statement: ast.stmt) -> bool:
    """Whether it is `with suppress(ImportError):`."""
    items = statement.items if isinstance(statement, ast.With) else ()
    return any("suppress" in ast.unparse(item.context_expr) for item in items)
