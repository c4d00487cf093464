"""One judge for all engines: the whole recorded event, the whole recorded response, with the same tolerance.

Tolerated is what no engine on this machine can be given: identifiers, names of hosts, addresses and times have to be there,
whatever they are. Header names are compared in lower case, because web servers change it. What recorded_exceptions.py
excuses (CloudFront's headers, members that a recorder's types lack) is excused for all; so is TLS's absence.

Whole events are strict: an absent extendedRequestId fails one, and no application reads it. So there is a second
measure, notable(): of an event, what tells the request, where an empty member is as none; of a response, status, body
(as JSON, if it is), Content-Type and the headers that the function set.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from tests import recorded_exceptions as exceptions
from tests.emulators import Observed
from tests.recorded import Case, body_of, labels
from tests.recorded_judges import compare_events, compare_responses

_ANY = r".+"
_OWN_HEADERS = ("host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto")
_IDENTIFIERS = ("accountId", "apiId", "deploymentId", "domainName", "domainPrefix", "extendedRequestId", "requestId")
EVENT_FORMS = {
    **{f"*eaders.{name}": _ANY for name in _OWN_HEADERS},
    **{f"requestContext.{name}": _ANY for name in (*_IDENTIFIERS, "identity.sourceIp", "http.sourceIp")},
    "requestContext.resourceId": _ANY,
    "requestContext.requestTime": _ANY,
    "requestContext.time": _ANY,
    "requestContext.requestTimeEpoch": r"\d+",
    "requestContext.timeEpoch": r"\d+",
}
RESPONSE_FORMS = {"headers.x-amzn-requestid": _ANY, "headers.apigw-requestid": _ANY}
_BELOW = ("headers.server", "headers.date", "headers.connection")  # the web server's, below the front door
_NO_TLS = ("headers.x-amzn-tls-version", "headers.x-amzn-tls-cipher-suite")
TELLS_THE_REQUEST = (
    "version",
    "routeKey",
    "resource",
    "path",
    "httpMethod",
    "rawPath",
    "rawQueryString",
    "queryStringParameters*",
    "multiValueQueryStringParameters*",
    "pathParameters*",
    "stageVariables*",
    "cookies",
    "body",
    "isBase64Encoded",
    "requestContext.stage",
    "requestContext.path",
    "requestContext.http.method",
    "requestContext.http.path",
)


def differences(case: Case, observed: Observed) -> set[str]:
    """Return what came out otherwise than recorded."""
    return _of_event(case, observed.event) if case["kind"] == "event" else _of_response(case, observed)


def notable(case: Case, observed: Observed) -> set[str]:
    """Return those differences that the application or the client notices."""
    if case["kind"] == "event":
        found = _of_event(case, observed.event, emptied=True)
        sent = {name.lower() for name, _ in case["http_request"]["headers"]} - {*_OF_CONNECTION}
        patterns = (*TELLS_THE_REQUEST, *(f"{member}.{name}" for member in _HEADERS for name in sent))
    else:
        found = _of_response(case, observed)
        result = case["lambda_result"] if isinstance(case["lambda_result"], dict) else {}
        names = {*(result.get("headers") or {}), *(result.get("multiValueHeaders") or {}), "content-type"}
        patterns = ("status", "body", "headers.x-amzn-remapped-*", *(f"headers.{name.lower()}" for name in names))
        if _is_same_json(observed.reply.body, body_of(case["http_response"])):
            found.discard("body")
    return {path for path in found if path == "called" or any(fnmatchcase(path, pattern) for pattern in patterns)}


_HEADERS = ("headers", "multiValueHeaders")
_OF_CONNECTION = ("connection", "content-length")  # an application finds them behind any web server


def _of_event(case: Case, event: dict[str, Any] | None, *, emptied: bool = False) -> set[str]:
    if event is None:
        return {"called"}
    recorded, sent = _comparable(case["event"]), _comparable(event)
    if emptied:
        recorded, sent = _without_empties(recorded), _without_empties(sent)
    found = compare_events(case, recorded, sent, EVENT_FORMS)
    if case["source"] == "function-url":
        found -= {*_NO_TLS}
    return _unexcused(case, found, exceptions.EVENTS)


def _comparable(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with header names in lower case, and epochs as text, which forms are compared of."""
    event = dict(event)
    for member in _HEADERS:
        if isinstance(event.get(member), dict):
            event[member] = {name.lower(): value for name, value in event[member].items()}
    if isinstance(event.get("requestContext"), dict):
        context = dict(event["requestContext"])
        for member in ("requestTimeEpoch", "timeEpoch"):
            if isinstance(context.get(member), int):
                context[member] = str(context[member])
        event["requestContext"] = context
    return event


def _without_empties(value: Any) -> Any:
    """Return the event without members that are null or empty."""
    if not isinstance(value, dict):
        return value
    members = {name: _without_empties(inner) for name, inner in value.items()}
    return {name: inner for name, inner in members.items() if inner not in (None, "", [], {})}


def _is_same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def _of_response(case: Case, observed: Observed) -> set[str]:
    reply = observed.reply
    found = compare_responses(case, reply.status, reply.headers, reply.body, RESPONSE_FORMS) - {*_BELOW}
    if observed.event is None:
        found.add("called")
    return _unexcused(case, found, exceptions.RESPONSES)


def _unexcused(case: Case, found: set[str], table: dict[str, dict[str, str]]) -> set[str]:
    patterns = [pattern.lower() for label in labels(case) for pattern in table.get(label, {})]
    return {path for path in found if not any(fnmatchcase(path.lower(), pattern) for pattern in patterns)}
