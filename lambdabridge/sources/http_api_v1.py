"""HTTP API with payload format 1.0, both directions: REST's shape (see rest_api.py) with these differences.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

`version` is "1.0". `path` is the client's path as it is: raw, with the stage on the execute-api domain and without it on
a custom domain, although AWS's pages say otherwise (recorded in aws/aws-lambda-dotnet, Snapshots/V1_*HttpV1.json, and
rails-lambda/lamby). Path parameters are decoded. Base64 in a response is always decoded, whatever the client accepts.
"""

from __future__ import annotations

from lambdabridge.body import encode_body, encode_request_body
from lambdabridge.sources import members, payload_v1
from lambdabridge.sources.base_path import base_of, is_execute_api, is_under, place
from lambdabridge.sources.members import decode_path, native_utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event, ProxyResponse

identify = members.identify


def matches(event: Event) -> bool:
    """Return whether this is an HTTP API's event in payload format 1.0."""
    return payload_v1.is_request(event) and payload_v1.is_http_api(event)


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to an HTTP API."""
    context = event.get("requestContext") or {}
    path = event["path"]
    if not path.startswith("/"):
        path = "/" + path
    if base_path is None:
        return payload_v1.decode(event, context, "", path)
    prefix = base = ""
    stage = f"/{context.get('stage') or '$default'}"
    if not is_execute_api(context.get("domainName")):
        # the path parameters are decoded; escapes in a base path are not looked for
        found_parameters = (event.get("pathParameters") or {}).items()
        parameters = {name: native_utf8(value) for name, value in found_parameters if value is not None}
        found = base_of(decode_path(path), event.get("resource"), parameters)
        base = found if is_under(path, found) else ""
    elif stage != "/$default" and is_under(path, stage):
        prefix, path = stage, path[len(stage) :] or "/"
    return payload_v1.decode(event, context, *place(prefix, path, base, base_path))


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the response in payload format 1.0."""
    body, is_base64 = encode_body(response.body, response.headers)
    return payload_v1.encode_response(response, body, is_base64)


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that an HTTP API sends in payload format 1.0 for a client's request."""
    from urllib.parse import unquote

    content_type = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    stage = "" if delivery.stage == "$default" or not delivery.is_custom_domain else "/" + delivery.stage
    event = payload_v1.encode_event(
        request,
        delivery,
        path=request.raw_path,
        context_path=stage + unquote(request.raw_path),
        path_parameters=delivery.path_parameters and {k: unquote(v) for k, v in delivery.path_parameters.items()},
        query_string=request.query_string,
        body=encode_request_body(request.body, content_type, None),
        request_id=delivery.extended_request_id,
        context={"resourceId": delivery.route_key},
    )
    identity = event["requestContext"]["identity"]
    identity["userAgent"] = identity["userAgent"] or ""
    return {"version": "1.0", **event}


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what an HTTP API sends to the client for a function's result in payload format 1.0."""
    from lambdabridge.sources.result import RULES, decode

    return decode(result, RULES["http_api_v1"])
