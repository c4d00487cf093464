"""What one Python file binds at its top level: applications, handlers, factories. It is read (ast) and never run.

Names are followed through imports (`from flask import Flask as F`), not through other modules' code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from errno import ENOENT
from pathlib import Path

from lambdabridge.build.syntax import parse

FRAMEWORKS = {
    "flask.Flask": "Flask",
    "quart.Quart": "Quart",
    "fastapi.FastAPI": "FastAPI",
    "starlette.applications.Starlette": "Starlette",
    "litestar.Litestar": "Litestar",
    "bottle.Bottle": "Bottle",
    "falcon.App": "Falcon",
    "falcon.asgi.App": "Falcon",
    "django.core.wsgi.get_wsgi_application": "Django",
    "django.core.asgi.get_asgi_application": "Django (ASGI)",
    "apiflask.APIFlask": "APIFlask",
    "pyramid.config.Configurator.make_wsgi_app": "Pyramid",
}
"""What makes an application -> what people call it."""
BRIDGE = "lambdabridge.bridge"


@dataclass
class Module:
    """What a file binds at its top level.

    applications  name -> the framework, or "WSGI" or "ASGI"
    handlers      name -> what bridge() was called with: the name of a variable, or an import string in quotes
    factories     function or class -> the framework of what calling it makes
    calls         name -> what was called for it, where that is none of these: "shop.create_app"
    names         everything that is bound
    imported      name -> what it is imported from: "flask.Flask", ".factory.create_app"
    modules       the whole names of the modules that are imported, those of its own package with their dots
    """

    applications: dict[str, str] = field(default_factory=dict)
    handlers: dict[str, str] = field(default_factory=dict)
    factories: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    imported: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    error: str = ""

    @property
    def is_relative(self) -> bool:
        """Whether it imports from the package that it is in."""
        return any(name.startswith(".") for name in self.modules)


def read(file: Path) -> Module:
    """Return what a file binds; `error` has one sentence for what can't be read."""
    module = Module()
    try:
        if not file.is_file():  # a pipe, whose end never comes
            raise FileNotFoundError(ENOENT, "it is no file")
        tree = parse(file.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        module.error = f"{file.name} is no Python that this interpreter reads ({error.__class__.__name__})."
        return module
    except OSError as error:
        module.error = f"{file.name} can't be read: {error.strerror}."
        return module
    for statement in _top_level(tree.body):
        _read_statement(statement, module)
    return module


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Return the statements that an import runs, also those in `if`, `try` and `with`."""
    for statement in body:
        if isinstance(statement, ast.If) and _is_main(statement.test):
            yield from _top_level(statement.orelse)
            continue
        yield statement
        for part in ("body", "handlers", "orelse", "finalbody"):
            inner = getattr(statement, part, ())
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for one in inner:
                    yield from _top_level(one.body if isinstance(one, ast.ExceptHandler) else [one])


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _read_statement(statement: ast.stmt, module: Module) -> None:
    """Note what one statement binds."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            module.modules.add(alias.name)
            first = alias.name.partition(".")[0]
            module.imported[alias.asname or first] = alias.name if alias.asname else first
            module.names.add(alias.asname or first)
    elif isinstance(statement, ast.ImportFrom):
        source = "." * statement.level + (f"{statement.module}." if statement.module else "")  # "flask.", "."
        module.modules.add("." * statement.level + (statement.module or ""))
        for alias in statement.names:
            module.imported[alias.asname or alias.name] = source + alias.name
            module.names.add(alias.asname or alias.name)
    elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        module.names.add(statement.name)
        _read_function(statement, module)
    elif isinstance(statement, ast.ClassDef):
        module.names.add(statement.name)
        for method in statement.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and method.name == "__call__":
                kind = _interface(method, skip=1)
                module.factories.update({statement.name: kind} if kind else {})
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        module.names.update(names)
        for name in names:
            _read_value(name, statement.value, module)


def _read_value(name: str, value: ast.expr | None, module: Module) -> None:
    """Note what a name is assigned from, if that is a call."""
    called = _called(value, module.imported)
    if not isinstance(value, ast.Call):
        return
    if called == BRIDGE:
        given = (
            value.args[0] if value.args else next((word.value for word in value.keywords if word.arg == "app"), None)
        )
        module.handlers[name] = ast.unparse(given) if given is not None else ""
        return
    made = [_made(part, module) for part in (value, *value.args)]  # also WhiteNoise(get_wsgi_application())
    if any(made):
        module.applications[name] = next(filter(None, made))
    elif called:
        module.calls[name] = called


def _made(value: ast.expr, module: Module) -> str:
    called = _called(value, module.imported)
    return FRAMEWORKS.get(called) or module.factories.get(called, "")


def _interface(function: ast.FunctionDef | ast.AsyncFunctionDef, skip: int = 0) -> str:
    """Return "WSGI" or "ASGI" for a function with that one's parameters, after `self` or none; "" for others."""
    parameters = tuple(argument.arg for argument in function.args.args)[skip:]
    if isinstance(function, ast.AsyncFunctionDef):
        return "ASGI" if parameters == ("scope", "receive", "send") else ""
    return "WSGI" if parameters == ("environ", "start_response") else ""


def _read_function(function: ast.FunctionDef | ast.AsyncFunctionDef, module: Module) -> None:
    """Note a function that is an application, or that makes one."""
    kind = _interface(function)
    if kind:
        module.applications[function.name] = kind
        return
    scratch = Module(imported=dict(module.imported), factories=dict(module.factories))
    for statement in _top_level(function.body):
        _read_statement(statement, scratch)
        if isinstance(statement, ast.Return) and statement.value is not None:
            returned = statement.value
            name = returned.id if isinstance(returned, ast.Name) else ""
            made = scratch.applications.get(name) or _made(returned, scratch)
            module.factories.update({function.name: made} if made else {})


def _called(value: ast.expr | None, imported: dict[str, str]) -> str:
    """Return the whole name of what an expression calls: "flask.Flask"; "" if it calls nothing that has a name."""
    if not isinstance(value, ast.Call):
        return ""
    parts: list[str] = []
    function = value.func
    while isinstance(function, ast.Attribute):
        parts.insert(0, function.attr)
        function = function.value
    if not isinstance(function, ast.Name):
        return ""
    return ".".join([imported.get(function.id, function.id), *parts])
