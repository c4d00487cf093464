"""What the front doors do to a request, fact by fact, with where each was seen. One row is one test.

The events are built from scratch by tests/peer_cases/events.py, which does not share a line with the package.
"""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge.errors import BadRequestError, MalformedEventError
from lambdabridge.sources import base_path, http_api_v1, http_api_v2, rest_api
from tests.peer_cases.events import http_api_1_0, http_api_2_0
from tests.peer_cases.events import rest_api as rest

DOMAIN = "api.example.com"

# AWS's own example of an old event: no multi-value members, no body, no isBase64Encoded, no requestContext.path
OLD = {
    "path": "/test/hello",
    "headers": {
        "Accept": "text/html",
        "Host": "wt6mne2s9k.execute-api.us-west-2.amazonaws.com",
        "X-Forwarded-Port": "443",
    },
    "pathParameters": {"proxy": "hello"},
    "requestContext": {
        "accountId": "123456789012",
        "resourceId": "us4z18",
        "stage": "test",
        "requestId": "41b45ea3-70b5-11e6-b7bd-69b5aaebc7d9",
        "identity": {"sourceIp": "192.168.100.1", "userAgent": "Mozilla/5.0"},
        "resourcePath": "/{proxy+}",
        "httpMethod": "GET",
        "apiId": "wt6mne2s9k",
    },
    "resource": "/{proxy+}",
    "httpMethod": "GET",
    "queryStringParameters": {"name": "me"},
    "stageVariables": {"stageVarName": "stageVarValue"},
}


def on_custom_domain(base: str, path: str, **members: Any) -> Any:
    return rest(path=path, host=DOMAIN, base=base, **members)


def shaped(path: str, context_path: str, proxy: str | None) -> Any:
    parameters = {"proxy": proxy} if proxy else None
    return rest(path=path, stage="stage", context={"path": context_path}, path_parameters=parameters)


