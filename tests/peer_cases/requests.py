"""Cases: query, headers, cookies, addresses and body of the request."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from .events import ALL, CLIENT, DOMAIN, HOST, console_test, http_api_1_0, http_api_2_0, rest_api
from .kit import Asgi, Wsgi, ask, case

if TYPE_CHECKING:
    from collections.abc import Callable

    from .events import Event
    from .kit import MakeHandler

V1 = (rest_api, http_api_1_0)


def environ(make_handler: MakeHandler, event: Event, *names: str) -> tuple[object, ...]:
    """Return these variables of the environ that the event becomes; None for absent ones."""
    app = Wsgi()
    assert ask(make_handler(app), event).status == 200
    return app.seen(*names)


def lines(make_handler: MakeHandler, event: Event, name: bytes) -> list[bytes]:
    """Return the header lines with this name in the scope that the event becomes."""
    app = Asgi()
    assert ask(make_handler(app), event).status == 200
    return app.lines(name)


# ---- query


@case("B-W6 every value of a query parameter arrives", "wsgi", V1, awsgi=AssertionError)
def repeated_query(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert environ(make_handler, build(query="a=1&a=2"), "QUERY_STRING") == ("a=1&a=2",)


@case("B-Z5 every value of a query parameter arrives: 2.0", "wsgi", zappa=AssertionError)
def repeated_query_2_0(make_handler: MakeHandler) -> None:
    assert environ(make_handler, http_api_2_0(query="a=1&a=2&b=x%2Cy"), "QUERY_STRING") == ("a=1&a=2&b=x%2Cy",)


@case("B-A12 the query is in queryStringParameters alone", "wsgi", V1, apig_wsgi=AssertionError)
def single_query_only(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(query="a=1&b=x%20y", multiValueQueryStringParameters=None)
    assert environ(make_handler, event, "QUERY_STRING") in [("a=1&b=x+y",), ("a=1&b=x%20y",)]


@case("B-A12 there is no rawQueryString", "wsgi", apig_wsgi=KeyError)
def no_raw_query(make_handler: MakeHandler) -> None:
    event = http_api_2_0()
    del event["rawQueryString"]
    assert environ(make_handler, event, "QUERY_STRING") == ("",)


@case("B-C3 a null value is not the text None", "asgi", mangum=AssertionError)
def null_query_asgi(make_handler: MakeHandler) -> None:
    app = Asgi()
    null = {"queryStringParameters": {"a": None}, "multiValueQueryStringParameters": None}
    ask(make_handler(app), rest_api() | null)
    assert app.seen("query_string") in [(b"a=",), (b"a",), (b"",)]


@case(
    "B-C3 a null value is not the text None: single", "wsgi", V1, serverless_wsgi=AssertionError, awsgi=AssertionError
)
def null_query(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    null = {"queryStringParameters": {"a": None}, "multiValueQueryStringParameters": None}
    assert environ(make_handler, build() | null, "QUERY_STRING") in [("a=",), ("a",), ("",)]


@case("B-C3 a null value is not the text None: in a list", "wsgi", V1, apig_wsgi=AssertionError)
def null_query_in_list(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    null = {"queryStringParameters": {"a": None}, "multiValueQueryStringParameters": {"a": [None]}}
    assert environ(make_handler, build() | null, "QUERY_STRING") in [("a=",), ("a",), ("",)]


# ---- headers and cookies


@case("B-M18 two Cookie lines are joined with a semicolon", "asgi", V1, mangum=AssertionError)
def cookies_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(lines=[("Cookie", "a=1"), ("Cookie", "b=2")])
    assert lines(make_handler, event, b"cookie") == [b"a=1; b=2"]


@case(
    "B-S2 two Cookie lines are joined with a semicolon",
    "wsgi",
    V1,
    serverless_wsgi=AssertionError,
    apig_wsgi=AssertionError,
    awsgi=AssertionError,
)
def cookies_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(lines=[("Cookie", "a=1"), ("Cookie", "b=2")])
    assert environ(make_handler, event, "HTTP_COOKIE") == ("a=1; b=2",)


@case("B-S2 every line of a header arrives", "wsgi", V1, serverless_wsgi=AssertionError)
def repeated_header(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert environ(make_handler, build(lines=[("X-M", "1"), ("X-M", "2")]), "HTTP_X_M") == ("1,2",)


@case("B-W6 every line of a header arrives", "wsgi", V1, awsgi=AssertionError)
def repeated_header_awsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert environ(make_handler, build(lines=[("X-M", "1"), ("X-M", "2")]), "HTTP_X_M") == ("1,2",)


@case("B-C2 two spellings of a header name are one header", "asgi", V1, mangum=AssertionError)
def spellings_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(lines=[("FOO", "1"), ("foo", "2")])
    assert lines(make_handler, event, b"foo") == [b"1", b"2"]


@case(
    "B-C2 two spellings of a header name are one header",
    "wsgi",
    V1,
    apig_wsgi=AssertionError,
    serverless_wsgi=AssertionError,
    awsgi=AssertionError,
)
def spellings(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert environ(make_handler, build(lines=[("FOO", "1"), ("foo", "2")]), "HTTP_FOO") == ("1,2",)


@case("B-M24 a latin-1 header value is the client's byte", "asgi", ALL, mangum=AssertionError)
def latin_1_header(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert lines(make_handler, build(lines=[("X-Name", "é")]), b"x-name") == [b"\xe9"]


@case("B-Z10 a header value outside latin-1 is UTF-8", "asgi", ALL, zappa=AssertionError)
def other_header(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert lines(make_handler, build(lines=[("X-Name", "日本")]), b"x-name") == ["日本".encode()]


@case("B-A5 a comma in Content-Type is no separator", "wsgi", apig_wsgi=AssertionError)
def comma_in_type(make_handler: MakeHandler) -> None:
    body = b'--a,b\r\nContent-Disposition: form-data; name="n"\r\n\r\nv\r\n--a,b--\r\n'
    event = http_api_2_0("POST", lines=[("Content-Type", 'multipart/form-data; boundary="a,b"')], body=body)
    app = Wsgi()
    ask(make_handler(app), event)
    assert (app.seen("CONTENT_TYPE", "CONTENT_LENGTH"), app.body) == (
        ('multipart/form-data; boundary="a,b"', "63"),
        body,
    )


@case("B-A13 no cookie, no HTTP_COOKIE", "wsgi", apig_wsgi=AssertionError)
def no_cookie(make_handler: MakeHandler) -> None:
    assert environ(make_handler, http_api_2_0(), "HTTP_COOKIE") == (None,)


@case("B-A13 the cookies of 2.0 are joined as the client sent them", "wsgi", apig_wsgi=AssertionError)
def joined_cookies(make_handler: MakeHandler) -> None:
    assert environ(make_handler, http_api_2_0(lines=[("Cookie", "a=1; b=2")]), "HTTP_COOKIE") == ("a=1; b=2",)


@case("B-A13 a cookie header in 2.0 alone has no stray separator", "wsgi", apig_wsgi=AssertionError)
def cookie_header_only(make_handler: MakeHandler) -> None:
    event = http_api_2_0()
    event["headers"]["cookie"] = "c=3"
    assert environ(make_handler, event, "HTTP_COOKIE") == ("c=3",)


@case("B-S8 a cookie header in 2.0 is kept", "wsgi", serverless_wsgi=AssertionError)
def cookie_header_kept(make_handler: MakeHandler) -> None:
    event = http_api_2_0()
    event["headers"]["cookie"] = "a=1; b=2"
    assert environ(make_handler, event, "HTTP_COOKIE") == ("a=1; b=2",)


@case("B-A13 no HTTP_CONTENT_TYPE, no HTTP_CONTENT_LENGTH", "wsgi", ALL, apig_wsgi=AssertionError)
def content_variables(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build("POST", lines=[("Content-Type", "text/plain")], body=b"abc")
    names = ("CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH")
    assert environ(make_handler, event, *names) == ("text/plain", "3", None, None)


# ---- server and client


def with_host(event: Event, host: str) -> Event:
    """Put another Host header into an event, as local tools do."""
    name = "Host" if "multiValueHeaders" in event else "host"
    event["headers"][name] = host
    if "multiValueHeaders" in event:
        event["multiValueHeaders"][name] = [host]
    return event


@case("B-A13 SERVER_NAME has no port", "wsgi", ALL, apig_wsgi=AssertionError)
def server_name(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = with_host(build(without=("X-Forwarded-Port",)), f"{DOMAIN}:8443")
    assert environ(make_handler, event, "SERVER_NAME", "SERVER_PORT", "HTTP_HOST") == (DOMAIN, "8443", f"{DOMAIN}:8443")


@case("B-A9 the console's test event has no Host", "wsgi", apig_wsgi=AssertionError, awsgi=AssertionError)
def console_server(make_handler: MakeHandler) -> None:
    names = ("SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO")
    expected = ("testPrefix.testDomainName", "443", "https", "", "/foo")
    assert environ(make_handler, console_test(), *names) == expected


@case("B-A9 Flask makes URLs without a Host", "wsgi", apig_wsgi=AssertionError)
def console_flask(make_handler: MakeHandler) -> None:
    from flask import Flask, request

    app = Flask(__name__)
    app.add_url_rule("/foo", view_func=lambda: request.url, endpoint="foo")
    url = ask(make_handler(app), console_test()).body.decode().lower()
    assert url == "https://testprefix.testdomainname/foo"


@case("B-A10 https is the default", "wsgi", ALL, apig_wsgi=AssertionError)
def scheme(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(without=("X-Forwarded-Proto", "X-Forwarded-Port"))
    names = ("wsgi.url_scheme", "SERVER_PORT", "HTTPS", "HTTP")
    assert environ(make_handler, event, *names) == ("https", "443", "on", None)


@case("B-W7 https is the default", "wsgi", V1, awsgi=AssertionError)
def scheme_awsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(without=("X-Forwarded-Proto",))
    assert environ(make_handler, event, "wsgi.url_scheme") == ("https",)


@case("B-A3 REMOTE_ADDR cannot be forged with X-Forwarded-For", "wsgi", V1, apig_wsgi=AssertionError)
def remote_addr(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    event = build(forwarded_for=f"6.6.6.6, {CLIENT}")
    assert environ(make_handler, event, "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR") == (CLIENT, f"6.6.6.6, {CLIENT}")


@case("B-W7 REMOTE_ADDR cannot be forged with X-Forwarded-For", "wsgi", V1, awsgi=AssertionError)
def remote_addr_awsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert environ(make_handler, build(forwarded_for=f"6.6.6.6, {CLIENT}"), "REMOTE_ADDR") == (CLIENT,)


@case("B-M19 X-Forwarded-Port twice", "asgi", ALL, mangum=ValueError)
def two_ports(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    app = Asgi()
    assert ask(make_handler(app), build(lines=[("X-Forwarded-Port", "443")])).status == 200
    assert tuple(app.scope["server"]) == (HOST, 443)


@case("B-M19 an IPv6 literal in Host", "asgi", ALL, mangum=ValueError)
def ipv6_host(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    app = Asgi()
    event = with_host(build(without=("X-Forwarded-Port",)), "[::1]:8000")
    assert ask(make_handler(app), event).status == 200
    assert app.lines(b"host") == [b"[::1]:8000"]
    assert tuple(app.scope["server"]) in [("[::1]", 8000), ("::1", 8000)]


# ---- body


# Zappa hands it on as it is where its setting binary_support is off; on is the default
@case("B-Z7 a base64 body is decoded", "wsgi")
def base64_body(make_handler: MakeHandler) -> None:
    app = Wsgi()
    handler, body = make_handler(app), bytes(range(256))
    got = []
    for event in (
        rest_api("POST", body=body, binary=True),
        http_api_1_0("POST", body=body),
        http_api_2_0("POST", body=body),
    ):
        ask(handler, event)
        got.append((app.body, app.environ["CONTENT_LENGTH"]))
    assert got == [(body, "256")] * 3


def bad_base64(text: str, app: Asgi | Wsgi, make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    """Expect 400 for a body that is marked as base64 and is not, and that the application is not called."""
    handler = make_handler(app)
    answer = ask(
        handler,
        build("POST", lines=[("Content-Type", "image/png")], body=b"x") | {"body": text, "isBase64Encoded": True},
    )
    assert (answer.status, app.calls) == (400, 0)


@case("B-C5 base64 without its padding is answered with 400", "asgi", ALL, mangum=binascii.Error)
def bad_padding_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    bad_base64("aGk", Asgi(), make_handler, build)


@case(
    "B-C5 base64 without its padding is answered with 400",
    "wsgi",
    V1,
    apig_wsgi=binascii.Error,
    serverless_wsgi=binascii.Error,
    awsgi=binascii.Error,
)
def bad_padding(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    bad_base64("aGk", Wsgi(), make_handler, build)


@case("B-C5 bytes outside the base64 alphabet are answered with 400", "asgi", ALL, mangum=AssertionError)
def bad_alphabet_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    bad_base64("aGVs!bG8=", Asgi(), make_handler, build)


@case(
    "B-C5 bytes outside the base64 alphabet are answered with 400",
    "wsgi",
    V1,
    apig_wsgi=AssertionError,
    serverless_wsgi=AssertionError,
    awsgi=AssertionError,
)
def bad_alphabet(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    bad_base64("aGVs!bG8=", Wsgi(), make_handler, build)
