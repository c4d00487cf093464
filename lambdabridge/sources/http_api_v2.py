"""HTTP API with payload format 2.0, both directions.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

`rawPath` is percent-DECODED in spite of its name, and always begins with a named stage, also behind a custom domain that
hides the stage from the client (recorded in aws/aws-lambda-dotnet, Snapshots/V2_*.json, and rails-lambda/lamby). So a "%"
in it is data, and "%2F" can't be told from "/". `rawQueryString` is as the client sent it. Header names are lower case,
repeated headers joined by ",", cookies apart. Members that would be empty are absent. A Function URL's event has the same
shape and another meaning: it is not this module's.
"""

from __future__ import annotations

from lambdabridge.body import decode_body, decode_result_body, encode_body, encode_request_body
from lambdabridge.messages import Request, Response
from lambdabridge.sources.base_path import base_of, is_execute_api, is_under, place
from lambdabridge.sources.members import (
    UNESCAPED,
    client_address,
    encode_path,
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
    from lambdabridge.types import Event, Headers, ProxyResponse


def matches(event: Event) -> bool:
    """Return whether this is an HTTP API's event in payload format 2.0: no authorizer's and no Function URL's."""
    if event.get("version") != "2.0" or "rawPath" not in event or "routeArn" in event:
        return False
    context = event.get("requestContext")
    return not (isinstance(context, dict) and ".lambda-url." in str(context.get("domainName")))


def decode_request(event: Event, base_path: str | None = "auto") -> Request:
    """Return the request that the client sent to an HTTP API."""
    context = event.get("requestContext") or {}
    http = context.get("http")
    if not isinstance(http, dict):
        raise KeyError("requestContext.http")
    headers, known = decode_headers(event.get("headers"), event.get("cookies"))
    body = decode_body(event)
    root_path, path = _paths(event, context, base_path)
    raw_path = path
    query_string = event.get("rawQueryString") or ""
    if path.strip(UNESCAPED) or not query_string.isascii():  # strip() leaves nothing of a path that needs no escapes
        raw_path, path, root_path = encode_path(path), native_utf8(path), native_utf8(root_path)
        query_string = native_utf8(query_string)
    scheme, server = scheme_and_server(known, context.get("domainName"))
    return Request(
        method_of(http["method"]),
        path,
        raw_path,
        query_string,
        with_content_length(headers, known, body),
        body,
        root_path,
        scheme,
        http_version(http.get("protocol")),
        client_address(http.get("sourceIp")),
        server,
    )


def _paths(event: Event, context: dict[str, Any], base_path: str | None) -> tuple[str, str]:
    path = event["rawPath"]
    if not path.startswith("/"):
        path = "/" + path
    if base_path is None:
        return "", path
    prefix = base = ""
    on_execute_api = is_execute_api(context.get("domainName"))
    stage = context.get("stage")
    if stage != "$default":
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


def decode_headers(members: dict[str, Any] | None, cookies: list[str] | None) -> tuple[Headers, dict[str, str]]:
    """Return (headers, the same as a dict); emulators leave the cookies in the headers, then those are kept."""
    members = members or {}
    known: dict[str, Any] = members
    names = "".join(members)
    try:
        is_plain = names == names.lower() and "".join(members.values()).isascii()
    except TypeError:  # a null value
        is_plain = False
    if not is_plain:  # never from AWS, apart from values that are not ASCII
        known = {}
        for name, value in members.items():
            if value is not None:
                name, value = name.lower(), native(value)
                known[name] = f"{known[name]},{value}" if name in known else value
    headers = list(known.items())
    if cookies and "cookie" not in known:
        headers.append(("cookie", native("; ".join(cookies))))
    return headers, known


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


def encode_request(request: Request, delivery: Delivery) -> Event:
    """Return the event that an HTTP API sends in payload format 2.0 for a client's request."""
    from urllib.parse import parse_qsl, unquote

    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        name = name.lower()
        if name == "cookie":
            cookies += value.split("; ")
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    raw_path = unquote(request.raw_path)
    if delivery.is_custom_domain and delivery.stage != "$default":
        raw_path = f"/{delivery.stage}{raw_path}"
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
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.client[0] if request.client else "",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": delivery.request_id,
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


def decode_response(result: object, request: Request, delivery: Delivery) -> Response:
    """Return what an HTTP API sends to the client for a function's result in payload format 2.0."""
    from lambdabridge.sources.result import check_object, header_lines, merge, status_code

    if not isinstance(result, dict) or "statusCode" not in result:  # the inferred response
        from json import dumps

        text = result if isinstance(result, str) else dumps(result)
        return Response(200, [("content-type", "application/json")], text.encode())
    members = check_object(result)
    cookies = [("set-cookie", str(cookie)) for cookie in members.get("cookies") or ()]
    single, _ = header_lines({"headers": members.get("headers")})
    body = decode_result_body(members.get("body"), members.get("isBase64Encoded"))
    return merge(status_code(members, None), cookies + single, body, "text/plain; charset=utf-8")
