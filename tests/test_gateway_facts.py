"""What the gateway's side was seen to do on AWS, a row each, with where it was seen: for a clone without the recorded cases.

Events are what a front door sends for an HTTP request with the names as they were sent; the rest is routing and answers.
"""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge.gateway import routes
from lambdabridge.gateway.delivery import Delivery
from lambdabridge.gateway.front_door import FrontDoor
from lambdabridge.gateway.settings import APIS, Settings
from lambdabridge.messages import Request
from lambdabridge.sources.registry import resolve
from tests.wire import finish

NOW = 1744668925.528  # 2025-04-14 22:15:25 UTC, 67fd88fd in hexadecimal


def event_of(api: str, target: str, *lines: tuple[str, str], **options: Any) -> dict[str, Any]:
    """Return the event for one request; options: method, body, routes, and members of Settings and Delivery."""
    method, body, route = options.pop("method", "GET"), options.pop("body", b""), options.pop("routes", ())
    known = set(Settings.__dataclass_fields__)
    settings = Settings(target="facts", api=api, **{name: options[name] for name in known & set(options)})
    configured = {name: options[name] for name in set(options) - known}
    configured.setdefault("domain_name", settings.domain_name)
    door = FrontDoor(
        settings,
        resolve(APIS[api]),  # type: ignore[arg-type]
        configured=Delivery(**configured),
        routes=route,
        clock=lambda: NOW,
    )
    path, _, query = target.partition("?")
    request = Request(
        method, path, path, query, list(lines), body, client=("203.0.113.9", 5), server=("api.example", 443)
    )
    events: list[dict[str, Any]] = []

    async def invoke(event: dict[str, Any]) -> object:
        events.append(event)
        return {"statusCode": 200}

    answer = finish(door.answer(request, invoke))
    assert events, answer.reason
    return events[0]


# --- header names ----------------------------------------------------------------------------------------------------

MADE = {"X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"}
HTTP_1 = (("Host", "h"), ("tEsT-HEADeR", "1"), ("authorization", "a"), ("Accept", "*/*"))
HTTP_2 = (("host", "h"), ("user-agent", "curl"), ("accept", "*/*"), ("cookie", "a=1"))
NAMES: dict[str, tuple[str, Any, dict[str, Any], set[str]]] = {
    # rails-lambda/lamby and hotsock/voker: what the client sent, beside what the gateway writes
    "REST, HTTP/2": ("rest", HTTP_2, {}, {"Host", "User-Agent", "accept", "cookie"}),
    "REST, HTTP/1.1": ("rest", HTTP_1, {}, {"Host", "tEsT-HEADeR", "authorization", "Accept"}),
    # LocalStack, ls-rest-*: CloudFront spells what it knows
    "REST, edge": ("rest", HTTP_1, {"endpoint": "EDGE"}, {"Host", "tEsT-HEADeR", "Authorization", "Accept"}),
    # .NET Test Tool, V1_*HttpV1.json; lamby: Content-Length stands in GETs too
    "HTTP 1.0": (
        "http-1.0",
        HTTP_1,
        {},
        {"Host", "tEsT-HEADeR", "authorization", "Accept", "Content-Length"},
    ),
}


@pytest.mark.parametrize(("api", "lines", "options", "names"), NAMES.values(), ids=NAMES)
def test_names_in_payload_1(api: str, lines: Any, options: Any, names: set[str]) -> None:
    event = event_of(api, "/prod/x" if api == "rest" else "/x", *lines, **options)
    assert set(event["headers"]) == set(event["multiValueHeaders"]) == names | MADE


def test_names_in_payload_2_are_lower_case() -> None:
    """hotsock/voker: repeated ones joined by a comma without a space; the cookie header is apart on an HTTP API only."""
    lines = (("X-Probe", "first"), ("x-probe", "second"), ("Cookie", "a=1; b=2"), ("Connection", "close"))
    http, url = event_of("http", "/x", *lines), event_of("function-url", "/x", *lines)
    made = {name.lower() for name in MADE}
    assert set(http["headers"]) == {"x-probe", "content-length", *made}
    assert set(url["headers"]) == {"x-probe", "cookie", "x-amzn-tls-version", "x-amzn-tls-cipher-suite", *made}
    assert http["headers"]["x-probe"] == url["headers"]["x-probe"] == "first,second"
    assert http["headers"]["content-length"] == "0"
    assert http["cookies"] == url["cookies"] == ["a=1", "b=2"]


