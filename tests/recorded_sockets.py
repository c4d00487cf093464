"""The recorded cases over a socket: their requests as bytes, and the running gateway, configured anew for each.

Sockets, uvicorn, application, front door and the execution environment with its thread are the ones of `lambdabridge serve`;
only the endpoint is exchanged from case to case. A request goes out as it was recorded: the spelling of its path, each
header line, chunks. What cannot be the same on this machine is written into the recorded event by seen_from_here(), so that
the comparison stays one of whole events.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lambdabridge.gateway.deployment import Deployment, Endpoint, single
from lambdabridge.gateway.environment import Environment
from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.gateway.gateway import Gateway
from lambdabridge.gateway.headers import EDGE_SPELLINGS, SPELLINGS, TLS
from lambdabridge.gateway.server import OPTIONS
from lambdabridge.messages import Request
from tests.recorded import Case, front_door, request_for, request_of
from tests.wire import Reply, serving

LOCAL = "127.0.0.1"
UVICORN = {
    name: value for name, value in OPTIONS.items() if name in ("server_header", "date_header", "proxy_headers", "ws")
}


class Function:
    """The function behind the gateway: notes what it received, returns what it is told to."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.result: object = {"statusCode": 200}
        self.released = threading.Event()
        self.released.set()

    def __call__(self, event: dict[str, Any], context: object) -> object:
        self.events.append(event)
        self.released.wait()
        return self.result


FUNCTION = Function()
"""The execution environment finds it by its import string."""


class Running:
    """A gateway that listens."""

    def __init__(self, gateway: Gateway, environment: Environment, port: int) -> None:
        self.gateway = gateway
        self.environment = environment
        self.port = port

    def send(self, door: FrontDoor, request: Request, result: object, patience: float | None = None) -> Reply:
        """Return what the client of this front door gets when the function gives the result, or nothing in time."""
        self.gateway.first.endpoint = self._endpoint(door, patience)
        FUNCTION.events, FUNCTION.result = [], result
        return exchange(self.port, as_bytes(request), request.method)

    def _endpoint(self, door: FrontDoor, patience: float | None) -> Endpoint:
        endpoint = single(door, self.environment)
        if patience is not None:
            endpoint.targets[""] = replace(endpoint.targets[""], patience=patience)
        return endpoint


@contextmanager
def running() -> Iterator[Running]:
    """Serve one endpoint after the other on one port."""
    environment = Environment(f"{__name__}:FUNCTION", interface="handler")
    environment.start()
    first = single(front_door({"id": "", "source": "http-api-2.0", "config": {}}), environment)
    gateway = Gateway(Deployment([first], {"function": environment}), log=lambda line: None)
    with serving(gateway, **UVICORN) as port:
        yield Running(gateway, environment, port)


def event_over_socket(gateway: Running, case: Case) -> dict[str, Any]:
    """Return the event that the function got for the case's HTTP request."""
    reply = gateway.send(front_door(case), request_of(case), {"statusCode": 200})
    if not FUNCTION.events:
        raise AssertionError(f"the gateway answered by itself: {reply.status}, {reply.body!r}")
    return FUNCTION.events[0]


def reply_over_socket(gateway: Running, case: Case) -> Reply:
    """Return what the client got for the function's recorded result."""
    door = front_door(case)
    return gateway.send(door, request_for(case, door.settings.stage_path), case["lambda_result"])


def with_alb_request(case: Case) -> Case:
    """Return a load balancer's case with the HTTP request that its event quotes: nothing in there is decoded."""
    event = case["event"]
    multi = event.get("multiValueQueryStringParameters")
    parameters = multi or {name: [value] for name, value in (event.get("queryStringParameters") or {}).items()}
    query = "&".join(f"{name}={value}" for name, values in parameters.items() for value in values)
    headers = event.get("multiValueHeaders") or {name: [value] for name, value in event["headers"].items()}
    sent = {
        "method": event["httpMethod"],
        "target": event["path"] + (f"?{query}" if query else ""),
        "headers": [
            [name, value]
            for name, values in headers.items()
            for value in values
            if not name.lower().startswith("x-forwarded-")
        ],
        "body_base64" if event["isBase64Encoded"] else "body": event["body"],
    }
    return {**case, "http_request": sent}


# --- bytes -----------------------------------------------------------------------------------------------------------


def as_bytes(request: Request) -> bytes:
    """Return the request as HTTP/1.1; what a client has to add to it stands last."""
    query = f"?{request.query_string}" if request.query_string else ""
    given = {name.lower(): value for name, value in request.headers}
    lines = [f"{request.method} {request.raw_path}{query} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if "host" not in given:
        lines.append("Host: localhost")
    body = request.body
    if given.get("transfer-encoding") == "chunked":
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    elif body and "content-length" not in given:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def exchange(port: int, sent: bytes, method: str) -> Reply:
    """Send bytes, and return the response as Python's own client reads it; a 100 Continue is passed over."""
    with socket.create_connection((LOCAL, port), timeout=20) as connection:
        connection.sendall(sent)
        response = http.client.HTTPResponse(connection, method=method)
        with response:
            response.begin()
            body = response.read()
            return Reply(response.status, [(name.lower(), value) for name, value in response.getheaders()], body)


# --- what is not the same here as at AWS -----------------------------------------------------------------------------


def seen_from_here(case: Case, port: int) -> dict[str, Any]:
    """Return the recorded event as a gateway on this machine has to send it.

    The client's address and the port are the socket's, there is no TLS, and header names come from uvicorn in lower case,
    as from an HTTP/2 client; those that the gateway spells itself stay.
    """
    event: dict[str, Any] = json.loads(json.dumps(case["event"]))
    context = event.get("requestContext", {})
    for member in ("identity", "http"):
        if "sourceIp" in context.get(member, {}):
            context[member]["sourceIp"] = LOCAL
    own = {*(EDGE_SPELLINGS if case["config"].get("endpoint") == "EDGE" else SPELLINGS).values()}
    sent = {name.lower() for name, _ in case["http_request"]["headers"]}
    here = {"x-forwarded-for": LOCAL, "x-forwarded-port": str(port), "x-forwarded-proto": "http"}
    tls = dict(TLS)
    for member in ("headers", "multiValueHeaders"):
        for name, value in (event.pop(member, None) or {}).items():
            if name not in tls:
                shown = here.get(name.lower(), value)
                is_list = isinstance(value, list) and not isinstance(shown, list)
                kept = name.lower() if name.lower() in sent and name not in own else name
                event.setdefault(member, {})[kept] = [shown] if is_list else shown
    return event
