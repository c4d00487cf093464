"""Lambda@Edge, viewer and origin requests of CloudFront: an HTTP response is generated at the edge.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html

`uri` and `querystring` are raw, headers are lists of {key, value} under lower-case names, and the body is there only if the
trigger includes it. The response has its status as a string and `bodyEncoding`. Response events, which carry a response
already, are no requests to serve. A generated response may be 40 KB (viewer) or 1 MB (origin).
"""

from __future__ import annotations

from lambdabridge.body import decode_base64, encode_body
from lambdabridge.errors import TooLargeError
from lambdabridge.messages import Request
from lambdabridge.sources.alb import status_description
from lambdabridge.sources.base_path import place
from lambdabridge.sources.members import (
    client_address,
    decode_paths,
    method_of,
    native_utf8,
    scheme_and_server,
    with_content_length,
)
from lambdabridge.sources.payload_v1 import decode_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.messages import Response
    from lambdabridge.types import Event

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
    path = request["uri"]
    if not path.startswith("/"):
        path = "/" + path
    root_path, path = ("", path) if base_path is None else place("", path, "", base_path)
    path, raw_path, root_path = decode_paths(path, root_path)
    lines = {name: [line["value"] for line in lines] for name, lines in (request.get("headers") or {}).items()}
    headers, known = decode_headers(lines, None)
    given = request.get("body") or {}
    if given.get("inputTruncated"):  # 40 KB of a viewer request's, 1 MB of an origin request's are passed
        raise TooLargeError("The request body is larger than Lambda@Edge passes.")
    data = given.get("data") or ""
    body = decode_base64(data) if given.get("encoding") == "base64" else data.encode()
    config = cf.get("config") or {}
    scheme, server = scheme_and_server(known, config.get("distributionDomainName"))
    return Request(
        method_of(request["method"]),
        path,
        raw_path,
        native_utf8(request.get("querystring") or ""),
        with_content_length(headers, known, body),
        body,
        root_path,
        scheme,
        "1.1",
        client_address(request.get("clientIp")),
        server,
    )


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