def test_a_rest_api_drops_headers() -> None:
    """LocalStack, ls-rest-regional-dropped-headers."""
    dropped = "Connection Content-Length Content-MD5 Expect Max-Forwards Proxy-Authenticate Server TE Trailer Upgrade"
    kept = "Accept Age Authorization Content-Encoding Content-Type Date Pragma Range Referer Via Warn"
    sent = [*dropped.split(), "Transfer-Encoding", "WWW-Authenticate", *kept.split()]
    event = event_of("rest", "/prod/x", *[(name, "1") for name in sent])
    assert set(event["headers"]) == {*kept.split(), *MADE}


def test_a_rest_api_drops_an_aws_signature() -> None:
    """AWS's guide."""
    line = ("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20260710/us-east-1/execute-api/aws4_request")
    assert set(event_of("rest", "/prod/x", line)["headers"]) == MADE


# --- paths -----------------------------------------------------------------------------------------------------------

PATHS: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    # LocalStack, test_lambda_aws_proxy_integration_*: path, requestContext.path, pathParameters
    "REST: a slash at the end": (
        "rest",
        {},
        "/prod/x/",
        {"path": "/x/", "context": "/prod/x/", "pathParameters": {"proxy": "x"}},
    ),
    "REST: a slash too many": (
        "rest",
        {},
        "/prod//x",
        {"path": "/x", "context": "/prod//x", "pathParameters": {"proxy": "x"}},
    ),
    "REST: a slash before the stage": (
        "rest",
        {},
        "//prod/x",
        {"path": "/x", "context": "/prod/x", "pathParameters": {"proxy": "x"}},
    ),
    "REST: all is raw": (
        "rest",
        {"routes": ("ANY /a/{name}",)},
        "/prod/a/b%2Bc+%E2%98%95",
        {
            "path": "/a/b%2Bc+%E2%98%95",
            "context": "/prod/a/b%2Bc+%E2%98%95",
            "pathParameters": {"name": "b%2Bc+%E2%98%95"},
        },
    ),
    # LocalStack pull request 12296, tried on AWS
    "REST: custom domain": (
        "rest",
        {"is_custom_domain": True, "base_path": "/base"},
        "/base/x",
        {"path": "/base/x", "context": "/base/x", "pathParameters": {"proxy": "x"}},
    ),
    # .NET Test Tool, V1_*HttpV1.json and V2_*.json
    "HTTP 1.0: path raw, the others decoded": (
        "http-1.0",
        {"routes": ("ANY /a/{name}",), "stage": "dev"},
        "/dev/a/b%20c",
        {"path": "/dev/a/b%20c", "context": "/dev/a/b c", "pathParameters": {"name": "b c"}},
    ),
    "HTTP 2.0: all decoded": (
        "http",
        {"routes": ("ANY /a/{name}",), "stage": "dev"},
        "/dev/a/b%20c",
        {"path": "/dev/a/b c", "context": "/dev/a/b c", "pathParameters": {"name": "b c"}},
    ),
    "HTTP 1.0: custom domain": (
        "http-1.0",
        {"stage": "dev", "is_custom_domain": True},
        "/x%20y",
        {"path": "/x%20y", "context": "/dev/x y", "pathParameters": None},
    ),
    # rails-lambda/lamby: the stage is there although the domain hides it from the client
    "HTTP 2.0: custom domain": (
        "http",
        {"stage": "dev", "is_custom_domain": True},
        "/x",
        {"path": "/dev/x", "context": "/dev/x", "pathParameters": None},
    ),
    # LocalStack, ls-url-percent25-path; awsgi users
    "Function URL": (
        "function-url",
        {},
        "/a%25Fb/",
        {"path": "/a%25Fb/", "context": "/a%Fb", "pathParameters": None},
    ),
}


@pytest.mark.parametrize(("api", "options", "target", "expected"), PATHS.values(), ids=PATHS)
def test_paths(api: str, options: Any, target: str, expected: dict[str, Any]) -> None:
    event = event_of(api, target, **options)
    context = event["requestContext"]
    assert {
        "path": event["rawPath"] if "rawPath" in event else event["path"],
        "context": context["http"]["path"] if "http" in context else context["path"],
        "pathParameters": event.get("pathParameters"),
    } == expected


# --- identifiers, times, what is empty -------------------------------------------------------------------------------


