"""Before Python 3.15: modules of the standard library that frameworks import and few requests use are loaded when used.

`import calendar` takes effect when something of the module is used: by importlib.util.LazyLoader, which a finder in front of
Python's own gives to the modules in MODULES, and to no others, from before the application's import until init ends. What is
imported later is needed by a request, and loaded at once. A module that was loaded before stays as it is.

Which modules: those that stay unused by the first request in one of the examples' frameworks, where that saves time, and

- whose import changes nothing that others look at, and does not fail where Python was built without some library;
- that nothing which they import imports: LazyLoader holds a lock while it loads a module, and import has locks of its own,
  and no one sees a deadlock between these. Two threads can't wait for each other where imports go one way only. (The private
  modules of importlib.metadata and of zoneinfo import these; but nobody else imports those.)

What loading them takes, where the first request does without (ms of CPU time on Python 3.13, with what only they import):

Flask      importlib.metadata 5.6, ipaddress 1.2, email.header 1.0, difflib 0.9, email.parser 0.6, platform 0.6
Starlette  http.client 4.1, shutil 2.2, http.cookies 0.9, locale 0.8
Django     zoneinfo 2.2, calendar 0.7, email.parser 0.7, dataclasses 0.6, email.policy 0.4, email.generator 0.3
FastAPI    pickle 1.4, email.header 1.3, locale 0.9, email.parser 0.8

A second import of a module, and `from calendar import x`, load it at once: Python looks at its __spec__ then.

LazyLoader is safe among threads since 3.11.9, 3.12.3 and 3.13 (gh-114763, gh-117178); cuts.py leaves older ones alone.
https://docs.python.org/3/library/importlib.html#importlib.util.LazyLoader
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import LazyLoader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

MODULES = frozenset(
    (
        *("calendar", "dataclasses", "difflib", "ipaddress", "locale", "pickle", "platform", "shutil", "zoneinfo"),
        *("email.generator", "email.header", "email.parser", "email.policy"),
        *("http.client", "http.cookies", "importlib.metadata"),
    )
)


def defer() -> Callable[[], None] | None:
    """Defer the modules from now on; return what ends that, or None where Python's own finder is gone."""
    if PathFinder not in sys.meta_path:
        return None
    eager = tuple(name for name in os.environ.get("LAMBDABRIDGE_EAGER", "").replace(" ", "").split(",") if name)
    below = tuple(f"{name}." for name in eager)
    finder: Any = _Finder(frozenset(name for name in MODULES if name not in eager and not name.startswith(below)))
    sys.meta_path.insert(sys.meta_path.index(PathFinder), finder)

    def end() -> None:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)

    return end


class _Finder:
    """What Python's own finder finds, for some modules with another loader."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self.names or target is not None:  # importlib.reload() gives the target
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or type(spec.loader) is not SourceFileLoader:  # a zip file, or another's finder behind this
            return None
        spec.loader = _Loader(_Source(spec.loader.name, spec.loader.path))
        return spec


class _Loader(LazyLoader):
    """For those who ask find_spec() for the loader: get_source(), get_data(), is_package() and so on are the module's."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)


class _Source(SourceFileLoader):
    """Undoes a load that fails, as by what a signal's handler raises: LazyLoader would never load the module again."""

    def exec_module(self, module: ModuleType) -> None:
        before = set(module.__dict__)
        try:
            super().exec_module(module)
        except BaseException:
            for name in set(module.__dict__) - before:
                del module.__dict__[name]
            state: Any = getattr(module.__spec__, "loader_state", None)
            if isinstance(state, dict) and "is_loading" in state:
                state["is_loading"] = False
            raise
