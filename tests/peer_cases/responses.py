"""Cases: how the application's answer becomes a result: text or base64, headers, cookies, empty bodies, size."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from .events import ALL, http_api_1_0, http_api_2_0, rest_api
from .kit import TEXT, Answer, Asgi, Context, Wsgi, ask, case, logged

if TYPE_CHECKING:
    from collections.abc import Callable

    from .events import Event, Pairs
    from .kit import MakeHandler

V1 = (rest_api, http_api_1_0)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
LATIN_1_HTML = "text/html; charset=iso-8859-1"
LIMIT = 6_291_556  # what the Runtime API takes


def wsgi_answer(make_handler: MakeHandler, event: Event, headers: Pairs, body: bytes, status: str = "200 OK") -> Answer:
    """Return what the client gets of this answer of a WSGI application, binaryMediaTypes being */*."""
    return ask(make_handler(Wsgi(status, headers, body)), event, binary_media_types=True)


def asgi_answer(make_handler: MakeHandler, event: Event, headers: Pairs, body: bytes, status: int = 200) -> Answer:
    """Return what the client gets of this answer of an ASGI application, if a REST API has no binaryMediaTypes."""
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return ask(make_handler(Asgi(status, raw, body)), event)


# ---- text or base64


@case("B-A1 a PNG", "wsgi", V1, apig_wsgi=UnicodeDecodeError, awsgi=UnicodeDecodeError)
def png(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    answer = wsgi_answer(make_handler, build(), [("Content-Type", "image/png")], PNG)
    assert answer == Answer(200, [("content-type", "image/png")], PNG)


def gzip_json(make_handler: MakeHandler, event: Event) -> None:
    """Answer with JSON in gzip: its type says text, its bytes are none."""
    body = gzip.compress(b'{"a": 1}', mtime=0)
    headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    expected = [("content-encoding", "gzip"), ("content-type", "application/json")]
    assert wsgi_answer(make_handler, event, headers, body) == Answer(200, expected, body)


@case("B-A1 JSON in gzip", "wsgi", V1, apig_wsgi=UnicodeDecodeError)
def gzip_apig(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    gzip_json(make_handler, build())


@case("B-W5 JSON in gzip", "wsgi", V1, awsgi=UnicodeDecodeError)
def gzip_awsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    gzip_json(make_handler, build())


def latin_1_page(make_handler: MakeHandler, event: Event) -> None:
    """Answer with a page that is text, but not UTF-8."""
    answer = wsgi_answer(make_handler, event, [("Content-Type", LATIN_1_HTML)], b"caf\xe9")
    assert answer == Answer(200, [("content-type", LATIN_1_HTML)], b"caf\xe9")


@case("B-A2 a page in latin-1", "wsgi", ALL, apig_wsgi=UnicodeDecodeError)
def latin_1_apig(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    latin_1_page(make_handler, build())


@case("B-S6 a page in latin-1", "wsgi", ALL, serverless_wsgi=UnicodeDecodeError)
def latin_1_serverless(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    latin_1_page(make_handler, build())


@case("B-W5 a page in latin-1", "wsgi", V1, awsgi=UnicodeDecodeError)
def latin_1_awsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    latin_1_page(make_handler, build())


@case("B-S6 bytes without a Content-Type", "wsgi", ALL, serverless_wsgi=UnicodeDecodeError)
def untyped_bytes(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert wsgi_answer(make_handler, build(), [], PNG) == Answer(200, [], PNG)


def text_on_rest(make_handler: MakeHandler, kind: str, body: bytes) -> None:
    """Answer with UTF-8 text of this type on a REST API without binaryMediaTypes: as base64 it would arrive as base64."""
    assert asgi_answer(make_handler, rest_api(), [("content-type", kind)], body) == Answer(
        200, [("content-type", kind)], body
    )


@case("B-M16 application/problem+json is text", "asgi", mangum=AssertionError)
def problem_json(make_handler: MakeHandler) -> None:
    text_on_rest(make_handler, "application/problem+json", b'{"title": "no"}')


@case("B-M16 application/ld+json is text", "asgi", mangum=AssertionError)
def ld_json(make_handler: MakeHandler) -> None:
    text_on_rest(make_handler, "application/ld+json", b'{"@id": "x"}')


@case("B-M16 image/svg+xml is text", "asgi", mangum=AssertionError)
def svg(make_handler: MakeHandler) -> None:
    text_on_rest(make_handler, "image/svg+xml", b"<svg/>")


@case("B-M16 a form is text", "asgi", mangum=AssertionError)
def form(make_handler: MakeHandler) -> None:
    text_on_rest(make_handler, "application/x-www-form-urlencoded", b"a=1")


@case("B-M17 TEXT/HTML is text", "asgi", mangum=AssertionError)
def upper_case_type(make_handler: MakeHandler) -> None:
    text_on_rest(make_handler, "TEXT/HTML", b"<p>")


@case("B-M17 two Content-Type lines do not make base64 of text", "asgi", mangum=AssertionError)
def two_types(make_handler: MakeHandler) -> None:
    types = [("content-type", "text/html"), ("content-type", "text/html")]
    assert asgi_answer(make_handler, rest_api(), types, b"<p>").body == b"<p>"


# ---- headers and cookies


@case("B-M2 a latin-1 response header", "asgi", ALL, mangum=UnicodeDecodeError)
def latin_1_header(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    from starlette.responses import Response

    app = Response("x", headers={"Content-Disposition": 'attachment; filename="café.txt"'})
    headers = [("content-disposition", 'attachment; filename="café.txt"'), ("content-length", "1")]
    assert ask(make_handler(app, lifespan="off"), build()) == Answer(200, headers, b"x")


@case("B-A6 repeated response headers in 2.0 are joined", "wsgi", apig_wsgi=AssertionError)
def repeated_2_0(make_handler: MakeHandler) -> None:
    headers = [("Vary", "Accept"), ("Vary", "Cookie"), ("Link", "</a>"), ("Link", "</b>")]
    answer = wsgi_answer(make_handler, http_api_2_0(), headers, b"x")
    assert answer == Answer(200, [("link", "</a>, </b>"), ("vary", "Accept, Cookie")], b"x")


@case("B-W7 repeated response headers", "wsgi", V1, awsgi=AssertionError)
def repeated_v1(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    headers = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("Vary", "Accept"), ("Vary", "Cookie")]
    expected = [("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2"), ("vary", "Accept"), ("vary", "Cookie")]
    assert wsgi_answer(make_handler, build(), headers, b"x") == Answer(200, expected, b"x")


@case("B-S5 cookies in 2.0 are in the list for them", "wsgi", serverless_wsgi=AssertionError)
def cookies_2_0(make_handler: MakeHandler) -> None:
    app = Wsgi("200 OK", [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")], b"x")
    result = make_handler(app)(http_api_2_0(), Context())
    names = [name.lower() for name in result.get("headers") or {}]
    assert (result.get("cookies"), names.count("set-cookie")) == (["a=1; Path=/", "b=2"], 0)


@case("B-Z4 each cookie once", "wsgi", ALL, zappa=AssertionError)
def cookies_once(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    lines = [("Content-Type", TEXT), ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2")]
    expected = Answer(200, [(name.lower(), value) for name, value in lines], b"x")
    assert wsgi_answer(make_handler, build(), lines, b"x") == expected


@case("B-M15 no Content-Type is made up in 2.0", "asgi", mangum=AssertionError)
def no_type(make_handler: MakeHandler) -> None:
    assert asgi_answer(make_handler, http_api_2_0(), [], b"<p>hello</p>") == Answer(200, [], b"<p>hello</p>")


@case("B-M15 nothing is added to 204", "asgi", mangum=AssertionError)
def no_content(make_handler: MakeHandler) -> None:
    assert asgi_answer(make_handler, http_api_2_0("DELETE"), [], b"", 204) == Answer(204, [], b"")


@case("B-M15 nothing is added to 304", "asgi", mangum=AssertionError)
def not_modified(make_handler: MakeHandler) -> None:
    assert asgi_answer(make_handler, http_api_2_0(), [("etag", '"1"')], b"", 304) == Answer(304, [("etag", '"1"')], b"")


@case("B-S12 no Content-Type is made up", "wsgi", ALL, serverless_wsgi=AssertionError)
def no_type_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert wsgi_answer(make_handler, build(), [], b"x") == Answer(200, [], b"x")


@case("B-S12 nothing is added to 204", "wsgi", ALL, serverless_wsgi=AssertionError)
def no_content_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert wsgi_answer(make_handler, build("DELETE"), [], b"", "204 No Content") == Answer(204, [], b"")


@case("B-S12 nothing is added to 304", "wsgi", ALL, serverless_wsgi=AssertionError)
def not_modified_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    answer = wsgi_answer(make_handler, build(), [("ETag", '"1"')], b"", "304 Not Modified")
    assert answer == Answer(304, [("etag", '"1"')], b"")


@case("B-A13 an empty body is no base64", "wsgi", apig_wsgi=AssertionError)
def empty_body(make_handler: MakeHandler) -> None:
    result = make_handler(Wsgi("200 OK", [("Content-Type", "image/png")], b""))(http_api_2_0(), Context())
    assert (result.get("body", ""), result.get("isBase64Encoded", False)) == ("", False)


def refused(answer: Answer) -> None:
    """Expect a 500 without the header that would have been smuggled in."""
    assert answer.status == 500
    assert not any("evil" in name + value for name, value in answer.headers)


def control_wsgi(value: str, make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    """Expect that the application gets an exception for a header value of two lines, and the client a 500."""
    with logged() as records:
        refused(wsgi_answer(make_handler, build(), [("Content-Type", "text/plain"), ("X-A", value)], b"x"))
    assert len(records) == 1


def control_asgi(value: str, make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    """Expect the same for ASGI."""
    with logged() as records:
        refused(asgi_answer(make_handler, build(), [("content-type", "text/plain"), ("x-a", value)], b"x"))
    assert len(records) == 1


@case("B-C4 CR LF in a header value", "wsgi", V1, apig_wsgi=AssertionError, awsgi=AssertionError)
def cr_lf_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    control_wsgi("a\r\nevil: 1", make_handler, build)


@case("B-C4 LF in a header value", "wsgi", V1, apig_wsgi=AssertionError, awsgi=AssertionError)
def lf_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    control_wsgi("a\nevil: 1", make_handler, build)


@case("B-C4 CR in a header value", "wsgi", V1, apig_wsgi=AssertionError, awsgi=AssertionError)
def cr_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    control_wsgi("a\revil: 1", make_handler, build)


@case("B-C4 CR LF in a header value", "asgi", ALL, mangum=AssertionError)
def cr_lf_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    control_asgi("a\r\nevil: 1", make_handler, build)


@case("B-C4 CR in a header value", "asgi", ALL, mangum=AssertionError)
def cr_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    control_asgi("a\revil: 1", make_handler, build)


@case("B-C4 CR LF in a header name", "asgi", ALL, mangum=AssertionError)
def name_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    with logged() as records:
        refused(asgi_answer(make_handler, build(), [("x-a: 1\r\nevil", "1")], b"x"))
    assert len(records) == 1


# ---- bodies that may not be, and bodies that are too large


@case("B-C8 the Content-Length of an answer to HEAD is kept", "wsgi", ALL)
def head_length(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    answer = wsgi_answer(make_handler, build("HEAD"), [("Content-Length", "5"), ("Content-Type", TEXT)], b"")
    assert answer == Answer(200, [("content-length", "5"), ("content-type", TEXT)], b"")


@case(
    "B-C8 no body for HEAD, whatever the application says",
    "wsgi",
    V1,
    apig_wsgi=AssertionError,
    serverless_wsgi=AssertionError,
    awsgi=AssertionError,
)
def head_body(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    answer = wsgi_answer(make_handler, build("HEAD"), [("Content-Length", "5"), ("Content-Type", TEXT)], b"hello")
    assert answer == Answer(200, [("content-length", "5"), ("content-type", TEXT)], b"")


@case("B-C8 no body for HEAD, whatever the application says", "asgi", ALL, mangum=AssertionError)
def head_body_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    answer = asgi_answer(make_handler, build("HEAD"), [("content-type", TEXT)], b"hello")
    assert answer == Answer(200, [("content-type", TEXT)], b"")


@case("B-C8 no body for 204", "asgi", ALL, mangum=AssertionError)
def body_of_204(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    assert asgi_answer(make_handler, build(), [("x-a", "1")], b"hello", 204) == Answer(204, [("x-a", "1")], b"")


def too_large(make_handler: MakeHandler, app: Asgi | Wsgi, event: Event) -> None:
    """Expect a result that Lambda takes, and a log line with the reason."""
    with logged() as records:
        result = make_handler(app)(event, Context())
    assert (result["statusCode"], len(json.dumps(result)) < LIMIT, len(records)) == (500, True, 1)


@case("B-C6 5 MB of bytes are more than Lambda takes", "asgi", ALL, mangum=AssertionError)
def large_asgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    too_large(make_handler, Asgi(200, [(b"content-type", b"image/png")], b"\xff" * 5_000_000), build())


@case(
    "B-C6 5 MB of bytes are more than Lambda takes",
    "wsgi",
    [http_api_2_0],
    apig_wsgi=AssertionError,
    serverless_wsgi=AssertionError,
)
def large_wsgi(make_handler: MakeHandler, build: Callable[..., Event]) -> None:
    too_large(make_handler, Wsgi("200 OK", [("Content-Type", "image/png")], b"\xff" * 5_000_000), build())