# id -> (source, event, base_path option, root_path, raw_path)
PATHS: dict[str, tuple[Any, Any, str | None, str, str]] = {
    # LocalStack, test_lambda_aws_proxy_integration: recorded against AWS
    "REST: the stage is in requestContext.path alone": (rest_api, rest(path="/foo"), "auto", "/prod", "/prod/foo"),
    "REST: trailing slash": (rest_api, shaped("/x/", "/stage/x/", "x"), "auto", "/stage", "/stage/x/"),
    "REST: double slash after the stage": (rest_api, shaped("/x", "/stage//x", "x"), "auto", "/stage", "/stage/x"),
    "REST: escapes stay": (rest_api, rest(path="/a%2Fb%20c"), "auto", "/prod", "/prod/a%2Fb%20c"),
    "REST: root": (rest_api, rest(path="/"), "auto", "/prod", "/prod/"),
    "REST: path begins with the stage's name": (rest_api, rest(path="/products"), "auto", "/prod", "/prod/products"),
    "REST: path is the stage's name": (rest_api, rest(path="/prod"), "auto", "/prod", "/prod/prod"),
    # LocalStack pull request 12296: tried on AWS
    "REST custom domain: plain": (rest_api, on_custom_domain("", "/foo"), "auto", "", "/foo"),
    "REST custom domain: base path": (rest_api, on_custom_domain("/base", "/foo"), "auto", "/base", "/base/foo"),
    "REST custom domain: two segments": (rest_api, on_custom_domain("/a/b", "/foo/7"), "auto", "/a/b", "/a/b/foo/7"),
    "REST custom domain: base path alone": (rest_api, on_custom_domain("/base", "/"), "auto", "/base", "/base/"),
    "REST custom domain: base path twice": (rest_api, on_custom_domain("/api", "/api/x"), "auto", "/api", "/api/api/x"),
    "REST custom domain: trailing slash": (rest_api, on_custom_domain("/base", "/foo/"), "auto", "/base", "/base/foo/"),
    "REST custom domain: escapes": (rest_api, on_custom_domain("/base", "/a%2Fb"), "auto", "/base", "/base/a%2Fb"),
    "REST: the old event": (rest_api, OLD, "auto", "/test", "/test/hello"),
    "REST: a console test has no stage": (
        rest_api,
        rest(path="/foo", stage="test-invoke-stage", context={"path": "/foo"}, pathParameters=None),
        "auto",
        "",
        "/foo",
    ),
    # AWS's .NET Test Tool, snapshots of 2025-04, and rails-lambda/lamby
    "HTTP 1.0: $default": (http_api_v1, http_api_1_0(path="/a%20b"), "auto", "", "/a%20b"),
    "HTTP 1.0: stage": (http_api_v1, http_api_1_0(path="/a%20b", stage="dev"), "auto", "/dev", "/dev/a%20b"),
    "HTTP 1.0: stage alone": (http_api_v1, http_api_1_0(path="", stage="dev"), "auto", "/dev", "/dev/"),
    "HTTP 1.0: custom domain hides it": (http_api_v1, http_api_1_0(stage="dev", host=DOMAIN), "auto", "", "/foo"),
    "HTTP 1.0: custom domain, path is the stage's": (
        http_api_v1,
        http_api_1_0(path="/dev/x", stage="dev", host=DOMAIN),
        "auto",
        "",
        "/dev/x",
    ),
    "HTTP 1.0: custom domain with a base path": (
        http_api_v1,
        http_api_1_0(path="/v1/a%20b", host=DOMAIN, resource="/{proxy+}", pathParameters={"proxy": "a b"}),
        "auto",
        "/v1",
        "/v1/a%20b",
    ),
    "HTTP 2.0: $default": (http_api_v2, http_api_2_0(path="/foo"), "auto", "", "/foo"),
    "HTTP 2.0: rawPath is decoded": (
        http_api_v2,
        http_api_2_0(path="/a%20b/%E4%B8%96"),
        "auto",
        "",
        "/a%20b/%E4%B8%96",
    ),
    "HTTP 2.0: a percent sign is data": (http_api_v2, http_api_2_0(path="/a%252Fb"), "auto", "", "/a%252Fb"),
    "HTTP 2.0: stage": (http_api_v2, http_api_2_0(stage="dev"), "auto", "/dev", "/dev/foo"),
    "HTTP 2.0: stage's name begins the path": (http_api_v2, http_api_2_0("GET", "/devices"), "auto", "", "/devices"),
    "HTTP 2.0: custom domain hides the stage": (
        http_api_v2,
        http_api_2_0(stage="dev", host=DOMAIN),
        "auto",
        "",
        "/foo",
    ),
    "HTTP 2.0: custom domain, root": (http_api_v2, http_api_2_0(path="/", stage="dev", host=DOMAIN), "auto", "", "/"),
    "HTTP 2.0: custom domain with a base path": (
        http_api_v2,
        http_api_2_0(path="/v1/x", host=DOMAIN, routeKey="ANY /{proxy+}", pathParameters={"proxy": "x"}),
        "auto",
        "/v1",
        "/v1/x",
    ),
    # set by hand
    "by hand: below it": (rest_api, on_custom_domain("", "/api/x"), "/api", "/api", "/api/x"),
    "by hand: it alone": (rest_api, on_custom_domain("", "/api"), "/api", "/api", "/api/"),
    "by hand: with a slash at its end": (rest_api, on_custom_domain("", "/api/x"), "/api/", "/api", "/api/x"),
    "by hand: segment boundary": (rest_api, on_custom_domain("", "/apiv2/x"), "/api", "", "/apiv2/x"),
    "by hand: behind a stage that CloudFront hides": (rest_api, rest(path="/api/x"), "/api", "/api", "/api/x"),
    "by hand: with the stage": (rest_api, rest(path="/api/x"), "/prod/api", "/prod/api", "/prod/api/x"),
    "by hand: elsewhere the stage stays": (rest_api, rest(path="/x"), "/api", "/prod", "/prod/x"),
    "by hand: the root": (rest_api, rest(path="/x"), "/", "", "/x"),
    "by hand: 2.0 with a stage": (http_api_v2, http_api_2_0(path="/api/x", stage="dev"), "/api", "/api", "/api/x"),
    "by hand: 2.0, custom domain": (
        http_api_v2,
        http_api_2_0(path="/api/x", stage="dev", host=DOMAIN),
        "/api",
        "/api",
        "/api/x",
    ),
    "by hand: 1.0 with a stage": (http_api_v1, http_api_1_0(path="/api/x", stage="dev"), "/api", "/api", "/api/x"),
    "by hand: not ASCII, REST": (
        rest_api,
        on_custom_domain("/caf%C3%A9", "/x"),
        "/café",
        "/caf\xc3\xa9",
        "/caf%C3%A9/x",
    ),
    "by hand: not ASCII, HTTP 2.0": (
        http_api_v2,
        http_api_2_0(path="/caf%C3%A9/x", host=DOMAIN),
        "/café",
        "/caf\xc3\xa9",
        "/caf%C3%A9/x",
    ),
    "no stage: HTTP 2.0": (http_api_v2, http_api_2_0(path="/None/x", context={"stage": None}), "auto", "", "/None/x"),
    "no stage: HTTP 1.0": (http_api_v1, http_api_1_0(path="/None/x", context={"stage": None}), "auto", "", "/None/x"),
    # off
    "off: REST": (rest_api, on_custom_domain("/base", "/foo"), None, "", "/base/foo"),
    "off: HTTP 1.0": (http_api_v1, http_api_1_0(stage="dev"), None, "", "/dev/foo"),
    "off: HTTP 2.0": (http_api_v2, http_api_2_0(stage="dev"), None, "", "/dev/foo"),
}


