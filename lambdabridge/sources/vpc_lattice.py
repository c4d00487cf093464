"""VPC Lattice with a Lambda target, event structure versions 1 and 2, both directions.

https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html

Version 1 has snake_case members, its raw_path carries the query. Version 2 has headers and query parameters as lists, in
older examples as strings. Nobody has recorded what either does to escapes: paths are taken as raw, parameters as decoded.
The response is the load balancer's with one value for each name.
"""

from __future__ import annotations

from lambdabridge.body import decode_body
from lambdabridge.messages import Request
from lambdabridge.sources import alb
from lambdabridge.sources.base_path import place
from lambdabridge.sources.members import (
    decode_paths,
    encode_query,
    last_forwarded,
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
    from lambdabridge.types import Event, ProxyResponse


def matches(event: Event) -> bool:
    """Return whether this is VPC Lattice's event, of either version."""
    if "httpMethod" in event or "rawPath" in event:
        return False
    return "method" in event and "headers" in event and ("raw_path" in event or _is_version_2(event))


def _is_version_2(event: Event) -> bool:
    context = event.get("requestContext")
    return event.get("version") == "2.0" and "path" in event and isinstance(context, dict) and "serviceArn" in context


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to the service."""
    path, mark, query = event["path" if _is_version_2(event) else "raw_path"].partition("?")
    if not path.startswith("/"):
        path = "/" + path
    parameters = event.get("queryStringParameters") or event.get("query_string_parameters") or {}
    query = native_utf8(query) if mark else encode_query({name: _list(value) for name, value in parameters.items()})
    root_path, path = ("", path) if base_path is None else place("", path, "", base_path)
    path, raw_path, root_path = decode_paths(path, root_path)
    headers, known = decode_headers({name: _list(value) for name, value in (event["headers"] or {}).items()}, None)
    is_base64 = event.get("isBase64Encoded") or event.get("is_base64_encoded")
    body = decode_body({"body": event.get("body"), "isBase64Encoded": is_base64})
    scheme, server = scheme_and_server(known, None)
    return Request(
        method_of(event["method"]),
        path,
        raw_path,
        query,
        with_content_length(headers, known, body),
        body,
        root_path,
        scheme,
        "1.1",
        last_forwarded(known.get("x-forwarded-for", "")),
        server,
    )


def _list(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the response with one value for each header name."""
    return alb.single_value_response(response)
