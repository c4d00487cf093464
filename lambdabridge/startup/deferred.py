"""Before Python 3.15: modules of the standard library that frameworks import and few requests use are loaded when used.

`import calendar` puts a module there that has nothing but what import itself sets (its __spec__, __file__ and so on); what
else is asked of it loads it first. A finder in front of Python's own gives such modules for the names in MODULES where the
standard library has them, and for no others, from before the application's import until init ends. What is imported later is
needed by a request, and loaded at once. A module that was loaded before stays as it is. LAMBDABRIDGE_EAGER names exceptions.

importlib.util.LazyLoader does nearly the same, but loads a module when it is imported a second time, as nearly all of these
are: half of the gain. And it is not safe among threads before 3.11.9 and in 3.12.0 to 3.12.2 (gh-114763, gh-117178).

Which modules: those that stay unused by the first request in one of the examples' frameworks, where that saves time, and

- whose import changes nothing but what it imports, and does not fail (of those in BUILT_WITH where the library is there);
- whose __dict__ is not read past attribute access: native code may do that (orjson and ormsgpack did, with `dataclasses` and
  `zoneinfo`, and crash), and isinstance() with a runtime-checkable Protocol does (as which `pickle` may serve);
- that are used by nothing that they import, while it is imported: a module is loaded under a lock, import has locks of its
  own, and nobody sees a deadlock between these. Two threads can't wait for each other where these go one way only, unless an
  import hook or a fork comes between.

What only these import is not there either: who uses `importlib.resources` after `import importlib` alone, or `email.message`
after `import email`, and relied on Flask or on http.client to have imported it, has to import it.

What loading them takes, where the first request does without (ms of CPU time on Python 3.13, with what only they import):

Starlette  asyncio.sslproto with ssl 4.0, http.client 2.9, html 1.4, shutil 1.1, locale 1.0, http.cookies 0.9, hashlib 0.5,
           signal 0.5
FastAPI    asyncio.sslproto with ssl 4.8, email.message 2.0, html 1.8, http.client, locale 0.9, bz2 0.8, shutil 0.7, lzma 0.6
Flask      importlib.metadata 3.8, shutil 2.5, platform 1.4, html 1.4, ipaddress 1.3, difflib 1.1, tokenize 1.1, pkgutil 0.8,
           mimetypes 0.7, email.header 0.7, email.parser 0.6, email.errors 0.4
Django     asyncio.sslproto with ssl 5.9, ipaddress 1.8, ast 1.7, email.parser 1.3, calendar 1.2, tokenize 1.1, lzma 1.0,
           bz2 0.7, email.policy 0.6, email.generator 0.5

`from calendar import x` loads it at once.
https://docs.python.org/3/reference/import.html
"""

from __future__ import annotations

import os
import sys
from _thread import RLock
from importlib.machinery import PathFinder, SourceFileLoader
from types import ModuleType

from lambdabridge.startup.cuts import eager_modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from typing import Any

MODULES = frozenset(
    (
        *(
            "ast",
            "bz2",
            "calendar",
            "difflib",
            "hashlib",
            "html",
            "ipaddress",
            "locale",
            "lzma",
            "mimetypes",
            "pkgutil",
        ),
        *("platform", "shutil", "signal", "ssl", "tokenize"),
        *("asyncio.sslproto", "http.client", "http.cookies", "importlib.metadata"),
        *("email.errors", "email.generator", "email.header", "email.message", "email.parser", "email.policy"),
    )
)
BUILT_WITH = {"asyncio.sslproto": "_ssl", "bz2": "_bz2", "hashlib": "_hashlib", "lzma": "_lzma", "ssl": "_ssl"}
"""Modules that can't be imported, or log an error, where Python was built without a library -> what is missing then."""

_NOT_LOADED_FOR = frozenset(
    (
        *(
            "__spec__",
            "__loader__",
            "__file__",
            "__cached__",
            "__name__",
            "__package__",
            "__path__",
        ),  # import sets these
        *("__class__", "__reduce_ex__"),
    )
)
_LIBRARY = os.path.join(os.path.dirname(os.__file__), "")
_get, _set = ModuleType.__getattribute__, ModuleType.__setattr__


def defer() -> Callable[[], None] | None:
    """Defer the modules from now on; return what ends that, or None where Python's own finder is gone."""
    if PathFinder not in sys.meta_path:
        return None
    eager = eager_modules()
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
        if name in BUILT_WITH and PathFinder.find_spec(BUILT_WITH[name]) is None:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is None or type(spec.loader) is not SourceFileLoader:  # a zip file, or another's finder behind this
            return None
        if not spec.loader.path.startswith(_LIBRARY):  # the application's own calendar.py
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """Leaves a module empty, until load(). Another thread that uses it waits for the whole of it, as it does in an import."""

    def exec_module(self, module: ModuleType) -> None:
        if type(module) is not ModuleType:  # made by another's loader, which wraps this one
            super().exec_module(module)
            return
        self._lock = RLock()
        self._is_loading = False
        spec: Any = module.__spec__
        spec.loader_state = self  # spec.loader may be somebody's who wraps this one
        module.__class__ = _Deferred

    def load(self, module: ModuleType) -> None:
        """Load it, once; what fails is undone and raised, and the next use tries again."""
        with self._lock:
            if self._is_loading or type(module) is not _Deferred:  # what it imports may look at it, as in any import
                return
            members = _get(module, "__dict__")
            before = set(members)
            name = module.__name__
            is_gone = name not in sys.modules  # by mock.patch.dict("sys.modules"), say; enum looks there
            try:
                self._is_loading = True
                if is_gone:
                    sys.modules[name] = module
                super().exec_module(module)
            except BaseException:  # also what a signal's handler raises
                for added in set(members) - before:
                    del members[added]
                raise
            else:  # not above: what comes after it would empty a module that is loaded
                _set(module, "__class__", ModuleType)
            finally:
                self._is_loading = False
                if is_gone and sys.modules.get(name) is module:
                    del sys.modules[name]


class _Deferred(ModuleType):
    """A module that is loaded when anything is asked of it that import did not set, and is then a module like all others."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _NOT_LOADED_FOR:
            _load(self)
        return ModuleType.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        # import sets a module below this one here while it holds that one's lock: to load now could wait for ever
        is_below = isinstance(value, ModuleType) and value.__name__ == f"{self.__name__}.{name}"
        if not is_below:
            _load(self)
        _set(self, name, value)

    def __reduce_ex__(self, _protocol: object) -> Any:
        """For cloudpickle and dill, which know a module by its type, and would take this for another object."""
        return __import__, (self.__name__, None, None, ("",))

    def __delattr__(self, name: str) -> None:
        _load(self)
        ModuleType.__delattr__(self, name)


def _load(module: ModuleType) -> None:
    _get(module, "__spec__").loader_state.load(module)
