"""Whole events as API Gateway sends them, built from what the client sent: one builder for each of the three formats.

A builder takes the request (`method`, the client's percent-encoded `path` without the stage, the raw `query`, header
`lines`, the `body`) and how the API is reached (`stage`, `host`, `base`). What a case needs to be odd it says in
`context` (members of requestContext) or as keyword arguments (members of the event): they replace what was built.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Event = dict[str, Any]
    Pairs = Iterable[tuple[str, str]]

API_ID = "a1b2c3d4e5"
HOST = f"{API_ID}.execute-api.eu-central-1.amazonaws.com"
DOMAIN = "api.example.com"
CLIENT = "203.0.113.9"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# HTTP APIs send these types as text and all others, forms and absent types included, as base64
HTTP_API_TEXT = ("text/", "application/json", "application/javascript", "application/xml")


def rest_api(
    method: str = "GET",
    path: str = "/foo",
    *,
    query: str = "",
    lines: Pairs = (),
    body: bytes = b"",
    binary: bool = False,
    stage: str = "prod",
    host: str = HOST,
    base: str = "",
    forwarded_for: str = CLIENT,
    without: Iterable[str] = (),
    context: Mapping[str, Any] | None = None,
    **members: Any,
) -> Event:
    """REST API: `path` is raw and has no stage; a custom domain's base path stays in it; `binary`: base64 body."""
    whole = f"{base}{path}" if path != "/" or not base else base
    sent = grouped(header_lines(host, forwarded_for, lines, without))
    resource, parameters = ("/", None) if path == "/" else ("/{proxy+}", {"proxy": path[1:].removesuffix("/")})
    event = version_1(method, whole, query, sent, body, binary=binary)
    event |= {"resource": resource, "pathParameters": parameters}
    event["requestContext"] |= {
        "deploymentId": "d9f8e7",
        "path": whole if host != HOST else f"/{stage}{path}",
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "resourceId": "n0xyz1",
        "resourcePath": resource,
        **domain(host, stage),
        **(context or {}),
    }
    return event | members


def http_api_1_0(
    method: str = "GET",
    path: str = "/foo",
    *,
    query: str = "",
    lines: Pairs = (),
    body: bytes = b"",
    stage: str = "$default",
    host: str = HOST,
    forwarded_for: str = CLIENT,
    without: Iterable[str] = (),
    context: Mapping[str, Any] | None = None,
    **members: Any,
) -> Event:
    """HTTP API, payload 1.0: as REST, but `path` is all of the client's path, and the type says what is base64."""
    prefix = "" if stage == "$default" else f"/{stage}"
    length = [("Content-Length", str(len(body)))]
    sent = grouped(header_lines(host, forwarded_for, [*lines, *length], without))
    whole = f"{prefix}{path}" if host == HOST else path
    event = version_1(method, whole, query, sent, body, binary=is_binary(body, lines))
    event |= {"version": "1.0", "resource": "$default", "pathParameters": None}
    event["requestContext"] |= {
        "path": prefix + unquote(path),
        "requestId": "JKJaXmPLvHcESHA=",
        "resourceId": "$default",
        "resourcePath": "$default",
        **domain(host, stage),
        **(context or {}),
    }
    return event | members


def http_api_2_0(
    method: str = "GET",
    path: str = "/foo",
    *,
    query: str = "",
    lines: Pairs = (),
    body: bytes = b"",
    stage: str = "$default",
    host: str = HOST,
    forwarded_for: str = CLIENT,
    without: Iterable[str] = (),
    context: Mapping[str, Any] | None = None,
    **members: Any,
) -> Event:
    """HTTP API, payload 2.0: `rawPath` is decoded and begins with the stage; what is empty is absent."""
    raw_path = ("" if stage == "$default" else f"/{stage}") + unquote(path)
    length = [("content-length", str(len(body)))]
    sent = grouped(
        (name.lower(), value) for name, value in header_lines(host, forwarded_for, [*lines, *length], without)
    )
    cookies = "; ".join(sent.pop("cookie", []))
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": {name: ",".join(values) for name, values in sent.items()},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": API_ID,
            "http": {
                "method": method,
                "path": raw_path,
                "protocol": "HTTP/1.1",
                "sourceIp": CLIENT,
                "userAgent": AGENT,
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "time": "10/Jul/2026:19:19:04 +0000",
            "timeEpoch": 1783711144123,
            **domain(host, stage),
            **(context or {}),
        },
        "isBase64Encoded": is_binary(body, lines),
    }
    if cookies:
        event["cookies"] = cookies.split("; ")
    if query:
        parameters = grouped(parse_qsl(query, keep_blank_values=True))
        event["queryStringParameters"] = {name: ",".join(values) for name, values in parameters.items()}
    if body:
        event["body"] = text_of(body, binary=event["isBase64Encoded"])
    return event | members


NOBODY = (
    *("accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType"),
    *("cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"),
)
ALL = (rest_api, http_api_1_0, http_api_2_0)


def console_test(path: str = "/foo") -> Event:
    """Build what the REST API console's "Test" button sends: no headers, no host, no stage in requestContext.path."""
    return rest_api(
        path=path,
        stage="test-invoke-stage",
        headers=None,
        multiValueHeaders=None,
        pathParameters=None,
        context={"path": path, "domainName": "testPrefix.testDomainName", "domainPrefix": "testPrefix"},
    )


def version_1(method: str, path: str, query: str, sent: dict[str, list[str]], body: bytes, *, binary: bool) -> Event:
    """Build what REST and HTTP API 1.0 have in common."""
    parameters = grouped(parse_qsl(query, keep_blank_values=True)) or None
    return {
        "path": path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in sent.items()},
        "multiValueHeaders": sent,
        "queryStringParameters": parameters and {name: values[-1] for name, values in parameters.items()},
        "multiValueQueryStringParameters": parameters,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": API_ID,
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": method,
            "identity": {**dict.fromkeys(NOBODY), "sourceIp": CLIENT, "userAgent": AGENT},
            "protocol": "HTTP/1.1",
            "requestTime": "10/Jul/2026:19:19:04 +0000",
            "requestTimeEpoch": 1783711144123,
        },
        "body": text_of(body, binary=binary) if body else None,
        "isBase64Encoded": binary,
    }


def header_lines(host: str, forwarded_for: str, lines: Pairs, without: Iterable[str]) -> list[tuple[str, str]]:
    """List the header lines that reach the function: the client's and the gateway's, but not those in `without`."""
    client = [("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate, br"), ("User-Agent", AGENT), *lines]
    trace = ("X-Amzn-Trace-Id", "Root=1-68a1b2c3-4d5e6f708192a3b4c5d6e7f8")
    forwarded = [("X-Forwarded-For", forwarded_for), ("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https")]
    return [line for line in [*client, ("Host", host), trace, *forwarded] if line[0] not in without]


def domain(host: str, stage: str) -> dict[str, str]:
    """Say in requestContext how the API was reached."""
    return {"domainName": host, "domainPrefix": host.partition(".")[0], "stage": stage}


def grouped(pairs: Pairs) -> dict[str, list[str]]:
    """Collect the values of each name, in order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def is_binary(body: bytes, lines: Pairs) -> bool:
    """Say whether an HTTP API sends this body as base64: the Content-Type alone decides."""
    kind = next((value for name, value in lines if name.lower() == "content-type"), "")
    return bool(body) and not kind.startswith(HTTP_API_TEXT)


def text_of(body: bytes, *, binary: bool) -> str:
    """Put a body into an event."""
    return b64encode(body).decode() if binary else body.decode("utf-8", "replace")
