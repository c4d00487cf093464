"""The import budget: what `import lambdabridge` and bridge() load, held by the set of modules and not by the clock."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAIN_LINE = {
    "lambdabridge",
    "lambdabridge.adapter",
    "lambdabridge.interface",
    "lambdabridge.messages",
}
FIRST_REQUEST = {
    "lambdabridge.body",
    "lambdabridge.sources",
    "lambdabridge.sources.registry",
    "lambdabridge.sources.base_path",
    "lambdabridge.sources.members",
}
# loaded by the interpreter or the managed runtime already, or next to nothing
STANDARD_LIBRARY = {"__future__", "binascii", "io"}
BELOW_WARNINGS = ("_py_warnings", "_contextvars")  # from Python 3.14 on
NEVER = {
    "inspect",
    "dataclasses",
    "http.client",
    "email",
    "ssl",
    "importlib.metadata",
    "typing",
    "logging",
    "json",
    "re",
}

WSGI = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x"]
"""
ASGI = """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        return
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})
"""
SCRIPT = """
import json, sys
sys.path.insert(0, {root!r})
{app}
{before}
start = set(sys.modules)
from lambdabridge import bridge
handler = bridge(app)
bridged = set(sys.modules)
handler({event!r})
print(json.dumps([sorted(bridged - start), sorted(set(sys.modules) - bridged)]))
"""
EVENTS = {
    "http_api_v2": {"version": "2.0", "rawPath": "/x", "requestContext": {"http": {"method": "GET"}}},
    "rest_api": {"httpMethod": "GET", "path": "/x", "requestContext": {"stage": "prod", "path": "/prod/x"}},
    "http_api_v1": {"version": "1.0", "httpMethod": "GET", "path": "/x", "requestContext": {"stage": "$default"}},
}


def loaded(app: str, event: object, before: str = "") -> tuple[set[str], set[str]]:
    """Return the modules that (bridge(), the first request) load, in an interpreter that has loaded nothing else."""
    script = SCRIPT.format(root=str(ROOT), app=app, before=before, event=event)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    bridged, first = json.loads(done.stdout)
    return set(bridged), set(first)


@pytest.mark.parametrize("source", EVENTS)
def test_wsgi_loads_these_modules_and_no_other(source: str) -> None:
    bridged, first = loaded(WSGI, EVENTS[source])
    assert bridged - STANDARD_LIBRARY == MAIN_LINE | {"lambdabridge.wsgi"}
    # sources are imported until one matches
    sources = {"lambdabridge.sources.http_api_v2", "lambdabridge.sources.payload_v2"}
    if source != "http_api_v2":
        sources |= {"lambdabridge.sources.rest_api", "lambdabridge.sources.payload_v1"}
    if source == "http_api_v1":
        sources |= {"lambdabridge.sources.http_api_v1"}
    assert first - STANDARD_LIBRARY == FIRST_REQUEST | sources


def test_asgi_loads_asyncio_and_nothing_else_of_weight() -> None:
    bridged, first = loaded(ASGI, EVENTS["http_api_v2"], before="import asyncio")
    assert bridged - STANDARD_LIBRARY == MAIN_LINE | {
        "lambdabridge.asgi",
        "lambdabridge.lifespan",
    }
    assert first - STANDARD_LIBRARY == FIRST_REQUEST | {
        "lambdabridge.sources.http_api_v2",
        "lambdabridge.sources.payload_v2",
    }


BY_NAME = {
    "lambdabridge.startup",
    "lambdabridge.startup.application",
    "lambdabridge.startup.cuts",
    "lambdabridge.target",
}
"""What an import string loads besides, and lambdabridge.handler; the rest of startup/ for those who switch it on."""
LAZY = {"lambdabridge.startup.lazy"} if sys.version_info >= (3, 15) else {"lambdabridge.startup.deferred"}


@pytest.mark.parametrize("on_lambda", [False, True])
def test_an_import_string_loads_the_cuts_that_are_on(on_lambda: bool, tmp_path: Path) -> None:
    (tmp_path / "project.py").write_text(WSGI)
    before = f"import os; sys.path.insert(0, {str(tmp_path)!r}); app = 'project:app'\n"
    before += "os.environ['AWS_LAMBDA_RUNTIME_API'] = '127.0.0.1'" if on_lambda else ""
    bridged, _ = loaded("", EVENTS["http_api_v2"], before)
    expected = MAIN_LINE | BY_NAME | {"lambdabridge.wsgi", "project"}
    if on_lambda:  # where init has a whole CPU, and a request of a small function has not
        expected |= LAZY | FIRST_REQUEST | {"lambdabridge.sources.http_api_v2", "lambdabridge.sources.payload_v2"}
    found = {name for name in bridged if name.partition(".")[0] not in ("importlib", "warnings", *BELOW_WARNINGS)}
    assert found - STANDARD_LIBRARY - {"gc"} == expected


def test_wsgi_loads_no_asyncio_nor_what_the_design_excludes() -> None:
    for event in EVENTS.values():
        bridged, first = loaded(WSGI, event)
        assert not (bridged | first) & (NEVER | {"asyncio"})


def test_nothing_of_the_local_tools_is_loaded() -> None:
    bridged, first = loaded(ASGI, EVENTS["rest_api"])
    assert not [name for name in bridged | first if name.startswith(("lambdabridge.gateway", "lambdabridge.cli"))]
    assert not (bridged | first) & {"uvicorn", "werkzeug", "a2wsgi", "asgiref"}
