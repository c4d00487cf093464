"""The recorded AWS cases: loading them, and each one run through the front door that it was recorded at.

The corpus is not part of the project: it is looked for in ../shared/recorded (or $LAMBDABRIDGE_RECORDED); where it is absent,
the tests over it are skipped, and test_gateway_facts.py and test_front_door_facts.py say the same row by row.

A case gives its API's configuration; what it leaves out is taken from its event as configuration too: account, API id, domain
name, route, stage variables, the client's address. Everything else of the event has to come out of the HTTP request.

`python -m tests.recorded` prints the table of tests/README.md.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lambdabridge.gateway.delivery import Delivery
from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.gateway.settings import Settings
from lambdabridge.messages import Request
from lambdabridge.sources.registry import resolve
from tests.wire import finish

RECORDED = Path(os.environ.get("LAMBDABRIDGE_RECORDED", Path(__file__).parents[2] / "shared" / "recorded"))
Case = dict[str, Any]
# source of a case -> (--api, module); the ones that are not here are no HTTP requests
SOURCES = {
    "rest-v1": ("rest", "rest_api"),
    "http-api-1.0": ("http-1.0", "http_api_v1"),
    "http-api-2.0": ("http", "http_api_v2"),
    "function-url": ("function-url", "function_url"),
    "alb": ("alb", "alb"),
    "vpc-lattice-1": ("vpc-lattice-1", "vpc_lattice"),
    "vpc-lattice-2": ("vpc-lattice-2", "vpc_lattice"),
    "lambda-at-edge": ("lambda-at-edge", "lambda_at_edge"),
    "sam-local-rest": ("rest", "rest_api"),
    "sam-local-http-api": ("http", "http_api_v2"),
}


def load(folder: str) -> list[Case]:
    """Return the cases of a folder: "events" or "responses"."""
    return [json.loads(file.read_text()) for file in sorted((RECORDED / folder).glob("*.json"))]


EVENTS, RESPONSES = load("events"), load("responses")
COUNTED = pytest.mark.skipif(
    len(EVENTS) + len(RESPONSES) != 158, reason="the recorded corpus is not here, or has other cases than were counted"
)
"""For tests that hold a list of exceptions or a count to the whole corpus."""


def parameters(cases: list[Case]) -> list[Any]:
    """Return the cases for pytest.mark.parametrize; without a corpus, one that is skipped."""
    return [pytest.param(case, id=case["id"]) for case in cases] or [
        pytest.param(None, marks=pytest.mark.skip(reason="the recorded corpus is not here"), id="absent")
    ]


def labels(case: Case) -> tuple[str, ...]:
    """Return what a list of exceptions may call this case: its id, its source, who recorded it, its endpoint's kind."""
    source, endpoint = case["source"], case["config"].get("endpoint")
    repository = str(case["provenance"].get("repo")).removeprefix("github:")
    return (case["id"], source, f"{source} {endpoint}", f"{source} {repository}")


def module_of(case: Case) -> Any:
    """Return the source that the case's events belong to."""
    return resolve(SOURCES[case["source"]][1])


# --- a case's API ----------------------------------------------------------------------------------------------------


def front_door(case: Case) -> FrontDoor:
    """Return the front door as it was configured where the case was recorded."""
    config, event = case["config"], case.get("event") or {}
    context = event.get("requestContext") or {}
    api, module = SOURCES[case["source"]]
    given = {
        "api_id": context.get("apiId"),
        "account_id": None if api == "function-url" else context.get("accountId"),  # which has a rule of its own
        "stage": config.get("stage") if api in ("rest", "http", "http-1.0") else None,
    }
    settings = Settings(
        target="recorded",
        api=api,
        binary_media_types=tuple(config.get("binaryMediaTypes") or ()),
        multi_value_headers=api == "alb" and "multiValueHeaders" in event,
        **{name: value for name, value in given.items() if value},
    )
    configured = Delivery(
        domain_name=context.get("domainName") or settings.domain_name,
        is_custom_domain=bool(config.get("custom_domain")),
        base_path=_base_path(case),
        endpoint=config.get("endpoint", "REGIONAL"),
        stage_variables=event.get("stageVariables"),
        target_group_arn=context.get("elb", {}).get("targetGroupArn", Delivery.target_group_arn),
    )
    milliseconds = context.get("requestTimeEpoch", context.get("timeEpoch"))
    seconds = milliseconds / 1000 if isinstance(milliseconds, int) else 1.0
    return FrontDoor(settings, resolve(module), configured=configured, routes=routes_of(case), clock=lambda: seconds)  # type: ignore[arg-type]


def _base_path(case: Case) -> str:
    """Return what a custom domain's path has before the route's: its base path; the stage where the mapping has none."""
    config = case["config"]
    base = f"/{config['basePath']}" if config.get("basePath") else ""
    if "mapped_stage" in config and config["mapped_stage"] is None:
        base += "/" + case["http_request"]["target"].removeprefix(base).split("/")[1]
    return base


def routes_of(case: Case) -> tuple[str, ...]:
    """Return the routes of the case's API; none where nothing tells them."""
    event = case.get("event") or {}
    if "routes" in case["config"]:
        return tuple(case["config"]["routes"])
    if "routeKey" in event:
        return (event["routeKey"],)
    if case["source"] == "http-api-1.0" and event:
        return (event["requestContext"]["resourceId"],)
    return (f"{event['httpMethod']} {event['resource']}",) if "resource" in event else ()


# --- what the client sent --------------------------------------------------------------------------------------------


def request_of(case: Case) -> Request:
    """Return the HTTP request of an event's case, with the names of its headers as they were sent."""
    sent = case["http_request"]
    event = case["event"]
    context = event.get("requestContext") or {}
    path, _, query = sent["target"].partition("?")
    headers = [(name, value) for name, value in sent["headers"]]
    host = context.get("domainName") or (event.get("headers") or {}).get("Host")
    if host:
        headers.insert(0, ("host", host))
    address = (context.get("identity") or context.get("http") or {}).get("sourceIp") or "203.0.113.9"
    return Request(
        sent["method"],
        unquote(path, "latin-1"),
        path,
        query,
        headers,
        body_of(sent),
        client=(address, 50000),
        server=(host or "localhost", 443),
    )


def request_for(case: Case, stage_path: str) -> Request:
    """Return the HTTP request that was answered with a response's case, as far as it was recorded."""
    sent = case.get("request") or {}
    headers = list(dict(sent.get("headers") or {}).items())
    headers += [(name.replace("_", "-"), sent[name]) for name in ("accept", "content_type") if sent.get(name)]
    path, _, query = (stage_path + sent.get("target", "/")).partition("?")
    body = (sent.get("body") or "").encode()
    return Request(sent.get("method", "GET"), path, path, query, headers, body, server=("localhost", 443))


def body_of(message: dict[str, Any]) -> bytes:
    """Return the body of a recorded request or response."""
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"])
    return (message.get("body") or "").encode()


def event_sent_for(case: Case) -> dict[str, Any]:
    """Return the event that our front door sends for the case's HTTP request."""
    events: list[dict[str, Any]] = []

    async def invoke(event: dict[str, Any]) -> object:
        events.append(json.loads(json.dumps(event)))
        return {"statusCode": 200}

    answer = finish(front_door(case).answer(request_of(case), invoke))
    if not events:
        raise AssertionError(f"the front door answered by itself: {answer.response.status}, {answer.reason}")
    return events[0]


if __name__ == "__main__":
    from tests.recorded_counts import table

    print(table())
