"""Events of any kind: Hypothesis changes what front doors send; nothing comes of it but an answer or a typed error."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from wsgiref.validate import validator

from hypothesis import strategies as st

from lambdabridge import bridge
from lambdabridge.errors import EventError
from lambdabridge.gateway.delivery import Delivery
from lambdabridge.messages import Request as OurRequest
from lambdabridge.sources.registry import find
from tests.properties import EMPTY, SENDERS
from tests.receivers import EDGE_MEMBERS, MEMBERS
from tests.senders import DOORS, Event
from tests.strategies import request

# events that are no HTTP request, as Lambda passes them
_RECORD = {"messageId": "1", "eventSource": "aws:sqs", "body": "{}", "attributes": {}}
_SOCKET = {"connectionId": "c", "domainName": "x.execute-api.us-east-1.amazonaws.com", "stage": "prod", "apiId": "x"}
_AUTHORIZED = {"type": "REQUEST", "headers": {"a": "1"}, "requestContext": {"http": {"method": "GET", "path": "/"}}}
FOREIGN: dict[str, Any] = {
    "queue": {"Records": [_RECORD]},
    "topic": {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "x"}}]},
    "schedule": {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "time": "x"},
    "connect": {"headers": {}, "requestContext": {**_SOCKET, "eventType": "CONNECT", "routeKey": "$connect"}},
    "message": {"requestContext": {**_SOCKET, "eventType": "MESSAGE"}, "body": "x", "isBase64Encoded": False},
    "authorizer, token": {"type": "TOKEN", "methodArn": "arn:x", "authorizationToken": "x"},
    "authorizer, 1.0": {**_AUTHORIZED, "methodArn": "arn:x", "path": "/", "httpMethod": "GET", "version": "1.0"},
    "authorizer, 2.0": {**_AUTHORIZED, "routeArn": "arn:x", "rawPath": "/", "version": "2.0", "identitySource": ["x"]},
    "edge response": {"Records": [{"cf": {"config": {}, "request": {"uri": "/"}, "response": {"status": "200"}}}]},
    "step": {"input": {}, "context": {}},
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 600)
    | st.sampled_from(("", "/", "GET", "1.0", "2.0", "\n", "é", "世"))
    | st.text(max_size=4),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=4), children, max_size=3),
    max_leaves=4,
)


@st.composite
def mutations(draw: st.DrawFn, event: Any, members: tuple[str, ...]) -> Any:
    """Draw an event like this one with one to three changes anywhere in it; `event` is changed itself."""
    for _ in range(draw(st.integers(1, 3))):
        node = event
        for _ in range(draw(st.integers(0, 5))):
            inner = list(node.values()) if isinstance(node, dict) else node
            inner = [value for value in inner if isinstance(value, (dict, list)) and value]
            if not inner:
                break
            node = inner[draw(st.integers(0, len(inner) - 1))]
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key: Any = draw(st.sampled_from(keys)) if keys else None
        change = draw(st.integers(0, 3))
        if change == 0 and isinstance(node, dict):  # a member of another front door's
            node[draw(st.sampled_from(members))] = draw(JSON)
        elif key is not None and change == 1:
            del node[key]
        elif key is not None:
            node[key] = draw(JSON)
    return event


def _names(value: Any) -> set[str]:
    """Return the names of all members in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(_names, value.values()))
    return set().union(*map(_names, value)) if isinstance(value, list) else set()


_SAMPLE = request(
    "POST",
    "/a%20b/",
    "a=1&a=2&b=%25",
    (("content-type", "application/json"), ("x-a", "1"), ("x-a", "\xe9"), ("cookie", "a=1; b=2")),
    b'{"a": 1}',
)
BASE_EVENTS = [
    *(
        json.dumps(send(door, sent))
        for door in DOORS.values()
        for sent in (EMPTY, _SAMPLE)
        for send in SENDERS.values()
    ),
    *map(json.dumps, FOREIGN.values()),
]


@st.composite
def mutated_events(draw: st.DrawFn) -> Any:
    """Draw an event of one of the front doors, or one that is no HTTP, with changes in it."""
    return draw(mutations(json.loads(draw(st.sampled_from(BASE_EVENTS))), ALL_MEMBERS))


ALL_MEMBERS = tuple(sorted({member for text in BASE_EVENTS for member in _names(json.loads(text))}))


def content(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [b"content"]


async def asgi_content(scope: Any, receive: Any, send: Any) -> None:
    """Answer if the scope holds what the specification says it holds."""
    for member in ("http_version", "method", "scheme", "path", "root_path"):
        assert type(scope[member]) is str, member
    assert type(scope["raw_path"]) is type(scope["query_string"]) is bytes
    assert all(type(name) is type(value) is bytes for name, value in scope["headers"])
    for address in (scope["client"] or ["", 0], scope["server"]):
        assert [type(item) for item in address] == [str, int]
    cookies = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    headers = [(b"content-type", b"text/plain"), *cookies]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"content"})


STRICT = {
    "wsgi": bridge(validator(content), interface="wsgi", errors="raise"),
    "asgi": bridge(asgi_content, lifespan="off", errors="raise"),
}


def answered_or_refused(event: Any) -> Counter[str]:
    """Check that an event gives a proxy response which its source takes, or an EventError of one line.

    Nothing malformed reaches it: wsgiref's validator and asgi_content would say so.
    """
    cases: Counter[str] = Counter()
    outcomes = []
    for handler in STRICT.values():
        try:
            result = handler(event)
        except EventError as error:
            assert str(error)  # noqa: PT017 - either outcome is right
            assert "\n" not in str(error)  # noqa: PT017
            outcomes.append(f"refused: {type(error).__name__}")
        else:
            outcomes.append(valid_for(event, result))
    assert outcomes[0] == outcomes[1], outcomes  # an event is none for both interfaces alike
    cases[outcomes[0]] += len(STRICT)
    return cases


def valid_for(event: Event, result: Any) -> str:
    """Check that a result is one that the event's source takes, and that it says what was answered; name the source."""
    source: Any = find(event)
    name: str = source.__name__.rpartition(".")[2]
    json.dumps(result, allow_nan=False)
    assert set(result) <= RESULTS[name], (name, result)
    delivery = Delivery(multi_value_headers="multiValueHeaders" in event, binary_media_types=("*/*",))
    got = source.decode_response(result, OurRequest("GET", "/", "/", "", [], b""), delivery)
    cookies = [value for name, value in got.headers if name == "set-cookie"]
    empty = isinstance(_method(event), str) and _method(event) == "HEAD"
    if got.status == 200:
        assert (got.body, cookies) == (b"" if empty else b"content", ["a=1", "b=2"]), (event, got)
    else:
        assert got.status in (400, 413), (event, result)
    return name


def _method(event: Event) -> Any:
    """Return the method of an event, wherever its source has it."""
    for path in (("httpMethod",), ("method",), ("requestContext", "http", "method"), ("context", "http-method")):
        value: Any = event
        for member in path:
            value = value.get(member) if isinstance(value, dict) else None
        if value is not None:
            return value
    return event["Records"][0]["cf"]["request"]["method"]


RESULTS: dict[str, set[str]] = {
    "rest_api": MEMBERS["rest"],
    "rest_template": MEMBERS["rest-template"],
    "http_api_v1": MEMBERS["http-1.0"],
    "http_api_v2": MEMBERS["http"],
    "function_url": MEMBERS["function-url"],
    "alb": MEMBERS["alb"],
    "vpc_lattice": MEMBERS["vpc-lattice-1"],
    "lambda_at_edge": EDGE_MEMBERS,
}
