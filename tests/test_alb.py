"""Application Load Balancer (AWS's guide, and what users of apig-wsgi, mangum and the Rust runtime saw)."""

from __future__ import annotations

from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.sources import alb as source
from lambdabridge.sources import rest_api
from tests.events import ALB_HOST, alb
from tests.scenarios import Scenario
from tests.wire import answer, front_door

BOTH = pytest.mark.parametrize("multi", [False, True], ids=["single", "multi"])


@BOTH
def test_it_is_no_rest_api(multi: bool) -> None:
    assert (source.matches(alb(multi=multi)), rest_api.matches(alb(multi=multi))) == (True, False)


@BOTH
@pytest.mark.parametrize("path", ["/", "/a%20b/", "/a%2Fb", "/100%25", "/%FF", "/%E4%B8%96"])
def test_path_is_raw(path: str, multi: bool) -> None:
    request = source.decode_request(alb(path=path, multi=multi))
    assert (request.raw_path, request.root_path) == (path, "")


QUERIES = ["", "a=1", "q=%3FshowAll%3Dtrue", "q=a+b%20c%2B", "x=%E9", "e=", "a%20b=1&c=2", "s=a;b=c"]


@BOTH
@pytest.mark.parametrize("query", QUERIES)
def test_query_passes_as_it_came(query: str, multi: bool) -> None:
    """It is not decoded, so encoding it again (awsgi, Zappa) or decoding and encoding it (mangum) damages it."""
    assert source.decode_request(alb(query=query, multi=multi)).query_string == query


LINES = [("X-A", "1"), ("X-A", "2"), ("Cookie", "c=1"), ("Cookie", "d=2")]


def test_repeated_parameters_and_headers() -> None:
    sent: dict[str, Any] = {"query": "a=1&b=2&a=3", "lines": LINES}
    multi, single = source.decode_request(alb(multi=True, **sent)), source.decode_request(alb(**sent))
    assert (multi.query_string, single.query_string) == ("a=1&a=3&b=2", "a=3&b=2")
    ours = [[line for line in request.headers if line[0] in ("x-a", "cookie")] for request in (multi, single)]
    assert ours == [[("x-a", "1"), ("x-a", "2"), ("cookie", "c=1; d=2")], [("x-a", "2"), ("cookie", "d=2")]]


@BOTH
def test_client_is_the_last_hop_and_not_who_the_client_says(multi: bool) -> None:
    event = alb(forwarded_for="6.6.6.6, 203.0.113.9", multi=multi)
    assert source.decode_request(event).client == ("203.0.113.9", 0)


def test_x_forwarded_for_in_several_items() -> None:
    event = alb(multi=True, lines=[("X-Forwarded-For", "6.6.6.6")])
    assert event["multiValueHeaders"]["x-forwarded-for"] == ["6.6.6.6", "203.0.113.9"]
    assert source.decode_request(event).client == ("203.0.113.9", 0)


@pytest.mark.parametrize("headers", [{"user-agent": "ELB-HealthChecker/2.0"}, {}, None])
def test_health_check(headers: Any) -> None:
    """It has no Host, no X-Forwarded-For, and an empty query."""
    request = source.decode_request(alb(headers=headers))
    assert (request.client, request.server, request.query_string) == (None, ("localhost", 443), "")


PORTS = {
    "203.0.113.7": ("203.0.113.7", 0),
    "203.0.113.7:4711": ("203.0.113.7", 4711),
    "6.6.6.6:1, [2001:db8::1]:4711": ("2001:db8::1", 4711),
    "2001:db8::1": ("2001:db8::1", 0),
}


@pytest.mark.parametrize(("forwarded", "client"), PORTS.items())
def test_client_with_a_port(forwarded: str, client: tuple[str, int]) -> None:
    """routing.http.xff_client_port.enabled has the load balancer add it."""
    assert source.decode_request(alb(headers={"x-forwarded-for": forwarded})).client == client


def test_plain_http() -> None:
    lines = {"host": ALB_HOST, "x-forwarded-proto": "http", "x-forwarded-port": "80"}
    request = source.decode_request(alb(headers=lines))
    assert (request.scheme, request.server) == ("http", (ALB_HOST, 80))


def answering(status: str, *headers: tuple[str, str]) -> Any:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response(status, list(headers))
        return [b"\xff"]

    return app


HEADERS = [("Set-Cookie", "a=1"), ("Vary", "A"), ("Set-Cookie", "b=2"), ("Vary", "B"), ("Set-Cookie", "c=3")]


def test_response_with_one_value_for_each_name() -> None:
    """Cookies can't be joined: each goes under a spelling of its own."""
    assert bridge(answering("404 Not Found", *HEADERS))(alb()) == {
        "statusCode": 404,
        "statusDescription": "404 Not Found",
        "headers": {"set-cookie": "a=1", "Set-cookie": "b=2", "sEt-cookie": "c=3", "vary": "A, B"},
        "body": "/w==",
        "isBase64Encoded": True,
    }


def test_response_with_several_values() -> None:
    assert bridge(answering("200 OK", *HEADERS))(alb(multi=True)) == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "multiValueHeaders": {"set-cookie": ["a=1", "b=2", "c=3"], "vary": ["A", "B"]},
        "body": "/w==",
        "isBase64Encoded": True,
    }


def test_many_cookies_have_spellings_of_their_own() -> None:
    cookies = [("Set-Cookie", f"c{number}=1") for number in range(200)]
    headers = bridge(answering("200 OK", *cookies))(alb())["headers"]
    assert list(headers.values()) == [value for _, value in cookies]  # a spelling used twice would have lost one
    assert {name.lower() for name in headers} == {"set-cookie"}


DESCRIPTIONS = {"299 Mine": "299 Unknown", "599 X": "599 Unknown", "201 X": "201 Created"}


@pytest.mark.parametrize(("status", "description"), DESCRIPTIONS.items())
def test_description_of_any_status(status: str, description: str) -> None:
    assert bridge(answering(status))(alb())["statusDescription"] == description


def test_what_the_load_balancer_refuses() -> None:
    got = answer(front_door("alb"), lambda event, context: {"statusCode": "200"}, Scenario("x", "/"))
    assert (got.response.status, dict(got.response.headers)["content-type"]) == (502, "text/html")
    wanted = "The load balancer would answer 502 here: statusCode must be an HTTP status as a number and is '200'"
    assert got.reason == wanted
