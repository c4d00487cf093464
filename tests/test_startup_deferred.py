"""Before Python 3.15: modules of the standard library that are loaded when used; which, where, and that nobody sees it."""

from __future__ import annotations

import ast
import functools
import importlib.util
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lambdabridge.startup.deferred import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 15), reason="Python's own lazy imports take its place")

# --- where -----------------------------------------------------------------------------------------------------------

HERE = """
import sys
def handler(event, context):
    import http.cookies  # after init
    names = ("calendar", "difflib", "http.cookies")
    return [name for name in names if type(sys.modules.get(name)).__name__ == "_Deferred"]
import calendar, difflib, own
"""
# environment -> what waits
SWITCHES: dict[str, tuple[dict[str, str], list[str]]] = {
    "default": ({}, ["calendar", "difflib"]),
    "off": ({"LAMBDABRIDGE_LAZY_IMPORTS": "0"}, []),
    "chosen": ({"LAMBDABRIDGE_EAGER": "calendar, nothing"}, ["difflib"]),
    "before there is a client": ({"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"}, []),
    "before there is a client, on": (
        {"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency", "LAMBDABRIDGE_LAZY_IMPORTS": "1"},
        ["calendar", "difflib"],
    ),
}


@pytest.mark.parametrize("case", SWITCHES)
def test_switches(tmp_path: Path, case: str) -> None:
    pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)")
    from tests.lambda_process import run

    settings, expected = SWITCHES[case]
    (tmp_path / "app.py").write_text(HERE)
    (tmp_path / "own.py").write_text("")
    ended = run(tmp_path, [{}], LAMBDABRIDGE_APP="app:handler", **settings)
    assert ended.results == [expected]


# --- which -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(MODULES))
def test_nothing_that_a_module_imports_uses_it(name: str) -> None:
    """Its lock and the import system's would wait for each other, in two threads."""
    waiting, seen, cyclic = {name}, set(), set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        found = imports_of(module)
        if name in found and find(module):
            cyclic.add(module)
        waiting |= found - seen
    imports = "".join(f"import {module}; assert waits({name!r}), {module!r}\n" for module in sorted(cyclic))
    done = run_here(f"import {name}\n{imports}")
    assert (done.returncode, done.stderr) == (0, "")


