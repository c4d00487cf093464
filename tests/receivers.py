"""What a client gets for a function's result: through the package's gateway side, and by this file's own reading.

`call_gateway` is the whole way through the local gateway's front door, without sockets; `receive` shares no line with it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.messages import Request as OurRequest
from tests.peer_cases.events import CLIENT, grouped
from tests.senders import HOSTS, Door, Event, through_json, titled
from tests.strategies import Lines, Request, Response
from tests.wire import finish, front_door

_GATEWAYS: dict[Door, FrontDoor] = {}


def gateway(door: Door) -> FrontDoor:
    """Return the local gateway's front door."""
    if door not in _GATEWAYS:
        types = ("*/*",) if door.binary else ()
        _GATEWAYS[door] = front_door(door.api, door.stage, binary_media_types=types, multi_value_headers=door.multi)
    return _GATEWAYS[door]


def call_gateway(door: Door, sent: Request, function: Callable[[Event], Any]) -> Response:
    """Return what a client of the local gateway gets."""

    async def invoke(event: Event) -> object:
        return through_json(function(through_json(event)))

    request = OurRequest(
        sent.method,
        sent.path.decode("latin-1"),
        door.prefix + sent.raw_path,
        sent.query,
        [("Host", HOSTS[door.api]), *titled(sent.headers)],
        sent.body,
        client=(CLIENT, 50000),
        server=(HOSTS[door.api], 443),
    )
    answer = finish(gateway(door).answer(request, invoke))
    assert not answer.reason.startswith(("the function failed", "API Gateway", "Lambda", "The load")), answer.reason
    return Response(sent.method, answer.response.status, tuple(answer.response.headers), answer.response.body)


DEFAULT_TYPES = {
    **dict.fromkeys(("rest", "rest-template", "function-url"), "application/json"),
    **dict.fromkeys(("http-1.0", "http"), "text/plain; charset=utf-8"),
    **dict.fromkeys(("alb", "vpc-lattice-1", "vpc-lattice-2"), "application/octet-stream"),
}


REMAPPED = ("content-length", "date", "server", "www-authenticate")


EDGE_MEMBERS = {"status", "statusDescription", "headers", "body", "bodyEncoding"}
TAKES_DIGITS = ("rest", "rest-template", "http", "http-1.0", "function-url")


def receive(door: Door, method: str, result: Any) -> Response:
    """Return what the client gets for a result, by this file's own reading of the front doors' rules."""
    result = through_json(result)
    if door.api == "lambda-at-edge":
        assert set(result) == EDGE_MEMBERS, f"the members are {sorted(result)}"
        lines = [(name, line["value"]) for name, each in result["headers"].items() for line in each]
        is_base64, status = result["bodyEncoding"] == "base64", int(result["status"])
    else:
        status = result["statusCode"]
        if door.api in TAKES_DIGITS and isinstance(status, str):
            status = int(status)
        assert type(status) is int, f"statusCode is {status!r}"
        is_base64 = result["isBase64Encoded"] and door.api != "rest-template" and (door.api != "rest" or door.binary)
        lines = _lines(door, result)
    if door.api in ("rest", "rest-template"):
        lines = [(f"x-amzn-remapped-{name}" if name in REMAPPED else name, value) for name, value in lines]
    elif door.api != "lambda-at-edge" and method != "HEAD":
        lines = [line for line in lines if line[0] != "content-length"]
    if door.api in DEFAULT_TYPES and not any(name == "content-type" for name, _ in lines):
        lines.append(("content-type", DEFAULT_TYPES[door.api]))
    body = b64decode(result["body"], validate=True) if is_base64 else result["body"].encode()
    return Response(method, status, tuple((name, value.strip(" \t")) for name, value in lines), body)


_KNOWN = {"statusCode", "headers", "body", "isBase64Encoded"}
MEMBERS = {
    **dict.fromkeys(("rest", "http-1.0"), _KNOWN | {"multiValueHeaders"}),
    **dict.fromkeys(("http", "function-url"), _KNOWN | {"cookies"}),
    "rest-template": _KNOWN,
    **dict.fromkeys(("vpc-lattice-1", "vpc-lattice-2"), _KNOWN | {"statusDescription"}),
    "alb": _KNOWN | {"statusDescription", "multiValueHeaders"},
}


def _lines(door: Door, result: Any) -> list[tuple[str, str]]:
    assert set(result) <= MEMBERS[door.api], f"the members are {sorted(result)}"
    single = [(name.lower(), value) for name, value in result.get("headers", {}).items()]
    many = [(name.lower(), value) for name, values in result.get("multiValueHeaders", {}).items() for value in values]
    if door.api == "alb":
        return many if door.multi else single
    return [("set-cookie", value) for value in result.get("cookies", ())] + many + single


def by_name(headers: Lines) -> dict[str, list[str]]:
    """Return the values of each name: a name's own lines are in order, those of different names are not."""
    return grouped(headers)