@pytest.mark.parametrize(("source", "event", "option", "root_path", "raw_path"), PATHS.values(), ids=PATHS)
def test_paths(source: Any, event: Any, option: str | None, root_path: str, raw_path: str) -> None:
    assert source.matches(event)
    request = source.decode_request(event, option)
    assert (request.root_path, request.raw_path) == (root_path, raw_path)


BASES = {
    "filled": ("/base/users/7", "/users/{proxy+}", {"proxy": "7"}, "/base"),
    "two variables": ("/b/users/7/x", "/users/{id}/{part}", {"id": "7", "part": "x"}, "/b"),
    "none": ("/users/7", "/users/{id}", {"id": "7"}, ""),
    "root": ("/b/", "/", None, "/b"),
    "literal": ("/b/users", "/users", None, "/b"),
    "no boundary": ("/busers", "/users", None, ""),
    "parameter missing": ("/b/x", "/{proxy+}", None, ""),
    "another path": ("/x", "/y", None, ""),
    "no resource": ("/x", None, None, ""),
    "$default": ("/x", "$default", None, ""),
    "parameter with a slash before it (sam local generate-event)": ("/x/y", "/{proxy+}", {"proxy": "/x/y"}, ""),
    "double slash after the base": ("/b//x", "/{proxy+}", {"proxy": "x"}, "/b"),
}


@pytest.mark.parametrize(("path", "resource", "parameters", "base"), BASES.values(), ids=BASES)
def test_base_of(path: str, resource: Any, parameters: Any, base: str) -> None:
    assert base_path.base_of(path, resource, parameters) == base


LINES = [("X-Plain", "1"), ("X-Name", "caf\xe9"), ("FOO", "1"), ("foo", "2"), ("Cookie", "a=1"), ("cookie", "b=2")]


def test_rest_headers() -> None:
    """Two spellings of a name are two members (observed); each line is kept, cookies are one."""
    request = rest_api.decode_request(rest(lines=[*LINES, ("X-Twice", "1"), ("X-Twice", "2")]))
    ours = [line for line in request.headers if line[0] in ("x-plain", "x-name", "foo", "x-twice", "cookie")]
    assert ours == [
        ("x-plain", "1"),
        ("x-name", "caf\xe9"),
        ("foo", "1"),
        ("foo", "2"),
        ("x-twice", "1"),
        ("x-twice", "2"),
        ("cookie", "a=1; b=2"),
    ]


@pytest.mark.parametrize(
    "members",
    [
        {"headers": None, "multiValueHeaders": None},
        {"headers": {}, "multiValueHeaders": {}},
        {"headers": {"X-A": None}, "multiValueHeaders": {"X-A": None}},
        {"headers": {}, "multiValueHeaders": {"X-A": []}},
        {"headers": {}, "multiValueHeaders": {"X-A": [None]}},
    ],
)
def test_no_headers(members: Any) -> None:
    request = rest_api.decode_request(rest(**members))
    assert request.headers == []
    assert (request.scheme, request.server) == ("https", (rest()["requestContext"]["domainName"], 443))


def test_headers_that_are_only_in_one_member() -> None:
    event = rest(
        headers={"X-Single": "s", "X-Both": "last"}, multiValueHeaders={"x-both": ["1", "last"], "X-Multi": ["m"]}
    )
    assert rest_api.decode_request(event).headers == [
        ("x-both", "1"),
        ("x-both", "last"),
        ("x-multi", "m"),
        ("x-single", "s"),
    ]


