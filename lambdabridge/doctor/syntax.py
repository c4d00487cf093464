"""What a Python file binds at its top level, and what it imports and bridges: read (ast), never run.

A name that can't be ruled out is taken to be there: after `from x import *`, with a module's __getattr__, with globals().
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lambdabridge.build.syntax import parse


class Module(NamedTuple):
    """One file.

    names    what it binds; None if that can't be told
    imports  the first names of the modules that an import of it imports
    bridged  {line: import string} of each bridge("module:attribute")
    """

    names: frozenset[str] | None
    imports: frozenset[str]
    bridged: dict[int, str]


def read(file: Path) -> Module:
    """Return what a file binds; raise SyntaxError (or ValueError) for what is no Python."""
    tree = parse(file.read_bytes())
    names: set[str] = set()
    imports: set[str] = set()
    bridged: dict[int, str] = {}
    is_known = True
    for node in _top_level(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
            if isinstance(node, ast.Import):
                imports.update(alias.name.partition(".")[0] for alias in node.names)
            elif not node.level and node.module:
                imports.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0] if node.args else None
            if called == "bridge" and isinstance(first, ast.Constant) and isinstance(first.value, str):
                bridged[first.lineno] = first.value
            is_known = is_known and called not in ("globals", "vars", "exec", "setattr")
    is_known = is_known and not names & {"*", "__getattr__"}
    return Module(frozenset(names) if is_known else None, frozenset(imports), bridged)


def _top_level(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that an import of the module runs, without the bodies of functions and classes."""
    waiting = [node]
    while waiting:  # no recursion: a long sum is a deep tree
        for child in ast.iter_child_nodes(waiting.pop()):
            yield child
            if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
                waiting.append(child)


def read_or_unknown(file: Path) -> Module:
    """Return what a file binds, with names of None for what is no Python."""
    try:
        return read(file)
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        return Module(None, frozenset(), {})


def find(folder: Path, module: str) -> Path | None:
    """Return the file of a module below a folder: .py, or a compiled one; None if there is none."""
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", module):  # an import string's module may have a hyphen
        return None
    path = folder.joinpath(*module.split("."))
    for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
        if file.is_file():
            return file
    if path.is_dir() and any(path.glob("*.py")):  # a namespace package
        return path
    compiled = [
        *path.parent.glob(f"{path.name}.*.so"),
        *path.parent.glob(f"{path.name}.pyc"),
        *path.glob("__init__.pyc"),
    ]
    return compiled[0] if compiled else None
