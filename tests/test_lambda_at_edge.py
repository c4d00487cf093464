"""Lambda@Edge, from AWS's guide. The samples of the corpus are in test_recorded.py."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.errors import MalformedEventError
from lambdabridge.sources import lambda_at_edge as source
from tests.apps import PNG, asgi_app, wsgi_app
from tests.scenarios import Scenario
from tests.wire import answer, front_door


def event(config: Any = None, **request: Any) -> dict[str, Any]:
    """Build a viewer request."""
    whole = {
        "clientIp": "2001:db8::9",
        "method": "GET",
        "uri": "/a%20b",
        "querystring": "size=large&size=%C3%A9",
        "headers": {
            "host": [{"key": "Host", "value": "d111111abcdef8.cloudfront.net"}],
            "user-agent": [{"key": "User-Agent", "value": "curl/7.66.0"}],
            "x-a": [{"key": "X-A", "value": "1"}, {"key": "X-A", "value": "2"}],
            "cookie": [{"key": "Cookie", "value": "a=1"}, {"key": "Cookie", "value": "b=2"}],
        },
    }
    names = {"distributionDomainName": "d111111abcdef8.cloudfront.net", "eventType": "viewer-request"}
    return {"Records": [{"cf": {"config": names if config is None else config, "request": whole | request}}]}


def test_request() -> None:
    request = source.decode_request(event())
    assert (request.path, request.raw_path, request.query_string) == ("/a b", "/a%20b", "size=large&size=%C3%A9")
    assert (request.client, request.server) == (("2001:db8::9", 0), ("d111111abcdef8.cloudfront.net", 443))
    assert request.headers == [
        ("host", "d111111abcdef8.cloudfront.net"),
        ("user-agent", "curl/7.66.0"),
        ("x-a", "1"),
        ("x-a", "2"),
        ("cookie", "a=1; b=2"),
    ]


BODIES: dict[str, tuple[Any, bytes]] = {
    "none": (None, b""),
    "base64": ({"inputTruncated": False, "action": "read-only", "encoding": "base64", "data": "AAE="}, b"\0\1"),
    "text": ({"encoding": "text", "data": "é"}, "é".encode()),
    "empty": ({"encoding": "base64", "data": ""}, b""),
}


@pytest.mark.parametrize(("given", "body"), BODIES.values(), ids=BODIES)
def test_body(given: Any, body: bytes) -> None:
    assert source.decode_request(event(body=given)).body == body


def test_a_body_that_was_cut_is_refused() -> None:
    result: Any = bridge(wsgi_app)(event(body={"encoding": "base64", "data": "eA==", "inputTruncated": True}))
    assert (result["status"], result["statusDescription"].split()[-1]) == ("413", "Large")


def test_broken_base64_is_the_clients_fault() -> None:
    result: Any = bridge(wsgi_app)(event(body={"encoding": "base64", "data": "aGk"}))
    assert (result["status"], result["statusDescription"]) == ("400", "Bad Request")


@pytest.mark.parametrize("app", [wsgi_app, asgi_app], ids=["wsgi", "asgi"])
def test_response(app: Any) -> None:
    """Every Set-Cookie is a line of its own."""
    result: Any = bridge(app)(event(uri="/cookies"))
    assert result == {
        "status": "200",
        "statusDescription": "OK",
        "headers": {
            "content-type": [{"key": "content-type", "value": "text/plain; charset=utf-8"}],
            "set-cookie": [
                {"key": "set-cookie", "value": "a=1; Expires=Wed, 09 Jun 2032 10:18:14 GMT"},
                {"key": "set-cookie", "value": "b=2"},
            ],
        },
        "body": "two",
        "bodyEncoding": "text",
    }


def test_bytes_and_headers_that_are_cloudfronts() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response(
            "200 OK", [("Content-Length", str(len(PNG))), ("Via", "x"), ("X-Accel-Buffering", "no"), ("X-A", "1")]
        )
        return [PNG]

    result: Any = bridge(app)(event())
    assert (result["bodyEncoding"], list(result["headers"])) == ("base64", ["x-a"])


@pytest.mark.parametrize("event_type", ["viewer-response", "origin-response"])
def test_response_events_are_no_requests(event_type: str) -> None:
    answered = event()
    answered["Records"][0]["cf"]["response"] = {"status": "200"}
    assert not source.matches(answered)


def test_a_body_that_the_trigger_leaves_out_is_not_an_empty_one() -> None:
    lines = [{"key": "Content-Length", "value": "11"}]
    with pytest.raises(MalformedEventError, match=r"a body of 11 bytes .* choose `Include body`"):
        bridge(wsgi_app)(event(method="POST", headers={"content-length": lines}))


def test_the_scheme_is_not_the_clients_to_choose() -> None:
    def line(name: str, value: str) -> dict[str, Any]:
        return {name: [{"key": name, "value": value}]}

    assert source.decode_request(event(headers=line("x-forwarded-proto", "http"))).scheme == "https"
    assert source.decode_request(event(headers=line("cloudfront-forwarded-proto", "http"))).scheme == "http"


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ("text", "a generated response must be an object and is str"),
        ({"status": "many"}, "status must be an HTTP status such as '200' and is 'many'"),
        ({"status": "200", "headers": "x"}, "headers must be an object and is str"),
        ({"status": "200", "headers": {"x": [{"key": "X", "value": 1}]}}, "the header 'x' must be a list of"),
        ({"status": "200", "headers": {"x": "1"}}, "the header 'x' must be a list of"),
        ({"status": "200", "headers": {"Via": []}}, "the header 'Via' is not for a function to set"),
    ],
)
def test_results_that_cloudfront_refuses(result: Any, sentence: str) -> None:
    door = front_door("lambda-at-edge")
    got = answer(door, lambda event, context: result, Scenario("x", "/"))
    assert got.response.status == 502
    assert f"CloudFront would answer 502 here: {sentence}" in got.reason


@pytest.mark.parametrize(
    ("kind", "size", "status"), [("viewer-request", 50_000, "500"), ("origin-request", 50_000, "200")]
)
def test_limits_of_a_generated_response(kind: str, size: int, status: str, caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * size]

    result: Any = bridge(app)(event({"eventType": kind}))
    assert result["status"] == status
    assert ("its front door takes 40,960" in caplog.text) is (status == "500")