def test_the_old_event() -> None:
    request = rest_api.decode_request(OLD)
    assert request.query_string == "name=me"
    assert request.client == ("192.168.100.1", 0)
    assert (request.method, request.body) == ("GET", b"")
    assert dict(request.headers)["host"] == "wt6mne2s9k.execute-api.us-west-2.amazonaws.com"


QUERIES = {
    "both": ({"a": "2"}, {"a": ["1", "2"]}, "a=1&a=2"),
    "single alone": ({"a": "1", "b": "x y"}, None, "a=1&b=x%20y"),
    "multi alone": (None, {"a": ["1"]}, "a=1"),
    "neither": (None, None, ""),
    "empty": ({}, {}, ""),
    "empty value": ({"a": ""}, {"a": [""]}, "a="),
    "null value": ({"a": None}, {"a": [None]}, "a="),
    "null list": (None, {"a": None}, "a="),
    "reserved": ({"a&b": "=+%/?"}, {"a&b": ["=+%/?"]}, "a%26b=%3D%2B%25%2F%3F"),
    "text": ({"名": "世"}, {"名": ["世"]}, "%E5%90%8D=%E4%B8%96"),
    "only in single": ({"a": "1", "b": "2"}, {"a": ["0", "1"]}, "a=0&a=1&b=2"),
}


@pytest.mark.parametrize(("single", "multi", "query"), QUERIES.values(), ids=QUERIES)
def test_query_of_payload_1(single: Any, multi: Any, query: str) -> None:
    event = rest(queryStringParameters=single, multiValueQueryStringParameters=multi)
    assert rest_api.decode_request(event).query_string == query


def test_query_of_payload_2_is_the_clients_own() -> None:
    event = http_api_2_0(query="b=%2B+x&a=1,2&a&c[]=%FF")
    assert http_api_v2.decode_request(event).query_string == "b=%2B+x&a=1,2&a&c[]=%FF"


COOKIES = {
    "apart": ({"cookies": ["a=1", "b=2"]}, "a=1; b=2"),
    "in the headers, as emulators leave them": ({"headers": {"cookie": "c=3"}}, "c=3"),
    "both": ({"cookies": ["c=3"], "headers": {"cookie": "c=3"}}, "c=3"),
    "null": ({"cookies": None}, None),
    "none": ({"cookies": []}, None),
}


@pytest.mark.parametrize(("members", "cookie"), COOKIES.values(), ids=COOKIES)
def test_cookies_of_payload_2(members: Any, cookie: str | None) -> None:
    assert dict(http_api_v2.decode_request(http_api_2_0(**members)).headers).get("cookie") == cookie


def test_two_spellings_in_payload_2() -> None:
    """AWS lower-cases names; what others send is joined as AWS would have."""
    request = http_api_v2.decode_request(http_api_2_0(headers={"Host": "a", "X-A": "1", "x-a": "2", "X-N": None}))
    assert request.headers == [("host", "a"), ("x-a", "1,2")]


@pytest.mark.parametrize(("value", "native"), [("caf\xe9", "caf\xe9"), ("世", "\xe4\xb8\x96")])
def test_header_text_is_native(value: str, native: str) -> None:
    """latin-1 where it can be, else the bytes of its UTF-8: never an error."""
    assert dict(http_api_v2.decode_request(http_api_2_0(headers={"x-a": value})).headers) == {"x-a": native}


LENGTHS = {
    "added where there is a body": ({"body": "abc", "headers": None, "multiValueHeaders": None}, "3"),
    "not added where there is none": ({"headers": None, "multiValueHeaders": None}, None),
    "kept": ({"body": "abc", "headers": {"Content-Length": "3"}, "multiValueHeaders": None}, "3"),
    "kept at 0": ({"headers": {"Content-Length": "0"}, "multiValueHeaders": None}, "0"),
    "understated": ({"body": "abc", "headers": {"Content-Length": "1"}, "multiValueHeaders": None}, "3"),
    "in bytes": ({"body": "é", "headers": None, "multiValueHeaders": None}, "2"),
    "twice": ({"body": "abc", "multiValueHeaders": {"Content-Length": ["3", "3"]}, "headers": None}, "3"),
    "chunked": ({"body": "abc", "headers": {"Transfer-Encoding": "chunked"}, "multiValueHeaders": None}, "3"),
}


