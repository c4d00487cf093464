"""Runs in a probed process, from a folder on PYTHONPATH: it marks when the phases of its init begin and end.

It wraps a few functions once (awslambdaric's _get_handler(), bridge() and what it calls) and counts each moment to one phase
only: the application's import inside bridge("a.b:app") is the application's, and the bridge's own import inside an
application's module is the bridge's. The marks go to the file of $LAMBDABRIDGE_PHASES when the handler is there.

$LAMBDABRIDGE_LEFT_OUT=a,b.c: these modules are not imported with the handler. Whoever asks gets stand-ins that may be named,
annotated with and handed on, but not used: using one ends the process. So a run shows what their import costs, and that
nothing needs them until the first response. It imports only what an interpreter has loaded at that point.
"""

import os
import sys
import time
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PHASES = os.environ.pop("LAMBDABRIDGE_PHASES", "")
_LEFT_OUT = tuple(filter(None, os.environ.pop("LAMBDABRIDGE_LEFT_OUT", "").split(",")))
_FUNCTIONS = {
    "lambdabridge.adapter": {"bridge": "bridge"},
    "lambdabridge.asgi": {"Runner._start": "lifespan"},
    "lambdabridge.startup.application": {"from_environment": "bridge", "bridged": "bridge"},
    "lambdabridge.startup.warm_up": {"warm_up": "warm_up"},
    "lambdabridge.target": {"load": "application"},
}
"""What is counted to which phase, beside the execution of this package's modules, which is the bridge's."""

_clock = time.perf_counter


class _Phases:
    """The time of each phase, without that of the phases inside it."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}
        self.stack: list[str] = []
        self.since = 0.0

    def switch(self) -> None:
        now = _clock()
        if self.stack:
            self.times[self.stack[-1]] = self.times.get(self.stack[-1], 0.0) + now - self.since
        self.since = now

    def timed(self, phase: str, function: "Callable[..., Any]") -> "Callable[..., Any]":
        def inside(*arguments: "Any", **options: "Any") -> "Any":
            self.switch()
            self.stack.append(phase)
            try:
                return function(*arguments, **options)
            finally:
                self.switch()
                self.stack.pop()

        return inside


_phases = _Phases()
_active = False


def _get_handler(original: "Callable[..., Any]") -> "Callable[..., Any]":
    def timed(*arguments: "Any") -> "Any":
        global _active
        began = _clock()
        _active = True
        try:
            return _phases.timed("application", original)(*arguments)
        finally:
            _active = False
            if _PHASES:
                with open(_PHASES, "w", encoding="utf-8") as file:  # a codec that is loaded
                    file.write(repr({"began": began, "ended": _clock(), **_phases.times}))

    return timed


def _wrap(module: "Any") -> None:
    """Wrap what is timed of a module that has just been executed."""
    if module.__name__ == "awslambdaric.bootstrap":
        module._get_handler = _get_handler(module._get_handler)  # noqa: SLF001
    for name, phase in _FUNCTIONS.get(module.__name__, {}).items():
        owner, _, attribute = name.rpartition(".")
        holder = getattr(module, owner, None) if owner else module
        if hasattr(holder, attribute):
            setattr(holder, attribute, _phases.timed(phase, getattr(holder, attribute)))


class _Finder:
    """Sees the modules that are of interest, and leaves the others to those after it."""

    @staticmethod
    def find_spec(name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        if _active and _LEFT_OUT and name.startswith(_LEFT_OUT) and _is_left_out(name):
            return ModuleSpec(name, _stand_ins, is_package=True)
        if name != "awslambdaric.bootstrap" and not name.startswith("lambdabridge"):
            return None
        spec: Any = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module
        if name.startswith("lambdabridge"):
            execute = _phases.timed("bridge", execute)

        def executed(module: "Any") -> None:
            execute(module)
            _wrap(module)

        spec.loader.exec_module = executed
        return spec


def _is_left_out(name: str) -> bool:
    return any(name == left or name.startswith(left + ".") for left in _LEFT_OUT)


class UsedError(BaseException):
    """A module that was left out is needed; no Exception, so that no application goes on without it."""


def _used(self: "Any", *_: "Any", **__: "Any") -> "Any":
    raise UsedError(object.__getattribute__(self, "_name") + " is used before the end of the first response")


class _StandIn:
    """What is got from a module that was left out."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "Any":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _StandIn(self._name + "." + name)

    def _same(self, *_: "Any") -> "Any":
        return self

    __or__ = __ror__ = __getitem__ = _same  # annotations
    __call__ = __mro_entries__ = __iter__ = __instancecheck__ = __subclasscheck__ = __enter__ = __await__ = _used
    __bool__ = __len__ = __contains__ = __eq__ = __lt__ = __add__ = __int__ = __float__ = __index__ = _used
    __hash__ = object.__hash__


class _StandIns:  # a loader by what it has
    """The loader of modules that were left out."""

    @staticmethod
    def create_module(spec: "Any") -> None:
        return None

    @staticmethod
    def exec_module(module: "Any") -> None:
        name = module.__name__

        def get(attribute: str) -> "Any":
            if attribute.startswith("__") and attribute.endswith("__"):
                raise AttributeError(attribute)
            return _StandIn(name + "." + attribute)

        module.__getattr__ = get
        module.__path__ = []


_stand_ins: "Any" = _StandIns


def _leave(folder: str) -> None:
    """Take this folder off the import path and out of the environment, for this process and those that it starts."""
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.path_importer_cache.pop(folder, None)
    rest = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry != folder]
    os.environ.pop("PYTHONPATH", None)
    if rest:
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)


_leave(os.path.dirname(__file__))
sys.meta_path.insert(0, _Finder)
_own = sys.modules.pop("sitecustomize", None)
_user = PathFinder.find_spec("sitecustomize")
if _user is not None:  # the user's has its turn
    __import__("sitecustomize")
elif _own is not None:
    sys.modules["sitecustomize"] = _own
