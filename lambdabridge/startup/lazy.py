"""Python 3.15's lazy imports, for the application's frameworks: a module is loaded when a name of it is first used.

What a module does for others when it is loaded (routes, signals, lookups that it registers) does not happen while nobody uses
a name of it. So not everything is made lazy, as by Python's own PYTHON_LAZY_IMPORTS=all, but:

- imports of the standard library and of the packages in TESTED, whoever imports them;
- except where modules of theirs import others below them for what these do (FOR_EFFECT), or where modules of a package
  register with one another (REGISTERING): Django's lookups know the model fields, and these don't know the lookups.
  Tests look for imports of the first kind in TESTED's source, and compare what Django has registered.

Imports of all other modules, the application's own first of all, stay as they are. So do, by Python's own rules, those in
functions, classes and `try`, and `import *`. LAMBDABRIDGE_EAGER names modules that stay as they are, with what is below them.

It stays so after init: a module that is loaded in a request would otherwise load all that it imports. What the first request
needs is then loaded in that request. Where init is done before there is one (provisioned concurrency, SnapStart), this would
only move work into the client's time, and it is off unless LAMBDABRIDGE_LAZY_IMPORTS=1.
https://peps.python.org/pep-0810/
"""

from __future__ import annotations

import sys

from lambdabridge.startup.cuts import eager_modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TESTED = frozenset(
    (
        *("flask", "werkzeug", "jinja2", "click", "itsdangerous", "markupsafe", "blinker"),
        *("django", "asgiref", "sqlparse"),
        *("starlette", "anyio", "fastapi", "pydantic", "annotated_doc", "annotated_types", "python_multipart"),
        *("opentelemetry", "typing_extensions", "typing_inspection"),
    )
)
FOR_EFFECT = ("django.core.checks", "django.tasks")
REGISTERING = ("django.contrib.gis", "django.contrib.postgres", "django.db")
BUT_NOT = ("django.db", "django.db.models", "django.db.models.fields")
"""Forms load these, also where there is no model. What defines one loads django.db.models.base, and by that all the rest."""

_system: Any = sys  # the type checker knows the oldest Python's


def make_imports_lazy() -> None:
    """Make them so from now on. Does nothing before Python 3.15, or where the application has a filter of its own."""
    if not hasattr(_system, "set_lazy_imports") or _system.get_lazy_imports_filter() is not None:
        return
    eager = eager_modules()
    # "all" already: PYTHON_LAZY_IMPORTS=all, and all of the application is asked for
    only = None if _system.get_lazy_imports() == "all" else TESTED | sys.stdlib_module_names
    _system.set_lazy_imports_filter(lazy_filter(only, eager))
    _system.set_lazy_imports("all")


def lazy_filter(only: frozenset[str] | None, eager: tuple[str, ...]) -> Callable[..., bool]:
    """Return Python's filter: whether an import is lazy, by the importing and the imported module and the names taken."""

    def is_lazy(importing: str | None, imported: str, names: tuple[str, ...] | None) -> bool:
        if only is not None and imported.partition(".")[0] not in only:
            return False
        if importing is None:  # no module's code, such as a template that Jinja compiled
            return False
        if not imported.startswith("django."):
            return True
        if importing in FOR_EFFECT:
            return not imported.startswith(importing)
        return not (imported.startswith(REGISTERING) and importing.startswith(REGISTERING) and importing not in BUT_NOT)

    if not eager:
        return is_lazy
    below = tuple(f"{name}." for name in eager)

    def is_lazy_and_not_chosen(importing: str | None, imported: str, names: tuple[str, ...] | None) -> bool:
        if not is_lazy(importing, imported, names):
            return False
        modules = [imported, *(f"{imported}.{name}" for name in names or ())]
        return not any(module in eager or module.startswith(below) for module in modules)

    return is_lazy_and_not_chosen
