"""Sources as Python reads them: the syntax tree, and which module an import statement means. Nothing is run."""

from __future__ import annotations

import ast
import warnings


def parse(source: bytes) -> ast.Module:
    """Return a source's tree, without what Python warns of (escapes in strings); raise SyntaxError and its like."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def origin(statement: ast.ImportFrom, package: list[str]) -> str:
    """Return the whole name of the module that `from ... import` names, in a module of this package."""
    above = package[: len(package) - statement.level + 1] if statement.level else []
    return ".".join([*above, *([statement.module] if statement.module else [])])
