"""The properties themselves: test_properties.py runs them with a few hundred examples, benchmarks/million.py with many more.

Each function takes one generated example, raises AssertionError where a property fails, and returns how many cases it was:
by source, each time that one request or event went through a handler into one application.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from lambdabridge import bridge
from lambdabridge.gateway.front_door import REST
from lambdabridge.gateway.routes import ANY
from tests.losses import INTERFACES, LOSSES
from tests.peer_cases.events import CLIENT
from tests.receivers import by_name, call_gateway, receive
from tests.response_losses import RESPONSE_LOSSES
from tests.senders import DOORS, HOSTS, Door, Event, build
from tests.strategies import Lines, Request, Response, request

# what a client or a front door adds to every request; generated requests have none of these
ADDED = {
    *("accept", "accept-encoding", "user-agent", "host", "content-length"),
    *("x-amzn-trace-id", "x-amzn-tls-version", "x-amzn-tls-cipher-suite"),
    *("x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"),
}
ADDED_TO_RESPONSES = {"apigw-requestid", "x-amzn-requestid"}
Seen = dict[str, Any]


class Wsgi:
    """A WSGI application that notes what it saw, in the words of `expected`, and answers as it was told."""

    seen: Seen
    answer: Response

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        headers = {key: value for key, value in environ.items() if key.startswith("HTTP_") or key == "CONTENT_TYPE"}
        length = environ.get("CONTENT_LENGTH", "0")
        uri, _, query = environ["RAW_URI"].partition("?")
        self.seen = {
            "method": environ["REQUEST_METHOD"],
            "root_path": environ["SCRIPT_NAME"],
            "path": (environ["SCRIPT_NAME"] + environ["PATH_INFO"]).encode("latin-1"),
            "raw_path": uri,
            "query": environ["QUERY_STRING"],
            "headers": {key: value for key, value in headers.items() if key not in _ADDED_KEYS},
            "body": environ["wsgi.input"].read(),
            "rest": (query, int(length), environ["wsgi.url_scheme"], environ["REMOTE_ADDR"], environ["SERVER_NAME"]),
        }
        start_response(f"{self.answer.status} Reason", list(self.answer.headers))
        return [self.answer.body]


class Asgi:
    """The same for ASGI."""

    seen: Seen
    answer: Response

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        message = await receive()
        assert not message["more_body"]
        lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        query = scope["query_string"].decode("latin-1")
        length = dict(lines).get("content-length", "0")
        self.seen = {
            "method": scope["method"],
            "root_path": scope["root_path"],
            "path": scope["path"].encode(),
            "raw_path": scope["raw_path"].decode("latin-1"),
            "query": query,
            "headers": by_name(tuple(line for line in lines if line[0] not in ADDED)),
            "body": message["body"],
            "rest": (query, int(length), scope["scheme"], scope["client"][0], scope["server"][0]),
        }
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.answer.headers]
        await send({"type": "http.response.start", "status": self.answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.answer.body})


def _key(name: str) -> str:
    return "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")


_ADDED_KEYS = {_key(name) for name in ADDED}
OK = Response("GET", 200, (), b"")
EMPTY = request("GET", "/")
APPS: dict[str, Any] = {"wsgi": Wsgi(), "asgi": Asgi()}
HANDLERS: dict[str, Any] = {
    "wsgi": bridge(APPS["wsgi"], interface="wsgi", errors="raise"),
    "asgi": bridge(APPS["asgi"], interface="asgi", lifespan="off", errors="raise"),
}


def expected(door_name: str, interface: str, sent: Request, losses: Any) -> tuple[Seen, dict[str, Any]]:
    """Return what an application may see of a request, and the functions after which spelled members are compared."""
    door = DOORS[door_name]
    spelled: dict[str, Any] = {}
    for loss in (*losses, *INTERFACES[interface]):
        sent = loss.lose(sent)
        spelled |= loss.spelled
    seen: Seen = {
        "method": sent.method,
        "root_path": door.prefix,
        "path": door.prefix.encode() + sent.path,
        "raw_path": door.prefix + sent.raw_path,
        "query": sent.query,
        "headers": {_key(name): value for name, value in sent.headers}
        if interface == "wsgi"
        else by_name(sent.headers),
        "body": sent.body,
    }
    return seen, spelled


def check_seen(door_name: str, interface: str, sent: Request, event: Event, losses: Any = None) -> None:
    """Check what one application sees of one event: all that was sent, but for the losses; and nothing else."""
    APPS[interface].answer = OK
    HANDLERS[interface](event, None)
    seen = APPS[interface].seen
    wanted, spelled = expected(door_name, interface, sent, LOSSES[door_name] if losses is None else losses)
    wanted["rest"] = (seen["query"], len(seen["body"]), "https", CLIENT, _host(event))
    for member, read in spelled.items():
        seen[member], wanted[member] = read(seen[member]), read(wanted[member])
    assert seen == wanted, (
        f"{door_name}, {interface}\n   sent: {sent}\n   seen: {seen}\n wanted: {wanted}\n  event: {event}"
    )


def _host(event: Event) -> str:
    """Return the Host of an event, which the two senders may have from different accounts."""
    text = json.dumps(event)
    return next(host for host in HOSTS.values() if host in text)


def gateway_event(door: Door, sent: Request) -> Event:
    """Return the event that the package's own gateway side sends; a REST API takes seven methods, and no other gets in."""
    if door.api in REST and sent.method not in ANY:
        return build(door, sent)
    caught: list[Event] = []

    def function(event: Event) -> Any:
        caught.append(event)
        return {"status": "200"} if "Records" in event else {"statusCode": 200}

    call_gateway(door, sent, function)
    return caught[0]


