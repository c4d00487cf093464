"""What each front door takes of a function, from AWS's guides, and that our results are never anything else."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.sources.registry import SOURCES
from lambdabridge.sources.result import RULES
from tests.events import alb, function_url
from tests.peer_cases.events import http_api_1_0, http_api_2_0, rest_api
from tests.test_lambda_at_edge import event as edge
from tests.test_rest_template import template
from tests.test_vpc_lattice import version_1, version_2

V1 = {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
V2 = {"statusCode", "headers", "cookies", "body", "isBase64Encoded"}
ALB = {"statusCode", "statusDescription", "headers", "body", "isBase64Encoded"}
ALB_MULTI = ALB - {"headers"} | {"multiValueHeaders"}
EDGE = {"status", "statusDescription", "headers", "body", "bodyEncoding"}
# source in RULES (or its own form) -> an event, the members that its guide names
FRONT_DOORS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "rest_api": (rest_api(), V1),
    "rest_template": (template(), V1 - {"multiValueHeaders"}),
    "http_api_v1": (http_api_1_0(), V1),
    "http_api_v2": (http_api_2_0(), V2),
    "function_url": (function_url(), V2),
    "alb": (alb(), ALB),
    "alb, multi-value headers": (alb(multi=True), ALB_MULTI),
    "vpc_lattice": (version_2(), ALB),
    "vpc_lattice, structure 1": (version_1(), ALB),
    "lambda_at_edge": (edge(), EDGE),
}
COOKIES = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")]
RESPONSES: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {
    "text": (200, [("Content-Type", "text/plain")], "grüße".encode()),
    "binary": (200, [("Content-Type", "image/png")], b"\x89PNG\r\n"),
    "encoded": (200, [("Content-Encoding", "gzip"), ("Content-Type", "text/plain")], b"\x1f\x8b\x08text"),
    "encoded, but it is text": (200, [("Content-Encoding", "aws-chunked")], b"text"),
    "cookies": (200, COOKIES, b""),
    "repeated header": (200, [("Vary", "Accept"), ("Vary", "Origin"), ("Link", "<a>; rel=x")], b"x"),
    "no content": (204, [("X-A", "1")], b""),
    "not modified": (304, [("ETag", '"1"')], b""),
    "no headers": (200, [], b"x"),
    "unregistered status": (299, [], b"x"),
    "status of the teapot": (418, [], b"x"),
    "status above the registered": (599, [], b"x"),
    "latin-1 value": (200, [("X-Name", "caf\xe9")], b"x"),
}


def result_of(event: dict[str, Any], status: int, headers: list[tuple[str, str]], body: bytes) -> dict[str, Any]:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(f"{status} Whatever", headers)
        return [body]

    result: dict[str, Any] = dict(bridge(app, errors="raise")(event))
    return result


def test_the_table_has_every_front_door() -> None:
    named = {name.partition(",")[0] for name in FRONT_DOORS}
    assert named == set(SOURCES)
    assert set(RULES) | {"lambda_at_edge", "vpc_lattice, structure 1"} == set(FRONT_DOORS)


@pytest.mark.parametrize("door", RULES)
def test_the_gateways_side_reads_the_members_that_the_guides_name(door: str) -> None:
    rules, members = RULES[door], FRONT_DOORS[door][1]
    assert set(rules.lines) == members & {"headers", "multiValueHeaders", "cookies"}
    assert set(rules.only) - {"base64Encoded"} == (V1 if door == "rest_api" else set())


@pytest.mark.parametrize("response", RESPONSES)
@pytest.mark.parametrize("door", FRONT_DOORS)
def test_a_result_has_what_its_front_door_takes_and_nothing_else(door: str, response: str) -> None:
    event, members = FRONT_DOORS[door]
    status, headers, body = RESPONSES[response]
    result = result_of(event, status, headers, body)
    assert json.loads(json.dumps(result)) == result
    assert set(result) <= members
    if door == "lambda_at_edge":
        assert result["status"] == str(status)
        found = [(name, line["value"]) for name, lines in result["headers"].items() for line in lines]
        is_base64 = result["bodyEncoding"] == "base64"
    else:
        assert (type(result["statusCode"]), result["statusCode"]) == (int, status)
        found = [(name, value) for name, value in result.get("headers", {}).items()]
        found += [(name, value) for name, values in result.get("multiValueHeaders", {}).items() for value in values]
        found += [("set-cookie", cookie) for cookie in result.get("cookies", ())]
        is_base64 = result["isBase64Encoded"]
    assert all(type(value) is str for _, value in found)
    sent = base64.b64decode(result["body"]) if is_base64 else result["body"].encode()
    assert sent == body
    # nothing lost and nothing invented, on 204 and 304 neither
    assert sorted(value for name, value in found if name.lower() == "set-cookie") == sorted(
        value for name, value in headers if name == "Set-Cookie"
    )
    rest = {name.lower(): [] for name, _ in headers if name != "Set-Cookie"}  # type: dict[str, list[str]]
    for name, value in headers:
        rest.setdefault(name.lower(), []).append(value)
    rest.pop("set-cookie", None)
    got: dict[str, list[str]] = {}
    for name, value in found:
        if name.lower() != "set-cookie":
            got.setdefault(name.lower(), []).extend(value.split(", "))
    assert got == rest


@pytest.mark.parametrize("response", ["binary", "encoded", "encoded, but it is text", "text"])
@pytest.mark.parametrize("door", FRONT_DOORS)
def test_base64_only_where_it_has_to_be(door: str, response: str) -> None:
    event, _ = FRONT_DOORS[door]
    result = result_of(event, *RESPONSES[response])
    is_base64 = result.get("isBase64Encoded", result.get("bodyEncoding") == "base64")
    # without binaryMediaTypes the client of a REST API would get the base64 itself: there text stays text
    is_rest = door.startswith("rest")
    wanted = {"binary": True, "encoded": True, "encoded, but it is text": not is_rest, "text": False}
    assert is_base64 is wanted[response]


@pytest.mark.parametrize("door", FRONT_DOORS)
@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("X-A", "1\r\nSet-Cookie: evil=1", "control character"),
        ("X-A", "1\n2", "control character"),
        ("X-A\r\nX-B", "1", "header name"),
        ("X A", "1", "header name"),
    ],
    ids=["CRLF in a value", "LF in a value", "CRLF in a name", "space in a name"],
)
def test_a_header_that_could_smuggle_is_refused_and_the_log_says_why(
    door: str, name: str, value: str, seen: str, caplog: pytest.LogCaptureFixture
) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [(name, value)])
        return [b"x"]

    result: dict[str, Any] = dict(bridge(app)(FRONT_DOORS[door][0]))
    assert str(result.get("statusCode", result.get("status"))) == "500"
    assert "evil" not in json.dumps(result)
    assert seen in caplog.text


@pytest.mark.parametrize(
    ("types", "accept", "warns"),
    [
        (None, "text/html", False),  # not told: taken for */*
        (["*/*"], "", False),
        (["*~1*"], "text/html", False),
        (["image/png"], "image/png,*/*;q=0.8", False),
        (("image~1*",), "image/webp", False),
        (["image/png"], "text/html,image/png", True),
        (["image/png"], "*/*", True),
        ([], "image/png", True),
    ],
)
def test_binary_media_types(types: Any, accept: str, warns: bool, caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "image/png")])
        return [b"\x89PNG"]

    event = rest_api(path="/logo.png", lines=[("Accept", accept)])
    with caplog.at_level(logging.WARNING):
        result = bridge(app, binary_media_types=types)(event)
    assert result["isBase64Encoded"] is True
    assert ("base64 text" in caplog.text) is warns


def test_binary_media_types_are_a_rest_apis_alone(caplog: pytest.LogCaptureFixture) -> None:
    handler = bridge(lambda environ, start_response: start_response("200 OK", []) and [b"\xff"], binary_media_types=())
    handler(http_api_2_0())
    assert caplog.text == ""
