"""Payload format 1.0, both directions: the shape that REST API and HTTP API 1.0 events and responses have in common.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

Where the two front doors differ (paths, routes, what a response may hold) is in rest_api.py and http_api_v1.py.
"""

from __future__ import annotations

from lambdabridge.body import decode_body
from lambdabridge.messages import Request
from lambdabridge.sources.members import (
    as_list,
    client_address,
    decode_paths,
    encode_query,
    grouped,
    http_version,
    method_of,
    native,
    scheme_and_server,
    with_content_length,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambdabridge.gateway.delivery import Delivery
    from lambdabridge.messages import Response
    from lambdabridge.types import Event, Headers, ProxyResponse


def is_request(event: Event) -> bool:
    """Return whether this is an HTTP request in payload format 1.0: no ALB, authorizer or WebSocket event."""
    if "httpMethod" not in event or "path" not in event or "methodArn" in event:
        return False
    if event.get("version") not in (None, "1.0"):
        return False
    context = event.get("requestContext")
    return not (isinstance(context, dict) and ("elb" in context or "connectionId" in context))


def is_http_api(event: Event) -> bool:
    """Return whether a request in payload format 1.0 came through an HTTP API and not a REST API.

    `version` does not tell: local emulators of REST APIs send it too, and recordings of HTTP APIs lack it. An HTTP API's
    resourceId is its route key, "ANY /{proxy+}" or "$default"; a REST API's is a short random name.
    """
    context = event.get("requestContext")
    resource_id = context.get("resourceId", "absent") if isinstance(context, dict) else "absent"
    if resource_id == "absent":
        return event.get("resource") == "$default" or event.get("version") == "1.0"
    return isinstance(resource_id, str) and (resource_id == "$default" or " " in resource_id)


def decode(event: Event, context: dict[str, Any], root_path: str, path: str) -> Request:
    """Return the request of an event, with the raw paths found by its front door's rules."""
    headers, known = decode_headers(event.get("multiValueHeaders"), event.get("headers"))
    body = decode_body(event)
    path, raw_path, root_path = decode_paths(path, root_path)
    scheme, server = scheme_and_server(known, context.get("domainName"))
    identity = context.get("identity") or {}
    caller = None
    if "authorizer" in context or "clientCert" in identity or identity.get("userArn"):
        from lambdabridge.caller import caller_1

        caller = caller_1(context.get("authorizer"), identity)
    return Request(
        method_of(event["httpMethod"]),
        path,
        raw_path,
        decode_query(event.get("multiValueQueryStringParameters"), event.get("queryStringParameters")),
        with_content_length(headers, known, body),
        body,
        root_path,
        scheme,
        http_version(context.get("protocol")),
        client_address(identity.get("sourceIp")),
        server,
        caller,
    )


def decode_headers(multi: dict[str, Any] | None, single: dict[str, Any] | None) -> tuple[Headers, dict[str, str]]:
    """Return (headers, the same as a dict with the last value of each).

    Nearly every event has each header once, in both members, as ASCII: that is looked for first, and taken as a whole.
    """
    if multi:
        try:
            known = {name.lower(): value for name, (value,) in multi.items()}
            if (
                len(known) == len(multi)
                and "".join(known.values()).isascii()
                and (not single or single.keys() == multi.keys())
            ):
                return list(known.items()), known
        except (TypeError, ValueError):  # a null, or not exactly one value
            pass
    return _decode_any_headers(multi or {}, single or {})


def _decode_any_headers(multi: dict[str, Any], single: dict[str, Any]) -> tuple[Headers, dict[str, str]]:
    """Do the same for repeated and missing values, and for headers that are not in multiValueHeaders.

    REST keeps the client's spelling, so that "Foo" and "foo" are two members. Old events and hand-made ones have no
    multiValueHeaders, or not every header in them.
    """
    lines = [(name.lower(), value) for name, values in multi.items() for value in as_list(name, values)]
    seen = {name for name, _ in lines}
    lines += [(name.lower(), value) for name, value in single.items() if name.lower() not in seen]
    headers = [(name, native(value)) for name, value in lines if value is not None]
    cookies = [value for name, value in headers if name == "cookie"]
    if len(cookies) > 1:  # RFC 9113, section 8.2.3: for an HTTP/1.1 application, one line
        headers = [line for line in headers if line[0] != "cookie"]
        headers.append(("cookie", "; ".join(cookies)))
    return headers, dict(headers)


def decode_query(multi: dict[str, Any] | None, single: dict[str, Any] | None) -> str:
    """Return the query string; where it was encoded differently from ours, it decodes to the same."""
    if multi and (not single or single.keys() == multi.keys()):
        return encode_query(multi)
    if not multi and not single:
        return ""
    return encode_query({name: [value] for name, value in (single or {}).items()} | (multi or {}))


def encode_response(response: Response, body: str, is_base64: bool) -> ProxyResponse:
    """Return a response in payload format 1.0."""
    headers: dict[str, str] = {}
    multi: dict[str, list[str]] = {}
    for name, value in response.headers:
        if name in multi:
            multi[name].append(value)
        elif name in headers:
            multi[name] = [headers.pop(name), value]
        else:
            headers[name] = value
    result: ProxyResponse = {
        "statusCode": response.status,
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if multi:
        result["multiValueHeaders"] = multi
    return result


def encode_event(
    request: Request,
    delivery: Delivery,
    *,
    path: str,
    context_path: str,
    path_parameters: dict[str, str] | None,
    query_string: str,
    body: tuple[str, bool],
    request_id: str,
    context: dict[str, Any],
) -> Event:
    """Return the event for a client's request: what both front doors send; `context` adds to requestContext."""
    from urllib.parse import parse_qsl

    from lambdabridge.gateway.headers import spelled

    lines = spelled(request.headers, delivery.endpoint)
    headers = dict(lines)
    parameters = grouped(parse_qsl(query_string, keep_blank_values=True))
    text, is_base64 = body
    return {
        "resource": delivery.resource,
        "path": path,
        "httpMethod": request.method,
        "headers": headers or None,
        "multiValueHeaders": grouped(lines) or None,
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": path_parameters,
        "stageVariables": delivery.stage_variables,
        "requestContext": {
            "accountId": delivery.account_id,
            "apiId": delivery.api_id,
            "domainName": delivery.domain_name,
            "domainPrefix": delivery.domain_name.partition(".")[0],
            "extendedRequestId": delivery.extended_request_id,
            "httpMethod": request.method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": request.client[0] if request.client else None,
                "user": None,
                "userAgent": headers.get("User-Agent"),
                "userArn": None,
            },
            "path": context_path,
            "protocol": "HTTP/1.1",
            "requestId": request_id,
            "requestTime": delivery.request_time,
            "requestTimeEpoch": delivery.time_epoch,
            "resourcePath": delivery.resource,
            "stage": delivery.stage,
            **context,
        },
        "body": text or None,
        "isBase64Encoded": is_base64 and bool(text),
    }