SENDERS: dict[str, Callable[[Door, Request], Event]] = {"builder": build, "gateway": gateway_event}
WAYS = tuple((interface, sender) for interface in HANDLERS for sender in SENDERS)


def requests_are_seen(sent: Request, turn: int | None = None) -> Counter[str]:
    """Check that the application sees what was sent, at each front door.

    turn: which of WAYS is taken at the first door; the next door takes the next. None: each door takes all of them.
    """
    cases: Counter[str] = Counter()
    for number, (door_name, door) in enumerate(DOORS.items()):
        made: dict[str, Event] = {}
        for interface, sender in WAYS if turn is None else (WAYS[(turn + number) % len(WAYS)],):
            if sender not in made:
                made[sender] = SENDERS[sender](door, sent)
            check_seen(door_name, interface, sent, made[sender])
            cases[door_name] += 1
    return cases


def client_gets(door_name: str, said: Response, losses: Any = None) -> Response:
    """Return what a client may get for what an application said."""
    for loss in RESPONSE_LOSSES[door_name] if losses is None else losses:
        said = loss.lose(said)
    return said


def responses_arrive(said: Response, turn: int | None = None) -> Counter[str]:
    """Check that the client gets what the application said, at each front door, by both receivers' reading.

    turn: as in requests_are_seen, of the two interfaces.
    """
    cases: Counter[str] = Counter()
    interfaces = tuple(HANDLERS)
    for number, door_name in enumerate(DOORS):
        for interface in interfaces if turn is None else (interfaces[(turn + number) % len(interfaces)],):
            check_answer(door_name, interface, said)
            cases[door_name] += 1
    return cases


def check_answer(door_name: str, interface: str, said: Response, losses: Any = None) -> None:
    """Check what a client gets of one response, by both receivers' reading of the one result."""
    door, sent = DOORS[door_name], EMPTY._replace(method=said.method)
    APPS[interface].answer = said
    results: list[Any] = []

    def function(event: Event) -> Any:
        results.append(HANDLERS[interface](event, None))
        return results[0]

    ours = call_gateway(door, sent, function)
    wanted = client_gets(door_name, said, losses)
    where = f"{door_name}, {interface}\n   said: {said}\n result: {results}"
    assert _comparable(receive(door, sent.method, results[0])) == _comparable(wanted), where
    kept: Lines = tuple(line for line in ours.headers if line[0] not in ADDED_TO_RESPONSES)
    assert _comparable(ours._replace(headers=kept)) == _comparable(wanted), where


def _comparable(response: Response) -> tuple[int, dict[str, list[str]], bytes]:
    return response.status, by_name(response.headers), response.body
