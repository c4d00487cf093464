"""Payload format 2.0, both directions: the shape that HTTP APIs and Function URLs have in common.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

`rawQueryString` is as the client sent it. Header names are lower case, repeated headers joined by ",". Members that would
be empty are absent. Where the two front doors differ (paths, the cookie header) is in http_api_v2.py and function_url.py.
"""

from __future__ import annotations

from lambdabridge.body import decode_body, encode_body, encode_request_body
from lambdabridge.messages import Request
from lambdabridge.sources.members import (
    client_address,
    http_version,
    method_of,
    native,
    native_utf8,
    scheme_and_server,
    with_content_length,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Response
    from lambdabridge.types import Event, ProxyResponse


def is_request(event: Event, *, of_function_url: bool) -> bool:
    """Return whether this is an HTTP request in payload format 2.0: no authorizer's event and no VPC Lattice's.

    A Function URL has no domain of its own, and so its name tells it from an HTTP API.
    """
    if event.get("version") != "2.0" or "rawPath" not in event or "routeArn" in event:
        return False
    context = event.get("requestContext")
    return (isinstance(context, dict) and ".lambda-url." in str(context.get("domainName"))) is of_function_url


def decode(event: Event, context: dict[str, Any], root_path: str, path: str, raw_path: str) -> Request:
    """Return the request of an event, with the paths (native strings) found by its front door's rules."""
    http = context.get("http")
    if not isinstance(http, dict):
        raise KeyError("requestContext.http")
    # functions that have nothing to do here are not called: what has left the CPU's caches takes a microsecond to come back
    known: dict[str, Any] = event.get("headers") or {}
    names = "".join(known)
    try:
        is_plain = names == names.lower() and "".join(known.values()).isascii()
    except TypeError:  # a null value
        is_plain = False
    if not is_plain:  # never from AWS, apart from values that are not ASCII
        known = _native_headers(known)
    headers = list(known.items())
    cookies = event.get("cookies")
    if cookies and not isinstance(cookies, list):
        raise TypeError("cookies is no list")
    if cookies and "cookie" not in known:  # emulators leave them in the headers, then those are kept
        headers.append(("cookie", native("; ".join(cookies))))
    body = decode_body(event) if event.get("body") else b""
    if body or known.get("content-length", "0") != "0" or "transfer-encoding" in known:
        headers = with_content_length(headers, known, body)
    query_string = event.get("rawQueryString") or ""
    protocol = http.get("protocol")
    scheme, server = scheme_and_server(known, context.get("domainName"))
    caller = None
    if "authorizer" in context or "authentication" in context:
        from lambdabridge.caller import caller_2

        caller = caller_2(context.get("authorizer"), context.get("authentication"))
    return Request(
        method_of(http["method"]),
        path,
        raw_path,
        query_string if query_string.isascii() else native_utf8(query_string),
        headers,
        body,
        root_path,
        scheme,
        "1.1" if protocol == "HTTP/1.1" else http_version(protocol),
        client_address(http.get("sourceIp")),
        server,
        caller,
    )


def _native_headers(members: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in members.items():
        if value is not None:
            name, value = name.lower(), native(value)
            found[name] = f"{found[name]},{value}" if name in found else value
    return found


def encode_response(response: Response, event: Event) -> ProxyResponse:
    """Return the response in payload format 2.0: Set-Cookie in `cookies` alone, other repeated headers joined."""
    body, is_base64 = encode_body(response.body, response.headers)
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in response.headers:
        if name == "set-cookie":
            cookies.append(value)
        elif name in headers:
            headers[name] = f"{headers[name]}, {value}"
        else:
            headers[name] = value
    result: ProxyResponse = {
        "statusCode": response.status,
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if cookies:
        result["cookies"] = cookies
    return result


def encode_event(
    request: Request, delivery: Delivery, *, raw_path: str, context_path: str, keeps_cookie: bool
) -> Event:
    """Return the event for a client's request: what both front doors send."""
    from urllib.parse import parse_qsl, unquote

    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        name = name.lower()
        if name == "cookie":
            cookies += value.split("; ")
            if not keeps_cookie:
                continue
            headers[name] = f"{headers[name]}; {value}" if name in headers else value
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    event: Event = {
        "version": "2.0",
        "routeKey": delivery.route_key,
        "rawPath": raw_path,
        "rawQueryString": request.query_string,
        "headers": headers,
        "requestContext": {
            "accountId": delivery.account_id,
            "apiId": delivery.api_id,
            "domainName": delivery.domain_name,
            "domainPrefix": delivery.domain_name.partition(".")[0],
            "http": {
                "method": request.method,
                "path": context_path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client[0] if request.client else "",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": delivery.extended_request_id,
            "routeKey": delivery.route_key,
            "stage": delivery.stage,
            "time": delivery.request_time,
            "timeEpoch": delivery.time_epoch,
        },
        "isBase64Encoded": False,
    }
    if request.body:
        content_type = headers.get("content-type", "")
        event["body"], event["isBase64Encoded"] = encode_request_body(request.body, content_type, None)
    path_parameters = {name: unquote(value) for name, value in (delivery.path_parameters or {}).items()}
    optional = {
        "cookies": cookies,
        "queryStringParameters": parameters,
        "pathParameters": path_parameters,
        "stageVariables": delivery.stage_variables,
    }
    event.update({name: value for name, value in optional.items() if value})  # empty ones are absent, not null
    return event
