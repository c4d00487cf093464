"""Helpers: requests through a front door without sockets, and over real sockets."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

import uvicorn

from lambdabridge.gateway.deployment import Deployment, LambdaSide, single
from lambdabridge.gateway.front_door import Answer, FrontDoor
from lambdabridge.gateway.gateway import Gateway
from lambdabridge.gateway.settings import APIS, Settings
from lambdabridge.messages import Request
from lambdabridge.sources.registry import resolve
from tests.scenarios import Scenario

T = TypeVar("T")
Handler = Callable[[Any, Any], Any]


def front_door(api: str, stage: str = "", **settings: Any) -> FrontDoor:
    """Return the front door of an API whose binaryMediaTypes, if it has any, are */*."""
    settings = {"binary_media_types": ("*/*",), **settings}
    return FrontDoor(Settings(target="tests", api=api, stage=stage, **settings), resolve(APIS[api]))  # type: ignore[arg-type]


def whole_gateway(door: FrontDoor, function: LambdaSide, log: Any = None, inspector: Any = None) -> Gateway:
    """Return the whole gateway with one front door and one function."""
    deployment = Deployment([single(door, function)], {"function": function})
    return Gateway(deployment, log=log or (lambda line: None), inspector=inspector)


def request_of(scenario: Scenario, prefix: str = "") -> Request:
    """Return the scenario as the request that a client sends."""
    path, _, query = scenario.target.partition("?")
    headers = [("host", "test.example:8000"), *scenario.headers]
    if scenario.body or scenario.method in ("POST", "PUT", "PATCH"):
        headers.append(("content-length", str(len(scenario.body))))
    return Request(
        scenario.method,
        unquote(prefix + path),
        prefix + path,
        query,
        headers,
        scenario.body,
        client=("203.0.113.9", 50000),
        server=("test.example", 443),
    )


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never has to wait."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    raise AssertionError("the coroutine waited")


def event_of(door: FrontDoor, scenario: Scenario) -> dict[str, Any]:
    """Return the event that a front door sends for a scenario."""
    events: list[dict[str, Any]] = []

    async def invoke(event: dict[str, Any]) -> object:
        events.append(json.loads(json.dumps(event)))
        return {"statusCode": 200}

    finish(door.answer(request_of(scenario, door.settings.stage_path), invoke))
    return events[0]


def answer(door: FrontDoor, handler: Handler, scenario: Scenario) -> Answer:
    """Return what the client gets for a scenario; event and result cross as JSON, as in Lambda."""

    async def invoke(event: dict[str, Any]) -> object:
        return json.loads(json.dumps(handler(json.loads(json.dumps(event)), None)))

    return finish(door.answer(request_of(scenario, door.settings.stage_path), invoke))


@dataclass(frozen=True)
class Reply:
    """An HTTP response as a client sees it; headers are (lower-case name, value) pairs."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def call(port: int, scenario: Scenario, prefix: str = "") -> Reply:
    """Send a scenario over a socket, target and headers to the letter."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(scenario.method, prefix + scenario.target, skip_accept_encoding=True)
        for name, value in scenario.headers:
            connection.putheader(name, value.encode("latin-1"))
        if scenario.body or scenario.method in ("POST", "PUT", "PATCH"):
            connection.putheader("content-length", str(len(scenario.body)))
        connection.endheaders(scenario.body or None)
        response = connection.getresponse()
        body = response.read()
        return Reply(response.status, [(name.lower(), value) for name, value in response.getheaders()], body)
    finally:
        connection.close()


@contextmanager
def serving(app: Any, **options: Any) -> Iterator[int]:
    """Run an ASGI application under uvicorn in a thread; yield its port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("uvicorn did not start")
            thread.join(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
