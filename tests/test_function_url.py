"""Function URLs: payload 2.0 with a raw path (recorded by LocalStack, test_lambda_url_*, and hotsock/voker)."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.sources import function_url as source
from lambdabridge.sources import http_api_v2
from tests.apps import PNG, wsgi_app
from tests.events import URL_HOST, function_url
from tests.scenarios import Scenario
from tests.wire import answer, front_door

# client's path -> (percent-decoded, percent-encoded)
PATHS = {
    "/": ("/", "/"),
    "/foo/": ("/foo/", "/foo/"),
    "/a%20b": ("/a b", "/a%20b"),
    "/a%2Fb": ("/a/b", "/a%2Fb"),
    "/100%25": ("/100%", "/100%25"),
    "/pa2%Fth/1": ("/pa2%Fth/1", "/pa2%Fth/1"),  # recorded: a broken escape passes through
    "/%FF": ("/\xff", "/%FF"),
    "/%E4%B8%96": ("/\xe4\xb8\x96", "/%E4%B8%96"),
}


@pytest.mark.parametrize(("path", "decoded"), PATHS.items())
def test_raw_path_is_raw(path: str, decoded: tuple[str, str]) -> None:
    request = source.decode_request(function_url(path=path))
    assert (request.path, request.raw_path, request.root_path) == (*decoded, "")


def test_the_domain_name_tells_it_from_an_http_api() -> None:
    event = function_url()
    assert (source.matches(event), http_api_v2.matches(event)) == (True, False)
    event["requestContext"]["domainName"] = "api.example.com"
    assert (source.matches(event), http_api_v2.matches(event)) == (False, True)


def test_cookies_come_twice_and_are_seen_once() -> None:
    event = function_url(lines=[("Cookie", "a=1; b=2")])
    assert (event["cookies"], event["headers"]["cookie"]) == (["a=1", "b=2"], "a=1; b=2")
    assert [value for name, value in source.decode_request(event).headers if name == "cookie"] == ["a=1; b=2"]


@pytest.mark.parametrize(("option", "expected"), [("auto", ""), (None, ""), ("/api", "/api"), ("/ap", "")])
def test_base_path(option: str | None, expected: str) -> None:
    assert source.decode_request(function_url(path="/api/x"), option).root_path == expected


def test_server_and_client() -> None:
    request = source.decode_request(function_url())
    assert (request.server, request.scheme, request.client) == ((URL_HOST, 443), "https", ("203.0.113.9", 0))


def test_response() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Set-Cookie", "a=1"), ("X-A", "1"), ("Set-Cookie", "b=2"), ("X-A", "2")])
        return [PNG]

    result = bridge(app)(function_url())
    assert result["cookies"] == ["a=1", "b=2"]
    assert (result["headers"], result["isBase64Encoded"]) == ({"x-a": "1, 2"}, True)


INFERRED: dict[str, tuple[Any, bytes]] = {
    "object": ({"hello": "world"}, b'{"hello":"world"}'),
    "string": ("text", b"text"),
    "number": (1.5, b"1.5"),
    "body an object": ({"statusCode": 200, "body": {"a": 1}}, b'{"a":1}'),
}


@pytest.mark.parametrize(("result", "body"), INFERRED.values(), ids=INFERRED)
def test_result_of_a_plain_handler(result: Any, body: bytes) -> None:
    """Recorded: objects are serialised compactly, strings lose their quotes."""
    response = answer(front_door("function-url"), lambda event, context: result, Scenario("x", "/")).response
    assert (response.status, response.body) == (200, body)
    assert dict(response.headers)["content-type"] == "application/json"


def test_a_failing_function() -> None:
    got = answer(front_door("function-url"), lambda event, context: {"statusCode": "x"}, Scenario("x", "/"))
    assert (got.response.status, got.response.body) == (502, b"Internal Server Error")
    assert got.reason.startswith("Lambda would answer 502 here: statusCode must be")
    assert answer(front_door("function-url"), bridge(wsgi_app), Scenario("x", "/bytes")).response.body == PNG
