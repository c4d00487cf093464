"""HTTP API with payload format 2.0, both directions.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

`rawPath` is percent-DECODED in spite of its name, and always begins with a named stage, also behind a custom domain that
hides the stage from the client (recorded in aws/aws-lambda-dotnet, Snapshots/V2_*.json, and rails-lambda/lamby). So a "%"
in it is data, and "%2F" can't be told from "/". Cookies come apart from the headers. The rest is in payload_v2.py.
"""

from __future__ import annotations

from lambdabridge.sources import members, payload_v2
from lambdabridge.sources.base_path import base_of, is_execute_api, is_under, place
from lambdabridge.sources.members import UNESCAPED, encode_path, native_utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event

encode_response = payload_v2.encode_response
identify = members.identify


def matches(event: Event) -> bool:
    """Return whether this is an HTTP API's event in payload format 2.0."""
    return payload_v2.is_request(event, of_function_url=False)


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to an HTTP API."""
    context = event.get("requestContext") or {}
    root_path, path = _paths(event, context, base_path)
    raw_path = path
    if path.strip(UNESCAPED):  # which leaves nothing of a path that needs no escapes
        raw_path, path, root_path = encode_path(path), native_utf8(path), native_utf8(root_path)
    return payload_v2.decode(event, context, root_path, path, raw_path)


def _paths(event: Event, context: dict[str, Any], base_path: str | None) -> tuple[str, str]:
    path = event["rawPath"]
    if not path.startswith("/"):
        path = "/" + path
    if base_path is None:
        return "", path
    prefix = base = ""
    on_execute_api = is_execute_api(context.get("domainName"))
    stage = context.get("stage")
    if stage and stage != "$default":
        stage = f"/{stage}"
        if is_under(path, stage):
            path = path[len(stage) :] or "/"
            if on_execute_api:
                prefix = stage
    elif on_execute_api and base_path == "auto":
        return "", path  # nothing to find
    if not on_execute_api:
        route = str(event.get("routeKey")).partition(" ")[2]  # "ANY /{proxy+}", or "$default"
        base = base_of(path, route, event.get("pathParameters"))
    return place(prefix, path, base, base_path)


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that an HTTP API sends in payload format 2.0 for a client's request."""
    from urllib.parse import unquote

    path = unquote(request.raw_path)
    if delivery.is_custom_domain and delivery.stage != "$default":
        path = f"/{delivery.stage}{path}"
    return payload_v2.encode_event(request, delivery, raw_path=path, context_path=path, keeps_cookie=False)


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what an HTTP API sends to the client for a function's result in payload format 2.0."""
    from lambdabridge.sources.result import RULES, decode

    return decode(result, RULES["http_api_v2"])
