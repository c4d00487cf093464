"""Lambda Function URL, both directions: payload format 2.0 (see payload_v2.py) with these differences.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

`rawPath` is raw, where an HTTP API's is decoded, although the two events have one shape; requestContext.http.path is
decoded and has lost its trailing slash (recorded by LocalStack, test_lambda_url_*, and hotsock/voker). Cookies come twice:
as the header they were and in `cookies`. There is no stage in the path and no domain of one's own. A function's result may
be anything: what has no statusCode is the body (LocalStack, *.validation.json).
"""

from __future__ import annotations

from lambdabridge.sources import members, payload_v2
from lambdabridge.sources.base_path import place
from lambdabridge.sources.members import decode_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request, Response
    from lambdabridge.types import Event

encode_response = payload_v2.encode_response
identify = members.identify


def matches(event: Event) -> bool:
    """Return whether this is a Function URL's event."""
    return payload_v2.is_request(event, of_function_url=True)


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to a Function URL."""
    path = event["rawPath"]
    if not path.startswith("/"):
        path = "/" + path
    root_path, path = ("", path) if base_path is None else place("", path, "", base_path)
    path, raw_path, root_path = decode_paths(path, root_path)
    return payload_v2.decode(event, event.get("requestContext") or {}, root_path, path, raw_path)


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that a Function URL sends for a client's request."""
    from urllib.parse import unquote

    context_path = unquote(request.raw_path).rstrip("/") or "/"
    event = payload_v2.encode_event(
        request, delivery, raw_path=request.raw_path, context_path=context_path, keeps_cookie=True
    )
    event["requestContext"] |= {"accountId": "anonymous", "requestId": delivery.request_id}  # with the auth type NONE
    return event


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what a Function URL sends to the client for a function's result."""
    from lambdabridge.sources.result import RULES, decode

    return decode(result, RULES["function_url"])
