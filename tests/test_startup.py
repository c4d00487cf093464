"""The start of a deployed function: `Handler: lambdabridge.handler`, bridge("module:attribute"), the collector, the bytecode.

All of this is a process's own, so each case is one: AWS's runtime client, as on Lambda.
"""

from __future__ import annotations

import asyncio
import json
import os
import py_compile
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("awslambdaric", reason="AWS's runtime client is not installed (the extra `runtime`)")

from lambdabridge.gateway.runtime.failures import InvocationFailedError
from lambdabridge.gateway.runtime.function import Function
from lambdabridge.gateway.runtime.service import RuntimeEnvironment
from tests.lambda_process import Ended, environment, run
from tests.peer_cases.events import http_api_2_0

GET = http_api_2_0(path="/x")

WSGI = """
import gc, json

def state():
    return [gc.isenabled(), gc.get_threshold()[0], gc.get_freeze_count() > 0]

SEEN = [state()]

def app(environ, start_response):
    SEEN.append(state())
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"app": __name__, "seen": SEEN}).encode()]
"""
ASGI = """
import json

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        print("started")
        await receive()
        await send({"type": "lifespan.startup.complete"})
        return
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": json.dumps({"app": __name__}).encode()})
"""
MODULES = {
    "project/__init__.py": "",
    "project/wsgi.py": WSGI,
    "project/asgi.py": ASGI,
    "lazy.py": "class Lazy:\n    __class__ = property(lambda self: 1 / 0)  # as of a settings object without settings\n"
    "lazy = Lazy()\nfrom project.wsgi import app\n",
    "both.py": ASGI + "\nfrom lambdabridge import bridge\nhandler = bridge(app)\n",
    "inner.py": "from lambdabridge import bridge\nhandler = bridge('project.wsgi:app')\nimport gc\n"
    "assert gc.get_threshold()[0] == 0\n",
    "plain.py": "def handler(event, context):\n    return {'body': '{\"app\": \"plain\"}'}\n",
    "by_name.py": "from lambdabridge import bridge\nhandler = bridge('project.wsgi:app')\n",
    "off.py": "import gc\ngc.disable()\nfrom lambdabridge import bridge\nhandler = bridge('project.wsgi:app')\n",
    "own.py": "import gc\n" + WSGI.replace("SEEN = ", "gc.set_threshold(50_000)\nSEEN = "),
    "disables.py": "import gc\n" + WSGI.replace("SEEN = ", "gc.disable()\nSEEN = "),
    "caught.py": "from lambdabridge import bridge\ntry:\n    bridge('broken:app')\nexcept ValueError:\n    pass\n"
    "from project.wsgi import app, SEEN, state\nSEEN[:] = [state()]\nhandler = bridge(app)\n",
    "broken.py": "def settings():\n    return None.debug\nsettings()\n",
    "needs.py": "import surely_not_installed\n",
    "unimported.py": "import email\nemail.surely_not_there\n",
    "syntax.py": "def app(:\n",
    "exits.py": "raise SystemExit('no settings')\n",
    "no_start.py": "async def app(scope, receive, send):\n    connect()\n    await send({})\n"
    "def connect():\n    raise OSError('no database')\n",
    "strict.py": "from no_start import app\nfrom lambdabridge import bridge\nhandler = bridge(app, lifespan='on')\n",
    "strict_by_name.py": "from lambdabridge import bridge\nhandler = bridge('no_start:app', lifespan='on')\n",
    "breaks_by_name.py": "from lambdabridge import bridge\nhandler = bridge('broken:app')\n",
    "circular.py": "from lambdabridge import handler\n",
    "factory.py": "def create_app():\n    return None\nname = 'app'\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a task root."""
    for name, text in MODULES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


# --- lambdabridge.handler --------------------------------------------------------------------------------------------

# LAMBDABRIDGE_APP -> the module that answers, how often its lifespan started
TARGETS = {
    "project.wsgi:app": ("project.wsgi", 0),
    "project.asgi:app": ("project.asgi", 1),
    "both:handler": ("both", 1),
    "both:app": ("both", 1),
    "inner:handler": ("project.wsgi", 0),
    "lazy:app": ("project.wsgi", 0),
    "plain:handler": ("plain", 0),
}


@pytest.mark.parametrize("target", TARGETS)
def test_handler_of_what_the_environment_names(folder: Path, target: str) -> None:
    ended = run(folder, [GET, GET], LAMBDABRIDGE_APP=target)
    assert (ended.body["app"], ended.log.count("started")) == TARGETS[target]
    assert ended.warnings == ["started"] * TARGETS[target][1]


def test_handler_is_made_once_and_only_when_asked_for(folder: Path) -> None:
    script = (
        "import lambdabridge, sys; from lambdabridge import *\n"
        "assert not any(name.startswith('lambdabridge.startup') for name in sys.modules)\n"
        "from lambdabridge import handler\nassert handler is lambdabridge.handler\nprint(handler)\n"
        "lambdabridge.nothing"
    )
    variables = environment(folder, LAMBDABRIDGE_APP="both:app")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["started", "<lambdabridge handler (ASGI)>"]
    assert done.stderr.splitlines()[-1] == "AttributeError: module 'lambdabridge' has no attribute 'nothing'"


@pytest.mark.parametrize("switch", ["", "0"])
def test_what_nobody_imported(folder: Path, switch: str) -> None:
    ended = run(folder, [GET], LAMBDABRIDGE_APP="unimported:app", LAMBDABRIDGE_LAZY_IMPORTS=switch)
    assert "module 'email' has no attribute 'surely_not_there'" in ended.error["errorMessage"]
    assert ("LAMBDABRIDGE_LAZY_IMPORTS=0 all is imported" in ended.error["errorMessage"]) == (switch != "0")


@pytest.mark.parametrize("forgotten", ["lambdabridge", "lambdabridge.errors"])
def test_errors_are_there_when_they_are_needed(folder: Path, forgotten: str) -> None:
    """Also where a module was thrown out of sys.modules: tests and reloaders do that."""
    script = (
        "import lambdabridge.errors, sys\n"
        f"for name in list(sys.modules):\n    if name.startswith({forgotten!r}):\n        del sys.modules[name]\n"
        "import lambdabridge\nfrom lambdabridge import errors\n"
        "try:\n    lambdabridge.bridge(5)\nexcept lambdabridge.errors.InterfaceError:\n    print('told')"
    )
    variables = environment(folder)
    assert subprocess.check_output([sys.executable, "-c", script], cwd=folder, env=variables) == b"told\n"


def test_commands_take_it_as_a_target(folder: Path) -> None:
    command = [sys.executable, "-m", "lambdabridge", "invoke", "lambdabridge:handler", "GET", "/x"]
    variables = environment(folder, LAMBDABRIDGE_APP="project.asgi:app")
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout.endswith('{"app": "project.asgi"}'), done.stderr
    missing = environment(folder, LAMBDABRIDGE_APP="project.asgi:nothing")
    done = subprocess.run(command, cwd=folder, env=missing, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "lambdabridge: LAMBDABRIDGE_APP=project.asgi:nothing: There is no 'nothing' in the module of "
        "'project.asgi:nothing'. It has app.\n(--traceback shows where)\n",
    )


@pytest.mark.parametrize("target", ["both:app", "broken:app"])
def test_processes_of_the_gateway_take_it_as_a_target(folder: Path, target: str) -> None:
    variables = {"LAMBDABRIDGE_APP": target, "LAMBDA_TASK_ROOT": str(folder)}
    environments = RuntimeEnvironment(
        Function("lambdabridge:handler", folder=str(folder), environment=variables), lambda line: None
    )
    environments.start()
    try:
        result: Any = asyncio.run(environments.invoke(GET, "request-id"))
        answer = json.loads(result["body"])["app"]
    except InvocationFailedError as failure:
        answer = json.loads(failure.payload)["errorMessage"]
    finally:
        environments.stop()
    assert answer == {"both:app": "both", "broken:app": FAILURES["broken:app"][1]}[target]


# --- what fails ------------------------------------------------------------------------------------------------------

# LAMBDABRIDGE_APP -> errorType, errorMessage, the last frames of the traceback: (file, its line)
FAILURES: dict[str, tuple[str, str, list[tuple[str, int]]]] = {
    "": (
        "ConfigurationError",
        'lambdabridge.handler needs the environment variable LAMBDABRIDGE_APP: "module:attribute" of a WSGI or ASGI '
        'application or of what bridge() returned, such as "project.wsgi:application".',
        [],
    ),
    "project.app": (
        "TargetError",
        "LAMBDABRIDGE_APP=project.app: 'project.app' is no import string: expected \"module:attribute\", such as "
        "\"project.wsgi:application\". Did you mean 'project:app'?",
        [],
    ),
    "nowhere:app": ("TargetError", "There is no module 'nowhere' on the import path (for 'nowhere:app').", []),
    "project.wsgi:application": (
        "TargetError",
        "There is no 'application' in the module of 'project.wsgi:application'. It has app.",
        [],
    ),
    "factory:create_app": ("InterfaceError", "takes 0 positional arguments. If it is a factory, call it", []),
    "factory:name": ("TargetError", "It is the text 'app' where an application was expected.", []),
    # the runtime client would say: Handler 'handler' missing on module 'lambdabridge'
    "broken:app": (
        "TargetError",
        "LAMBDABRIDGE_APP=broken:app: The module 'broken' failed while it was imported: "
        "AttributeError: 'NoneType' object has no attribute 'debug'",
        [("broken.py", 3), ("broken.py", 2)],
    ),
    "needs:app": (
        "TargetError",
        "The module 'needs' failed while it was imported: ModuleNotFoundError: No module named 'surely_not_installed'",
        [("needs.py", 1)],
    ),
    "syntax:app": ("TargetError", "failed while it was imported: SyntaxError: invalid syntax (syntax.py, line 1)", []),
    "exits:app": (
        "TargetError",
        "'exits:app' ended the process while it was imported: SystemExit: no settings",
        [("exits.py", 1)],
    ),
    "strict:handler": ("TargetError", "LifespanError", [("strict.py", 3)]),
    "circular:app": (
        "TargetError",
        "It leads back to lambdabridge.handler, and has to name an application.",
        [("circular.py", 1)],
    ),
    "lambdabridge:handler": ("ConfigurationError", "It leads back to lambdabridge.handler", []),
}


@pytest.mark.parametrize("target", FAILURES)
def test_failure_is_an_init_error(folder: Path, target: str) -> None:
    kind, message, frames = FAILURES[target]
    ended = run(folder, [GET], LAMBDABRIDGE_APP=target)
    assert (ended.results, ended.error["errorType"]) == ([], kind)
    assert message in ended.error["errorMessage"]
    assert "\n" not in ended.error["errorMessage"]
    if target:
        assert ended.error["errorMessage"].startswith(f"LAMBDABRIDGE_APP={target}: ")
    assert frames_of(ended, folder) == frames
    assert f"[ERROR] {kind}: {ended.error['errorMessage']}" in ended.log


BY_NAME: dict[str, tuple[str, str, list[tuple[str, int]]]] = {
    "breaks_by_name": (
        "TargetError",
        "The module 'broken' failed while it was imported: AttributeError: 'NoneType' object has no attribute 'debug'",
        [("breaks_by_name.py", 2), ("broken.py", 3), ("broken.py", 2)],
    ),
    "strict_by_name": (
        "LifespanError",
        'The application raised OSError: no database in the lifespan scope, and lifespan="on" requires it.',
        [("strict_by_name.py", 2), ("no_start.py", 2), ("no_start.py", 5)],
    ),
}


@pytest.mark.parametrize("module", BY_NAME)
def test_failure_of_an_import_string_shows_the_applications_traceback(folder: Path, module: str) -> None:
    kind, message, frames = BY_NAME[module]
    ended = run(folder, [GET], handler=f"{module}.handler")
    assert (ended.error["errorType"], ended.error["errorMessage"]) == (kind, message)
    assert frames_of(ended, folder) == frames


def frames_of(ended: Ended, folder: Path) -> list[tuple[str, int]]:
    """Return the frames of a reported traceback that are the task root's."""
    lines = [line.split('"') for line in ended.error["stackTrace"]]
    files = [(Path(line[1]), int(line[2].split()[2].strip(","))) for line in lines]
    return [(file.name, line) for file, line in files if file.parent == folder]


# --- the collector ---------------------------------------------------------------------------------------------------

ON, WHILE, AFTER = [True, 700, False], [True, 0, False], [True, 700, True]
LEFT = [False, 700, False]
# what the function is, and (is enabled, first threshold, is frozen) while the application is imported and in its request
COLLECTOR: dict[str, tuple[dict[str, str], list[list[Any]]]] = {
    "lambdabridge.handler": ({"LAMBDABRIDGE_APP": "project.wsgi:app"}, [WHILE, AFTER]),
    "import string": ({"handler": "by_name.handler"}, [WHILE, AFTER]),
    "one in the other": ({"LAMBDABRIDGE_APP": "inner:handler"}, [WHILE, AFTER]),
    "switched off": ({"LAMBDABRIDGE_APP": "project.wsgi:app", "LAMBDABRIDGE_GC": "0"}, [ON, ON]),
    "off before": ({"handler": "off.handler"}, [LEFT, LEFT]),
    "the application sets a threshold": ({"LAMBDABRIDGE_APP": "own:app"}, [[True, 50000, False], [True, 50000, True]]),
    "the application disables it": ({"LAMBDABRIDGE_APP": "disables:app"}, [[False, 0, False], [False, 700, True]]),
    "a failed import": ({"handler": "caught.handler"}, [ON, ON]),
}


@pytest.mark.parametrize("case", COLLECTOR)
def test_collector(folder: Path, case: str) -> None:
    settings, seen = COLLECTOR[case]
    ended = run(folder, [GET], **settings)
    default = subprocess.check_output([sys.executable, "-c", "import gc; print(gc.get_threshold()[0])"], text=True)
    assert ended.body["seen"] == [[int(default) if value == 700 else value for value in state] for state in seen]


def test_collector_is_left_alone_elsewhere(folder: Path) -> None:
    script = "from lambdabridge import handler; import gc, project.wsgi as p; print(p.SEEN[0][1] > 0, p.state()[2])"
    variables = environment(folder, LAMBDABRIDGE_APP="project.wsgi:app")
    assert subprocess.check_output([sys.executable, "-c", script], cwd=folder, env=variables) == b"True False\n"


@pytest.mark.parametrize(
    "name",
    ["LAMBDABRIDGE_DEFER_OPENAPI", "LAMBDABRIDGE_GC", "LAMBDABRIDGE_LAZY_IMPORTS", "LAMBDABRIDGE_REPAIR_BYTECODE"],
)
def test_wrong_switch(folder: Path, name: str) -> None:
    ended = run(folder, [GET], LAMBDABRIDGE_APP="project.wsgi:app", **{name: "yes"})
    assert ended.error["errorType"] == "ConfigurationError"
    assert ended.error["errorMessage"] == f'{name} must be "1" (on) or "0" (off); it is \'yes\'.'


# --- bytecode --------------------------------------------------------------------------------------------------------

STALE = """
import json
SOURCE = {}

def app(environ, start_response):
    start_response("200 OK", [])
    return [json.dumps(SOURCE).encode()]
"""
OLD = 1_000_000_000
# what the source says that was written after the bytecode of "1", where it is, the switch -> what runs, whether it is logged
BYTECODE = {
    "off": ("2", "", "", 2, False),
    "on": ("2", "", "1", 1, True),
    "another size": ("22", "", "1", 22, False),
    "not in the task root": ("2", "elsewhere", "1", 2, False),
}


def write_stale(folder: Path, source: str) -> None:
    """Write a module whose bytecode is of another version of it: what runs tells which was taken."""
    file = folder / "stale.py"
    file.write_text(STALE.format(1))
    os.utime(file, (OLD, OLD))
    py_compile.compile(str(file), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
    file.write_text(STALE.format(source))
    os.utime(file, (OLD + 5, OLD + 5))


@pytest.mark.parametrize("case", BYTECODE)
def test_bytecode_repair(folder: Path, case: str) -> None:
    source, root, switch, expected, is_logged = BYTECODE[case]
    write_stale(folder, source)
    settings = {"LAMBDABRIDGE_REPAIR_BYTECODE": switch, "LAMBDA_TASK_ROOT": str(folder / root)}
    ended = run(folder, [GET], LAMBDABRIDGE_APP="stale:app", **settings)
    assert ended.body == expected
    warning = (
        "LAMBDABRIDGE_REPAIR_BYTECODE=1: bytecode of another timestamp was accepted 1 times, by its source's size. "
        "Bytecode made by `lambdabridge build` needs no repair."
    )
    assert ended.warnings == [warning] * is_logged


def test_bytecode_is_not_repaired_outside_lambda(folder: Path) -> None:
    write_stale(folder, "2")
    variables = environment(folder, LAMBDABRIDGE_APP="stale:app", LAMBDABRIDGE_REPAIR_BYTECODE="1")
    script = "import lambdabridge; lambdabridge.handler; import stale; print(stale.SOURCE)"
    assert subprocess.check_output([sys.executable, "-c", script], cwd=folder, env=variables) == b"2\n"


def test_bytecode_is_not_repaired_by_a_python_that_is_not_known(caplog: pytest.LogCaptureFixture) -> None:
    from lambdabridge.startup.bytecode import repair

    importer: Any = sys.modules["_frozen_importlib_external"]
    before = importer._validate_timestamp_pyc
    assert repair((3, 99)) is None
    assert importer._validate_timestamp_pyc is before
    assert caplog.messages == [
        "LAMBDABRIDGE_REPAIR_BYTECODE=1 does nothing: how Python 3.99 checks its bytecode is not known here."
    ]


# --- FastAPI's OpenAPI models ----------------------------------------------------------------------------------------

FASTAPI = """
from fastapi import FastAPI
from fastapi.openapi import models
from pydantic import BaseModel

class Item(BaseModel):
    price: float

BUILT = [models.OpenAPI.__pydantic_complete__, Item.__pydantic_complete__]
app = FastAPI()

@app.get("/x")
async def built():
    return BUILT

@app.post("/item")
async def item(item: Item) -> Item:
    return item
"""


def test_openapi_models_are_built_when_used(folder: Path) -> None:
    pytest.importorskip("fastapi")
    (folder / "api.py").write_text(FASTAPI)
    json_lines = [("content-type", "application/json")]
    events = [
        GET,
        http_api_2_0(path="/openapi.json"),
        http_api_2_0("POST", "/item", lines=json_lines, body=b'{"price": "2.5"}'),
        http_api_2_0("POST", "/item", lines=json_lines, body=b'{"price": "x"}'),
    ]
    without = run(folder, events, LAMBDABRIDGE_APP="api:app")
    deferred = run(folder, events, LAMBDABRIDGE_APP="api:app", LAMBDABRIDGE_DEFER_OPENAPI="1")
    assert [json.loads(ended.results[0]["body"]) for ended in (without, deferred)] == [[True, True], [False, True]]
    assert [result["statusCode"] for result in without.results] == [200, 200, 200, 422]
    assert without.results[1:] == deferred.results[1:]


def test_openapi_models_without_fastapi(folder: Path) -> None:
    (folder / "pydantic.py").write_text("class BaseModel:\n    pass\n")
    ended = run(folder, [GET], LAMBDABRIDGE_APP="project.wsgi:app", LAMBDABRIDGE_DEFER_OPENAPI="1")
    assert ended.body["app"] == "project.wsgi"
    assert ended.warnings == ["LAMBDABRIDGE_DEFER_OPENAPI=1 does nothing: there is no pydantic 2 on the import path."]