@functools.cache
def imports_of(name: str) -> frozenset[str]:
    """Return what a module of the standard library imports when it is loaded, with the packages above these and it."""
    spec = find(name)
    if spec is None or not (spec.origin or "").endswith(".py"):
        return frozenset()
    package = name if spec.submodule_search_locations else name.rpartition(".")[0]
    found = {name.rpartition(".")[0]}
    for node in nodes_run_at_import(ast.parse(Path(str(spec.origin)).read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found.add(source)
            found.update(f"{source}.{alias.name}" for alias in node.names if find(f"{source}.{alias.name}"))
    above = {module.rsplit(".", count)[0] for module in found for count in range(1, module.count(".") + 1)}
    return frozenset((found | above) - {name, ""})


def nodes_run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        is_script = isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
        if not is_script and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from nodes_run_at_import(getattr(node, part, []))
            for handler in getattr(node, "handlers", ()):
                yield from nodes_run_at_import(handler.body)


@functools.cache
def find(name: str) -> ModuleSpec | None:
    """Return a module's spec, and import nothing for that."""
    spec, path = None, None
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        if count > 1 and path is None:
            return None
        spec = PathFinder.find_spec(".".join(parts[:count]), path)
        if spec is None:
            return None
        path = spec.submodule_search_locations
    return spec


# --- that nobody sees it ---------------------------------------------------------------------------------------------

BEFORE = """
import sys
from lambdabridge.startup.deferred import MODULES, defer
for name in MODULES:
    sys.modules.pop(name, None)
end = defer()
def waits(name):
    return type(sys.modules[name]).__name__ == "_Deferred"
"""
SEEN = {
    "use": "import calendar; assert waits('calendar'); assert calendar.isleap(2024); assert not waits('calendar')",
    "from": "from calendar import isleap; assert isleap(2024); assert not waits('calendar')",
    "of a package": "from importlib import metadata; assert waits('importlib.metadata'); assert metadata.version('pytest')",
    "modules below": "import importlib.metadata._meta; assert waits('importlib.metadata')\n"
    "assert importlib.metadata.distributions; "
    "import html.entities; assert waits('html'); assert html.unescape('&lt;') == '<'",
    "isinstance": "import calendar, types; assert isinstance(calendar, types.ModuleType); assert waits('calendar')",
    "an attribute that is taken away": "import calendar; del calendar.isleap; assert not waits('calendar')\n"
    "assert not hasattr(calendar, 'isleap') and calendar.monthrange",
    "a module set on another": "import calendar, difflib; calendar.difflib = difflib; assert not waits('calendar')",
    "what is not there": "import calendar\ntry:\n    calendar.nothing\nexcept AttributeError as error:\n"
    "    assert 'calendar' in str(error)\nelse:\n    raise AssertionError",
    "everything": "from calendar import *; assert isleap(2024) and not waits('calendar')",
    "an interrupted load": "import calendar, sys\ndef interrupt(frame, event, argument):\n"
    "    if frame.f_code.co_name == '<module>' and frame.f_code.co_filename == calendar.__file__:\n"
    "        sys.settrace(None); raise KeyboardInterrupt\n"
    "sys.settrace(interrupt)\ntry:\n    calendar.isleap\nexcept KeyboardInterrupt:\n    pass\n"
    "else:\n    raise AssertionError\n"
    "assert waits('calendar') and calendar.isleap(2024)",
    "second import": "import calendar; import calendar as c; assert waits('calendar'); assert c.isleap(2024)",
    "a module": "import calendar, inspect; assert inspect.ismodule(calendar); assert waits('calendar')",
    "its representation": "import calendar; assert 'calendar.py' in repr(calendar)",
    "attributes that were set": "import calendar; calendar.firstweekday = 1; calendar.mine = 2\n"
    "assert (calendar.isleap(2024), calendar.firstweekday, calendar.mine) == (True, 1, 2)",
    "reload": "import calendar, importlib; assert importlib.reload(calendar) is calendar; assert calendar.isleap(2024)",
    "reload after": "import calendar, importlib; end(); importlib.reload(calendar); assert calendar.isleap(2024)",
    "find_spec": "import importlib.util, inspect; spec = importlib.util.find_spec('calendar')\n"
    "assert 'def isleap' in spec.loader.get_source('calendar'); assert not spec.loader.is_package('calendar')\n"
    "import calendar; assert importlib.util.find_spec('calendar').loader.get_filename() == calendar.__file__",
    "getmodule": "import calendar, inspect; assert inspect.getmodule(calendar.isleap) is calendar\n"
    "assert 'leap' in inspect.getsource(calendar.isleap)",
    "pickle": "import calendar, pickle; assert pickle.loads(pickle.dumps(calendar.isleap)) is calendar.isleap",
    "a scan": "import calendar, difflib, html\n"
    "found = [name for name, module in list(sys.modules.items()) if hasattr(module, '__warningregistry__')]\n"
    "assert not waits('calendar') and calendar.isleap(2024)",
    "warnings": "import calendar, unittest\n"
    "class T(unittest.TestCase):\n    def test(self):\n        import warnings\n        with self.assertWarns(UserWarning):\n"
    "            warnings.warn('x')\nT('test').debug(); assert calendar.isleap(2024)",
    "package data": "import pkgutil, importlib.resources\n"
    "assert pkgutil.get_data('importlib.metadata', '__init__.py'); import email\n"
    "assert importlib.resources.files('email').joinpath('message.py').is_file()",
    "another's finder": "from importlib.machinery import PathFinder\n"
    "class Other:\n    @staticmethod\n    def find_spec(name, path, target=None):\n        return None\n"
    "sys.meta_path.append(Other); import calendar; assert waits('calendar'); end(); assert Other in sys.meta_path",
    "a hook": "import importlib.util\n"
    "class Loader:\n    def __init__(self, loader):\n        self.loader = loader\n"
    "    def create_module(self, spec):\n        return self.loader.create_module(spec)\n"
    "    def exec_module(self, module):\n        self.loader.exec_module(module); found.append(module.isleap)\n"
    "class Hook:\n    def find_spec(name, path, target=None):\n        if name == 'calendar' and not found:\n"
    "            found.append(1); spec = importlib.util.find_spec(name); spec.loader = Loader(spec.loader); return spec\n"
    "found = []; sys.meta_path.insert(0, Hook); import calendar; assert found[1](2024)",
    "a load that failed": "import calendar, datetime; end(); sys.modules['datetime'] = None\n"
    "try:\n    calendar.isleap\nexcept ImportError:\n    pass\nelse:\n    raise AssertionError\n"
    "sys.modules['datetime'] = datetime\n"
    "assert calendar.isleap(2024) and calendar.day_name[0] == 'Monday'",
    "native code that reads a dictionary": "import ctypes, dataclasses, zoneinfo\n"  # as orjson 3.10 does
    "members = ctypes.pythonapi.PyModule_GetDict\n"
    "members.argtypes, members.restype = [ctypes.py_object], ctypes.py_object\n"
    "assert '_FIELD' in members(dataclasses) and 'ZoneInfo' in members(zoneinfo)",
    "a protocol": "import pickle\nfrom typing import Protocol, runtime_checkable\n"
    "@runtime_checkable\nclass Serializer(Protocol):\n    def dumps(self, data): ...\n    def loads(self, data): ...\n"
    "assert isinstance(pickle, Serializer)",
    "the application's own": "import os, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
    "    with open(os.path.join(folder, 'calendar.py'), 'w') as file:\n        file.write('import sys; sys.own = 1')\n"
    "    sys.path.insert(0, folder); import calendar\n    assert sys.own and not waits('calendar')",
    "pickled itself": "import calendar, copyreg, pickle; assert pickle.loads(pickle.dumps(calendar)) is calendar\n"
    "assert waits('calendar')",
    "forgotten by sys.modules": "from unittest.mock import patch\nwith patch.dict('sys.modules', {'torch': None}):\n"
    "    import calendar, signal\nassert calendar.isleap(2024) and signal.SIGTERM == 15\n"
    "assert 'calendar' not in sys.modules",
    "another's module class": "import importlib.util, types\nclass Own(types.ModuleType):\n    pass\n"
    "spec = importlib.util.find_spec('calendar'); sys.modules['calendar'] = module = Own('calendar')\n"
    "module.__spec__ = spec\n"
    "spec.loader.exec_module(module); assert type(module) is Own and module.isleap(2024)",
    "after init": "end(); import calendar; assert not waits('calendar')",
    "all": "import importlib\nfor name in sorted(MODULES):\n    importlib.import_module(name)\n"
    "for name in sorted(MODULES):\n    assert vars(sys.modules[name]) and not waits(name), name\n",
}


@pytest.mark.parametrize("case", SEEN)
def test_nobody_sees_it(case: str) -> None:
    done = run_here(SEEN[case])
    assert (done.returncode, done.stderr) == (0, "")


def run_here(script: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process that defers."""
    return subprocess.run([sys.executable, "-c", BEFORE + script], capture_output=True, text=True, check=False)


# collections.abc: its own import is not safe in 3.13.0 (gh-125245)
THREADS = """
import collections.abc, importlib, threading
for name in sorted(MODULES):
    importlib.import_module(name)
others = "html.entities html.parser email.mime.text http.server asyncio.selector_events inspect zipfile tempfile".split()
barrier = threading.Barrier(8)
failed = []
def touch(number):
    names = sorted([*MODULES, *others], reverse=number % 2 == 1)
    barrier.wait()
    for name in names[number:] + names[:number]:
        try:
            importlib.import_module(name)
            assert len(dir(sys.modules[name])) > 10, name
        except BaseException as error:
            failed.append((name, error))
threads = [threading.Thread(target=touch, args=[number], daemon=True) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(20)
assert not failed and not any(thread.is_alive() for thread in threads), failed
"""


def test_threads() -> None:
    for _ in range(5):
        subprocess.run([sys.executable, "-X", "faulthandler", "-c", BEFORE + THREADS], check=True, timeout=60)
