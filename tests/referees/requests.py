"""Requests besides those of scenarios.py: odder ones, on which gateways disagree more often than applications care."""

from __future__ import annotations

from tests.scenarios import REQUESTS, Scenario

_DATE = "Mon, 14 Apr 2025 22:10:22 GMT"


def _post(name: str, content_type: str, body: bytes, *headers: tuple[str, str]) -> Scenario:
    return Scenario(name, "/echo", "POST", (("content-type", content_type), *headers), body)


ODD = (
    Scenario("dots in path", "/echo/../x/./y"),
    Scenario("encoded dots", "/echo/%2e%2e/x"),
    Scenario("needless escape", "/echo/~user/%7Euser"),
    Scenario("lower-case escapes", "/echo/%c3%a9"),
    Scenario("unfinished escape", "/echo/100%"),
    Scenario("braces in path", "/echo/{a}|b"),
    Scenario("two slashes last", "/echo//"),
    Scenario("semicolon in query", "/echo?a=1;b=2"),
    Scenario("ampersands", "/echo?a=1&&b=2&"),
    Scenario("no name", "/echo?=1"),
    Scenario("question mark alone", "/echo?"),
    Scenario("question mark in query", "/echo?a=1?b=2"),
    Scenario("query bytes that are not UTF-8", "/echo?a=%FF"),
    Scenario("comma in value", "/echo?a=1,2&a=3"),
    Scenario("equals sign in value", "/echo?a=b=c"),
    Scenario("names in two cases", "/echo?a=1&A=2"),
    Scenario("header in capitals", "/echo", headers=(("X-MiXeD", "1"),)),
    Scenario("empty header", "/echo", headers=(("x-empty", ""),)),
    Scenario("two cookie lines", "/echo", headers=(("cookie", "a=1"), ("cookie", "b=2"))),
    Scenario("odd cookies", "/echo", headers=(("cookie", 'a=1; =d; e="f,g"; flag'),)),
    Scenario("trace id", "/echo", headers=(("x-amzn-trace-id", "Root=1-67891233-abcdef012345678912345678"),)),
    Scenario(
        "headers that a REST API drops",
        "/echo",
        headers=(("content-md5", "q"), ("max-forwards", "3"), ("proxy-authenticate", "x"), ("www-authenticate", "y")),
    ),
    Scenario("headers that pass", "/echo", headers=(("date", _DATE), ("range", "bytes=0-1"), ("via", "1.0 a"))),
    _post("text body", "text/plain", b"text"),
    _post("text that is not UTF-8", "text/plain; charset=iso-8859-1", b"caf\xe9"),
    _post("json dialect", "application/vnd.api+json", b"{}"),
    _post("xml", "application/xml", b"<a/>"),
    _post("type in capitals", "Application/JSON; Charset=UTF-8", b"{}"),
    _post("gzipped", "application/octet-stream", b"\x1f\x8b\x08\x00", ("content-encoding", "gzip")),
    Scenario("empty post with a type", "/echo", "POST", (("content-type", "application/json"),)),
)
EVERY_REQUEST = REQUESTS + ODD
