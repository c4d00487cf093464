"""The recorded cases through this gateway and through other people's, judged alike: `python3 dev.py emulators`.

| engine | whose | takes |
| --- | --- | --- |
| ours | this checkout's gateway, as `lambdabridge serve` runs it | a socket |
| sam | aws-sam-cli, `sam local start-api` without its container | a socket |
| localstack | localstack-core, execute_api: REST APIs | a request object |
| ministack | ministack, deployed to through its AWS API | a socket |

Each runs in an environment of its own (dev.py), where `python -m tests.emulators ENGINE` prints what came out of every
case; table.py collects that, and judge.py compares it with what was recorded.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from lambdabridge.gateway.routes import CATCH_ALL
from lambdabridge.messages import Request
from tests import recorded, recorded_exceptions
from tests.recorded import Case, request_for, request_of, routes_of
from tests.wire import Reply

SOURCES = ("rest-v1", "http-api-1.0", "http-api-2.0", "function-url")
"""Whose cases have a recorded request or result."""
_HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"  # in place of a name that the recorder took out
Send = Callable[[Case], "Observed"]


@dataclass(frozen=True)
class Engine:
    """One gateway: what it is called, the distribution that it comes in, the sources that it has."""

    name: str
    distribution: str
    sources: tuple[str, ...]
    open: Callable[[], AbstractContextManager[Send]]
    has_custom_domains: bool = False

    def lacks(self, case: Case) -> str:
        """Return why the case's API can't be had here; "" if it can."""
        if case["source"] not in self.sources:
            return f"no {case['source']}"
        return "no custom domains" if case["config"].get("custom_domain") and not self.has_custom_domains else ""


@dataclass(frozen=True)
class Observed:
    """What the function received, if it was called, and what the client got."""

    event: dict[str, Any] | None
    reply: Reply

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        reply = self.reply
        body = base64.b64encode(reply.body).decode()
        return {"event": self.event, "status": reply.status, "headers": reply.headers, "body": body}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Observed:
        """Return what to_json() wrote."""
        headers = [(name, text) for name, text in value["headers"]]
        return cls(value["event"], Reply(value["status"], headers, base64.b64decode(value["body"])))


@dataclass(frozen=True)
class Api:
    """The API of a case, for engines to make."""

    source: str
    stage: str
    routes: tuple[str, ...]
    binary_media_types: tuple[str, ...]
    stage_variables: dict[str, str] | None


def api_of(case: Case) -> Api:
    """Return the API of a case; what was not recorded is the catch-all."""
    config, is_rest = case["config"], case["source"] == "rest-v1"
    api, _ = recorded.SOURCES[case["source"]]
    mapped = config.get("mapped_stage")
    if "mapped_stage" in config and mapped is None:  # the stage is in the path, after the base path if there is one
        mapped = case["http_request"]["target"].split("/")[2 if config.get("basePath") else 1]
    return Api(
        case["source"],
        mapped or config.get("stage") or ("prod" if is_rest else "$default"),
        routes_of(case) or CATCH_ALL.get(api, ("$default",)),
        tuple(config.get("binaryMediaTypes") or ()),
        (case.get("event") or {}).get("stageVariables"),
    )


def request_through(case: Case, *, has_stage: bool = True) -> Request:
    """Return the case's request; has_stage: whether the engine's paths begin with the stage."""
    stage = api_of(case).stage
    prefix = "" if stage == "$default" or case["config"].get("custom_domain") else f"/{stage}"
    if case["kind"] != "event":
        return request_for(case, prefix if has_stage else "")
    request = request_of(case)
    request.headers = [(name, _HOST if value.startswith("<host") else value) for name, value in request.headers]
    if not has_stage:
        request.raw_path = request.raw_path.removeprefix(prefix) or "/"
        request.path = request.path.removeprefix(prefix) or "/"
    return request


def result_of(case: Case) -> Any:
    """Return what the function has to return."""
    return {"statusCode": 200} if case["kind"] == "event" else case["lambda_result"]


CASES = [
    case
    for case in (*recorded.EVENTS, *recorded.RESPONSES)
    if case["source"] in SOURCES
    and ((case["kind"] == "event" and case["http_request"]) or case["kind"] == "response")
    and case["id"] not in recorded_exceptions.NOT_ANSWERED
]
