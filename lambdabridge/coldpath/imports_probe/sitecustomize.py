"""Runs in the measured process: `site` imports it before awslambdaric, from a folder that is put on PYTHONPATH.

It takes itself off the import path and out of the environment, gives the import system's own functions a clock, and
lets a sitecustomize of the user's have its turn. What was imported is appended to the file of $LAMBDABRIDGE_IMPORTS
whenever an import ends that no other one contains: a process that is killed has left what it did until then.

It imports only what an interpreter has loaded at that point, or has built in (so no __future__ either). The wrappers
bear the import system's file name: so Python keeps them out of tracebacks and of a warning's stack level, as it does
with the functions that they wrap. These are private, and the same in 3.10 to 3.15; CPython's Lib/importlib/_bootstrap.py.
"""

# ruff: noqa: SLF001 - the import system has no public functions for this

import os
import sys
import time
from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_bootstrap: "Any" = sys.modules["_frozen_importlib"]
_external: "Any" = sys.modules["_frozen_importlib_external"]

_CALLERS = {"_get_handler": "init", "handle_event_request": "request", "run": "runtime"}
"""awslambdaric's functions, and what goes on below them; innermost first, since run() calls the others."""


class _Record:
    """One import, from when it was asked for to when it was there."""

    __slots__ = (
        "bytecode",
        "children",
        "compiled",
        "failed",
        "importer",
        "index",
        "line",
        "name",
        "parent",
        "spec",
        "started",
        "took",
    )

    def __init__(self, name: str, index: int, parent: "_Record | None") -> None:
        self.name = name
        self.index = index
        self.parent = parent
        self.spec: Any = None
        self.importer = ""
        self.line = 0
        self.started = 0
        self.children = 0
        self.compiled = 0
        self.bytecode = ""
        self.failed = False
        self.took = 0


class _Threads(_local):  # type: ignore[misc,unused-ignore]  # each thread's imports nest by themselves
    top: "_Record | None" = None


