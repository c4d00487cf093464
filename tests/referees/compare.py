"""Which parts of two observations differ: of what the application saw, of what the client got, of two events."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.referees.results import REQUEST
from tests.scenarios import RESPONSES, Scenario
from tests.test_scenarios import _respelled, _seen_by_app, _seen_by_client
from tests.wire import Reply, answer, finish, request_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdabridge.gateway.front_door import FrontDoor

    Differences = dict[str, tuple[object, object]]

# so that a REST API decodes base64: LocalStack goes by the first type alone, SAM by the best match, "*/*"
_ACCEPT = ("accept", "image/png,*/*;q=0.8")
_ADDED_RESPONSE_HEADERS = (
    "apigw-requestid",
    "x-amz-apigw-id",
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-amzn-trace-id",
)
# where the client sent none
_ADDED_BY_LOCALSTACK = {"accept": "application/json", "user-agent": "AmazonAPIGateway_localstack"}


def as_sent(scenario: Scenario) -> Scenario:
    """Return the scenario as it is sent to an engine and to the real server."""
    return replace(scenario, headers=(_ACCEPT, *scenario.headers)) if _is_response(scenario) else scenario


def _is_response(scenario: Scenario) -> bool:
    return any(scenario.id == response.id for response in RESPONSES)


def _without_own_headers(reply: Reply) -> Reply:
    """Return a reply without what the gateway adds to every one."""
    return replace(reply, headers=[line for line in reply.headers if line[0] not in _ADDED_RESPONSE_HEADERS])


def differences(got: Reply, expected: Reply, scenario: Scenario, api: str) -> Differences:
    """Return the parts in which what an engine made of a scenario differs from what a real server did."""
    if (
        got.status != expected.status or b'"errorMessage"' in got.body
    ):  # SAM makes 200 of a failed function on payload 2.0
        return {"status": ((got.status, got.body[:200]), expected.status)}
    if scenario.target == "/error":  # each server has an error page of its own
        return {}
    if _is_response(scenario):
        return replies(got, expected, scenario)
    seen, wanted = _seen_by_app(got, api), _seen_by_app(expected, api)
    for name, value in _ADDED_BY_LOCALSTACK.items():
        if seen["headers"].get(name) == value:
            del seen["headers"][name]
    if not seen["raw_path"]:  # an adapter that has none, which both interfaces allow
        del seen["raw_path"], wanted["raw_path"]
    elif api == "http":
        seen["raw_path"], wanted["raw_path"] = _respelled(seen["raw_path"]), _respelled(wanted["raw_path"])
    return _unequal(seen, wanted)


_REPLY = ("status", "headers", "body")


def our_event(door: FrontDoor, scenario: Scenario) -> dict[str, Any]:
    """Return the event that our own gateway sends for a scenario that comes as it comes to an engine."""
    request = request_of(scenario, door.settings.stage_path)
    request.client, request.scheme, request.server = ("127.0.0.1", 50000), "http", ("127.0.0.1", 80)
    sent: list[dict[str, Any]] = []

    async def invoke(event: Any) -> object:
        sent.append(as_json(event))
        return {"statusCode": 200}

    finish(door.answer(request, invoke))
    return sent[0]


def our_reply(door: FrontDoor, result: object) -> Reply:
    """Return what a client of our own gateway gets for a function's result."""
    response = answer(door, lambda event, context: result, REQUEST).response
    return Reply(response.status, response.headers, response.body)


def replies(got: Reply, expected: Reply, scenario: Scenario) -> Differences:
    """Return the parts in which two gateways' replies to one result differ."""
    seen, wanted = (_seen_by_client(_without_own_headers(reply), scenario) for reply in (got, expected))
    return _unequal(dict(zip(_REPLY, seen, strict=True)), dict(zip(_REPLY, wanted, strict=True)))  # type: ignore[call-overload]


def added(reply: Reply) -> set[str]:
    """Return the names of the headers that a gateway adds by itself."""
    return {name for name, _ in reply.headers if name in _ADDED_RESPONSE_HEADERS}


def events(ours: dict[str, Any], theirs: dict[str, Any]) -> Differences:
    """Return the members in which two events differ, by their path; header names in lower case, times by their form."""
    return _unequal(dict(_members(ours)), dict(_members(theirs)))


def _members(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict) or not value:
        is_time = path.rpartition(".")[2] in ("requestTime", "requestTimeEpoch", "time", "timeEpoch")
        yield path, re.sub("[A-Za-z]", "a", re.sub("[0-9]", "0", str(value))) if is_time else value
        return
    is_headers = path in ("headers", "multiValueHeaders")
    for name, member in value.items():
        name = name.lower() if is_headers else name
        yield from _members(member, f"{path}.{name}" if path else name)


class _Absent:
    def __repr__(self) -> str:
        return "absent"


_ABSENT = _Absent()


def _unequal(seen: dict[str, Any], wanted: dict[str, Any]) -> Differences:
    names = [*wanted, *(name for name in seen if name not in wanted)]
    pairs = {name: (seen.get(name, _ABSENT), wanted.get(name, _ABSENT)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def as_json(value: object) -> Any:
    """Return a value as it is on the other side of Lambda."""
    return json.loads(json.dumps(value))
