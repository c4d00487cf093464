"""The applications of this package behind gunicorn and uvicorn (over sockets) and behind a front door (through events)."""

from __future__ import annotations

import gc
import http.client
import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lambdabridge import bridge
from lambdabridge.adapter import Handler
from lambdabridge.messages import Request
from tests.frameworks.contract import FRAMEWORKS, HOST, Framework
from tests.frameworks.round_trip import round_trip
from tests.scenarios import Scenario
from tests.wire import Reply, serving

API_PREFIXES = {"rest": "/prod", "http": ""}
"""--api -> what the client's path begins with."""


@dataclass(frozen=True)
class Served:
    """One application: the port of a real server for each prefix, and a handler."""

    real: dict[str, int]
    handler: Handler


def load(framework: Framework) -> Any:
    """Return an application of its own: one that has run its lifespan may not be fit for a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # WebOb imports cgi
        spec = find_spec(framework.path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        sys.modules[spec.name] = module  # where FastAPI finds what annotations name
        spec.loader.exec_module(module)
    return module.app


@contextmanager
def served(framework: Framework, ports: dict[str, int]) -> Iterator[Served]:
    """Import an application, make its handler and, for ASGI, its servers."""
    pytest.importorskip(framework.package, reason=f"{framework.name} is not installed", exc_type=ImportError)
    with ExitStack() as stack:
        if framework.package == "django":
            from tests.frameworks.django_views import these_settings

            stack.enter_context(these_settings())
        app = load(framework)
        if framework.interface == "asgi":
            lifespan = "off" if framework.package == "django" else "on"
            real = {
                prefix: stack.enter_context(
                    serving(load(framework), root_path=prefix if framework.strips_root_path else "", lifespan=lifespan)
                )
                for prefix in API_PREFIXES.values()
            }
        else:
            real = dict.fromkeys(API_PREFIXES.values(), ports[framework.name])
        handler = bridge(app, base_path="auto" if framework.strips_root_path else None)
        stack.callback(handler.close)
        yield Served(real, handler)


@contextmanager
def gunicorns() -> Iterator[dict[str, int]]:
    """Start all gunicorns at once; framework -> port."""
    root = Path(__file__).resolve().parent.parent.parent
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    processes, ports = [], {}
    try:
        for framework in FRAMEWORKS:
            if framework.interface == "wsgi":
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", 0))
                    port = ports[framework.name] = probe.getsockname()[1]
                words = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "critical", f"{framework.path}:app"]
                processes.append(subprocess.Popen([sys.executable, "-m", *words], env=environment, cwd=root))
        yield ports
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gc.collect()  # the files of pytestmark: another module's tests would be blamed for them


def wait_for(port: int) -> None:
    """Wait until something listens."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def call(port: int, scenario: Scenario, prefix: str, *, script_name: str = "") -> Reply:
    """Send a scenario over a socket, with our Host; gunicorn takes SCRIPT_NAME as a header from a trusted peer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(scenario.method, prefix + scenario.target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers_of(scenario):
            connection.putheader(name, value.encode("latin-1"))
        if script_name:
            connection.putheader("SCRIPT_NAME", script_name)
        connection.endheaders(scenario.body or None)
        response = connection.getresponse()
        body = response.read()
        return Reply(response.status, [(name.lower(), value) for name, value in response.getheaders()], body)
    finally:
        connection.close()


def headers_of(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the headers that are sent."""
    headers = [("host", HOST), *scenario.headers]
    if scenario.body or scenario.method in ("POST", "PUT", "PATCH"):
        headers.append(("content-length", str(len(scenario.body))))
    return headers


def through_events(api: str, handler: Handler, scenario: Scenario) -> Reply:
    """Send a scenario through an API's front door."""
    path, _, query = scenario.target.partition("?")
    path = API_PREFIXES[api] + path
    request = Request(
        scenario.method,
        unquote(path),
        path,
        query,
        headers_of(scenario),
        scenario.body,
        scheme="http",
        client=("127.0.0.1", 50000),
        server=("127.0.0.1", 80),
    )
    response = round_trip(api, handler, request, API_PREFIXES[api])
    return Reply(response.status, response.headers, response.body)


def through_a_server(application: Served, framework: Framework, scenario: Scenario, prefix: str) -> Reply:
    """Send a scenario to the real server, where the prefix is SCRIPT_NAME or root_path."""
    port = application.real[prefix]
    if framework.interface == "wsgi":
        return call(port, scenario, prefix, script_name=prefix)
    return call(port, scenario, "")  # uvicorn puts its root path before the path that comes
