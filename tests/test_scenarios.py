"""The same request through a real server and through events looks the same to the application and to the client.

Judges: gunicorn for WSGI, uvicorn for ASGI, each at the root and below a prefix (SCRIPT_NAME, --root-path), which is what
a stage in the path is. What a front door itself changes is listed below, each with its reason, and nothing else may differ.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import pytest

from lambdabridge import bridge
from lambdabridge.gateway.environment import Environment
from tests import apps
from tests.scenarios import RESPONSES, SCENARIOS, Scenario
from tests.wire import Reply, call, front_door, serving, whole_gateway

# name -> (--api, stage, what the client's path begins with)
FRONT_DOORS = {
    "rest": ("rest", "prod", "/prod"),
    "http-1.0": ("http-1.0", "$default", ""),
    "http": ("http", "$default", ""),
    "http with a stage": ("http", "prod", "/prod"),
    "http-1.0 with a stage": ("http-1.0", "prod", "/prod"),
    "function-url": ("function-url", "", ""),
    "alb": ("alb", "", ""),
    "alb, multi-value": ("alb", "", ""),
}
ADDED_HEADERS = {  # by API Gateway
    "x-amzn-trace-id",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
}
IGNORED_REQUEST_HEADERS = {
    "connection",  # of the client's connection with the gateway
    "content-length",  # HTTP APIs send "0" with every GET; REST APIs send none, and we add one where there is a body
}
IGNORED_RESPONSE_HEADERS = {
    "apigw-requestid",  # HTTP API's own
    "x-amzn-requestid",  # REST API's own
    "connection",
    "content-length",  # the gateway counts by itself
    "x-amzn-remapped-content-length",  # where a REST API puts the application's
    "date",
    "server",
    "transfer-encoding",  # the real server may send in chunks
}


@dataclass(frozen=True)
class Servers:
    """Ports: (interface, client's prefix) -> real server, (interface, front door) -> gateway."""

    real: dict[tuple[str, str], int]
    gateways: dict[tuple[str, str], int]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    real, gateways = {}, {}
    with ExitStack() as stack:
        for prefix in ("", "/prod"):
            real["asgi", prefix] = stack.enter_context(serving(apps.asgi_app, root_path=prefix, lifespan="off"))
            real["wsgi", prefix] = stack.enter_context(_gunicorn(prefix))
        for interface in ("wsgi", "asgi"):
            for name, (api, stage, _) in FRONT_DOORS.items():
                environment = Environment(f"tests.apps:{interface}_app")
                environment.start()
                door = front_door(api, stage, multi_value_headers=name == "alb, multi-value")
                application = whole_gateway(door, environment)
                gateways[interface, name] = stack.enter_context(serving(application))
        yield Servers(real, gateways)


class _gunicorn:  # noqa: N801 - a context manager
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __enter__(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        words = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "critical", "tests.apps:wsgi_app"]
        environment = {**os.environ, "SCRIPT_NAME": self.prefix, "PYTHONWARNINGS": "default"}
        root = Path(__file__).resolve().parent.parent
        self.process = subprocess.Popen([sys.executable, "-m", *words], env=environment, cwd=root)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return port
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.mark.parametrize("front_door_name", FRONT_DOORS)
@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_same_as_through_a_real_server(
    servers: Servers, scenario: Scenario, interface: str, front_door_name: str
) -> None:
    api, _, prefix = FRONT_DOORS[front_door_name]
    # uvicorn puts its root path before the path that comes; gunicorn finds it in the path, as a client sends it
    expected = call(servers.real[interface, prefix], scenario, prefix if interface == "wsgi" else "")
    got = call(servers.gateways[interface, front_door_name], scenario, prefix)
    if scenario in RESPONSES:
        assert _seen_by_client(got, scenario) == _seen_by_client(expected, scenario)
    else:
        seen, wanted = _seen_by_app(got, api), _seen_by_app(expected, api)
        lost, _ = scenario.losses.get(front_door_name.removesuffix(" with a stage"), ("", ""))
        if lost:
            assert seen[lost] != wanted[lost]  # a loss that is none does not belong in the list
            if lost != "raw_path":
                del seen[lost], wanted[lost]
        if api == "http":  # the client's own spelling of a path is gone: the event has it decoded
            seen["raw_path"], wanted["raw_path"] = _respelled(seen["raw_path"]), _respelled(wanted["raw_path"])
        assert seen == wanted


def _seen_by_app(reply: Reply, api: str) -> dict[str, Any]:
    assert reply.status == 200
    seen: dict[str, Any] = json.loads(reply.body)
    ignored = ADDED_HEADERS | IGNORED_REQUEST_HEADERS
    seen["headers"] = {name: value for name, value in seen["headers"].items() if name not in ignored}
    seen["headers"].pop("host")  # each server has its own port
    if api in ("rest", "http-1.0", "alb"):
        # decoded parameters, in the order of their names' first occurrence, which is how payload 1.0 has them
        pairs = parse_qsl(seen["query_string"], keep_blank_values=True)
        seen["query_string"] = sorted(pairs, key=lambda pair: [name for name, _ in pairs].index(pair[0]))
    return seen


def _respelled(raw_path: str) -> str:
    return quote(unquote(raw_path), safe="/:@!$&'()*+,;=-._~")


def _seen_by_client(reply: Reply, scenario: Scenario) -> object:
    if scenario.target == "/error":
        return reply.status  # each server has an error page of its own
    headers = [line for line in reply.headers if line[0] not in IGNORED_RESPONSE_HEADERS]
    if reply.status in (204, 304):
        # API Gateway gives every response a Content-Type
        headers = [line for line in headers if line[0] != "content-type"]
    joined: dict[str, list[str]] = {}
    for name, value in headers:
        joined.setdefault(name, []).append(value)
    # payload 2.0 joins repeated headers in one line, but never Set-Cookie
    return (
        reply.status,
        {name: values if name == "set-cookie" else ", ".join(values) for name, values in joined.items()},
        reply.body,
    )


def test_the_two_applications_know_the_same_paths() -> None:
    """bridge() found both interfaces by itself."""
    assert [bridge(apps.wsgi_app).interface, bridge(apps.asgi_app).interface] == ["wsgi", "asgi"]
