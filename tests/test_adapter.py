"""bridge() and the handler: options, refusals, errors, and what the application finds of Lambda."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambdabridge import bridge
from lambdabridge.body import MAX_RESULT, result_size
from lambdabridge.errors import ConfigurationError, MalformedEventError, ResponseTooLargeError, UnknownEventError
from lambdabridge.messages import Request, Response
from lambdabridge.options import OPTIONS
from lambdabridge.sources.registry import SOURCES, find, resolve
from tests.apps import asgi_app, wsgi_app
from tests.peer_cases.events import ALL, console_test, http_api_1_0, http_api_2_0, rest_api

README = Path(__file__).parents[1] / "README.md"


# --- options ---------------------------------------------------------------------------------------------------------


def test_signature_and_table_of_options_are_the_same() -> None:
    parameters = [p for p in inspect.signature(bridge).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert [(p.name, p.default) for p in parameters] == [(option.name, option.default) for option in OPTIONS]


def test_readme_has_the_table_of_options() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)` \| (.+?) \| (.+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    rows = [row for row in rows if row[0] in {option.name for option in OPTIONS}]
    assert rows == [(o.name, json.dumps(o.default) if o.default else "None", o.accepts, o.help) for o in OPTIONS]


def test_defaults_pass_their_own_checks() -> None:
    for option in OPTIONS:
        assert option.is_valid(option.default), option.name


WRONG = {
    "unknown": ({"lifespn": "off"}, "bridge() has no option 'lifespn'; its options are interface, lifespan, base_path"),
    "interface": (
        {"interface": "cgi"},
        'bridge(interface=...) must be "auto", "wsgi", "asgi" or "asgi2"; it is \'cgi\'.',
    ),
    "lifespan": ({"lifespan": True}, 'bridge(lifespan=...) must be "auto", "on" or "off"; it is True.'),
    "base_path": ({"base_path": "api"}, "bridge(base_path=...) must be"),
    "base_path type": ({"base_path": 5}, "it is 5."),
    "errors": ({"errors": "ignore"}, 'bridge(errors=...) must be "respond" or "raise"'),
    "sources": ({"sources": []}, "bridge(sources=...) must be None or a sequence of source modules"),
    "no source": ({"sources": [42]}, "it is [42]."),
    "unknown source": ({"sources": ["nope"]}, "it is ['nope']."),
    "unhashable": ({"lifespan": {}}, "it is {}."),
    "warm_up, one alone": ({"warm_up": "/"}, "bridge(warm_up=...) must be None or a sequence of requests such as"),
    "warm_up, no request": ({"warm_up": ["health"]}, "it is ['health']."),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG)
def test_wrong_options(options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        bridge(wsgi_app, **options)
    assert "\n" not in str(caught.value)


def test_repr() -> None:
    assert repr(bridge(wsgi_app)) == "<lambdabridge handler (WSGI)>"


# --- events that can't be served -------------------------------------------------------------------------------------

NOT_HTTP: dict[str, tuple[Any, str]] = {
    "None": (None, "It is NoneType (None)."),
    "list": ([1], "It is list ([1])."),
    "empty": ({}, "It is an object with the members: none."),
    "warm-up": ({"source": "aws.events", "detail": {}}, "an object with the members: detail, source."),
    "SQS": ({"Records": [{"eventSource": "aws:sqs"}]}, "members: Records"),
    "authorizer 1.0": (rest_api(type="REQUEST", methodArn="arn:aws:x"), "methodArn"),
    "authorizer 2.0": (http_api_2_0(type="REQUEST", routeArn="arn:aws:x"), "routeArn"),
    "WebSocket": (
        {"requestContext": {"connectionId": "x"}, "isBase64Encoded": False},
        "isBase64Encoded, requestContext",
    ),
    "WebSocket with REST members": (rest_api(context={"connectionId": "x"}), "members: body"),
    "CloudFront's response event": ({"Records": [{"cf": {"request": {}, "response": {}}}]}, "members: Records"),
    "Records of no kind": ({"Records": [None]}, "members: Records"),
    "version 3.0": ({"version": "3.0", "httpMethod": "GET", "path": "/"}, "httpMethod, path, version"),
}


@pytest.mark.parametrize(("event", "seen"), NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_no_http_event_is_named(event: Any, seen: str) -> None:
    handler = bridge(wsgi_app)
    handler(rest_api(path="/text"))  # the source that matched last is tried first: that must not matter
    with pytest.raises(UnknownEventError) as caught:
        handler(event)
    assert seen in str(caught.value)
    assert str(caught.value).endswith(f"Known sources: {', '.join(SOURCES)}.")


MALFORMED: dict[str, tuple[Any, str]] = {
    "no http": (
        {"version": "2.0", "rawPath": "/", "requestContext": {}},
        "The http_api_v2 event is malformed: the member 'requestContext.http' is missing.",
    ),
    "context a list": (http_api_2_0(requestContext=[1]), "requestContext must be dict or null and is list."),
    "body an object": (
        rest_api(body=b"x") | {"body": {"a": 1}},
        "The rest_api event is malformed: body must be str or null and is dict.",
    ),
    "headers a list": (http_api_2_0(headers=["a"]), "headers must be dict or null and is list."),
    "path null": (rest_api() | {"path": None}, "path must be str and is NoneType."),
    "method a number": (
        rest_api() | {"httpMethod": 5, "headers": 7},
        "headers must be dict or null and is int; httpMethod must be str and is int",
    ),
    "header value a number": (http_api_2_0(headers={"a": 5}), "headers['a'] must be str or null and is int."),
    "header values text": (rest_api(multiValueHeaders={"X": "abc"}), "the values of 'X' must be a list and are 'abc'."),
    "query values text": (
        rest_api(multiValueQueryStringParameters={"a": "xy"}),
        "the values of 'a' must be a list and are 'xy'.",
    ),
    "query value a number": (
        rest_api(multiValueQueryStringParameters=None, queryStringParameters={"a": 5}),
        "queryStringParameters['a'] must be str or null and is int.",
    ),
    "cookie a number": (http_api_2_0(cookies=[5]), "a cookie must be str and is int."),
    "cookies text": (http_api_2_0(cookies="a=b"), "cookies must be list or null and is str."),
    "identity a list": (
        rest_api(context={"identity": [1]}),
        "requestContext.identity must be dict or null and is list.",
    ),
    "sourceIp a number": (
        rest_api(context={"identity": {"sourceIp": 5}}),
        "requestContext.identity.sourceIp must be str or null and is int.",
    ),
    "query a string": (
        rest_api(multiValueQueryStringParameters="a=1"),
        "multiValueQueryStringParameters must be dict or null",
    ),
    "cookies a string": (http_api_2_0(cookies=5), "cookies must be list or null and is int"),
    "lone surrogate": (http_api_2_0(rawPath="/\ud800"), "UnicodeEncodeError"),
}


@pytest.mark.parametrize(("event", "message"), MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("app", [wsgi_app, asgi_app], ids=["wsgi", "asgi"])
def test_malformed_event_says_which_member(app: Any, event: Any, message: str) -> None:
    with pytest.raises(MalformedEventError) as caught:
        bridge(app)(event)
    assert message in str(caught.value)


@pytest.mark.parametrize("build", ALL)
def test_broken_base64_is_the_clients_fault(build: Any) -> None:
    result = bridge(wsgi_app)(build(isBase64Encoded=True) | {"body": "aGk"})
    assert (result["statusCode"], result["headers"]) == (400, {"content-type": "text/plain; charset=utf-8"})
    assert result["body"].startswith("The body is marked as base64 but is not: ")


def test_console_test_event() -> None:
    result = bridge(wsgi_app)(console_test("/text"))
    assert (result["statusCode"], result["body"]) == (200, "grüße, 世界")


def test_exactly_one_source_claims_each_event() -> None:
    events = {"rest_api": rest_api(), "http_api_v1": http_api_1_0(), "http_api_v2": http_api_2_0()}
    for expected, event in events.items():
        assert [name for name in SOURCES if resolve(name).matches(event)] == [expected]
        assert find(event, tuple(reversed(SOURCES))) is resolve(expected)


# --- responses -------------------------------------------------------------------------------------------------------


def answering(status: str, headers: list[tuple[str, str]], *chunks: bytes) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, headers)
        return list(chunks)

    return app


TWO_COOKIES = [
    ("Content-Type", "text/plain"),
    ("Set-Cookie", "a=1"),
    ("Vary", "A"),
    ("set-cookie", "b=2"),
    ("Vary", "B"),
]


def test_repeated_response_headers() -> None:
    app = answering("200 OK", TWO_COOKIES, b"x")
    v1 = {
        "statusCode": 200,
        "headers": {"content-type": "text/plain"},
        "multiValueHeaders": {"set-cookie": ["a=1", "b=2"], "vary": ["A", "B"]},
        "body": "x",
        "isBase64Encoded": False,
    }
    assert bridge(app)(rest_api()) == v1
    assert bridge(app)(http_api_1_0()) == v1
    assert bridge(app)(http_api_2_0()) == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain", "vary": "A, B"},
        "cookies": ["a=1", "b=2"],
        "body": "x",
        "isBase64Encoded": False,
    }


# body, Content-Encoding -> isBase64Encoded on REST, on HTTP APIs
ENCODINGS: dict[str, tuple[bytes, str, bool, bool]] = {
    "text": (b"text", "", False, False),
    "UTF-8": ("世".encode(), "", False, False),
    "nothing": (b"", "", False, False),
    "bytes": (b"\x00\xff", "", True, True),
    "latin-1": (b"caf\xe9", "", True, True),
    "gzip": (b"\x1f\x8b\x08", "gzip", True, True),
    "encoded, and text by chance": (b"abc", "br", False, True),
    "identity": (b"abc", "identity", False, False),
}


@pytest.mark.parametrize(("body", "encoding", "on_rest", "on_http"), ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("content_type", ["text/html", "image/png", "TEXT/HTML", ""])
def test_text_or_base64(body: bytes, encoding: str, on_rest: bool, on_http: bool, content_type: str) -> None:
    """The bytes decide and the Content-Type does not."""
    headers = [("Content-Type", content_type)] if content_type else []
    headers += [("Content-Encoding", encoding)] if encoding else []
    handler = bridge(answering("200 OK", headers, body))
    assert handler(rest_api())["isBase64Encoded"] is on_rest
    assert handler(http_api_1_0())["isBase64Encoded"] is on_http
    assert handler(http_api_2_0())["isBase64Encoded"] is on_http


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")]
)
@pytest.mark.parametrize("build", ALL)
def test_no_body_where_http_has_none(build: Any, method: str, status: str) -> None:
    result = bridge(answering(status, [("Content-Length", "5")], b"hello"))(build(method))
    assert result == {
        "statusCode": int(status[:3]),
        "headers": {"content-length": "5"},
        "body": "",
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("build", ALL)
def test_nothing_is_invented(build: Any) -> None:
    assert bridge(answering("200 OK", [], b"x"))(build())["headers"] == {}


@pytest.mark.parametrize("body", [b"\xff" * (5 * 1024 * 1024), b"a" * (7 * 1024 * 1024), b'"' * (4 * 1024 * 1024)])
@pytest.mark.parametrize("build", ALL)
def test_a_response_over_lambdas_limit_is_said(build: Any, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """The runtime would exit, and the next request would start cold."""
    app = answering("200 OK", [], body)
    result = bridge(app)(build())
    assert (result["statusCode"], result["body"]) == (500, "Internal Server Error")
    assert f"has a body of {len(body):,} bytes" in caplog.text
    assert f"Lambda takes {MAX_RESULT:,}." in caplog.text
    with pytest.raises(ResponseTooLargeError, match="Lambda takes"):
        bridge(app, errors="raise")(build())


@pytest.mark.parametrize("body", [b"\xff" * (4 * 1024 * 1024), b"a" * (6 * 1024 * 1024 - 1000)])
def test_a_large_response_within_the_limit(body: bytes) -> None:
    assert bridge(answering("200 OK", [], body))(http_api_2_0())["statusCode"] == 200


@pytest.mark.parametrize("body", ['a"\n\x01', "世界", "\U0001f600"])
def test_result_size_is_what_the_runtime_sends(body: str) -> None:
    import sys

    result: Any = {"statusCode": 200, "headers": {"x": "é"}, "body": body * 1000, "isBase64Encoded": False}
    sent = json.dumps(result, ensure_ascii=sys.version_info < (3, 12)).encode()
    assert abs(result_size(result) - len(sent)) < 20


def test_errors_raise() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError("counted by Lambda")

    with pytest.raises(LookupError, match="counted by Lambda"):
        bridge(app, errors="raise")(rest_api())


@pytest.mark.parametrize("build", ALL)
def test_the_application_finds_the_event_and_the_context(build: Any) -> None:
    event, context = build(path="/text"), object()
    seen: list[Any] = []

    def wsgi(environ: Any, start_response: Any) -> Any:
        seen.append((environ["aws.event"], environ["aws.context"]))
        return wsgi_app(environ, start_response)

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["aws.event"], scope["aws.context"]))
        await asgi_app(scope, receive, send)

    bridge(wsgi)(event, context)
    bridge(asgi, lifespan="off")(event, context)
    assert [(seen_event is event, seen_context is context) for seen_event, seen_context in seen] == [(True, True)] * 2


def test_a_source_of_ones_own() -> None:
    """A front door outside the package is one object with three functions."""

    class Mine:
        __name__ = "mine"

        def matches(self, event: Any) -> bool:
            return "mine" in event

        def decode_request(self, event: Any, base_path: str | None) -> Request:
            path = event["mine"].lower()
            return Request("GET", path, path, "", [], b"")

        def encode_response(self, response: Response, event: Any) -> Any:
            return response.body.decode()

    handler: Any = bridge(wsgi_app, sources=(Mine(), *SOURCES))
    assert handler({"mine": "/text"}) == "grüße, 世界"
    assert handler(rest_api(path="/text"))["body"] == "grüße, 世界"
    with pytest.raises(MalformedEventError, match="The mine event is malformed: AttributeError"):
        bridge(wsgi_app, sources=(Mine(),))({"mine": None})
    with pytest.raises(UnknownEventError, match="Known sources: mine"):
        bridge(wsgi_app, sources=(Mine(),))(rest_api())


@pytest.mark.parametrize("at", [0, 1021, 1022, 1023, 1024, 4999])
def test_large_text_with_a_character_anywhere(at: int) -> None:
    """The beginning of a large body is looked at first; a character that is cut in two there is no error."""
    body = b"a" * at + "\U0001f600".encode() + b"a" * 5000
    result = bridge(answering("200 OK", [], body))(http_api_2_0())
    assert (result["body"], result["isBase64Encoded"]) == (body.decode(), False)
    broken = b"a" * at + b"\xff" + b"a" * 5000
    assert bridge(answering("200 OK", [], broken))(http_api_2_0())["isBase64Encoded"] is True