@pytest.mark.parametrize(("members", "length"), LENGTHS.values(), ids=LENGTHS)
def test_content_length_is_the_bodys(members: Any, length: str | None) -> None:
    headers = rest_api.decode_request(rest() | members).headers
    assert [value for name, value in headers if name == "content-length"] == ([length] if length else [])
    assert "transfer-encoding" not in dict(headers)


BODIES = {
    "text": ({"body": "é", "isBase64Encoded": False}, "é".encode()),
    "base64": ({"body": "AAH/", "isBase64Encoded": True}, b"\x00\x01\xff"),
    "null": ({"body": None, "isBase64Encoded": False}, b""),
    "null and marked": ({"body": None, "isBase64Encoded": True}, b""),
    "empty": ({"body": "", "isBase64Encoded": True}, b""),
    "no mark": ({"body": "abc", "isBase64Encoded": None}, b"abc"),
}


@pytest.mark.parametrize(("members", "body"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(("source", "build"), [(rest_api, rest), (http_api_v2, http_api_2_0)], ids=["1", "2"])
def test_body(source: Any, build: Any, members: Any, body: bytes) -> None:
    assert source.decode_request(build() | members).body == body


@pytest.mark.parametrize("body", ["aGk", "a", "aGk=!", "a Gk=", "é", "aGk=\n", "====", "aGk=aGk="])
def test_broken_base64(body: str) -> None:
    with pytest.raises(BadRequestError, match="marked as base64 but is not"):
        rest_api.decode_request(rest() | {"body": body, "isBase64Encoded": True})


SERVERS = {
    "usual": (
        {"Host": "a.example", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"},
        "https",
        ("a.example", 443),
    ),
    "local": (
        {"Host": "127.0.0.1:80", "X-Forwarded-Port": "80", "X-Forwarded-Proto": "http"},
        "http",
        ("127.0.0.1", 80),
    ),
    "nothing": ({}, "https", ("a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", 443)),
    "http without a port": ({"X-Forwarded-Proto": "http", "Host": "h"}, "http", ("h", 80)),
    "IPv6": ({"Host": "[::1]:8000"}, "https", ("[::1]", 8000)),
    "port in Host alone": ({"Host": "a.example:8443"}, "https", ("a.example", 8443)),
    "IPv6 without a port": ({"Host": "[::1]"}, "https", ("[::1]", 443)),
    "two hops": ({"Host": "h", "X-Forwarded-Port": "80, 443", "X-Forwarded-Proto": "http, https"}, "https", ("h", 443)),
    "nonsense": ({"Host": "h", "X-Forwarded-Port": "many", "X-Forwarded-Proto": "gopher"}, "https", ("h", 443)),
}


@pytest.mark.parametrize(("headers", "scheme", "server"), SERVERS.values(), ids=SERVERS)
def test_scheme_and_server(headers: Any, scheme: str, server: Any) -> None:
    request = rest_api.decode_request(rest(headers=headers, multiValueHeaders=None))
    assert (request.scheme, request.server) == (scheme, server)


def test_client_is_who_the_gateway_saw_and_not_who_the_client_says() -> None:
    for source, build in ((rest_api, rest), (http_api_v1, http_api_1_0), (http_api_v2, http_api_2_0)):
        event = build(forwarded_for="6.6.6.6, 203.0.113.9")
        assert source.decode_request(event).client == ("203.0.113.9", 0)
    event = http_api_2_0()
    event["requestContext"]["http"]["sourceIp"] = " 203.0.113.9"  # seen behind CloudFront
    assert http_api_v2.decode_request(event).client == ("203.0.113.9", 0)
    del event["requestContext"]["http"]["sourceIp"]
    assert http_api_v2.decode_request(event).client is None


def test_missing_context_is_tolerated() -> None:
    request = rest_api.decode_request({"httpMethod": "GET", "path": "/x", "requestContext": None})
    assert (request.path, request.root_path, request.client, request.server) == ("/x", "", None, ("localhost", 443))


def test_raw_path_of_an_emulator_that_decodes_is_encoded_again() -> None:
    request = rest_api.decode_request(rest(path="/a b/é%20"))
    assert (request.raw_path, request.path) == ("/prod/a%20b/%C3%A9%20", "/prod/a b/\xc3\xa9 ")


def test_malformed_is_not_raised_by_format_code() -> None:
    """A source's own exceptions are turned into MalformedEventError by the handler, which knows the whole event."""
    with pytest.raises(KeyError):
        http_api_v2.decode_request({"version": "2.0", "rawPath": "/"})
    assert issubclass(MalformedEventError, ValueError)