def test_identifiers_and_times() -> None:
    """UUIDs on REST and Function URLs, the other form on HTTP APIs; a Function URL without authorization has no account."""
    contexts = {api: event_of(api, "/prod" if api == "rest" else "/")["requestContext"] for api in CONTEXTS}
    for api, (length, times, account) in CONTEXTS.items():
        context = contexts[api]
        assert len(context["requestId"]) == length
        assert {name: context[name] for name in times} == times
        assert context["accountId"] == account
    assert len(contexts["rest"]["extendedRequestId"]) == 16
    assert contexts["http-1.0"]["extendedRequestId"] == contexts["http-1.0"]["requestId"]


_TEXT = "14/Apr/2025:22:15:25 +0000"
CONTEXTS: dict[str, tuple[int, dict[str, Any], str]] = {
    "rest": (36, {"requestTime": _TEXT, "requestTimeEpoch": 1744668925528}, "123456789012"),
    "http-1.0": (16, {"requestTime": _TEXT, "requestTimeEpoch": 1744668925528}, "123456789012"),
    "http": (16, {"time": _TEXT, "timeEpoch": 1744668925528}, "123456789012"),
    "function-url": (36, {"time": _TEXT, "timeEpoch": 1744668925528}, "anonymous"),
}


def test_the_trace_begins_with_the_time() -> None:
    assert event_of("http", "/")["headers"]["x-amzn-trace-id"].startswith("Root=1-67fd88fd-")
    kept = event_of("http", "/", ("X-Amzn-Trace-Id", "Root=1-a-b"))["headers"]["x-amzn-trace-id"]
    assert kept == "Root=1-a-b"


@pytest.mark.parametrize(("api", "agent"), [("rest", None), ("http-1.0", "")])
def test_no_user_agent(api: str, agent: str | None) -> None:
    """.NET Test Tool."""
    event = event_of(api, "/prod/x" if api == "rest" else "/x")
    assert event["requestContext"]["identity"]["userAgent"] == agent


def test_empty_alb_event() -> None:
    """A health check that users of the Rust runtime recorded: an empty query is {}, no body is ""."""
    event = event_of("alb", "/v1/health/", ("User-Agent", "ELB-HealthChecker/2.0"))
    assert (event["queryStringParameters"], event["body"], event["isBase64Encoded"]) == ({}, "", False)
    assert event["headers"]["user-agent"] == "ELB-HealthChecker/2.0"


QUERIES = {
    # hotsock/voker; AWS's known issues for the semicolon
    "rest": (
        "/prod/x?a=1&a=2&p=b+c&q=b%2Bc&e=&s=1;t=2",
        {"a": "2", "p": "b c", "q": "b+c", "e": "", "s": "1", "t": "2"},
    ),
    "http": ("/x?a=1&a=2&p=b+c&q=b%2Bc&e=", {"a": "1,2", "p": "b c", "q": "b+c", "e": ""}),
    "alb": ("/x?a=1&a=2&p=b+c&q=b%2Bc&e=", {"a": "2", "p": "b+c", "q": "b%2Bc", "e": ""}),
}


@pytest.mark.parametrize(("api", "target", "single"), [(api, *row) for api, row in QUERIES.items()], ids=QUERIES)
def test_queries(api: str, target: str, single: dict[str, str]) -> None:
    assert event_of(api, target)["queryStringParameters"] == single


PNG, ANY = ("Content-Type", "image/png"), {"binary_media_types": ("*/*",)}
BODIES: dict[str, tuple[str, dict[str, Any], Any, bytes, tuple[str | None, bool]]] = {
    # .NET Test Tool and ministack issue 767: Content-Type alone decides, its parameters do not
    "REST: matches": ("rest", {"binary_media_types": ("image/*",)}, PNG, b"\xff", ("/w==", True)),
    "REST: parameters": (
        "rest",
        {"binary_media_types": ("text/plain",)},
        ("Content-Type", "text/plain; charset=utf-8"),
        b"a",
        ("YQ==", True),
    ),
    "REST: */* is JSON too": ("rest", ANY, ("Content-Type", "application/json"), b"{}", ("e30=", True)),
    "REST: matches not": ("rest", {}, PNG, b"a\xff", ("a\ufffd", False)),
    "REST: empty": ("rest", ANY, PNG, b"", (None, False)),
    # ministack issue 766
    "HTTP: text": ("http", {}, ("content-type", "text/csv; charset=utf-8"), "\u03bb".encode(), ("\u03bb", False)),
    "HTTP: form": ("http", {}, ("content-type", "application/x-www-form-urlencoded"), b"a=1", ("YT0x", True)),
    "HTTP: no type": ("http", {}, ("x-a", "1"), b"a", ("YQ==", True)),
    "HTTP: empty": ("http", {}, PNG, b"", ("absent", False)),
    # hotsock/voker
    "Function URL: JSON that is not ASCII": (
        "function-url",
        {},
        ("content-type", "application/json"),
        b'"\xce\xbb"',
        ('"\u03bb"', False),
    ),
    # AWS's guide
    "ALB: compressed": ("alb", {}, ("content-encoding", "gzip"), b"a", ("YQ==", True)),
    "ALB: text": ("alb", {}, ("content-type", "application/xml"), b"a", ("a", False)),
}


