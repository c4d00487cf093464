"""Cases: events with null or absent members, as local tools and tests send them, and events that are no HTTP."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from .events import ALL, http_api_1_0, http_api_2_0, rest_api
from .kit import TEXT, Answer, Asgi, Context, Wsgi, ask, case, must_raise

if TYPE_CHECKING:
    from collections.abc import Callable

    from .events import Event
    from .kit import MakeHandler

V1 = (rest_api, http_api_1_0)
OK = Answer(200, [("content-type", TEXT)], b"ok")


@case("B-M22 headers: null in 2.0", "asgi", mangum=AttributeError)
def null_headers_asgi(make_handler: MakeHandler) -> None:
    assert ask(make_handler(Asgi()), http_api_2_0(headers=None)) == OK


@case("B-M22 a header value is null", "asgi", mangum=AttributeError)
def null_value_asgi(make_handler: MakeHandler) -> None:
    event = http_api_2_0()
    event["headers"]["x-null"] = None
    assert ask(make_handler(Asgi()), event) == OK


@case("B-M22 a header value is null: 1.0", "asgi", V1, mangum=TypeError)
def null_value_v1_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build()
    event["multiValueHeaders"]["X-Null"] = [None]
    assert ask(make_handler(Asgi()), event) == OK


@case("B-M22 a REST event without resource", "asgi", mangum=RuntimeError)
def no_resource(make_handler: MakeHandler) -> None:
    event = rest_api()
    del event["resource"]
    assert ask(make_handler(Asgi()), event) == OK


@case("B-M22 requestContext: null", "asgi", mangum=TypeError)
def null_context(make_handler: MakeHandler) -> None:
    assert ask(make_handler(Asgi()), rest_api() | {"requestContext": None}) == OK


@case("B-M22 2.0 with requestContext: null is no request, and the error says so", "asgi", mangum=AssertionError)
def null_context_2_0(make_handler: MakeHandler) -> None:
    event = http_api_2_0() | {"requestContext": None}
    error = must_raise(Exception, lambda: make_handler(Asgi())(event, Context()))
    assert "requestContext" in str(error)


@case("B-M22 no HTTP event: the error says what was seen", "asgi", mangum=AssertionError)
def queue_event(make_handler: MakeHandler) -> None:
    event = {"Records": [{"messageId": "19dd0b57", "eventSource": "aws:sqs", "body": "x"}]}
    error = must_raise(Exception, lambda: make_handler(Asgi())(event, Context()))
    assert "Records" in str(error)


@case(
    "B-M22 no HTTP event: the error says what was seen",
    "wsgi",
    apig_wsgi=AssertionError,
    serverless_wsgi=AssertionError,
    awsgi=AssertionError,
)
def queue_event_wsgi(make_handler: MakeHandler) -> None:
    error = must_raise(Exception, lambda: make_handler(Wsgi())({"Records": []}, Context()))
    assert "Records" in str(error)


@case("B-A12 cookies: null", "wsgi", apig_wsgi=TypeError)
def null_cookies(make_handler: MakeHandler) -> None:
    assert ask(make_handler(Wsgi()), http_api_2_0(cookies=None)) == OK


@case("B-A12 headers: null in 2.0", "wsgi", apig_wsgi=AttributeError)
def null_headers(make_handler: MakeHandler) -> None:
    assert ask(make_handler(Wsgi()), http_api_2_0(headers=None)) == OK


@case("B-A12 a header value is null", "wsgi", V1, apig_wsgi=TypeError)
def null_value(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build()
    event["multiValueHeaders"]["X-Null"] = [None]
    assert ask(make_handler(Wsgi()), event) == OK


@case("B-S9 authorizer: null in 2.0", "wsgi", serverless_wsgi=AttributeError)
def null_authorizer(make_handler: MakeHandler) -> None:
    assert ask(make_handler(Wsgi()), http_api_2_0(context={"authorizer": None})) == OK


@case("B-S9 body: null that is base64", "wsgi", serverless_wsgi=TypeError)
def null_body(make_handler: MakeHandler) -> None:
    app = Wsgi()
    assert ask(make_handler(app), http_api_2_0(body=b"", isBase64Encoded=True) | {"body": None}) == OK
    assert app.body == b""


@case("B-S9 cookies: null", "wsgi", serverless_wsgi=TypeError)
def null_cookies_serverless(make_handler: MakeHandler) -> None:
    assert ask(make_handler(Wsgi()), http_api_2_0(cookies=None)) == OK


@case("B-S9 there are no headers", "wsgi", ALL, serverless_wsgi=KeyError)
def no_headers(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build()
    del event["headers"]
    event.pop("multiValueHeaders", None)
    assert ask(make_handler(Wsgi()), event) == OK


@case("B-W2 payload 2.0 is served", "wsgi", awsgi=KeyError)
def payload_2_0(make_handler: MakeHandler) -> None:
    app = Wsgi()
    event = http_api_2_0("PUT", "/foo", query="a=1", lines=[("Content-Type", "application/json")], body=b'{"b": 2}')
    assert ask(make_handler(app), event) == OK
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH")
    assert (app.seen(*names), app.body) == (("PUT", "/foo", "a=1", "application/json", "8"), b'{"b": 2}')


@case("B-S15 another tool's environment variable changes nothing", "wsgi", serverless_wsgi=AssertionError)
def environment(make_handler: MakeHandler) -> None:
    app = Wsgi()
    with patch.dict(os.environ, {"API_GATEWAY_BASE_PATH": "foo", "STRIP_STAGE_PATH": "yes"}):
        ask(make_handler(app), rest_api(path="/foo/x"))
    assert app.seen("SCRIPT_NAME", "PATH_INFO") == ("/prod", "/foo/x")


@case("B-S15 an event cannot name a command to run", "wsgi")
def command_event(make_handler: MakeHandler) -> None:
    ran: list[Any] = []
    event = {"_serverless-wsgi": {"command": "exec", "data": "raise SystemExit"}}
    must_raise(Exception, lambda: ran.append(make_handler(Wsgi())(event, Context())))
    assert ran == []


@case("B-Z10 stage variables are not put into os.environ", "wsgi", zappa=AssertionError)
def stage_variables(make_handler: MakeHandler) -> None:
    before = dict(os.environ)
    for build in ALL:
        assert ask(make_handler(Wsgi()), build(stageVariables={"PATH": "/evil", "flavour": "x"})) == OK
    assert dict(os.environ) == before
