"""Lambda@Edge, viewer and origin requests of CloudFront, both directions: an HTTP response is generated at the edge.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html

`uri` and `querystring` are raw, headers are lists of {key, value} under lower-case names, and the body is there only if the
trigger includes it. The response has its status as a string and `bodyEncoding`. Response events, which carry a response
already, are no requests to serve. A generated response may be 40 KB (viewer) or 1 MB (origin).
"""

from __future__ import annotations

from binascii import b2a_base64

from lambdabridge.body import decode_base64, decode_result_body, encode_body
from lambdabridge.errors import BadResultError, MalformedEventError, TooLargeError
from lambdabridge.messages import Response
from lambdabridge.sources.alb import status_description
from lambdabridge.sources.members import client_address, native_utf8
from lambdabridge.sources.payload_v1 import decode_headers
from lambdabridge.sources.raw_path import build_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Request
    from lambdabridge.types import Event, Headers

# CloudFront answers 502 to a function that sets these
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
_NOT_OURS = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-cache",
        "x-forwarded-proto",
        "x-real-ip",
    )
)
_NOT_OURS_BEGIN = ("x-accel-", "x-amz-cf-", "x-amzn-", "x-edge-")
_VIEWER_BODY = 40_000
"""Bytes of a viewer request's body that CloudFront passes; of an origin request's 1 MB."""


def matches(event: Event) -> bool:
    """Return whether this is a viewer or an origin request event."""
    cf = _cf(event)
    is_other = "httpMethod" in event or "rawPath" in event or "method" in event
    return "request" in cf and "response" not in cf and not is_other


def _cf(event: Event) -> dict[str, Any]:
    records = event.get("Records")
    record = records[0] if isinstance(records, list) and records else None
    cf = record.get("cf") if isinstance(record, dict) else None
    return cf if isinstance(cf, dict) else {}


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the viewer sent to CloudFront."""
    cf = _cf(event)
    request = cf["request"]
    lines = {name: [line["value"] for line in lines] for name, lines in (request.get("headers") or {}).items()}
    headers, known = decode_headers(lines, None)
    # of the viewer's connection CloudFront tells by its own header alone; the other one is the client's
    if "x-forwarded-proto" in known or "cloudfront-forwarded-proto" in known:
        known = {**known, "x-forwarded-proto": known.get("cloudfront-forwarded-proto", "https")}
    given = request.get("body") or {}
    if not given and known.get("content-length", "0").strip("0"):
        raise MalformedEventError(
            f"The request has a body of {known['content-length']} bytes that the lambda_at_edge event does not carry: "
            "choose `Include body` for the function's trigger."
        )
    if given.get("inputTruncated"):  # 40 KB of a viewer request's, 1 MB of an origin request's are passed
        raise TooLargeError("The request body is larger than Lambda@Edge passes.")
    data = given.get("data") or ""
    body = decode_base64(data) if given.get("encoding") == "base64" else data.encode()
    query = native_utf8(request.get("querystring") or "")
    client = client_address(request.get("clientIp"))
    domain_name = (cf.get("config") or {}).get("distributionDomainName")
    return build_request(
        request["method"],
        request["uri"],
        query,
        headers,
        known,
        body,
        client,
        base_path,
        domain_name=domain_name,
    )


def most(event: Event) -> int:
    """Return how many bytes a generated response may have, headers included."""
    kind = str((_cf(event).get("config") or {}).get("eventType"))
    return 1024 * 1024 if kind.startswith("origin") else 40 * 1024


def identify(event: Event) -> tuple[str | None, str | None]:
    """Return (request id, None)."""
    return (_cf(event).get("config") or {}).get("requestId"), None


def encode_response(response: Response, event: Event) -> Any:
    """Return the generated response: every header line, and nothing that CloudFront keeps for itself."""
    body, is_base64 = encode_body(response.body, response.headers)
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in response.headers:
        if name not in _NOT_OURS and not name.startswith(_NOT_OURS_BEGIN):
            headers.setdefault(name, []).append({"key": name, "value": value})
    return {
        "status": str(response.status),
        "statusDescription": status_description(response.status).partition(" ")[2],
        "headers": headers,
        "body": body,
        "bodyEncoding": "base64" if is_base64 else "text",
    }


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the viewer request event that CloudFront sends, with the body included."""
    headers: dict[str, list[dict[str, str]]] = {}
    for name, value in request.headers:
        headers.setdefault(name.lower(), []).append({"key": name, "value": value})
    sent: dict[str, Any] = {
        "clientIp": request.client[0] if request.client else "",
        "headers": headers,
        "method": request.method,
        "querystring": request.query_string,
        "uri": request.raw_path,
    }
    if request.body:
        data = b2a_base64(request.body[:_VIEWER_BODY], newline=False).decode("ascii")
        is_cut = len(request.body) > _VIEWER_BODY
        sent["body"] = {"action": "read-only", "data": data, "encoding": "base64", "inputTruncated": is_cut}
    config = {
        "distributionDomainName": delivery.domain_name,
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": "viewer-request",
        "requestId": delivery.request_id,
    }
    return {"Records": [{"cf": {"config": config, "request": sent}}]}


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what CloudFront sends to the viewer for a generated response."""
    if not isinstance(result, dict):
        raise BadResultError(f"a generated response must be an object and is {type(result).__name__}")
    status = result.get("status")
    if not str(status).isascii() or not str(status).isdigit() or len(str(status)) > 3:
        raise BadResultError(f"status must be an HTTP status such as '200' and is {status!r:.60}")
    headers: Headers = []
    given = result.get("headers") or {}
    if not isinstance(given, dict):
        raise BadResultError(f"headers must be an object and is {type(given).__name__}")
    for name, lines in given.items():
        if name.lower() in _NOT_OURS or name.lower().startswith(_NOT_OURS_BEGIN):
            raise BadResultError(f"the header {name!r} is not for a function to set")
        if not isinstance(lines, list) or not all(
            isinstance(line, dict) and isinstance(line.get("value"), str) for line in lines
        ):
            raise BadResultError(f"the header {name!r} must be a list of {{key, value}} and is {lines!r:.60}")
        headers += [(name.lower(), line["value"]) for line in lines]
    body = decode_result_body(result.get("body"), result.get("bodyEncoding") == "base64")
    return Response(int(str(status)), headers, body)