@pytest.mark.parametrize(("api", "options", "line", "body", "expected"), BODIES.values(), ids=BODIES)
def test_bodies(api: str, options: Any, line: Any, body: bytes, expected: Any) -> None:
    event = event_of(api, "/prod" if api == "rest" else "/", line, method="POST", body=body, **options)
    assert (event.get("body", "absent"), event["isBase64Encoded"]) == expected


# --- routes ----------------------------------------------------------------------------------------------------------

ALL = ("ANY /", "ANY /{proxy+}", "GET /users", "ANY /users/{id}", "POST /users/me", "GET /users/{id}/{rest+}")
ROUTES = {
    "root": ("GET", "/", "ANY /", {}),
    "literal": ("GET", "/users", "GET /users", {}),
    "literal with a slash": ("GET", "/users/", "GET /users", {}),
    "literal without the method": ("PUT", "/users", "ANY /{proxy+}", {"proxy": "users"}),
    "variable": ("GET", "/users/7", "ANY /users/{id}", {"id": "7"}),
    "literal before variable": ("POST", "/users/me", "POST /users/me", {}),
    "another method's literal": ("GET", "/users/me", "ANY /users/{id}", {"id": "me"}),
    "the longer greedy": ("GET", "/users/7/a//b", "GET /users/{id}/{rest+}", {"id": "7", "rest": "a//b"}),
    "anything": ("GET", "/a/b%2Fc/", "ANY /{proxy+}", {"proxy": "a/b%2Fc"}),
}


@pytest.mark.parametrize(("method", "path", "route", "parameters"), ROUTES.values(), ids=ROUTES)
def test_routes_of_a_rest_api(method: str, path: str, route: str, parameters: dict[str, str]) -> None:
    match = routes.find(ALL, method, path, is_rest=True)
    assert match == (route, route.partition(" ")[2], parameters)


def test_default_route_comes_last() -> None:
    given = ("$default", "GET /x/{proxy+}")
    found = [
        routes.find(given, method, path, is_rest=False)
        for method, path in (("GET", "/x/a/"), ("POST", "/x/a"), ("GET", "/x"))
    ]
    default = routes.Match("$default", "$default", {})
    assert found == [("GET /x/{proxy+}", "/x/{proxy+}", {"proxy": "a/"}), default, default]


OWN = {
    # LocalStack; AWS's guide
    "REST, no route": ("rest", "/prod/x", 403, b'{"message":"Missing Authentication Token"}'),
    "REST, no stage": ("rest", "/x", 403, b'{"message":"Forbidden"}'),
    "HTTP, no route": ("http", "/x", 404, b'{"message":"Not Found"}'),
}
ERROR_TYPES = {
    "REST, no route": "MissingAuthenticationTokenException",
    "REST, no stage": "ForbiddenException",
    "REST, refused": "InternalServerErrorException",
}


@pytest.mark.parametrize(("name", "row"), OWN.items(), ids=OWN)
def test_answers_of_the_gateways_own(name: str, row: tuple[str, str, int, bytes]) -> None:
    api, path, status, body = row
    door = FrontDoor(Settings(target="facts", api=api), resolve(APIS[api]), routes=("GET /only",))  # type: ignore[arg-type]

    async def invoke(event: Any) -> object:
        raise AssertionError("the function is called")

    response = finish(door.answer(Request("GET", path, path, "", [], b""), invoke)).response
    headers = dict(response.headers)
    assert (response.status, response.body, headers.get("x-amzn-errortype")) == (status, body, ERROR_TYPES.get(name))


def test_a_refused_result_has_an_error_type() -> None:
    """.NET Test Tool, handleszerostatuscode."""
    door = FrontDoor(Settings(target="facts", api="rest"), resolve("rest_api"))  # type: ignore[arg-type]

    async def invoke(event: Any) -> object:
        return {"statusCode": 0}

    headers = dict(finish(door.answer(Request("GET", "/prod", "/prod", "", [], b""), invoke)).response.headers)
    assert headers["x-amzn-errortype"] == ERROR_TYPES["REST, refused"]