class _Probe:
    """What has been imported, and the file that it goes to."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.process = os.getpid()
        self.phase = "runtime"
        self.count = 0
        self.threads = _Threads()
        self.finished: list[_Record] = []
        stdlib = os.path.dirname(os.__file__)
        self.append([("start", sys.version, sys.executable, stdlib, sorted(sys.modules), time.perf_counter_ns())])

    def append(self, rows: "list[tuple[Any, ...]]") -> None:
        with open(self.path, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write("".join([f"{row!r}\n" for row in rows]))

    def begin(self, name: str, frame: "FrameType | None") -> _Record:
        parent = self.threads.top
        record = self.threads.top = _Record(name, self.count, parent)
        self.count += 1
        while frame is not None and _is_import_system(frame):
            frame = frame.f_back
        record.importer = "" if frame is None else str(frame.f_globals.get("__name__", ""))
        record.line = 0 if frame is None else frame.f_lineno or 0
        if parent is None:
            self.phase = _phase(frame) or self.phase
        record.started = time.perf_counter_ns()
        return record

    def end(self, record: _Record) -> None:
        record.took = time.perf_counter_ns() - record.started
        parent = self.threads.top = record.parent
        self.finished.append(record)
        if parent is not None:
            parent.children += record.took
        elif os.getpid() == self.process:  # a fork has its parent's records, and would write them again
            finished, self.finished = self.finished, []
            self.append([_row(record, self.phase) for record in finished])


def _is_import_system(frame: "FrameType") -> bool:
    if frame.f_code.co_filename.startswith("<frozen importlib"):
        return True
    module = str(frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] == "importlib" or module == "lambdabridge.startup.deferred"


def _phase(frame: "FrameType | None") -> str:
    """Return what awslambdaric is doing; "" where the stack does not say: before it runs, and in other threads."""
    while frame is not None:
        phase = _CALLERS.get(frame.f_code.co_name)
        if phase is not None and frame.f_globals.get("__name__") == "awslambdaric.bootstrap":
            return phase
        frame = frame.f_back
    return ""


def _row(record: _Record, phase: str) -> "tuple[Any, ...]":
    spec, parent = record.spec, record.parent
    origin = getattr(spec, "origin", None)
    return (
        record.index,
        -1 if parent is None else parent.index,
        record.name,
        record.started,
        record.took,
        record.took - record.children,
        record.compiled,
        record.bytecode,
        record.failed,
        record.importer,
        record.line,
        phase,
        origin if isinstance(origin, str) else None,
        "" if spec is None else getattr(spec.loader, "__name__", None) or type(spec.loader).__name__,
    )


def _bytecode_before(path: str) -> str:
    """Return what there was beside the source that is about to be compiled."""
    try:
        _external._path_stat(_external.cache_from_source(path))
    except (OSError, NotImplementedError):
        return "missing"
    return "stale"


def _wrappers(probe: _Probe) -> "list[tuple[Any, str, Callable[..., Any]]]":
    modules, threads, clock, frame = sys.modules, probe.threads, time.perf_counter_ns, sys._getframe
    find_and_load, load_unlocked = _bootstrap._find_and_load, _bootstrap._load_unlocked
    loader, compiler = _external._LoaderBasics, _external.SourceLoader
    exec_module, source_to_code = loader.exec_module, compiler.source_to_code

    def _find_and_load(name: str, *arguments: "Any", **options: "Any") -> "Any":  # 3.15 has an option more
        if name in modules:
            return find_and_load(name, *arguments, **options)
        record = probe.begin(name, frame())
        try:
            return find_and_load(name, *arguments, **options)
        except BaseException:
            record.failed = True
            raise
        finally:
            probe.end(record)

    def _load_unlocked(spec: "Any") -> "Any":
        top = threads.top
        if top is not None and top.name == spec.name:
            top.spec = spec
        return load_unlocked(spec)

    def _exec_module(self: "Any", module: "Any") -> "Any":
        top, name = threads.top, module.__spec__.name
        if top is not None and top.name == name:
            return exec_module(self, module)
        record = probe.begin(name, frame())  # from a path, again, or put off until now: not through `import`
        record.spec = module.__spec__
        try:
            return exec_module(self, module)
        except BaseException:
            record.failed = True
            raise
        finally:
            probe.end(record)

    def _source_to_code(self: "Any", data: "Any", path: "Any", *arguments: "Any", **options: "Any") -> "Any":
        top = threads.top
        if top is None or getattr(self, "name", None) != top.name:
            return source_to_code(self, data, path, *arguments, **options)
        top.bytecode = _bytecode_before(path)
        started = clock()
        try:
            return source_to_code(self, data, path, *arguments, **options)
        finally:
            top.compiled += clock() - started

    return [
        (_bootstrap, "_find_and_load", _find_and_load),
        (_bootstrap, "_load_unlocked", _load_unlocked),
        (loader, "exec_module", _exec_module),
        (compiler, "source_to_code", _source_to_code),
    ]


def _install(path: str) -> None:
    for owner, name, wrapper in _wrappers(_Probe(path)):
        wrapper.__code__ = wrapper.__code__.replace(co_filename="<frozen importlib._bootstrap>")
        setattr(owner, name, wrapper)


def _leave(folder: str) -> None:
    """Take this folder off the import path and out of the environment, for this process and those that it starts."""
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.path_importer_cache.pop(folder, None)
    rest = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry != folder]
    os.environ.pop("PYTHONPATH", None)
    if rest:
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)


def _next_sitecustomize() -> None:
    spec = _external.PathFinder.find_spec("sitecustomize")
    if spec is not None and spec.loader is not None:
        module = sys.modules["sitecustomize"] = _bootstrap.module_from_spec(spec)
        spec.loader.exec_module(module)


_leave(os.path.dirname(__file__))
_install(os.environ.pop("LAMBDABRIDGE_IMPORTS"))
_next_sitecustomize()
